"""Fitting text into a space, where a Chinese character is two columns wide and needs no space to break at.

Much of the text is a student's, so nothing is taken for granted: not its length, not what characters it holds.
"""

from __future__ import annotations

import re
import unicodedata

_PIECES = re.compile(r"\s+|[\u2e80-\uffef]|[^\s\u2e80-\uffef]+")
_NEVER_FIRST = "，。；：？！、）”’》」』】…"
_NEVER_LAST = "（“‘《「『【"
_STEERING = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def columns(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def plain(text: str) -> str:
    """The text without characters that steer a terminal, turn the reading direction, or may not stand in XML."""
    return "".join(c if c == "\n" or unicodedata.category(c) not in _STEERING else "\ufffd" for c in text)


def clip(text: str, width: int) -> str:
    """The text cut to `width` columns, with an ellipsis where something is cut off."""
    if columns(text) <= width:
        return text
    kept = ""
    for character in text:
        if columns(kept + character) >= width:
            break
        kept += character
    return kept + "…"


def wrap(text: str, width: int, bullet: str = "", indent: str = "") -> list[str]:
    """The text in lines of at most `width` columns, the first behind `bullet` and the others behind `indent`.

    A line breaks at a space or beside a Chinese character, but never before closing or after opening punctuation. A
    word that is wider than a line is cut into pieces.
    """
    lines, line = [], bullet
    empty = True
    room = width - max(columns(bullet), columns(indent))
    for piece in (part for whole in _unbreakable(text) for part in _cut(whole, room)):
        if not empty and columns(line) + columns(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line, empty = indent, True
        if empty:
            piece = piece.lstrip()
        line += piece
        empty = empty and not piece
    return [*lines, line.rstrip()]


def _cut(piece: str, room: int) -> list[str]:
    """The piece in parts that fit into a line."""
    if columns(piece.rstrip()) <= room:
        return [piece]
    parts = [""]
    for character in piece:
        if columns(parts[-1] + character) > room:
            parts.append("")
        parts[-1] += character
    return parts


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
