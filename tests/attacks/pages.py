"""Whether a page holds something of a student's that a browser would run, load or mistake for the page's own."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from bs4 import BeautifulSoup, Tag
from nbconvert.exporters import HTMLExporter
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension

LOADED = frozenset({"src", "srcset", "data", "poster", "background", "xlink:href", "action", "formaction", "content"})
"""Attributes whose address a browser goes to by itself; a plain link waits for a click."""
RUNS = re.compile(r"\s*(javascript|vbscript|data:text/html|data:image/svg)", re.IGNORECASE)
OUTSIDE = re.compile(r"\s*(https?:|//|ftp:|ws)", re.IGNORECASE)
OVERLAYS = re.compile(r"position\s*:\s*(fixed|absolute|sticky)", re.IGNORECASE)
OWN_CLASSES = ("nbgrader", "panel-heading", "score", "navbar", "modal", "affix", "feedback-")
"""Classes that the page's own headings bear, or that lie over it."""


def active(page: str, mark: str) -> tuple[str, ...]:
    """What in the page is alive and bears the student's mark."""
    return tuple(dict.fromkeys(_active(BeautifulSoup(page, "html.parser"), mark)))


def _active(soup: BeautifulSoup, mark: str) -> Iterator[str]:
    for tag in soup.find_all(True):
        if tag.name in ("script", "style") and mark in tag.get_text():
            yield f"a <{tag.name}>"
        for name, given in tag.attrs.items():
            value = " ".join(given) if isinstance(given, list) else str(given)
            if mark in name:
                yield "an attribute of its own"
            if mark in value or mark in unquote(value) or mark in _inside_data(value):
                yield from _alive(tag, name.lower(), value)
        if _imitates(tag, mark):
            yield "an imitation of the page's own parts"


def _alive(tag: Tag, name: str, value: str) -> Iterator[str]:
    if tag.name == "iframe" and name in ("src", "srcdoc"):
        allowed = str(tag.attrs.get("sandbox", "everything"))
        if "everything" in allowed or "allow-scripts" in allowed:
            yield "an <iframe> that runs"
    elif name.startswith("on"):
        yield f"an {name} handler"
    elif name in ("href", *LOADED) and RUNS.match(value) and not (tag.name == "img" and value.startswith("data:image")):
        yield f"a script in {name}"
    elif name == "style" and (OVERLAYS.search(value) or "url(" in value):
        yield "a style that covers the page or loads something"
    elif OUTSIDE.match(value) and (name in LOADED or (name == "href" and tag.name in ("link", "base"))):
        yield f"a <{tag.name}> that loads from elsewhere"
    elif tag.name in ("base", "form", "object", "embed", "meta") and name in ("href", *LOADED):
        yield f"a <{tag.name}>"


def _inside_data(value: str) -> str:
    if "base64," not in value:
        return ""
    try:
        return base64.b64decode(value.split("base64,", 1)[1], validate=False).decode(errors="replace")
    except ValueError:
        return ""


def _imitates(tag: Tag, mark: str) -> bool:
    """A heading's class on an element that the mark stands in directly."""
    classes = " ".join(tag.get("class") or ())
    own = "".join(tag.find_all(string=True, recursive=False))
    return mark in own and any(word in classes for word in OWN_CLASSES)


def formgrader_page(root: Path, student: str, notebook: Path) -> str:
    """What Formgrader shows an instructor of this submission, rendered by its own parts with the course's settings."""
    resources = {
        "assignment_id": notebook.stem,
        "notebook_id": notebook.stem,
        "submission_id": "0",
        "index": 0,
        "total": 1,
        "base_url": "",
        "student": student,
        "last_name": None,
        "first_name": None,
        "notebook_path": f"/autograded/{student}/{notebook.stem}/{notebook.name}",
    }
    page: str = _exporter(root).from_filename(str(notebook), resources=resources)[0]
    return page


@cache
def _exporter(root: Path) -> HTMLExporter:
    before = Path.cwd()
    os.chdir(root)
    try:
        extension = FormgradeExtension()
        extension.log_level = 50
        extension.initialize([], root=str(root))
        return HTMLExporter(config=extension.config)
    finally:
        os.chdir(before)
