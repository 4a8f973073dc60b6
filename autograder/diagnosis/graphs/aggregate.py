"""From edits to findings: one slip of the student's is one finding, however many layers it touches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from ...exercises import Exercise
from ...graph import Graph, Node
from ...graph.layers import PART
from ..edits import INPUT, SHARED, Edit, Script
from ..finding import COMPONENT, Finding
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
    found = list(_missing_blocks(edits, exercise))
    gone = tuple(found)
    left = _without_consequences(_without(edits, found), compared.reference)
    rules: tuple[Rule, ...] = (
        lambda items: _extra_blocks(items, exercise, gone),
        lambda items: _missing_components(items, Counter(compared.labels.values())),
        _extra_components,
        lambda items: _moved(items, script),
        lambda items: (_single(item, compared) for item in items),
    )
    for rule in rules:
        summed_up = list(rule(left))
        found.extend(summed_up)
        left = _without(left, summed_up)
    order = list(dict.fromkeys(part.step for part in exercise.outline))
    return join_repeats(sorted(found, key=lambda finding: _position(finding.step, order)))


def _without(items: list[PlacedEdit], done: list[Finding]) -> list[PlacedEdit]:
    numbers = {number for finding in done for number in finding.edits}
    return [item for item in items if item.number not in numbers]


def _position(step: str, order: list[str]) -> int:
    return next((i for i, name in enumerate(order) if name == step or name.startswith(step + ",")), len(order))


def _numbers(items: Iterable[PlacedEdit]) -> tuple[int, ...]:
    return tuple(item.number for item in items)


# --- edits that only follow from others ---------------------------------------------------------------------------


def _without_consequences(items: list[PlacedEdit], reference: Graph) -> list[PlacedEdit]:
    """Drop what only follows from another edit, and note the steps that are cut off by it.

    If a meeting does not take in a lane, and all layers of the lane are missing, only the meeting is at fault. A wrong
    initializer brings a wrong seed with it, and a layer that is called again all its settings. A padding layer makes
    up for a convolution that does not pad. A wrong output of the graph is reported only if nothing else is wrong.
    """
    items = _without_cut_off_lanes(items, reference)
    initializers = {(item.edit.pair, item.edit.setting) for item in items if item.edit.setting.endswith("_initializer")}
    again = {item.edit.pair for item in items if item.edit.setting == SHARED and item.edit.found}
    padded = {
        i for item in items if item.edit.setting == "padding" and item.edit.theirs for i in item.edit.theirs.inputs
    }
    parts = {node.id for node in map(_of_several, items) if node is not None}
    return [
        item
        for item in items
        if _of_several(item) is None
        and not (item.edit.operation == "wiring" and item.edit.theirs and parts & set(item.edit.theirs.inputs))
        and (item.edit.pair, _initializer(item.edit.setting)) not in initializers
        and not (item.edit.theirs and item.edit.theirs.kind == "ZeroPadding2D" and item.edit.theirs.id in padded)
        and not (item.edit.setting == "output" and len(items) > 1)
        and not (item.edit.pair in again and item.edit.operation == "setting" and item.edit.setting != SHARED)
    ]


def _of_several(item: PlacedEdit) -> Node | None:
    """One of a layer's several outputs, which the exercise has not: the setting that gives them is the finding."""
    return (
        item.edit.theirs
        if item.edit.operation == "extra" and item.edit.theirs and item.edit.theirs.kind == PART
        else None
    )


def _initializer(setting: str) -> str:
    """The initializer that a seed is the seed of; "" for any other setting."""
    if setting == "seed":
        return "kernel_initializer"
    return setting.removesuffix("_seed") if setting.endswith("_initializer_seed") else ""


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
    """The residual blocks of one function that are missing from a stage are one finding."""
    by_block: dict[str, list[PlacedEdit]] = {}
    for item in items if exercise.kind == "model" else ():
        if item.edit.operation == "missing" and ", block " in item.step:
            by_block.setdefault(_block_of(item), []).append(item)
    gone: dict[tuple[str, str], list[tuple[str, list[PlacedEdit]]]] = {}
    for block, missing in by_block.items():
        parts = [part for part in exercise.outline if f"{part.step},".startswith(block + ",")]
        function = _stand_in(missing[0]) or parts[0].block
        if function and len(missing) == sum(len(part.layers) for part in parts):
            stage, _, letter = block.partition(", block ")
            gone.setdefault((stage, function), []).append((letter, missing))
    for (stage, function), blocks in gone.items():
        letters = ", ".join(letter for letter, _ in blocks)
        edits = tuple(number for _, missing in blocks for number in _numbers(missing))
        yield Finding(stage, function, "missing", expected=letters, block=True, edits=edits)


