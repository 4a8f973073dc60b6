"""A network on a page: the stages from top to bottom, each with its blocks or layers from left to right."""

from __future__ import annotations

from ...base.messages import Translate
from ..picture.parts import Chip, Network, Stage, in_one_line
from ..sentences import describe_step
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
)  # fmt: skip

NAME = 74.0
HEIGHT = 36.0
ARROW = 14.0
WIDTH = 700.0


def draw_network(network: Network, _: Translate) -> Drawing:
    """The network's coordinates."""
    sheet = Sheet()
    y = MARGIN
    for stage in network.stages:
        y = _row(sheet, stage, y, _) + 10
    return sheet.drawing(network.caption, WIDTH, y - 10 + MARGIN)


def _row(sheet: Sheet, stage: Stage, top: float, _: Translate) -> float:
    """One stage, its chips on further lines where they don't fit; gives where it ends."""
    sign, style = STANDINGS[stage.right]
    x, y = MARGIN + NAME, top + PAD
    for number, chip in enumerate(stage.chips):
        label, words = f"{MARKS[chip.mark]} {chip.label}".strip(), _words(chip, _)
        width = max(columns(label) * 7.5, columns(words) * CHARACTER, 44.0) + 16
        if x + width > WIDTH - MARGIN - PAD:
            x, y = MARGIN + NAME, y + HEIGHT + 8
        if number:
            flow = "flow right through" if chip.mark == "missing" else "flow right"
            sheet.line(flow, (x - ARROW, y + HEIGHT / 2), (x, y + HEIGHT / 2))
        labels = [Label(x + width / 2, y + (15 if chip.detail else 22), label, "layer", "middle")]
        if chip.detail:
            labels.append(Label(x + width / 2, y + 29, words, "detail", "middle"))
        title = f"{chip.label} {chip.detail}".strip()
        sheet.boxes.append(Shape(x, y, width, HEIGHT, f"box {chip.mark}", tuple(labels), title))
        x += width + ARROW
    y += HEIGHT
    room = int((WIDTH - NAME - 40) / BOLD_CHARACTER)
    lines = [line for note in stage.notes for line in wrap(in_one_line(note, _), room, indent="   ")]
    sheet.notes(lines, MARGIN + NAME, y + NOTE_LINE + 2)
    bottom = y + len(lines) * NOTE_LINE + (4 if lines else 0) + PAD
    name = Label(MARGIN + 10, top + 22, clip(describe_step(stage.name, _), 10), f"step {style}")
    written = (name, Label(MARGIN + 10, top + 39, sign, f"sign {style}"))
    sheet.frames.append(Shape(MARGIN, top, WIDTH - 2 * MARGIN, bottom - top, f"frame {style}", written))
    return bottom


def _words(chip: Chip, _: Translate) -> str:
    if chip.mark == "missing":
        return _("missing")
    return _("too many") if chip.mark == "extra" else chip.detail
