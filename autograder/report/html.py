"""A report as self-contained HTML, for notebooks and feedback. Everything from a student is escaped by Jinja."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from ..base.messages import translator
from ..base.plain import plain
from .drawing import Drawing, draw_block, draw_network
from .picture import Block
from .problems import note_of, picture_or_none
from .record import ReportRecord
from .sentences import label_step

TEMPLATES = Path(__file__).parent.parent / "templates"


def _without_steering(value: object) -> object:
    """Escaping alone does not make a text fit for XML: control characters must go, too."""
    return plain(value) if type(value) is str else value


_CODE = re.compile(r"`([^`]+)`")


def code(text: object) -> Markup:
    """The text, escaped, with `code` where backticks say so."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(plain(str(text))))))


@cache
def environment() -> Environment:
    """Where templates/ are rendered: every text escaped, and without characters that XML doesn't take."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_without_steering,
    )
    made.filters["code"] = code
    return made


def render_html(report: ReportRecord) -> str:
    """One `<div>` that brings its own style and needs nothing from outside."""
    _ = translator(report.language)
    known = len(report.problems)
    drawings = picture_or_none(lambda: _drawings(report), report.problems) or ()
    notes = tuple(filter(None, (*report.notes, note_of(report.problems[known:], _))))
    template = environment().get_template("report.html.j2")
    return template.render(report=report, notes=notes, drawings=drawings, _=_, label=lambda step: label_step(step, _))


def _drawings(report: ReportRecord) -> tuple[Drawing, ...]:
    _ = translator(report.language)
    picture = report.picture
    if picture is None:
        return ()
    if isinstance(picture, Block):
        return (draw_block(picture, _),)
    return (draw_network(picture, _), *(draw_block(inside, _) for inside in picture.insides))
