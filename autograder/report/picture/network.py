"""The picture of a network: a row for each stage, and what it looks like inside a block that is at fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from ...base.messages import Translate
from ...diagnosis import Finding
from ..sentences import describe_step
from ..wrap import clip
from .block import make_block
from .faults import LayerRow, PicturePlan, make_box
from .parts import Block, Chip, FaultNote, Mark, Network, Stage, standing

MOST_INSIDES = 2
MOST_EXTRA = 4
"""So many blocks too many have a chip each."""


def make_network(plan: PicturePlan, caption: str) -> Network:
    """The network that the plan's rows are the layers of."""
    stages: dict[str, list[LayerRow]] = {}
    for row in plan.rows:
        stages.setdefault(row.step.partition(",")[0], []).append(row)
    return Network(caption, tuple(_stage(plan, *stage) for stage in stages.items()), tuple(_insides(plan)))


def _stage(plan: PicturePlan, name: str, rows: Sequence[LayerRow]) -> Stage:
    chips: list[Chip] = []
    notes: list[FaultNote] = []
    for run in _runs(rows):
        if run[0].extra_block:
            chips.extend(_extra_chips(run))
        elif run[0].step == name:
            boxes = [make_box(plan, row) for row in run]
            chips.extend(Chip(box.layer, "", box.mark) for box in boxes)
            notes.extend(replace(note, about=f"{box.layer}: {note.about}") for box in boxes for note in box.notes)
        else:
            chips.append(_chip(plan, run))
    here = any(step.partition(",")[0] == name for finding in plan.findings for step in finding.steps)
    wrong = here or any(chip.mark not in ("right", "unseen") for chip in chips)
    unseen = bool(chips) and all(chip.mark == "unseen" for chip in chips)
    return Stage(name, standing(wrong, unseen), tuple(chips), tuple(notes))


def _runs(rows: Sequence[LayerRow]) -> list[list[LayerRow]]:
    """The rows of each block, or of the layers between blocks, with whole blocks too many apart."""
    apart = groupby(rows, key=lambda row: (row.extra_block, "" if row.extra_block else row.whole))
    return [list(run) for _, run in apart]


def _extra_chips(run: Sequence[LayerRow]) -> Iterator[Chip]:
    """A chip for each block too many, or one for all where there are many."""
    ends = (row for row in run if row.node.kind == "Add" or row.stands_in)
    words = [clip(row.extra_block.layer, 24) for row in ends if row.extra_block]
    for layer, number in Counter(words).items():
        yield from (
            [Chip("+", layer, "extra")] * number if number <= MOST_EXTRA else [Chip(f"+{number}", layer, "extra")]
        )


def _chip(plan: PicturePlan, run: Sequence[LayerRow]) -> Chip:
    """The chip of a block that was asked for."""
    whole = run[0].whole
    marks = {make_box(plan, row).mark for row in run}
    touched = any(f"{step},".startswith(whole + ",") for finding in plan.findings for step in finding.steps)
    mark: Mark = "right"
    if not any(row.theirs for row in run):
        mark = "missing" if "missing" in marks else "unseen"
    elif touched or marks - {"right", "unseen"}:
        mark = "wrong"
    if run[0].stands_in:
        return Chip(whole.rpartition("block ")[2], clip(run[0].node.kind.removesuffix("()"), 24), mark)
    convolutional = any(row.part == "shortcut" and row.mine for row in run)
    return Chip(whole.rpartition("block ")[2], _block_words(convolutional, plan.translate), mark)


def _block_words(convolutional: bool, _: Translate) -> str:
    return _("convolutional") if convolutional else _("identity")


def _insides(plan: PicturePlan) -> Iterator[Block]:
    """The inside of the first block at fault, and of another one for slips that the first does not have."""
    shown: list[str] = []
    for finding in plan.findings:
        blocks = _blocks_of(finding)
        if not blocks or any(block in shown for block in blocks) or len(shown) == MOST_INSIDES:
            continue
        shown.append(blocks[0])
        rows = [row for row in plan.rows if row.whole == blocks[0] and not row.extra_block]
        if any(row.theirs for row in rows):
            caption = _inside_caption(plan, blocks[0])
            yield make_block(plan, rows, caption, plan.translate("input of the block"))


def _blocks_of(finding: Finding) -> list[str]:
    """The blocks that have this slip."""
    return list(dict.fromkeys(step.rpartition(", ")[0] for step in finding.steps if ", block " in step))


def _inside_caption(plan: PicturePlan, block: str) -> str:
    _ = plan.translate
    others = {other for f in plan.findings if block in _blocks_of(f) for other in _blocks_of(f)} - {block}
    words = describe_step(block, _)
    if not others:
        return _("Inside {block}").format(block=words)
    return _("Inside {block}; the same slip in {number} more blocks").format(block=words, number=len(others))
