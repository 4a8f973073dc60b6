"""What an SVG holds, as plain coordinates for templates/picture.svg.j2, and a sheet to collect it on.

There are no fonts here, so the width of a text is estimated from its columns; CHARACTER errs on the wide side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from ..wrap import columns

MARGIN = 8.0
PAD = 7.0
NOTE_LINE = 15.0
CHARACTER = 6.3  # at the notes' font size of 11.5
BOLD_CHARACTER = 7.2
BLANK = 3.6

STANDINGS: dict[bool | None, tuple[str, str]] = {True: ("✓", "right"), False: ("✗", "wrong"), None: ("?", "unseen")}
"""A step's sign and style."""
MARKS = {"right": "", "wrong": "✗", "missing": "✗", "extra": "✗", "unseen": "?"}


@dataclass(frozen=True, slots=True)
class Label:
    """A piece of text; `anchor` is SVG's."""

    x: float
    y: float
    text: str
    style: str
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class Shape:
    """A rectangle with what is written into it; `title` is what a pointer resting on it brings up."""

    x: float
    y: float
    width: float
    height: float
    style: str
    labels: tuple[Label, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class Polyline:
    """A path through points, with an arrow's head at its end if `head`."""

    points: tuple[tuple[float, float], ...]
    style: str
    head: bool = True

    @property
    def path(self) -> str:
        return "M" + " L".join(f"{x:g} {y:g}" for x, y in self.points)

    @property
    def tip(self) -> str:
        """The triangle at the end."""
        (x0, y0), (x, y) = self.points[-2:]
        dx, dy = (x > x0) - (x < x0), (y > y0) - (y < y0)
        left, right = (x - 7 * dx - 4 * dy, y - 7 * dy - 4 * dx), (x - 7 * dx + 4 * dy, y - 7 * dy + 4 * dx)
        return f"M{left[0]:g} {left[1]:g} L{x:g} {y:g} L{right[0]:g} {right[1]:g} z"


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that one SVG holds, from back to front."""

    caption: str
    width: float
    height: float
    frames: tuple[Shape, ...]
    lines: tuple[Polyline, ...]
    boxes: tuple[Shape, ...]
    labels: tuple[Label, ...]


class Sheet:
    """Collects what is drawn."""

    def __init__(self) -> None:
        self.frames: list[Shape] = []
        self.lines: list[Polyline] = []
        self.boxes: list[Shape] = []
        self.labels: list[Label] = []

    def line(self, style: str, *points: tuple[float, float], head: bool = True) -> None:
        self.lines.append(Polyline(points, style, head))

    def notes(self, lines: Sequence[str], x: float, y: float) -> None:
        """Lines of notes below each other. SVG drops a text's leading blanks, so they become a distance."""
        for number, line in enumerate(lines):
            indent = (len(line) - len(line.lstrip())) * BLANK
            style = "note about" if line.startswith("✗") else "note"
            self.labels.append(Label(x + indent, y + number * NOTE_LINE, line.strip(), style))

    def drawing(self, caption: str, width: float, height: float) -> Drawing:
        """The finished drawing, its size rounded up."""
        frames, lines, boxes, labels = tuple(self.frames), tuple(self.lines), tuple(self.boxes), tuple(self.labels)
        return Drawing(caption, ceil(width), ceil(height), frames, lines, boxes, labels)


def width_of(line: str) -> float:
    """How wide a line of a note is, about."""
    return columns(line) * (BOLD_CHARACTER if line.startswith("✗") else CHARACTER)
