"""What the pages' templates do with a cell's text, in feedback and in Formgrader, in place of nbconvert's own filters.

The text may be a student's: nothing of it runs or fetches anything in the reader's browser, and none takes for ever.
Time grows with the square of some texts' length: 20,000 characters of `a.a.a.` take Pygments five seconds, and a
notebook of 5 MB would take it days. What is longer is shown as it was typed.
"""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Mapping
from html import escape, unescape
from typing import Any

import bleach
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert import filters
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

MAX_CELL = 20_000
"""Characters of a cell that are set in type, pictures in it aside."""
MAX_PAGE = 200_000
"""Characters of a page that are set in type: the cells that come after are shown as they were typed."""
MAX_CODES = 2_000
"""Changes of colour in an output; one with more has no colours."""
MAX_SHOWN = 3
"""How often a cell shows the same attachment: a short text could else make a large picture fill all memory."""

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
def safe_markdown(context: Context, source: str) -> str:
    """For `markdown2html`: a Markdown cell as HTML that holds nothing a browser runs or fetches.

    Pictures come from the file itself, as `data:` or an attachment, or lie beside the page.
    """
    attachments = context.get("cell", {}).get("attachments", {})
    text, pictures = _set_aside(source)
    if not _has_room(context, text):
        return _as_typed(source)
    return _clean(text, pictures, attachments if isinstance(attachments, Mapping) else {})


@pass_context
def highlighted_code(context: Context, source: str, language: object = None, metadata: object = None) -> str:
    """For `highlight_code`: a code cell in IPython's colours, whatever language a student's file says it is in."""
    if not _has_room(context, source):
        return f'<div class="highlight">{_as_typed(source)}</div>'
    html: str = filters.Highlight2HTML(pygments_lexer="ipython3")(source)  # type: ignore[no-untyped-call]
    return html


def coloured(text: str) -> str:
    """For `ansi2html`: what a cell put out, in its colours where they are not too many."""
    if text.count("\x1b") > MAX_CODES or _LONG_CODE.search(text):
        text = filters.strip_ansi(text)  # type: ignore[no-untyped-call]
    html: str = filters.ansi2html(text)  # type: ignore[no-untyped-call]
    return html


def as_it_is(html: str) -> str:
    """For `strip_files_prefix`, which makes other addresses of those that have been looked at, and runs after that."""
    return html


def _has_room(context: Context, text: str) -> bool:
    """Whether a text is to be set in type; if so, it is counted to its page."""
    resources = context.get("resources", {})
    before = resources.get("autograder_typeset", 0)
    if len(text) > MAX_CELL or before + len(text) > MAX_PAGE:
        return False
    resources["autograder_typeset"] = before + len(text)
    return True


def _as_typed(source: str) -> str:
    return f"<pre>{escape(source)}</pre>"


def _set_aside(source: str) -> tuple[str, dict[str, str]]:
    """The text with a file's name for each picture that it contains as `data:`, and the pictures by these names."""
    token = secrets.token_hex(8)
    pictures: dict[str, str] = {}

    def name(found: re.Match[str]) -> str:
        given = f"picture-{token}-{len(pictures)}.png"
        pictures[given] = found.group()
        return given

    return _PICTURE.sub(name, source), pictures


def _clean(text: str, pictures: Mapping[str, str], attachments: Mapping[str, Any]) -> str:
    renderer = _Renderer(escape=False, anchor_link_text=" ", attachments=dict(attachments))
    html = MarkdownWithMath(renderer=renderer).render(text)
    cleaned: str = bleach.clean(
        html, tags=TAGS, attributes=_allowed, protocols=["http", "https", "mailto", "data"], strip=True
    )
    for name, picture in pictures.items():
        cleaned = cleaned.replace(f'src="{name}"', f'src="{picture}"', 1)
        cleaned = cleaned.replace(name, "picture")  # where it is not shown as one
    return cleaned


class _Renderer(IPythonRenderer):
    """nbconvert's, but a picture that is not attached, or shown too often, is left out, and keeps no page from being
    made.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.shown: Counter[str] = Counter()

    def _embed_image_or_attachment(self, src: str) -> str:
        if src.startswith("attachment:"):
            self.shown[src] += 1
            if self.shown[src] > MAX_SHOWN:
                return ""
        try:
            return super()._embed_image_or_attachment(src)
        except Exception:  # whatever is wrong with the attachment
            return ""


_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif);base64,[A-Za-z0-9+/=]{200,}")
_LONG_CODE = re.compile("\x1b\\[[^@-~\n]{200}")


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
