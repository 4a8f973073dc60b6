"""The picture of a block: its steps in two lanes, and the arrows between their boxes.

The author of the exercise names the steps, and there may be any number of branches: the longest one is the main path,
and all others stand beneath each other in the lane beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from ...diagnosis.edits import Edit
from ...graph import Node
from .faults import LayerRow, PicturePlan, make_box, wanted_by
from .parts import INPUT, OUTPUT, Arrow, Block, Flow, Step, standing

SHORTCUT = "shortcut"
"""The step of extra layers on a path that should be bare; the diagnosis calls it so in any exercise."""


def make_block(plan: PicturePlan, rows: Sequence[LayerRow], caption: str, entry: str) -> Block:
    """The block that the rows are the layers of; `entry` is what is written where its input comes in."""
    main, meeting = _main_path(rows)
    parts = dict.fromkeys(row.part for row in rows)
    steps = {part: _step(plan, [row for row in rows if row.part == part]) for part in parts}
    return Block(
        caption=caption,
        entry=entry,
        main=tuple(step for part, step in steps.items() if part in main),
        beside=tuple(step for part, step in steps.items() if part not in main),
        arrows=tuple(_arrows(plan, rows, main)),
        meeting=meeting,
    )


def _main_path(rows: Sequence[LayerRow]) -> tuple[frozenset[str], str]:
    """The steps of the longest way from the block's input to its output, and the key of the last meeting on it.

    A step that the exercise does not ask for belongs to it, too, unless it is the shortcut.
    """
    asked = {row.mine.id: row for row in rows if row.mine}
    length: dict[str, int] = {}
    for name, row in asked.items():  # in the order in which the input passes them
        length[name] = 1 + max((length.get(i, 0) for i in _inputs(row.mine)), default=0)
    main = {row.part for row in rows if row.part != SHORTCUT} - {row.part for row in asked.values()}
    meeting = OUTPUT
    current = next(reversed(asked), None)
    while current is not None:
        row = asked[current]
        main.add(row.part)
        inputs = _inputs(row.mine)
        if len(inputs) > 1 and meeting == OUTPUT:
            meeting = row.key
        current = max((i for i in inputs if i in asked), key=lambda i: length[i], default=None)
    return frozenset(main), meeting


def _inputs(node: Node | None) -> tuple[str, ...]:
    return node.inputs if node else ()


def _step(plan: PicturePlan, rows: Sequence[LayerRow]) -> Step:
    boxes = tuple(make_box(plan, row) for row in rows)
    step = rows[0].step
    wrong = any(plan.of_step(step)) or any(box.mark not in ("right", "unseen") for box in boxes)
    return Step(rows[0].part, standing(wrong, any(step in finding.unseen for finding in plan.findings)), boxes)


def _arrows(plan: PicturePlan, rows: Sequence[LayerRow], main: Collection[str]) -> Iterator[Arrow]:
    """The student's own arrows; where the lanes don't meet as they should also those that were asked for."""
    ours = {row.theirs.id: row.key for row in rows if row.theirs}
    for row in rows:
        if row.theirs is None:
            if len(row.asked.inputs) > 1 and not any(r.theirs for r in rows if r.part not in main):
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
