"""Where everything of a picture goes on the page: plain coordinates for templates/picture.svg.j2.

There are no fonts here, so the width of a text is estimated from its columns; CHARACTER errs on the wide side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil

from ..base.messages import Translate
from .picture import INPUT, OUTPUT, Arrow, Block, Box, Chip, Network, Note, Stage, Step, in_one_line
from .sentences import describe_step
from .wrap import columns, wrap

MARGIN = 8.0
NOTE_WIDTH = 190.0
NOTE_LINE = 15.0
CHARACTER = 6.3  # at the notes' font size of 11.5
BOLD_CHARACTER = 7.2
BLANK = 3.6
POINTER = 16.0
LANE = 16.0  # from the left edge of the shortcut's boxes to the line that links them
STRIP = 34.0
BOX_WIDTH = 206.0
FRAME_WIDTH = STRIP + BOX_WIDTH + 8.0
MIDDLE = 54.0
BARE_LANE = 110.0
LINE_HEIGHT = 24.0
DETAIL_HEIGHT = 39.0
GAP = 11.0
PAD = 7.0
BETWEEN = 20.0
CHANNEL = 15.0

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
class Line:
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
    lines: tuple[Line, ...]
    boxes: tuple[Shape, ...]
    labels: tuple[Label, ...]


def draw_block(block: Block, _: Translate) -> Drawing:
    """The block with its main path from top to bottom and the shortcut to the right of it."""
    return _BlockDrawing(block, _).drawing()


def draw_network(network: Network, _: Translate) -> Drawing:
    """The stages from top to bottom, each with its blocks or layers from left to right."""
    return _NetworkDrawing(network, _).drawing()


def note_lines(note: Note, width: float, _: Translate) -> list[str]:
    """A note as lines that fit into `width`; no part of it takes more than three."""
    room = int(width / CHARACTER)
    lines = wrap("✗ " + note.about, int(width / BOLD_CHARACTER), indent="   ")[:3]
    if note.asked:
        lines += wrap(_("asked: {value}").format(value=note.asked), room, "   ", "      ")[:3]
    if note.found:
        lines += wrap(_("found: {value}").format(value=note.found), room, "   ", "      ")[:3]
    return lines


class _BlockDrawing:
    """One pass over the block: first the boxes of both lanes, then the arrows between them."""

    def __init__(self, block: Block, _: Translate) -> None:
        self.block = block
        self.translate = _
        self.frames: list[Shape] = []
        self.boxes: list[Shape] = []
        self.lines: list[Line] = []
        self.labels: list[Label] = []
        self.places: dict[str, Shape] = {}
        noted = [line for step in block.main for box in step.boxes for line in self._lines_of(box)]
        self.noted = 0.0
        self.left = MARGIN + (max(map(_width, noted)) + POINTER + 6 if noted else 0)
        self.centre = self.left + STRIP + BOX_WIDTH / 2
        self.links, self.routed = block.sorted_arrows()
        self.channels = max(0, len(self.routed) - 2) * CHANNEL
        self.side = self.left + FRAME_WIDTH + MIDDLE + self.channels
        self.side_width = FRAME_WIDTH - STRIP + 8 if block.shortcut else BARE_LANE

    def drawing(self) -> Drawing:
        bottom = self._main()
        self._straight_lines()
        for number, arrow in enumerate(self.routed):
            self._route(arrow, number)
        return Drawing(
            self.block.caption,
            ceil(self.side + self.side_width + MARGIN),
            ceil(max(bottom, self.noted) + MARGIN),
            tuple(self.frames),
            tuple(self.lines),
            tuple(self.boxes),
            tuple(self.labels),
        )

    # --- boxes

    def _main(self) -> float:
        entry = Shape(self.centre - 62, MARGIN, 124, LINE_HEIGHT, "end")
        self._place(INPUT, replace(entry, labels=(_centred(entry, self.block.entry),)))
        y = MARGIN + LINE_HEIGHT + BETWEEN
        side_bottom = self._shortcut(y)
        for step in self.block.main:
            if step.name == "add":
                y = max(y, side_bottom + 4)
            y = self._frame(step, self.left, y, beside=True) + BETWEEN
        out = Shape(self.centre - 50, y, 100, LINE_HEIGHT, "end")
        self._place(OUTPUT, replace(out, labels=(_centred(out, self.translate("output")),)))
        return y + LINE_HEIGHT

    def _shortcut(self, top: float) -> float:
        """The layers on the shortcut, beside the first component; the word for it where there are none."""
        if not self.block.shortcut:
            y = MARGIN + LINE_HEIGHT / 2 - 6
            asked_for = any(link.flow == "wanted" and link.keys == (INPUT, self.block.meeting) for link in self.links)
            word = self.translate("shortcut: missing") if asked_for else self.translate("shortcut")
            self.labels.append(Label(self.side + BARE_LANE / 2, y, word, "lane", "middle"))
            return 0.0
        (step,) = self.block.shortcut
        sign, style = STANDINGS[step.right]
        self.labels.append(
            Label(self.side + PAD + LANE + 9, top - 6, f"{sign} {self.translate('shortcut')}", f"step {style}", "start")
        )
        return self._frame(step, self.side, top, beside=False)

    def _frame(self, step: Step, x: float, top: float, beside: bool) -> float:
        """One step: its frame, its name in the strip, its boxes. Notes go beside the boxes, or beneath them."""
        inner = x + (STRIP if beside else PAD + 1)
        y = top + PAD
        for box in step.boxes:
            height = DETAIL_HEIGHT if box.detail else LINE_HEIGHT
            self._box(box, inner, y, height)
            lines = self._lines_of(box, NOTE_WIDTH if beside else BOX_WIDTH - LANE)
            if beside:
                self._notes_beside(lines, x, y)
            elif lines:
                self.labels.extend(_note_labels(lines, inner + LANE + 8, y + height + 14))
                y += len(lines) * NOTE_LINE + 6
            y += height + GAP
        bottom = y - GAP + PAD
        sign, style = STANDINGS[step.right]
        frame = Shape(x, top, (STRIP if beside else PAD + 1) + BOX_WIDTH + PAD + 1, bottom - top, f"frame {style}")
        if beside:
            frame = replace(
                frame,
                labels=(
                    Label(x + STRIP / 2, top + 22, step.name, f"step {style}", "middle"),
                    Label(x + STRIP / 2, top + 40, sign, f"sign {style}", "middle"),
                ),
            )
        self.frames.append(frame)
        return bottom

    def _box(self, box: Box, x: float, y: float, height: float) -> None:
        labels = [Label(x + 10, y + 16, box.layer, "layer")]
        if box.detail:
            labels.append(Label(x + 10, y + 31, box.detail, "detail"))
        if MARKS[box.mark]:
            labels.append(Label(x + BOX_WIDTH - 9, y + 17, MARKS[box.mark], f"sign {box.mark}", "end"))
        title = f"{box.layer} {box.name}".strip()
        self._place(box.key, Shape(x, y, BOX_WIDTH, height, f"box {box.mark}", tuple(labels), title))

    def _place(self, key: str, shape: Shape) -> None:
        self.places[key] = shape
        self.boxes.append(shape)

    def _lines_of(self, box: Box, width: float = NOTE_WIDTH) -> list[str]:
        return [line for note in box.notes for line in note_lines(note, width, self.translate)]

    def _notes_beside(self, lines: Sequence[str], frame: float, y: float) -> None:
        """Notes to the left of a frame, beneath those of the layers above, and a line to the layer at `y`."""
        if not lines:
            return
        top = max(y, self.noted)
        right = frame - POINTER
        self.labels.extend(_note_labels(lines, right - max(map(_width, lines)), top + 13))
        self.lines.append(Line(((right + 3, top + 9), (frame, y + 9)), "pointer", head=False))
        self.noted = top + len(lines) * NOTE_LINE + 6

    # --- arrows

    def _straight_lines(self) -> None:
        for link in self.links:
            through = " through" if len(link.keys) > 2 else ""
            for a, b in pairwise(link.keys):
                self._lane_line(a, b, f"flow {link.flow}{through}")

    def _lane_line(self, a: str, b: str, style: str) -> None:
        """One arrow along a lane. The shortcut leaves the main path at the input and comes back at the meeting."""
        start, end = self.places[a], self.places[b]
        across = self.side + (PAD + 1 + LANE if self.block.shortcut else BARE_LANE / 2)
        out = (start.x + start.width, start.y + start.height / 2)
        back = (end.x + end.width, end.y + end.height / 2)
        sideways = [start.x > self.left + FRAME_WIDTH, end.x > self.left + FRAME_WIDTH]
        if sideways == [False, False] and a == INPUT and b == self.block.meeting:
            points = [out, (across, out[1]), (across, back[1]), back]
        elif sideways == [False, True]:
            points = [out, (across, out[1]), (across, end.y)]
        elif sideways == [True, False]:
            points = [(across, start.y + start.height), (across, back[1]), back]
        else:
            middle = across if start.x > self.left + FRAME_WIDTH else start.x + start.width / 2
            points = [(middle, start.y + start.height), (middle, end.y)]
        self.lines.append(Line(tuple(points), style))

    def _route(self, arrow: Arrow, number: int) -> None:
        """An arrow that leaves its lane or skips layers: out to a channel between the lanes, along it, and in."""
        start, end = self.places[arrow.source], self.places[arrow.target]
        channel = self.left + FRAME_WIDTH + CHANNEL * (number + 1)
        leaving = start.y + start.height - 7 if arrow.source != INPUT else start.y + start.height - 5
        entering = end.y + end.height / 2 + (8 if end.height > LINE_HEIGHT or number % 2 == 0 else -8)
        right_of = start.x > channel
        x0 = start.x if right_of else start.x + start.width
        x1 = end.x if end.x > channel else end.x + end.width
        points = ((x0, leaving), (channel, leaving), (channel, entering), (x1, entering))
        self.lines.append(Line(points, f"flow {arrow.flow}"))
        if arrow.flow == "wrong":
            self.labels.append(Label(channel + 4, (leaving + entering) / 2 + 5, "✗", "sign wrong arrow"))


def _width(line: str) -> float:
    return columns(line) * (BOLD_CHARACTER if line.startswith("✗") else CHARACTER)


def _note_labels(lines: Sequence[str], x: float, y: float) -> list[Label]:
    """Lines of notes. SVG drops a text's leading blanks, so they become a distance."""
    return [
        Label(
            x + (len(line) - len(line.lstrip())) * BLANK,
            y + number * NOTE_LINE,
            line.strip(),
            "note about" if line.startswith("✗") else "note",
        )
        for number, line in enumerate(lines)
    ]


