"""What a student gets to see of the graded notebook: everything of their own, and nothing that is hidden."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape
from typing import Any

import bleach
from jinja2 import pass_context
from nbconvert.filters import Highlight2HTML
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


MAX_RENDERED = 20_000
"""Characters of a cell that are set in type; a longer one is shown as it was typed.

Time grows with the square of some texts' length: 20,000 characters of `a.a.a.` take Pygments five seconds, a notebook
of 5 MB would take it days.
"""

TAGS = frozenset(
    "a abbr b blockquote br caption code dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins "
    "kbd li ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var".split()
)
ATTRIBUTES = {
    "*": ["title", "align", "lang"],
    "a": ["href", "name"],
    "img": ["src", "alt", "width", "height"],
    "td": ["colspan", "rowspan"],
    "th": ["colspan", "rowspan"],
    "details": ["open"],
    "ol": ["start"],
}


CLASSES = re.compile(r"highlight|anchor-link|[a-z]{1,2}\d?")
"""What nbconvert gives to code in colours and to headings; the page's own headings bear others."""


@pass_context
def safe_markdown(context: Mapping[str, Any], source: str) -> str:
    """A template's filter: a Markdown cell as HTML that holds nothing a browser runs or fetches."""
    attachments = context.get("cell", {}).get("attachments", {})
    return clean_markdown(source, attachments if isinstance(attachments, Mapping) else {})


def clean_markdown(source: str, attachments: Mapping[str, Any] | None = None) -> str:
    """Markdown as HTML that holds nothing a browser runs or fetches: a cell may be a student's.

    Pictures come from the file itself, as `data:` or an attachment, or lie beside the page. More than MAX_RENDERED
    characters are shown as they were typed.
    """
    if len(source) > MAX_RENDERED:
        return f"<pre>{escape(source)}</pre>"
    renderer = _Renderer(escape=False, anchor_link_text=" ", attachments=dict(attachments or {}))
    html = MarkdownWithMath(renderer=renderer).render(source)
    cleaned: str = bleach.clean(
        html, tags=TAGS, attributes=_allowed, protocols=["http", "https", "mailto", "data"], strip=True
    )
    return cleaned


def highlighted_code(source: str, language: object = None, metadata: object = None) -> str:
    """A template's filter: a code cell in colours as Python, whatever language a student's file says it is in.

    More than MAX_RENDERED characters have none.
    """
    if len(source) > MAX_RENDERED:
        return f'<div class="highlight"><pre>{escape(source)}</pre></div>'
    html: str = Highlight2HTML(pygments_lexer="ipython3")(source)  # type: ignore[no-untyped-call]
    return html


class _Renderer(IPythonRenderer):
    """nbconvert's, but a picture that is not attached is left out, instead of keeping the page from being made."""

    def _embed_image_or_attachment(self, src: str) -> str:
        try:
            return super()._embed_image_or_attachment(src)
        except Exception:  # whatever is wrong with the attachment
            return ""


def _allowed(tag: str, name: str, value: str) -> bool:
    if name in ("src", "href"):
        address = _as_read(value)
        if tag == "img" and name == "src":
            return address.startswith(("data:image/png;", "data:image/jpeg;", "data:image/gif;")) or _is_beside(address)
        return tag == "a" and name == "href" and not address.startswith("data:")
    if name == "class":
        return all(CLASSES.fullmatch(word) for word in value.split())
    return name in ATTRIBUTES.get(tag, ()) or name in ATTRIBUTES["*"]


def _as_read(address: str) -> str:
    """An address as a browser reads it: without character references, and what does not show."""
    return "".join(c for c in unescape(address) if c.isprintable() and not c.isspace()).lower()


def _is_beside(address: str) -> bool:
    """A picture's file beside the page: not a way up, which could ask something of the server in the reader's name."""
    return re.fullmatch(r"(?!.*\.\.)[\w\-][\w\-./ %]*\.(png|jpe?g|gif|svg)", address) is not None
