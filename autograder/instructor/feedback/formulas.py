"""TeX formulas as MathML, made before a page is written: readable without a network, and with nothing that acts.

A page that typesets formulas by itself makes elements and addresses of a student's text after every filter has looked
at it. So latex2mathml reads the formula here, and of the tree that it gives only the elements and attributes that are
listed below are written down, with every text escaped. No address, class, id, style or colour is among them.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from html import escape, unescape
from typing import NoReturn
from xml.etree.ElementTree import Element

from latex2mathml.converter import Converter

MAX_FORMULA = 4_000
"""Characters of a formula that is rendered. A longer one is shown as its source."""
MAX_MATHML = 500_000
"""Characters of MathML in a cell. Further formulas are shown as their source."""
MAX_DEPTH = 60
"""How deep the elements of a formula may nest."""

ELEMENTS = set(
    "math menclose mfrac mi mn mo mover mpadded mphantom mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable "
    "mtd mtext mtr munder munderover".split()
)
_WORDS = r"[a-z\-]{1,20}( [a-z\-]{1,20}){0,20}"
_LENGTH = r"[+\-]?\d{0,2}(\.\d{1,4})?(em|ex|px|pt|mu|%)?"
ATTRIBUTES = {
    **dict.fromkeys("accent accentunder display displaystyle fence form largeop".split(), _WORDS),
    **dict.fromkeys("columnalign columnlines mathvariant movablelimits notation rowlines stretchy".split(), _WORDS),
    **dict.fromkeys("depth height linethickness lspace maxsize minsize rspace voffset width".split(), _LENGTH),
    **dict.fromkeys("columnspacing rowspacing".split(), rf"{_LENGTH}( {_LENGTH}){{0,20}}"),
    "scriptlevel": r"[+\-]?\d",
}
"""The attributes that are written down, with what their values look like."""
ALIGNED = re.compile(r"(\\(?:begin|end))\{(?:aligned|eqnarray|split)\*?\}")
GATHERED = re.compile(r"(\\(?:begin|end))\{(?:gather|gathered|multline)\*?\}")
"""Environments that latex2mathml does not know, and shows like others that it knows."""
VARIANTS = {
    "bold": ("BOLD",),
    "bold-italic": ("BOLD ITALIC",),
    "bold-script": ("BOLD SCRIPT",),
    "bold-fraktur": ("BOLD FRAKTUR",),
    "double-struck": ("DOUBLE-STRUCK",),
    "fraktur": ("FRAKTUR", "BLACK-LETTER"),
    "monospace": ("MONOSPACE",),
    "sans-serif": ("SANS-SERIF",),
    "script": ("SCRIPT",),
}
"""What Unicode calls the letters of each `mathvariant`: browsers' MathML has the letters and not the attribute."""


class _NotRendered(Exception):
    """A formula that is shown as its source."""


class Formulas:
    """The formulas of a cell. While its text is rendered and cleaned, an element that nobody can guess stands for each.

    They are put back only where that element is one: in an attribute, or typed as text, its quotation marks would
    have been written as `&quot;` and its brackets as `&lt;`.
    """

    def __init__(self) -> None:
        self._name = f"formula-{secrets.token_hex(8)}-"
        self._found: list[str] = []
        self._size = 0

    def set_aside(self, source: str, block: bool = False) -> str:
        """What stands for this formula until `put_back`."""
        shown = mathml(source, block) if self._size < MAX_MATHML else as_source(source)
        self._size += len(shown)
        self._found.append(shown)
        return f'<abbr title="{self._name}{len(self._found) - 1}">formula</abbr>'  # without a word XML would shorten it

    def put_back(self, html: str) -> str:
        """The HTML with its formulas, each of them once."""
        pattern = rf'<abbr title="{self._name}(\d+)">formula</abbr>'
        left = dict(enumerate(self._found))
        whole = re.sub(pattern, lambda found: left.pop(int(found[1]), ""), html)
        return re.sub(rf"{self._name}\d+", "formula", whole)  # where it became part of an attribute


def mathml(source: str, block: bool = False) -> str:
    """A formula as MathML; as its source where that can't be had."""
    try:
        return _rendered(source, block)
    except TimeoutError:  # which ends the page
        raise
    except Exception:  # whatever a stranger's formula can bring about
        return as_source(source)


def as_source(source: str) -> str:
    """A formula as it was typed, where nothing that typesets formulas looks for one."""
    return f"<code>{escape(source.strip())}</code>"


class _NoMacros(dict[str, tuple[list[str], int]]):
    """A few short definitions could make a text of any length."""

    def __setitem__(self, name: str, value: object) -> NoReturn:
        raise _NotRendered(name)


def _rendered(source: str, block: bool) -> str:
    if len(source) > MAX_FORMULA:
        raise _NotRendered
    text = GATHERED.sub(r"\1{matrix}", ALIGNED.sub(r"\1{align*}", source))
    converter = Converter(display="block" if block else "inline")
    converter.macros = _NoMacros()
    return _written(converter.convert_to_element(text))


def _written(element: Element, depth: int = 0) -> str:
    tag = str(element.tag)
    if tag not in ELEMENTS or depth > MAX_DEPTH:
        raise _NotRendered(tag)
    attributes = "".join(
        f' {name}="{value}"'
        for name, value in element.attrib.items()
        if name in ATTRIBUTES and re.fullmatch(ATTRIBUTES[name], value)
    )
    inside = _text(element) + "".join(_written(child, depth + 1) for child in element)
    return f"<{tag}{attributes}>{inside}</{tag}>"


def _text(element: Element) -> str:
    """The text, which latex2mathml gives with character references in it, escaped."""
    text = unescape(element.text or "")
    if any(not c.isprintable() and not c.isspace() for c in text):
        raise _NotRendered
    if (styles := VARIANTS.get(element.attrib.get("mathvariant", ""))) and len(text) <= MAX_DEPTH:
        text = "".join(_letter(c, styles) for c in text)
    return escape(text)


def _letter(letter: str, styles: tuple[str, ...]) -> str:
    """A letter or digit in a style, if Unicode has that."""
    name = unicodedata.name(letter, "")
    plain = re.fullmatch(r"(?:LATIN |GREEK )?(CAPITAL |SMALL |DIGIT )(?:LETTER )?(\w+)", name)
    for style in styles if plain else ():
        for begin in ("MATHEMATICAL ", ""):
            try:
                return unicodedata.lookup(f"{begin}{style} {plain[1]}{plain[2]}") if plain else letter
            except KeyError:
                continue
    return letter
