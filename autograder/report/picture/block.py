"""The picture of a block: its steps in two lanes, and the arrows between their boxes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ...diagnosis.edits import Edit
from .faults import LayerRow, PicturePlan, make_box, wanted_by
from .parts import INPUT, OUTPUT, Arrow, Block, Flow, Step, standing

BLOCK_STEPS = ("2a", "2b", "2c", "shortcut", "add")


def make_block(plan: PicturePlan, rows: Sequence[LayerRow], caption: str, entry: str) -> Block:
    """The block that the rows are the layers of; `entry` is what is written where its input comes in."""
    steps = [_step(plan, [row for row in rows if row.part == part]) for part in BLOCK_STEPS]
    there = [step for step in steps if step is not None]
    return Block(
        caption=caption,
        entry=entry,
        main=tuple(step for step in there if step.name != "shortcut"),
        shortcut=tuple(step for step in there if step.name == "shortcut"),
        arrows=tuple(_arrows(plan, rows)),
    )


def _step(plan: PicturePlan, rows: Sequence[LayerRow]) -> Step | None:
    if not rows:
        return None
    boxes = tuple(make_box(plan, row) for row in rows)
    step = rows[0].step
    wrong = any(plan.of_step(step)) or any(box.mark not in ("right", "unseen") for box in boxes)
    return Step(rows[0].part, standing(wrong, any(step in finding.unseen for finding in plan.findings)), boxes)


def _arrows(plan: PicturePlan, rows: Sequence[LayerRow]) -> Iterator[Arrow]:
    """The student's own arrows; where the lanes don't meet as they should also those that were asked for."""
    ours = {row.theirs.id: row.key for row in rows if row.theirs}
    for row in rows:
        if row.theirs is None:
            if len(row.asked.inputs) > 1 and not any(r.theirs for r in rows if r.part == "shortcut"):
                yield Arrow(INPUT, row.key, "wanted")
            continue
        wrong = next((edit for edit, _ in row.faults if edit.operation == "wiring"), None)
        if wrong is None:
            yield from (Arrow(ours.get(i, INPUT), row.key, "right") for i in row.theirs.inputs)
        else:
            yield from _wrong_arrows(plan, rows, row, wrong)
    outside = [node for node in plan.graph.nodes if node.id not in ours]
    leaving = dict.fromkeys(i for node in outside for i in node.inputs if i in ours)
    ends = [plan.graph.output] if plan.graph.output in ours else leaving
    yield from (Arrow(ours[i], OUTPUT, "right") for i in ends)


def _wrong_arrows(plan: PicturePlan, rows: Sequence[LayerRow], row: LayerRow, edit: Edit) -> Iterator[Arrow]:
    """The arrows into a layer that is fed from the wrong place, and those that were asked for instead."""
    ours = {row.theirs.id: row.key for row in rows if row.theirs}
    by_mine = {row.mine.id: row.key for row in rows if row.mine}
    wanted = Counter(by_mine.get(name, INPUT) for name in wanted_by(edit))
    assert row.theirs is not None
    for i in row.theirs.inputs:
        seen = _seen_as(plan, rows, i)
        flow: Flow = "right" if wanted[seen] > 0 else "wrong"
        wanted[seen] -= 1
        yield Arrow(ours.get(i, INPUT), row.key, flow)
    yield from (Arrow(source, row.key, "wanted") for source in wanted if wanted[source] > 0)


def _seen_as(plan: PicturePlan, rows: Sequence[LayerRow], start: str) -> str:
    """The key of the layer that the reference knows at `start`, looking through extra ones."""
    ours = {row.theirs.id: row for row in rows if row.theirs}
    current = start
    while current in ours and ours[current].mine is None and len(plan.graph.by_id[current].inputs) == 1:
        (current,) = plan.graph.by_id[current].inputs
    return ours[current].key if current in ours else INPUT
