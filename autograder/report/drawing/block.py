"""A block on a page: its main path from top to bottom, the shortcut to the right of it, notes to the left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ...base.messages import Translate
from ..picture.parts import INPUT, OUTPUT, Arrow, Block, Box, FaultNote, Step
from ..sentences import describe_step, label_step
from ..wrap import clip, columns, wrap
from .sheet import (
    BOLD_CHARACTER,
    CHARACTER,
    MARGIN,
    MARKS,
    NOTE_LINE,
    PAD,
    STANDINGS,
    Drawing,
    Label,
    Shape,
    Sheet,
    width_of,
)  # fmt: skip

NOTE_WIDTH = 190.0
POINTER = 16.0
LANE = 16.0  # from the left edge of the shortcut's boxes to the line that links them
STRIP = 34.0  # where the steps' names stand; wider where a name is long
LONGEST_NAME = 12
BOX_WIDTH = 206.0
MIDDLE = 54.0
BARE_LANE = 110.0
LINE_HEIGHT = 24.0
DETAIL_HEIGHT = 39.0
GAP = 11.0
BETWEEN = 20.0
CHANNEL = 15.0


def draw_block(block: Block, _: Translate) -> Drawing:
    """The block's coordinates."""
    return _BlockDrawing(block, _).drawing()


