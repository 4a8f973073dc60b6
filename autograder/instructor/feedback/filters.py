"""Jinja filters that turn a cell's text into HTML, on feedback pages and in Formgrader, in place of nbconvert's own.

The text may be a student's. Nothing of it runs or fetches anything in the reader's browser, and none takes for ever to
render. The time that some texts take grows with the square of their length: 20,000 characters of `a.a.a.` take Pygments
five seconds, and a notebook of 5 MB would take it days. So long texts are shown as they were typed.
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
"""Characters of a cell that is rendered, pictures aside. A longer cell is shown as it was typed."""
MAX_PAGE = 200_000
"""Characters that are rendered on a page, where long cells count for more. What follows is shown as it was typed."""
MAX_TYPED = 500_000
"""Characters of a page that are shown as they were typed. The rest is left out."""
MAX_HTML = 200_000
"""Characters of HTML of a rendered cell, pictures aside. A link's address is written once and may be used often."""
MAX_TAGS = 10_000
"""Tags in a rendered cell. This bounds how deep they nest, and the deeper they do, the longer cleaning takes."""
MAX_STYLED = 20
"""Tags such as `<b title="">`: HTML opens those that are not closed once more in each paragraph."""
MAX_CODES = 2_000
"""Changes of colour in an output. One with more is shown without colours."""
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
"""Classes that nbconvert gives to coloured code and to headings. A score on the page has other classes."""


@pass_context
def safe_markdown(context: Context, source: str) -> str:
    """For `markdown2html`: a Markdown cell as HTML that holds nothing a browser runs or fetches.

    Pictures come from the file itself, as `data:` or an attachment, or lie beside the page. What can't be rendered, or
    would take too long, is shown as it was typed.
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
    """For `clean_html`, which lets classes and ids through: a raw cell as it was typed, coloured code as it is."""
    return source if isinstance(source, Markup) else _as_typed(context, source)


def coloured(text: str) -> str:
    """For `ansi2html`: what a cell printed, in its colours if these are well-formed and not too many."""
    if text.count("\x1b") <= MAX_CODES and not _LONG_CODE.search(text):
        try:
            html: str = filters.ansi2html(text)  # type: ignore[no-untyped-call]
            return html
        except (IndexError, ValueError):  # a colour that is cut short
            pass
    return escape(filters.strip_ansi(text))  # type: ignore[no-untyped-call]


def as_it_is(html: str) -> str:
    """For `strip_files_prefix`, which would change addresses after they have been looked at."""
    return html


def _has_room(context: Context, text: str) -> bool:
    """Whether a text is to be rendered; if so, it counts towards what its page may hold."""
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
    """The pictures in a cell's text. While it is rendered, a file name that nobody can guess stands for each."""

    def __init__(self) -> None:
        self._begin = f"picture-{secrets.token_hex(8)}-"
        self._found: list[str] = []

    def set_aside(self, address: str) -> str:
        self._found.append(address)
        return f"{self._begin}{len(self._found) - 1}.png"

    def put_back(self, html: str) -> str:
        """The HTML with the pictures in it. A name that stands elsewhere than in a picture's `src` becomes a word."""

        def given(found: re.Match[str]) -> str:
            return f'src="{self._found[int(found[2])]}"' if found[1] else "picture"

        return re.sub(rf'(src=")?{self._begin}(\d+)\.png(?(1)")', given, html)


def _html(text: str, attachments: Mapping[str, Any], pictures: _Pictures) -> str:
    """Render Markdown. Raises an exception of any class for a text that it can't take."""
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
    """nbconvert's renderer, which leaves out a picture that is not attached, or is shown too often, and goes on."""

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


def _allowed(_tag: str, name: str, value: str) -> str | None:
    """The value of an attribute, or None for one to be left out. Where this raises an exception, nh3 leaves it out."""
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
"""The elements that HTML opens again. Of those without attributes it opens at most three of a kind, and one link."""


def _as_read(address: str) -> str:
    """An address as a browser reads it: without character references, spaces and characters that don't show."""
    return "".join(c for c in unescape(address) if c.isprintable() and not c.isspace()).lower()


_FILE = r"(?!.*\.\.)\w(?:[\w\-./]|%20)*\."
"""A file beside the page: no `..`, and no `?`, which could ask something of the server in the reader's name."""


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
