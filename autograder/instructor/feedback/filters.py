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

import nh3
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from nbconvert import filters
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from ...execution.kernel.outputs import CUT

MAX_CELL = 20_000
"""Characters of a cell that are set in type, pictures aside."""
MAX_PAGE = 200_000
"""Characters of a page that are set in type, those of long cells counted repeatedly; what comes after is as typed."""
MAX_TYPED = 500_000
"""Characters of a page that are shown as they were typed; the rest is left out."""
MAX_HTML = 200_000
"""Characters that Markdown may make of a cell, pictures aside: a link's address is written once and used often."""
MAX_TAGS = 10_000
"""Tags that Markdown may make of a cell, and so how deep they can nest: cleaning takes longer the deeper they do."""
MAX_STYLED = 20
"""Tags for bold, italics and the like that have attributes: HTML opens all that are open again in each paragraph."""
MAX_CODES = 2_000
"""Changes of colour in an output; one with more has no colours."""
MAX_SHOWN = 3
"""How often a cell shows the same attachment."""

TAGS = set(
    "a abbr b blockquote br caption code dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins "
    "kbd li ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var".split()
)
ATTRIBUTES = {
    "*": {"title", "align", "lang", "class"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "details": {"open"},
    "ol": {"start"},
}
CLASSES = re.compile(r"highlight|anchor-link|[a-z]{1,2}\d?")
"""What nbconvert gives to code in colours and to headings; the page's own headings bear others."""


@pass_context
def safe_markdown(context: Context, source: str) -> str:
    """For `markdown2html`: a Markdown cell as HTML that holds nothing a browser runs or fetches.

    Pictures come from the file itself, as `data:` or an attachment, or lie beside the page. What can't be set in type,
    or would take too long, is shown as it was typed.
    """
    attachments = context.get("cell", {}).get("attachments", {})
    pictures = _Pictures()
    text = _PICTURE.sub(lambda found: pictures.set_aside(found.group()), source)
    if _has_room(context, text):
        try:
            html = _html(text, attachments if isinstance(attachments, Mapping) else {}, pictures)
        except TimeoutError:  # which ends the page
            raise
        except Exception:  # whatever a stranger's text can bring about
            return _as_typed(context, source)
        return f'<div style="overflow-x: auto; overflow-y: hidden; contain: paint">{html}</div>'  # no formula leaves it
    return _as_typed(context, source)


@pass_context
def highlighted_code(context: Context, source: str, language: object = None, metadata: object = None) -> Markup:
    """For `highlight_code`: a code cell in IPython's colours, whatever language a student's file says it is in."""
    if not _has_room(context, source):
        return Markup(f'<div class="highlight">{_as_typed(context, source)}</div>')
    return Markup(filters.Highlight2HTML(pygments_lexer="ipython3")(source))  # type: ignore[no-untyped-call]


@pass_context
def raw_text(context: Context, source: str) -> str:
    """For `clean_html`, which lets classes and ids through: a raw cell as it was typed. Code in colours stays so."""
    return source if isinstance(source, Markup) else _as_typed(context, source)


def coloured(text: str) -> str:
    """For `ansi2html`: what a cell put out, in its colours where they are what they should be and not too many."""
    if text.count("\x1b") <= MAX_CODES and not _LONG_CODE.search(text):
        try:
            html: str = filters.ansi2html(text)  # type: ignore[no-untyped-call]
            return html
        except (IndexError, ValueError):  # a colour that is cut short
            pass
    return escape(filters.strip_ansi(text))  # type: ignore[no-untyped-call]


def as_it_is(html: str) -> str:
    """For `strip_files_prefix`, which makes other addresses of those that have been looked at, and runs after that."""
    return html


def _has_room(context: Context, text: str) -> bool:
    """Whether a text is to be set in type; if so, it is counted to its page."""
    resources = context.get("resources", {})
    after = resources.get("autograder_typeset", 0) + max(len(text), len(text) ** 2 // 4000)
    if len(text) > MAX_CELL or after > MAX_PAGE:
        return False
    resources["autograder_typeset"] = after
    return True


def _as_typed(context: Context, source: str) -> str:
    resources = context.get("resources", {})
    room = MAX_TYPED - resources.get("autograder_typed", 0)
    shown = source if len(source) <= room else source[:room] + CUT
    resources["autograder_typed"] = MAX_TYPED - room + min(len(source), room)
    return f"<pre>{escape(shown)}</pre>"


class _Pictures:
    """Pictures in a cell itself. While its text is looked at, each has the name of a file, which nobody can guess."""

    def __init__(self) -> None:
        self._begin = f"picture-{secrets.token_hex(8)}-"
        self._found: list[str] = []

    def set_aside(self, address: str) -> str:
        self._found.append(address)
        return f"{self._begin}{len(self._found) - 1}.png"

    def put_back(self, html: str) -> str:
        """The HTML with the pictures in it; a name that stands elsewhere is no picture."""

        def given(found: re.Match[str]) -> str:
            return f'src="{self._found[int(found[2])]}"' if found[1] else "picture"

        return re.sub(rf'(src=")?{self._begin}(\d+)\.png(?(1)")', given, html)


def _html(text: str, attachments: Mapping[str, Any], pictures: _Pictures) -> str:
    """Raises an exception of any class for a text that it can't take."""
    renderer = _Renderer(pictures, escape=False, anchor_link_text=" ", attachments=dict(attachments))
    return pictures.put_back(_cleaned(MarkdownWithMath(renderer=renderer).render(text)))


class _ExpandsTooMuch(Exception):
    """A short text that makes much."""


def _cleaned(html: str) -> str:
    if len(html) > MAX_HTML or len(_TAG.findall(html)) > MAX_TAGS or len(_STYLED.findall(html)) > MAX_STYLED:
        raise _ExpandsTooMuch
    cleaned: str = _CLEANER.clean(html)
    if len(cleaned) > MAX_HTML:
        raise _ExpandsTooMuch
    return cleaned


class _Renderer(IPythonRenderer):
    """nbconvert's, but a picture that is not attached, or shown too often, is left out, and keeps no page from being
    made.
    """

    def __init__(self, pictures: _Pictures, **options: Any) -> None:
        super().__init__(**options)
        self._pictures = pictures
        self._shown: Counter[str] = Counter()

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return super().image(text, self._attached(url) if url.startswith("attachment:") else url, title)

    def _attached(self, url: str) -> str:
        self._shown[url] += 1
        found = self.attachments.get(url.removeprefix("attachment:"))
        for kind, data in found.items() if isinstance(found, Mapping) else ():
            address = "".join(f"data:{kind};base64,{data}".split())
            if self._shown[url] <= MAX_SHOWN and _EMBEDDED.fullmatch(address):
                return self._pictures.set_aside(address)
        return ""


_EMBEDDED = re.compile(r"data:image/(?:png|jpeg|gif);base64,[A-Za-z0-9+/=]+")
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif);base64,[A-Za-z0-9+/=]{200,}")
_LONG_CODE = re.compile("\x1b\\[[^@-~\n]{200}")


def _allowed(tag: str, name: str, value: str) -> str | None:
    """An attribute's value, or None for one that does not come through, as also where this raises an exception."""
    match name:
        case "src":
            allowed = _is_picture(_as_read(value))
        case "href":
            allowed = _may_lead(_as_read(value))
        case "class":
            allowed = all(CLASSES.fullmatch(word) for word in value.split())
        case _:
            allowed = True
    return value if allowed else None


_CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    attribute_filter=_allowed,
    url_schemes={"http", "https", "mailto", "data"},
    link_rel=None,
)
_TAG = re.compile("<[A-Za-z]")
_STYLED = re.compile("<(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\\s/]", re.IGNORECASE)
"""The elements that HTML opens again; of those without attributes it opens at most three of a kind, and one link."""