def note_lines(note: FaultNote, width: float, _: Translate) -> list[str]:
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
        self.sheet = Sheet()
        self.places: dict[str, Shape] = {}
        noted = [line for step in block.main for box in step.boxes for line in self._lines_of(box)]
        self.noted = 0.0
        self.left = MARGIN + (max(map(width_of, noted)) + POINTER + 6 if noted else 0)
        self.links, self.routed = block.sorted_arrows()
        names = [clip(step.name, LONGEST_NAME) for step in block.main]
        self.strip = max([STRIP, *(columns(name) * BOLD_CHARACTER + 12 for name in names)])
        self.frame_width = self.strip + BOX_WIDTH + 8.0
        self.side = self.left + self.frame_width + MIDDLE + max(0, len(self.routed) - 2) * CHANNEL
        self.side_width = BOX_WIDTH + 16.0 if block.beside else BARE_LANE

    def drawing(self) -> Drawing:
        bottom = self._main()
        for link in self.links:
            through = " through" if len(link.keys) > 2 else ""
            for a, b in pairwise(link.keys):
                self._lane_line(a, b, f"flow {link.flow}{through}")
        for number, arrow in enumerate(self.routed):
            self._route(arrow, number)
        width, height = self.side + self.side_width + MARGIN, max(bottom, self.noted) + MARGIN
        return self.sheet.drawing(self.block.caption, width, height)

    # --- boxes

    def _main(self) -> float:
        """The main path, the shortcut beside it; gives where it ends."""
        self._end(INPUT, self.block.entry, 124, MARGIN)
        y = MARGIN + LINE_HEIGHT + BETWEEN
        side_bottom = self._shortcut(y)
        for step in self.block.main:
            if step.holds(self.block.meeting):
                y = max(y, side_bottom + 4)
            y = self._frame(step, self.left, y, beside=True) + BETWEEN
        self._end(OUTPUT, self.translate("output"), 100, y)
        return y + LINE_HEIGHT

    def _end(self, key: str, text: str, width: float, y: float) -> None:
        """A box where the block's input comes in or its output goes out."""
        centre = self.left + self.strip + BOX_WIDTH / 2
        label = Label(centre, y + 16, text, "detail", "middle")
        self._place(key, Shape(centre - width / 2, y, width, LINE_HEIGHT, "end", (label,)))

    def _shortcut(self, top: float) -> float:
        """The layers beside the main path, from its first component on; the word "shortcut" where there are none."""
        if not self.block.beside:
            y = MARGIN + LINE_HEIGHT / 2 - 6
            asked_for = any(link.flow == "wanted" and link.keys == (INPUT, self.block.meeting) for link in self.links)
            word = self.translate("shortcut: missing") if asked_for else self.translate("shortcut")
            self.sheet.labels.append(Label(self.side + BARE_LANE / 2, y, word, "lane", "middle"))
            return 0.0
        y = top
        for number, step in enumerate(self.block.beside):
            y += BETWEEN if number else 0.0
            sign, style = STANDINGS[step.right]
            words = f"{sign} {clip(describe_step(step.name, self.translate), 24)}"
            self.sheet.labels.append(Label(self.side + PAD + LANE + 9, y - 6, words, f"step {style}"))
            y = self._frame(step, self.side, y, beside=False)
        return y

    def _frame(self, step: Step, x: float, top: float, beside: bool) -> float:
        """One step: its frame, its name in the strip, its boxes. Notes go beside the boxes, or beneath them."""
        strip = self.strip if beside else PAD + 1
        y = top + PAD
        for box in step.boxes:
            height = DETAIL_HEIGHT if box.detail else LINE_HEIGHT
            self._box(box, x + strip, y, height)
            lines = self._lines_of(box, NOTE_WIDTH if beside else BOX_WIDTH - LANE)
            if beside:
                self._notes_beside(lines, x, y)
            elif lines:
                self.sheet.notes(lines, x + strip + LANE + 8, y + height + 14)
                y += len(lines) * NOTE_LINE + 6
            y += height + GAP
        bottom = y - GAP + PAD
        sign, style = STANDINGS[step.right]
        frame = Shape(x, top, strip + BOX_WIDTH + PAD + 1, bottom - top, f"frame {style}")
        if beside:
            middle, written = x + strip / 2, clip(label_step(step.name, self.translate), LONGEST_NAME)
            name = Label(middle, top + 22, written, f"step {style}", "middle")
            frame = replace(frame, labels=(name, Label(middle, top + 40, sign, f"sign {style}", "middle")))
        self.sheet.frames.append(frame)
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
        self.sheet.boxes.append(shape)

    def _lines_of(self, box: Box, width: float = NOTE_WIDTH) -> list[str]:
        return [line for note in box.notes for line in note_lines(note, width, self.translate)]

    def _notes_beside(self, lines: Sequence[str], frame: float, y: float) -> None:
        """Notes to the left of a frame, beneath those of the layers above, and a line to the layer at `y`."""
        if not lines:
            return
        top = max(y, self.noted)
        right = frame - POINTER
        self.sheet.notes(lines, right - max(map(width_of, lines)), top + 13)
        self.sheet.line("pointer", (right + 3, top + 9), (frame, y + 9), head=False)
        self.noted = top + len(lines) * NOTE_LINE + 6

    # --- arrows

    def _lane_line(self, a: str, b: str, style: str) -> None:
        """One arrow along a lane. The shortcut leaves the main path at the input and comes back at the meeting."""
        start, end = self.places[a], self.places[b]
        across = self.side + (PAD + 1 + LANE if self.block.beside else BARE_LANE / 2)
        out = (start.x + start.width, start.y + start.height / 2)
        back = (end.x + end.width, end.y + end.height / 2)
        sideways = [start.x > self.left + self.frame_width, end.x > self.left + self.frame_width]
        if sideways == [False, False] and a == INPUT and b == self.block.meeting:
            points = [out, (across, out[1]), (across, back[1]), back]
        elif sideways == [False, True]:
            points = [out, (across, out[1]), (across, end.y)]
        elif sideways == [True, False]:
            points = [(across, start.y + start.height), (across, back[1]), back]
        else:
            middle = across if sideways[0] else start.x + start.width / 2
            points = [(middle, start.y + start.height), (middle, end.y)]
        self.sheet.line(style, *points)

    def _route(self, arrow: Arrow, number: int) -> None:
        """An arrow that leaves its lane or skips layers: out to a channel between the lanes, along it, and in."""
        start, end = self.places[arrow.source], self.places[arrow.target]
        channel = self.left + self.frame_width + CHANNEL * (number + 1)
        leaving = start.y + start.height - (5 if arrow.source == INPUT else 7)
        entering = end.y + end.height / 2 + (8 if end.height > LINE_HEIGHT or number % 2 == 0 else -8)
        x0 = start.x if start.x > channel else start.x + start.width
        x1 = end.x if end.x > channel else end.x + end.width
        style = f"flow {arrow.flow}"
        self.sheet.line(style, (x0, leaving), (channel, leaving), (channel, entering), (x1, entering))
        if arrow.flow == "wrong":
            self.sheet.labels.append(Label(channel + 4, (leaving + entering) / 2 + 5, "✗", "sign wrong arrow"))
