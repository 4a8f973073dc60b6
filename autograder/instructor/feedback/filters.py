"""Jinja filters that turn a cell's text into HTML, on feedback pages and in Formgrader, in place of nbconvert's own.

The text may be a student's. Nothing of it runs or fetches anything in the reader's browser, and none takes for ever to
render. The time that some texts take grows with the square of their length: 20,000 characters of `a.a.a.` take Pygments
five seconds, and a notebook of 5 MB would take it days. So long texts are shown as they were typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from nbconvert import filters

from ...execution.kernel.outputs import CUT
from .markdown import render
from .pictures import Pictures

MAX_CELL = 20_000
"""Characters of a cell that is rendered, pictures aside. A longer cell is shown as it was typed."""
MAX_PAGE = 200_000
"""Characters that are rendered on a page, where long cells count for more. What follows is shown as it was typed."""
MAX_TYPED = 500_000
"""Characters of a page that are shown as they were typed. The rest is left out."""
KEPT = 200
"""Cells, of text or of code, whose HTML is kept for the next page: the instructor's are the same on all."""
MAX_CODES = 2_000
"""Changes of colour in an output. One with more is shown without colours."""


@pass_context
def safe_markdown(context: Context, source: str) -> str:
    """For `markdown2html`: a Markdown cell as HTML that holds nothing a browser runs or fetches.

    Pictures come from the file itself, as `data:` or an attachment, or lie beside the page; formulas become MathML.
    What can't be rendered, or would take too long, is shown as it was typed.
    """
    attachments = context.get("cell", {}).get("attachments", {})
    pictures = Pictures(context.get("resources", {}))
    text = pictures.set_all_aside(source)
    if _has_room(context, text):
        try:
            html = _rendered(text, attachments if isinstance(attachments, Mapping) else {}, pictures)
        except TimeoutError:  # which ends the page
            raise
        except Exception:  # whatever a stranger's text can bring about
            return _as_typed(context, source)
        return f"{_KEPT_INSIDE}{html}</div>"
    return _as_typed(context, source)


def _rendered(text: str, attachments: Mapping[str, Any], pictures: Pictures) -> str:
    """As `render`; text without pictures is kept, since most of it is the instructor's and stands on every page."""
    if attachments or _MAY_SHOW.search(text):
        return render(text, attachments, pictures)
    return _of_text_alone(text)


@lru_cache(maxsize=KEPT)
def _of_text_alone(text: str) -> str:
    return render(text, {}, Pictures({}))


_MAY_SHOW = re.compile(r"!\[|img", re.IGNORECASE)
_KEPT_INSIDE = (
    '<div class="tex2jax_ignore mathjax_ignore" style="overflow-x: auto; overflow-y: hidden; contain: paint">'
)
"""No formula leaves its cell, and where a page's template loads MathJax all the same, it finds none to typeset."""


@pass_context
def highlighted_code(context: Context, source: str, language: object = None, metadata: object = None) -> Markup:
    """For `highlight_code`: a code cell in IPython's colours, whatever language a student's file says it is in."""
    if not _has_room(context, source):
        return Markup(f'<div class="highlight">{_as_typed(context, source)}</div>')
    return _in_colours(source)


@lru_cache(maxsize=KEPT)
def _in_colours(source: str) -> Markup:
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


_LONG_CODE = re.compile("\x1b\\[[^@-~\n]{200}")