def _centred(shape: Shape, text: str) -> Label:
    return Label(shape.x + shape.width / 2, shape.y + 16, text, "detail", "middle")


class _NetworkDrawing:
    """The network's rows."""

    NAME = 74.0
    HEIGHT = 36.0
    ARROW = 14.0
    WIDTH = 700.0

    def __init__(self, network: Network, _: Translate) -> None:
        self.network = network
        self.translate = _
        self.frames: list[Shape] = []
        self.boxes: list[Shape] = []
        self.lines: list[Line] = []
        self.labels: list[Label] = []

    def drawing(self) -> Drawing:
        y = MARGIN
        for stage in self.network.stages:
            y = self._row(stage, y) + 10
        return Drawing(
            self.network.caption,
            ceil(self.WIDTH),
            ceil(y - 10 + MARGIN),
            tuple(self.frames),
            tuple(self.lines),
            tuple(self.boxes),
            tuple(self.labels),
        )

    def _row(self, stage: Stage, top: float) -> float:
        sign, style = STANDINGS[stage.right]
        x, y = MARGIN + self.NAME, top + PAD
        for number, chip in enumerate(stage.chips):
            width = self._chip_width(chip)
            if x + width > self.WIDTH - MARGIN - PAD:
                x, y = MARGIN + self.NAME, y + self.HEIGHT + 8
            if number:
                start = x - self.ARROW
                style_of = "flow right through" if chip.mark == "missing" else "flow right"
                self.lines.append(Line(((start, y + self.HEIGHT / 2), (x, y + self.HEIGHT / 2)), style_of))
            self._chip(chip, x, y, width)
            x += width + self.ARROW
        y += self.HEIGHT
        room = int((self.WIDTH - self.NAME - 40) / BOLD_CHARACTER)
        lines = [line for note in stage.notes for line in wrap(in_one_line(note, self.translate), room, indent="   ")]
        self.labels.extend(_note_labels(lines, MARGIN + self.NAME, y + NOTE_LINE + 2))
        y += len(lines) * NOTE_LINE + (4 if lines else 0)
        bottom = y + PAD
        self.frames.append(
            Shape(
                MARGIN,
                top,
                self.WIDTH - 2 * MARGIN,
                bottom - top,
                f"frame {style}",
                (
                    Label(MARGIN + 10, top + 22, describe_step(stage.name, self.translate), f"step {style}"),
                    Label(MARGIN + 10, top + 39, sign, f"sign {style}"),
                ),
            )
        )
        return bottom

    def _chip_width(self, chip: Chip) -> float:
        words = f"{MARKS[chip.mark]} {chip.label}".strip()
        return max(columns(words) * 7.5, columns(self._words(chip)) * CHARACTER, 44.0) + 16

    def _chip(self, chip: Chip, x: float, y: float, width: float) -> None:
        sign = MARKS[chip.mark]
        label = f"{sign} {chip.label}".strip()
        middle = x + width / 2
        labels = [Label(middle, y + (15 if chip.detail else 22), label, "layer", "middle")]
        if chip.detail:
            labels.append(Label(middle, y + 29, self._words(chip), "detail", "middle"))
        self.boxes.append(Shape(x, y, width, self.HEIGHT, f"box {chip.mark}", tuple(labels), self._title(chip)))

    def _words(self, chip: Chip) -> str:
        if chip.mark == "missing":
            return self.translate("missing")
        if chip.mark == "extra":
            return self.translate("too many")
        return chip.detail

    def _title(self, chip: Chip) -> str:
        return f"{chip.label} {chip.detail}".strip()
