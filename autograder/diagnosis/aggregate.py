"""From edits to findings: one slip of the student's is one finding, however many layers it touches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from ..exercises import Exercise
from ..graph import Graph, Node
from .edits import INPUT, Edit, Script
from .finding import COMPONENT, Finding
from .repeats import join_repeats
from .steps import Comparison

BLOCK_LAYERS = 8
"""How many extra layers in a row, with an addition among them, count as a residual block too many."""
CONVOLUTIONS = ("Conv2D", "Dense", "SeparableConv2D", "DepthwiseConv2D", "Conv2DTranspose")
MEETING_FAULTS = ("missing", "wiring", "replaced")
"""Edits of a layer where paths meet that may cut a path off from the result."""


@dataclass(frozen=True, slots=True)
class PlacedEdit:
    """An edit with its number in the script, the step it belongs to, and the steps that it cuts off from the result."""

    number: int
    edit: Edit
    step: str
    unseen: tuple[str, ...] = ()


Rule = Callable[[list[PlacedEdit]], Iterable[Finding]]
"""Sums up several edits in one finding, wherever it sees that they are one slip."""


def findings(compared: Comparison) -> list[Finding]:
    """The edit script in the student's terms, in the order of the steps."""
    exercise, script = compared.exercise, compared.script
    edits = [PlacedEdit(n, edit, compared.steps[edit.pair]) for n, edit in enumerate(script.edits)]
    left = _without_consequences(edits, compared.reference)
    rules: tuple[Rule, ...] = (
        lambda items: _missing_blocks(items, exercise),
        lambda items: _extra_blocks(items, exercise),
        lambda items: _missing_components(items, Counter(compared.labels.values())),
        _extra_components,
        lambda items: _moved(items, script),
        lambda items: (_single(item, compared) for item in items),
    )
    found: list[Finding] = []
    for rule in rules:
        summed_up = list(rule(left))
        found.extend(summed_up)
        done = {number for finding in summed_up for number in finding.edits}
        left = [item for item in left if item.number not in done]
    order = list(dict.fromkeys(part.step for part in exercise.outline))
    return join_repeats(sorted(found, key=lambda finding: _position(finding.step, order)))


def _position(step: str, order: list[str]) -> int:
    return next((i for i, name in enumerate(order) if name == step or name.startswith(step + ",")), len(order))


def _numbers(items: Iterable[PlacedEdit]) -> tuple[int, ...]:
    return tuple(item.number for item in items)


# --- edits that only follow from others ---------------------------------------------------------------------------


def _without_consequences(items: list[PlacedEdit], reference: Graph) -> list[PlacedEdit]:
    """Drop what only follows from another edit, and note the steps that are cut off by it.

    If a meeting does not take in a lane, and all layers of the lane are missing, only the meeting is at fault. A wrong
    initializer brings a wrong seed with it. A padding layer makes up for a convolution that does not pad. A wrong
    output of the graph is reported only if nothing else is wrong.
    """
    items = _without_cut_off_lanes(items, reference)
    initializers = {item.edit.pair for item in items if item.edit.setting == "kernel_initializer"}
    padded = {
        i for item in items if item.edit.setting == "padding" and item.edit.theirs for i in item.edit.theirs.inputs
    }
    return [
        item
        for item in items
        if not (item.edit.setting == "seed" and item.edit.pair in initializers)
        and not (item.edit.theirs and item.edit.theirs.kind == "ZeroPadding2D" and item.edit.theirs.id in padded)
        and not (item.edit.setting == "output" and len(items) > 1)
    ]


def _without_cut_off_lanes(items: list[PlacedEdit], reference: Graph) -> list[PlacedEdit]:
    missing = {item.edit.mine.id: item for item in items if item.edit.operation == "missing" and item.edit.mine}
    meetings = {
        item.edit.mine.id: item
        for item in items
        if item.edit.mine and len(item.edit.mine.inputs) > 1 and item.edit.operation in MEETING_FAULTS
    }
    unseen: dict[int, list[str]] = {}
    dropped: set[int] = set()
    for meeting, item in meetings.items():
        lanes = sorted((_lane(reference, start) for start in reference.by_id[meeting].inputs), key=len)
        # Without the meeting itself there is only one path left, and the longest lane is the one that must be it.
        for lane in lanes if item.edit.operation == "wiring" else lanes[:-1]:
            if lane and all(i in missing for i in lane):
                dropped.update(missing[i].number for i in lane)
                unseen.setdefault(item.number, []).extend(dict.fromkeys(missing[i].step for i in lane[::-1]))
    return [replace(item, unseen=tuple(unseen.get(item.number, ()))) for item in items if item.number not in dropped]


def _lane(reference: Graph, start: str) -> list[str]:
    """The layers from `start` back to the last fork."""
    uses = Counter(i for node in reference.nodes for i in node.inputs)
    lane: list[str] = []
    current = start
    while uses[current] == 1 and len(reference.by_id[current].inputs) == 1:
        lane.append(current)
        (current,) = reference.by_id[current].inputs
    return lane


# --- several edits that are one slip ------------------------------------------------------------------------------


