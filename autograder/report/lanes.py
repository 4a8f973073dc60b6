"""A picture as lines of plain text, for terminals: the main path on the left, the shortcut on the right."""

from __future__ import annotations

from collections.abc import Iterator

from ..messages import Translate
from .picture import INPUT, OUTPUT, Arrow, Block, Box, Chip, Network, Note, Picture, Step
from .sentences import describe_step
from .wrap import clip, columns, wrap

WIDTH = 98
STEP = 1
LAYERS = 8
FLOW = 5
CHANNEL = 49
SHORTCUT = 53
ROUTES = 2
"""So many arrows that leave their lane are drawn; of more, the notes must tell."""

SIGNS: dict[bool | None, str] = {True: "✓", False: "✗", None: "?"}


def picture_lines(picture: Picture, _: Translate) -> list[str]:
    """The picture, no line wider than WIDTH columns."""
    if isinstance(picture, Block):
        return _Lanes(picture, _).lines()
    lines = [clip(picture.caption, WIDTH), *_stages(picture, _)]
    for inside in picture.insides:
        lines += ["", *_Lanes(inside, _).lines()]
    return lines


def note_line(note: Note, _: Translate) -> str:
    """A note in one line: what it is about, asked for, found."""
    line = "✗ " + note.about
    if note.asked and note.found:
        both = _("asked: {asked}; found: {found}").format(asked=note.asked, found=note.found)
        return f"{line}  {both}"
    return line


def _stages(network: Network, _: Translate) -> Iterator[str]:
    head = 14
    for stage in network.stages:
        name = f"  {SIGNS[stage.right]} {describe_step(stage.name, _)}"
        chips = " → ".join(_chip(chip, _) for chip in stage.chips)
        yield from wrap(chips, WIDTH, name + " " * max(1, head - columns(name)), " " * head)
        for note in stage.notes:
            yield from wrap(note_line(note, _), WIDTH, " " * head, " " * (head + 2))


def _chip(chip: Chip, _: Translate) -> str:
    if chip.mark == "missing":
        return f"[✗ {chip.label}: {_('missing')}]"
    if chip.mark == "extra":
        return f"[✗ {chip.label}: {_('too many')}]"
    return f"✗ {chip.label}" if chip.mark == "wrong" else chip.label


