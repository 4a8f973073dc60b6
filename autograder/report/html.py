"""A report as self-contained HTML, for notebooks and feedback. Everything from a student is escaped by Jinja."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..messages import translator
from .report import Report

TEMPLATES = Path(__file__).parent.parent / "templates"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render_html(report: Report) -> str:
    """One `<div>` that brings its own style and needs nothing from outside."""
    template = _environment().get_template("report.html.j2")
    return template.render(report=report, _=translator(report.language))
