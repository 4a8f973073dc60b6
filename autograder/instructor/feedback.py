"""What a student gets to see of the graded notebook: everything of their own, and nothing that is hidden."""

from __future__ import annotations

from typing import Any

import bleach
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor

from ..notebook import is_test
from ..twosides.testcell import BEGIN_HIDDEN
from .record import cell_record

NOT_SHOWN = "What a hidden test printed is not shown."


class HideHidden(NbGraderPreprocessor):
    """Drops the outputs of test cells that only the instructor may see.

    Test cells that the two-sided executor ran have such outputs marked. Of others with a hidden region, nothing is
    known about their outputs, and none is shown.
    """

    def preprocess_cell(self, cell: NotebookNode, resources: Any, cell_index: int) -> tuple[NotebookNode, Any]:
        if cell.cell_type != "code" or not is_test(cell):
            return cell, resources
        if cell_record(cell):
            cell.outputs = [output for output in cell.outputs if not _for_instructor(output)]
        elif BEGIN_HIDDEN in cell.source and cell.outputs:
            cell.outputs = [new_output("stream", name="stdout", text=NOT_SHOWN)]  # type: ignore[no-untyped-call]
        return cell, resources


def _for_instructor(output: NotebookNode) -> bool:
    marks = output.get("metadata", {}).get("autograder", {})
    return bool(marks.get("for") == "instructor")


TAGS = frozenset(
    "a abbr b blockquote br caption code dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins "
    "kbd li ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var".split()
)
ATTRIBUTES = {
    "*": ["title", "align", "lang", "class"],
    "a": ["href", "name"],
    "img": ["src", "alt", "width", "height"],
    "td": ["colspan", "rowspan"],
    "th": ["colspan", "rowspan"],
    "details": ["open"],
    "ol": ["start"],
}


def safe_markdown(source: str) -> str:
    """Markdown as HTML that holds nothing a browser runs or fetches: a cell may be a student's.

    Pictures come from the file itself (`data:`) or lie beside the page.
    """
    renderer = IPythonRenderer(escape=False, anchor_link_text=" ")
    html = MarkdownWithMath(renderer=renderer).render(source)
    cleaned: str = bleach.clean(
        html, tags=TAGS, attributes=_allowed, protocols=["http", "https", "mailto", "data"], strip=True
    )
    return cleaned


def _allowed(tag: str, name: str, value: str) -> bool:
    if tag == "img" and name == "src":
        return value.startswith(("data:image/png;", "data:image/jpeg;", "data:image/gif;")) or _is_beside(value)
    if tag == "a" and name == "href":
        return not value.strip().lower().startswith("data:")
    return name in ATTRIBUTES.get(tag, ()) or name in ATTRIBUTES["*"]


def _is_beside(address: str) -> bool:
    return ":" not in address and not address.startswith(("/", "\\"))
