"""Wrapping text for terminals, where a Chinese character is two columns wide and needs no space to break at."""

from __future__ import annotations

import re
import unicodedata

_PIECES = re.compile(r"\s+|[\u2e80-\uffef]|[^\s\u2e80-\uffef]+")
_NEVER_FIRST = "，。；：？！、）”’》」』】…"
_NEVER_LAST = "（“‘《「『【"


def columns(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def wrap(text: str, width: int, bullet: str = "", indent: str = "") -> list[str]:
    """The text in lines of at most `width` columns, the first behind `bullet` and the others behind `indent`.

    A line breaks at a space or beside a Chinese character, but never before closing or after opening punctuation; a
    word that is wider than a line stays whole.
    """
    lines, line = [], bullet
    empty = True
    for piece in _unbreakable(text):
        if not empty and columns(line) + columns(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line, empty = indent, True
        if empty:
            piece = piece.lstrip()
        line += piece
        empty = empty and not piece
    return [*lines, line.rstrip()]


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