def _block_of(item: PlacedEdit) -> str:
    return item.step if _stand_in(item) else item.step.rpartition(",")[0]


def _stand_in(item: PlacedEdit) -> str:
    """The function of the block that the layer stands in for; "" for a layer of another kind."""
    node = item.edit.mine or item.edit.theirs
    return node.kind.removesuffix("()") if node and node.kind.endswith("()") else ""


def _extra_blocks(items: list[PlacedEdit], exercise: Exercise, missing: Iterable[Finding]) -> Iterator[Finding]:
    """In a run of extra layers each addition ends a residual block too many; those of one function are one finding."""
    if exercise.kind != "model":
        return
    many: dict[tuple[str, str], list[list[PlacedEdit]]] = {}
    for (extra, stage), group in groupby(items, key=lambda item: (item.edit.operation, item.step.partition(",")[0])):
        run = list(group)
        if extra != "extra":
            continue
        for item in run:
            if _stand_in(item):
                many.setdefault((stage, _stand_in(item)), []).append([item])
        for block in _cut(run) if len(run) >= BLOCK_LAYERS else ():
            function = _nearest_block(exercise, _kinds(block).count("Conv2D"))
            if function:
                many.setdefault((stage, function), []).append(block)
    for (stage, function), blocks in many.items():
        asked = _asked(exercise, stage, function)
        gone = sum(
            len(str(finding.expected).split(", "))
            for finding in missing
            if (finding.step, finding.layer) == (stage, function)
        )
        yield Finding(
            stage,
            function,
            "extra",
            expected=asked,
            found=asked - gone + len(blocks),
            block=True,
            edits=tuple(number for block in blocks for number in _numbers(block)),
        )


def _asked(exercise: Exercise, stage: str, function: str) -> int:
    """How many of a function's blocks a stage should have."""
    inside = [part for part in exercise.outline if part.step.startswith(stage + ",")]
    whole = sum(part.layers == (f"{function}()",) for part in inside)
    return whole or len({part.step.rpartition(",")[0] for part in inside if part.block == function})


def _kinds(items: Iterable[PlacedEdit]) -> list[str]:
    return [item.edit.theirs.kind for item in items if item.edit.theirs]


def _cut(run: list[PlacedEdit]) -> list[list[PlacedEdit]]:
    """A run of extra layers, cut behind each addition and its activation; nothing without an addition."""
    blocks: list[list[PlacedEdit]] = []
    block: list[PlacedEdit] = []
    for before, item in zip((None, *run), run, strict=False):
        ended = "Add" in _kinds(block)
        if ended and not (before and _kinds([before]) == ["Add"] and _kinds([item]) == ["ReLU"]):
            blocks.append(block)
            block = []
        block.append(item)
    if "Add" in _kinds(block):
        return [*blocks, block]
    if blocks:
        blocks[-1].extend(block)
    return blocks


def _nearest_block(exercise: Exercise, convolutions: int) -> str:
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
    if edit.setting == SHARED:
        asked, there = (_where(str(layer), compared) if layer else None for layer in (edit.expected, edit.found))
        found = replace(found, expected=asked, found=there)
    return found if edit.operation == "replaced" else replace(found, kind="wrong setting", setting=edit.setting)


def _where(source: str, compared: Comparison) -> str:
    if source.partition(" ")[0] == INPUT and source not in compared.reference.by_id:
        return _of_call(source, compared)
    return f"{compared.reference.by_id[source].kind} ({compared.labels[source]})"


def _of_call(source: str, compared: Comparison) -> str:
    """An input of the graph; where a block has several, with the name of the parameter that it is."""
    number = int(source.partition(" ")[2] or 1) - 1
    signature = compared.exercise.signature
    if len(compared.reference.inputs) == 1 or compared.exercise.kind != "block" or number >= len(signature):
        return source
    return f"{INPUT} {signature[number]}"
