"""A picture as lines of plain text, for terminals: the main path on the left, the shortcut on the right."""

from __future__ import annotations

from collections.abc import Iterator

from ..base.messages import Translate
from .picture.parts import INPUT, OUTPUT, Arrow, Block, Box, Chip, FaultNote, Network, Picture, Step, in_one_line
from .sentences import describe_step, label_step
from .wrap import clip, columns, wrap

WIDTH = 98
STEP, FLOW, LAYERS, CHANNEL, SHORTCUT = 1, 5, 8, 52, 56
"""The columns of the steps' names, the main path's line, its layers, arrows that leave their lane, and the shortcut."""
ROOM, NAME = 3, 12
"""How wide a step's name can be without the main path moving aside, and how much of a longer one is written."""
ROUTES = 2
"""At most so many arrows that leave their lane are drawn; there is no room for more, and the notes name them all."""

TICKS: dict[bool | None, str] = {True: "✓", False: "✗", None: "?"}


def picture_lines(picture: Picture, _: Translate) -> list[str]:
    """The picture, no line wider than WIDTH columns."""
    if isinstance(picture, Block):
        return _Lanes(picture, _).lines()
    lines = [clip(picture.caption, WIDTH), *_stages(picture, _)]
    for inside in picture.insides:
        lines += ["", *_Lanes(inside, _).lines()]
    return lines


def _stages(network: Network, _: Translate) -> Iterator[str]:
    head = 14
    for stage in network.stages:
        name = f"  {TICKS[stage.right]} {describe_step(stage.name, _)}"
        chips = " → ".join(_chip(chip, _) for chip in stage.chips)
        yield from wrap(chips, WIDTH, name + " " * max(1, head - columns(name)), " " * head)
        for note in stage.notes:
            yield from wrap(in_one_line(note, _), WIDTH, " " * head, " " * (head + 2))


def _chip(chip: Chip, _: Translate) -> str:
    if chip.mark in ("missing", "extra"):
        what = _("missing") if chip.mark == "missing" else _("too many")
        return f"[✗ {chip.label}: {what}]"
    return f"✗ {chip.label}" if chip.mark == "wrong" else chip.label


def _in_two(text: str, width: int) -> list[str]:
    """The text in lines of `width` columns; what stands behind the last comma, such as the line, is kept together."""
    head, comma, tail = text.rpartition(", ")
    if columns(text) > width >= max(columns(head) + 1, columns(tail) + 2) and comma:
        return [f"{head},", f"  {tail}"]
    return wrap(clip(text, 2 * width), width, "", "  ")


class _Canvas:
    """Lines that are written into at any place.

    A wide character takes two cells, the second of them empty; an accent goes into the cell of its letter.
    """

    def __init__(self) -> None:
        self.rows: list[list[str]] = []

    def put(self, x: int, y: int, text: str) -> None:
        while len(self.rows) <= y:
            self.rows.append([" "] * WIDTH)
        for character in text:
            wide = columns(character)
            if x + wide > WIDTH:
                return
            if wide:
                self.rows[y][x : x + wide] = [character, ""][:wide]
                x += wide
            elif x:
                self.rows[y][x - 1] += character

    def lines(self) -> list[str]:
        return ["".join(row).rstrip() for row in self.rows]


