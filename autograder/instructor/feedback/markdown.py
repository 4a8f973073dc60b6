"""A Markdown cell as HTML that acts in no way: it runs nothing, loads nothing and leads nowhere but into its own page.

The order is what counts. Formulas and pictures are set aside, Markdown becomes HTML, and that is cleaned by an
allow-list. Then come the pictures, which are addresses of one form, and the formulas, of which every element is listed
in formulas.py. Nothing of a student's becomes an element or an address after that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape
from typing import Any

import nh3
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from .formulas import Formulas
from .pictures import EMBEDDED, Pictures

MAX_HTML = 200_000
"""Characters of HTML of a rendered cell, pictures and formulas aside. A link's address is written once and may be
used often."""
MAX_TAGS = 10_000
"""Tags in a rendered cell. This bounds how deep they nest, and the deeper they do, the longer cleaning takes."""
MAX_STYLED = 20
"""Tags such as `<b title="">`: HTML opens those that are not closed once more in each paragraph."""

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


class ExpandsTooMuchError(Exception):
    """A short text makes too much HTML."""


def render(text: str, attachments: Mapping[str, Any], pictures: Pictures) -> str:
    """Render Markdown whose pictures have been set aside. Raises an exception of any class for what it can't take."""
    formulas = Formulas()
    renderer = _Renderer(pictures, formulas, escape=False, anchor_link_text=" ", attachments=dict(attachments))
    html = cleaned(MarkdownWithMath(renderer=renderer).render(text))
    return formulas.put_back(pictures.put_back(html))


def cleaned(html: str) -> str:
    """The HTML with what is allowed in it. Raises ExpandsTooMuchError for more than a cell may have."""
    if len(html) > MAX_HTML or len(_TAG.findall(html)) > MAX_TAGS or len(_STYLED.findall(html)) > MAX_STYLED:
        raise ExpandsTooMuchError
    clean: str = _CLEANER.clean(html)
    if len(clean) > MAX_HTML:
        raise ExpandsTooMuchError
    return clean


class _Renderer(IPythonRenderer):
    """nbconvert's renderer without what acts: formulas are set aside, links to elsewhere become text.

    A picture that is not attached is left out.
    """

    def __init__(self, pictures: Pictures, formulas: Formulas, **options: Any) -> None:
        super().__init__(**options)
        self._pictures, self._formulas = pictures, formulas

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return super().image(text, self._attached(url) if url.startswith("attachment:") else url, title)

    def _attached(self, url: str) -> str:
        found = self.attachments.get(url.removeprefix("attachment:"))
        for kind, data in found.items() if isinstance(found, Mapping) else ():
            address = "".join(f"data:{kind};base64,{data}".split())
            if EMBEDDED.fullmatch(address):
                return self._pictures.set_aside(address)
        return ""

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """A link within the page or to a file beside it; of any other one its text and its address, to read."""
        if _may_lead(_as_read(url)):
            return str(super().link(text, url, title))
        address = unescape(url)
        if unescape(text) in (address, address.removeprefix("mailto:")):
            return text
        return f"{text} (<code>{escape(address)}</code>)"

    def inline_math(self, body: str) -> str:
        return self._formulas.set_aside(body)

    def block_math(self, body: str) -> str:
        return self._formulas.set_aside(body, block=True)

    def latex_environment(self, name: str, body: str) -> str:
        return self._formulas.set_aside(f"\\begin{{{name}}}{body}\\end{{{name}}}", block=True)


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
    url_schemes={"data"},
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
    """A link leads into the page or to a file beside it that no browser runs: to no server, be it the reader's own.

    Whether a host is the reader's own can't be seen from its name: on a JupyterHub all users' servers share one. And a
    click asks with the reader's cookies: Jupyter's addresses start servers, open folders and fetch repositories.
    """
    return re.fullmatch(rf"(#.*|{_FILE}(ipynb|png|jpe?g|gif|pdf|txt|csv|md)(#.*)?)", address) is not None