def _as_read(address: str) -> str:
    """An address as a browser reads it: without character references, and what does not show."""
    return "".join(c for c in unescape(address) if c.isprintable() and not c.isspace()).lower()


_FILE = r"(?!.*\.\.)\w(?:[\w\-./]|%20)*\."
"""Beside the page: not a way up, and no question, which could ask something of the server in the reader's name."""


def _is_picture(address: str) -> bool:
    """A picture lies in the page itself or beside it."""
    inside = address.startswith(("data:image/png;", "data:image/jpeg;", "data:image/gif;"))
    return inside or re.fullmatch(rf"{_FILE}(png|jpe?g|gif|svg)", address) is not None


def _may_lead(address: str) -> bool:
    """A link leads into the page, to a file beside it that no browser runs, or to another machine's pages.

    Formgrader runs a folder's configuration if an address asks for it, and shows handed-in HTML as its own.
    """
    if found := re.fullmatch(r"https?://([\w\-.]+)(:\d+)?([/?#][^\\]*)?", address):  # a browser takes \ for a /
        return re.fullmatch(r"(?!.*\.localhost$)[\w-]+(\.[\w-]+)*\.[a-z]{2,}", found[1]) is not None
    beside = rf"(#.*|mailto:.*|{_FILE}(ipynb|png|jpe?g|gif|pdf|txt|csv|md)(#.*)?)"
    return re.fullmatch(beside, address) is not None
