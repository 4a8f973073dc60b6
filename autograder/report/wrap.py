"""Fitting text into a space, where a Chinese character is two columns wide and needs no space to break at.

Much of the text is a student's, so nothing is taken for granted: not its length, not what characters it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from rich.cells import cell_len

from ..base.plain import plain

_PIECES = re.compile(r"\s+|[\u2e80-\uffef]|[^\s\u2e80-\uffef]+")
_NEVER_FIRST = "，。；：？！、）”’》」』】…"
_NEVER_LAST = "（“‘《「『【"
_CROWD = 8
"""So many characters may share a column: accents take none of their own, and a letter can be given hundreds."""


def columns(text: str) -> int:
    """How many columns of a terminal the text takes, as `plain` text; an accent takes none."""
    return sum(map(cell_len, plain(text)))


def clip(text: str, width: int) -> str:
    """The text cut to `width` columns, with an ellipsis where something is cut off."""
    return text if _fits(text, width) else next(_cut(text, width - 1)) + "…"


def _fits(text: str, width: int) -> bool:
    return columns(text) <= width and len(text) <= width * _CROWD


def wrap(text: str, width: int, bullet: str = "", indent: str = "") -> list[str]:
    """The text in lines of at most `width` columns, the first behind `bullet` and the others behind `indent`.

    A line breaks at a space or beside a Chinese character, but never before closing or after opening punctuation. A
    word that is wider than a line is cut into pieces.
    """
    lines, line = [], bullet
    empty = True
    room = width - max(columns(bullet), columns(indent))
    pieces = ([whole] if _fits(whole.rstrip(), room) else _cut(whole, room) for whole in _unbreakable(text))
    for piece in chain.from_iterable(pieces):
        if not empty and columns(line) + columns(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line, empty = indent, True
        shown = piece.lstrip() if empty else piece
        line += shown
        empty = empty and not shown
    return [*lines, line.rstrip()]


def _cut(text: str, room: int) -> Iterator[str]:
    """The text in parts that fit into a line."""
    part = ""
    for character in text:
        if not _fits(part + character, room):
            yield part
            part = ""
        part += character
    yield part


def _unbreakable(text: str) -> list[str]:
    """The text in pieces between which a line may break."""
    pieces: list[str] = []
    for piece in _PIECES.findall(text):
        space = " " if piece.isspace() else piece
        if pieces and (space == " " or space in _NEVER_FIRST or pieces[-1][-1] in _NEVER_LAST):
            pieces[-1] += space
        else:
            pieces.append(space)
    return pieces