class _Lanes:
    """One pass over the block: first what stands in the lanes, then the lines between them."""

    def __init__(self, block: Block, _: Translate) -> None:
        self.block = block
        self.translate = _
        self.canvas = _Canvas()
        self.links, self.routed = block.sorted_arrows()
        self.side = {box.key for step in block.beside for box in step.boxes}
        longest = max((columns(step.name) for step in block.main), default=0)
        self.indent = max(0, min(longest, NAME) - ROOM)
        """How far the main path moves to the right, so that the steps' names have room."""
        self.at: dict[str, int] = {}
        self.ends: dict[str, int] = {}

    def lines(self) -> list[str]:
        heading = wrap(self.block.caption, WIDTH)
        flow, layers = FLOW + self.indent, LAYERS + self.indent
        self._place(INPUT, layers, 0, self.block.entry)
        side_end = self._side()
        y = 1
        for step in self.block.main:
            if step.holds(self.block.meeting):
                y = max(y, side_end)
            self.canvas.put(flow, y, "┆" if step.right is None else "│")
            y = self._step(step, layers, y + 1, (CHANNEL if self.routed else SHORTCUT) - layers - 3)
        self.canvas.put(flow, y, "▼")
        self._place(OUTPUT, layers, y, self.translate("output"))
        self._lane()
        for number, arrow in enumerate(sorted(self.routed, key=lambda arrow: arrow.flow != "wrong")[:ROUTES]):
            self._route(arrow, CHANNEL - 2 * number)
        return [*heading, "", *self.canvas.lines()]

    def _place(self, key: str, x: int, y: int, text: str) -> None:
        self.canvas.put(x, y, text)
        self.at[key], self.ends[key] = y, x + columns(text)

    # --- what stands in the lanes

    def _side(self) -> int:
        y = 1 if self.block.beside else 0
        for step in self.block.beside:
            name = clip(describe_step(step.name, self.translate), WIDTH - SHORTCUT - 4)
            self.canvas.put(SHORTCUT + 2, y, f"{TICKS[step.right]} {name}")
            y += 1
            for box in step.boxes:
                y = self._layer(box, SHORTCUT + 2, y, WIDTH - SHORTCUT - 2)
        return y

    def _step(self, step: Step, x: int, y: int, width: int) -> int:
        self.canvas.put(STEP, y, f"{TICKS[step.right]} {clip(label_step(step.name, self.translate), NAME)}")
        for number, box in enumerate(step.boxes):
            top = y
            y = self._layer(box, x, y, width)
            for between in range(top + (number == 0), y):
                self.canvas.put(FLOW + self.indent, between, "│" if box.there else "┆")
        return y

    def _layer(self, box: Box, x: int, y: int, width: int) -> int:
        text = f"{box.layer} {box.detail}".rstrip()
        if not box.there:
            text = f"({text})"
        first, *more = _in_two(text, width)
        self._place(box.key, x, y, first)
        for line in (*more, *(line for note in box.notes for line in self._note(note, width))):
            y += 1
            self.canvas.put(x, y, line)
        return y + 1

    def _note(self, note: FaultNote, width: int) -> list[str]:
        whole = in_one_line(note, self.translate)
        if columns(whole) + 2 <= width or not note.asked:
            return wrap(whole, width, "  ", "    ")
        asked = self.translate("asked: {value}").format(value=note.asked)
        found = self.translate("found: {value}").format(value=note.found)
        lines = wrap("✗ " + note.about, width, "  ", "    ")
        return lines + wrap(asked, width, "    ", "      ")[:3] + wrap(found, width, "    ", "      ")[:3]

    # --- the lines between them

    def _lane(self) -> None:
        """The shortcut's own line, as far as it is there or asked for."""
        ends = {INPUT, self.block.meeting, *self.side}
        for link in self.links:
            if not ends.issuperset(link.keys):
                continue
            solid = link.flow == "right" and len(link.keys) == 2
            line, flat = ("│", "─") if solid else ("┆", "╌")
            top, bottom = self.at[link.keys[0]], self.at[link.keys[-1]]
            for y in range(top + 1, bottom):
                self.canvas.put(SHORTCUT, y, line)
            if link.keys[0] == INPUT:
                self._leave(INPUT, SHORTCUT, flat + "┐")
            else:
                self.canvas.put(SHORTCUT, top, line)
            if link.keys[-1] == self.block.meeting:
                self._arrive(self.block.meeting, SHORTCUT, flat)
            else:
                self.canvas.put(SHORTCUT, bottom, "▾")

    def _leave(self, key: str, x: int, flat: str) -> None:
        """A line from the box to the right, to column `x`."""
        y, start = self.at[key], self.ends[key] + 1
        self.canvas.put(start, y, flat[0] * (x - start) + flat[1])

    def _arrive(self, key: str, x: int, flat: str) -> None:
        """A line from column `x` to the left, into the box."""
        y, end = self.at[key], self.ends[key] + 1
        self.canvas.put(end, y, "◀" + flat * (x - end - 1) + "┘")

    def _route(self, arrow: Arrow, channel: int) -> None:
        """An arrow that leaves its lane or skips layers, marked where it is not as it should be."""
        top, bottom = self.at[arrow.source], self.at[arrow.target]
        line, flat = ("┆", "╌") if arrow.flow == "wanted" else ("│", "─")
        for y in range(min(top, bottom) + 1, max(top, bottom)):
            self.canvas.put(channel, y, line)
        if arrow.source in self.side:
            self.canvas.put(channel, top, ("┌" if bottom > top else "└") + flat * (SHORTCUT - channel))
        else:
            self._leave(arrow.source, channel, flat + ("┐" if bottom > top else "┘"))
        if arrow.target in self.side:
            self.canvas.put(channel, bottom, ("└" if bottom > top else "┌") + flat * (SHORTCUT - channel - 1) + "▸")
        else:
            self._arrive(arrow.target, channel, flat)
        if arrow.flow == "wrong":
            self.canvas.put(channel, (top + bottom) // 2, "✗")