class _Canvas:
    """Lines that are written into at any place. A wide character takes two cells, the second of them empty."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []

    def put(self, x: int, y: int, text: str) -> None:
        while len(self.rows) <= y:
            self.rows.append([" "] * WIDTH)
        for character in text:
            wide = columns(character)
            if x + wide > WIDTH:
                return
            self.rows[y][x : x + wide] = [character, ""][:wide]
            x += wide

    def free(self, x: int, y: int) -> bool:
        return y >= len(self.rows) or self.rows[y][x] == " "

    def lines(self) -> list[str]:
        return ["".join(row).rstrip() for row in self.rows]


class _Lanes:
    """One pass over the block: first what stands in the lanes, then the lines between them."""

    def __init__(self, block: Block, _: Translate) -> None:
        self.block = block
        self.translate = _
        self.canvas = _Canvas()
        self.links, self.routed = block.sorted_arrows()
        self.at: dict[str, int] = {}

    def lines(self) -> list[str]:
        heading = wrap(self.block.caption, WIDTH)
        self._write(0, LAYERS, f"{self.block.entry}")
        self.at[INPUT] = 0
        side_end = self._side()
        y = 1
        for step in self.block.main:
            if step.name == "add":
                y = max(y, side_end)
            self.canvas.put(FLOW, y, "│")
            y = self._step(step, LAYERS, y + 1, CHANNEL - LAYERS - 3)
        self.canvas.put(FLOW, y, "▼")
        self._write(y, LAYERS, self.translate("output"))
        self.at[OUTPUT] = y
        self._lane()
        for number, arrow in enumerate(sorted(self.routed, key=lambda arrow: arrow.flow != "wrong")[:ROUTES]):
            self._route(arrow, CHANNEL - 2 * number)
        return [*heading, "", *self.canvas.lines()]

    def _write(self, y: int, x: int, text: str) -> None:
        self.canvas.put(x, y, text)

    # --- what stands in the lanes

    def _side(self) -> int:
        if not self.block.shortcut:
            return 0
        (step,) = self.block.shortcut
        self._write(1, SHORTCUT + 2, f"{SIGNS[step.right]} {self.translate('shortcut')}")
        y = 2
        for box in step.boxes:
            y = self._layer(box, SHORTCUT + 2, y, WIDTH - SHORTCUT - 2)
        return y

    def _step(self, step: Step, x: int, y: int, width: int) -> int:
        self._write(y, STEP, f"{SIGNS[step.right]} {step.name}")
        for number, box in enumerate(step.boxes):
            top = y
            y = self._layer(box, x, y, width)
            for between in range(top + (number == 0), y):
                if self.canvas.free(FLOW, between):
                    self.canvas.put(FLOW, between, "│" if box.there else "┆")
        return y

    def _layer(self, box: Box, x: int, y: int, width: int) -> int:
        self.at[box.key] = y
        text = f"{box.layer}  {box.detail}".rstrip()
        if not box.there:
            text = f"({text})"
        self._write(y, x, clip(text, width))
        for note in box.notes:
            for line in self._note(note, width):
                y += 1
                self._write(y, x, line)
        return y + 1

    def _note(self, note: Note, width: int) -> list[str]:
        whole = note_line(note, self.translate)
        if columns(whole) + 2 <= width or not note.asked:
            return wrap(whole, width, "  ", "    ")
        asked = self.translate("asked: {value}").format(value=note.asked)
        found = self.translate("found: {value}").format(value=note.found)
        lines = wrap("✗ " + note.about, width, "  ", "    ")
        return lines + wrap(asked, width, "    ", "      ")[:3] + wrap(found, width, "    ", "      ")[:3]

    # --- the lines between them

    def _lane(self) -> None:
        """The shortcut's own line, from the input to the meeting, as far as it is there or asked for."""
        meeting = self.at[self.block.meeting]
        links = [link for link in self.links if link.keys[-1] == self.block.meeting and link.keys[0] == INPUT]
        side = [box for step in self.block.shortcut for box in step.boxes]
        ends = {key for link in self.links for key in (link.keys[0], link.keys[-1])}
        if not side and not links:
            return
        wanted = not side and links[0].flow == "wanted"
        through = bool(side) and not any(box.there for box in side)
        line, flat = ("┆", "╌") if wanted or through else ("│", "─")
        if not side or INPUT in {k for link in self.links for k in link.keys[:1] if link.keys[-1] in self._keys(side)}:
            start = LAYERS + columns(self.block.entry) + 1
            self._write(0, start, flat * (SHORTCUT - start) + "┐")
        elif links:
            start = LAYERS + columns(self.block.entry) + 1
            self._write(0, start, flat * (SHORTCUT - start) + "┐")
        for y in range(1, meeting):
            if self.canvas.free(SHORTCUT, y):
                self._write(y, SHORTCUT, line)
        last = side[-1].key if side else INPUT
        if not side or last in ends or links:
            self._arrive(self.block.meeting, SHORTCUT, flat)

    def _keys(self, boxes: list[Box]) -> set[str]:
        return {box.key for box in boxes}

    def _arrive(self, key: str, x: int, flat: str) -> None:
        """A line from column `x` to the left, into the box."""
        y = self.at[key]
        end = LAYERS + self._written(y)
        self._write(y, end + 1, "◀" + flat * (x - end - 2) + "┘")

    def _written(self, y: int) -> int:
        """How many columns the layer on that line takes."""
        row = self.canvas.rows[y][LAYERS : CHANNEL - 3]
        return columns("".join(row).rstrip())

    def _route(self, arrow: Arrow, channel: int) -> None:
        """An arrow that leaves its lane or skips layers, marked where it is not as it should be."""
        top, bottom = self.at[arrow.source], self.at[arrow.target]
        line, flat = ("┆", "╌") if arrow.flow == "wanted" else ("│", "─")
        start = LAYERS + self._written(top) + 1
        self._write(top, start, flat * (channel - start) + ("┐" if bottom > top else "┘"))
        for y in range(min(top, bottom) + 1, max(top, bottom)):
            self._write(y, channel, line)
        end = LAYERS + self._written(bottom) + 1
        if arrow.target in self._keys([box for step in self.block.shortcut for box in step.boxes]):
            self._write(bottom, channel, "└" + flat * (SHORTCUT - channel) + "▶")
        else:
            self._write(bottom, end, "◀" + flat * (channel - end - 1) + "┘")
        if arrow.flow == "wrong":
            self._write((top + bottom) // 2, channel, "✗")