def _missing_blocks(items: list[PlacedEdit], exercise: Exercise) -> Iterator[Finding]:
    """A residual block that is missing from a stage is one finding."""
    if exercise.kind != "model":
        return
    by_block: dict[str, list[PlacedEdit]] = {}
    for item in items:
        if item.edit.operation == "missing" and ", block " in item.step:
            by_block.setdefault(item.step.rpartition(",")[0], []).append(item)
    for block, gone in by_block.items():
        parts = [part for part in exercise.outline if part.step.startswith(block + ",")]
        if parts[0].block and len(gone) == sum(len(part.layers) for part in parts):
            stage, _, letter = block.partition(", ")
            letter = letter.removeprefix("block ")
            yield Finding(stage, parts[0].block, "missing", expected=letter, block=True, edits=_numbers(gone))


def _extra_blocks(items: list[PlacedEdit], exercise: Exercise) -> Iterator[Finding]:
    """A run of extra layers is one residual block too many for each addition in it, and each block is one finding."""
    if exercise.kind != "model":
        return
    for extra, group in groupby(items, key=lambda item: item.edit.operation == "extra"):
        run = list(group)
        kinds = [item.edit.theirs.kind for item in run if item.edit.theirs]
        blocks = kinds.count("Add")
        function = _nearest_block(exercise, kinds.count("Conv2D") / blocks) if blocks else ""
        if extra and len(run) >= BLOCK_LAYERS and function:
            stage = run[0].step.partition(",")[0]
            yield from [Finding(stage, function, "extra", block=True, edits=_numbers(run))] * blocks


def _nearest_block(exercise: Exercise, convolutions: float) -> str:
    """The function of the exercise's smallest block with so many convolutions, else the largest; "" without blocks."""
    in_block: Counter[tuple[str, str]] = Counter()
    for part in exercise.outline:
        if part.block:
            in_block[part.block, part.step.rpartition(",")[0]] += part.layers.count("Conv2D")
    sizes = sorted({(number, function) for (function, _), number in in_block.items()})
    return next((function for number, function in sizes if number >= convolutions), sizes[-1][1] if sizes else "")


def _missing_components(items: list[PlacedEdit], sizes: Counter[str]) -> Iterator[Finding]:
    """A step none of whose layers is there is one finding; `sizes` says how many layers each step has."""
    by_step: dict[str, list[PlacedEdit]] = {}
    for item in items:
        if item.edit.operation == "missing":
            by_step.setdefault(item.step, []).append(item)
    for step, gone in by_step.items():
        first = gone[0].edit.mine
        if first and len(gone) == sizes[step] > 1:
            yield Finding(step, first.kind, "missing", expected=COMPONENT, edits=_numbers(gone))


def _extra_components(items: list[PlacedEdit]) -> Iterator[Finding]:
    """A convolution too many together with the normalization and ReLU on top of it is one finding."""
    extras = [(item, item.edit.theirs) for item in items if item.edit.operation == "extra" and item.edit.theirs]
    for item, first in extras:
        if first.kind not in CONVOLUTIONS:
            continue
        run, last = [item], first
        for other, node in extras:
            if last.id in node.inputs and node.kind in ("BatchNormalization", "ReLU"):
                run.append(other)
                last = node
        if len(run) > 1:
            yield Finding(item.step, first.kind, "extra", found=COMPONENT, edits=_numbers(run))


def _moved(items: list[PlacedEdit], script: Script) -> Iterator[Finding]:
    """A layer missing here and too many there, of one kind and close by, is one layer out of order."""
    gone: set[int] = set()
    for item in items:
        for other in items:
            if not gone & {item.number, other.number} and item.edit.mine and _is_move(item, other, script):
                yield Finding(item.step, item.edit.mine.kind, "wrong order", edits=_numbers((item, other)))
                gone |= {item.number, other.number}


def _is_move(missing: PlacedEdit, extra: PlacedEdit, script: Script) -> bool:
    mine, theirs = missing.edit.mine, extra.edit.theirs
    if missing.edit.operation != "missing" or extra.edit.operation != "extra" or mine is None or theirs is None:
        return False
    if mine.kind != theirs.kind:
        return False
    if missing.step == extra.step or (mine.name and mine.name == theirs.name):
        return True
    return not mine.name and not extra.step.endswith("shortcut") and _swapped(mine, theirs, script)


def _swapped(mine: Node, theirs: Node, script: Script) -> bool:
    """Whether the layer has changed places with a neighbour: that is before it in one graph, after it in the other."""
    for pair in script.pairs:
        if pair.mine is None or pair.theirs is None:
            continue
        early = theirs.id in pair.theirs.inputs and pair.mine.id in mine.inputs
        late = pair.theirs.id in theirs.inputs and mine.id in pair.mine.inputs
        if early or late:
            return True
    return False


# --- one edit by itself -------------------------------------------------------------------------------------------


def _single(item: PlacedEdit, compared: Comparison) -> Finding:
    edit = item.edit
    node = edit.mine or edit.theirs
    assert node is not None
    found = Finding(item.step, node.kind, "missing", unseen=item.unseen, edits=(item.number,))
    if edit.operation == "missing":
        return found
    if edit.operation == "extra":
        return replace(found, kind="extra")
    if edit.operation == "wiring":
        wanted = " + ".join(_where(i, compared) for i in edit.wanted)
        given = " + ".join(_where(i, compared) for i in edit.given)
        return replace(found, kind="wrong wiring", expected=wanted, found=given)
    found = replace(found, expected=edit.expected, found=edit.found)
    return found if edit.operation == "replaced" else replace(found, kind="wrong setting", setting=edit.setting)


def _where(source: str, compared: Comparison) -> str:
    if source == INPUT:
        return INPUT
    return f"{compared.reference.by_id[source].kind} ({compared.labels[source]})"
