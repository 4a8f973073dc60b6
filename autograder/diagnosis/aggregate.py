"""From edits to findings: one slip of the student's is one finding, however many layers it touches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from ..exercises import Exercise
from ..graph import Graph, Node
from .edits import INPUT, Edit, Script
from .finding import Finding

BLOCK_LAYERS = 8
"""So many extra layers in a row, an addition among them, are a residual block too many."""
COMPONENT = "component"
"""In a finding's `expected` or `found`: not one layer but the convolution with all that belongs to it."""
CONVOLUTIONS = ("Conv2D", "Dense", "SeparableConv2D", "DepthwiseConv2D", "Conv2DTranspose")


@dataclass(frozen=True, slots=True)
class Placed:
    """An edit with the step it belongs to."""

    edit: Edit
    step: str
    unseen: tuple[str, ...] = ()


def label(exercise: Exercise, reference: Graph) -> dict[str, str]:
    """Reference node id -> step. Raises ValueError where the outline does not fit the reference's layers."""
    steps: dict[str, str] = {}
    nodes = iter(reference.linear)
    for part in exercise.outline:
        for kind in part.layers:
            node = next(nodes, None)
            if node is None or node.kind != kind:
                found = node.kind if node else "nothing"
                raise ValueError(f"{exercise.name}, step {part.step}: the outline says {kind}, the reference {found}")
            steps[node.id] = part.step
    left = next(nodes, None)
    if left is not None:
        raise ValueError(f"{exercise.name}: the outline ends before the reference's {left.kind}")
    return steps


def places(exercise: Exercise, reference: Graph, script: Script) -> tuple[str, ...]:
    """The step of every pair of the script: its reference layer's; an extra layer has that of its surroundings."""
    steps = label(exercise, reference)
    of_edits = zip(script.edits, _steps(script, steps, reference), strict=True)
    of_extra = {edit.theirs.id: step for edit, step in of_edits if edit.operation == "extra" and edit.theirs}
    return tuple(
        steps[pair.mine.id] if pair.mine else of_extra[pair.theirs.id] if pair.theirs else "" for pair in script.pairs
    )


def findings(exercise: Exercise, reference: Graph, script: Script) -> list[Finding]:
    """The edit script in the student's terms, in the order of the steps."""
    steps = label(exercise, reference)
    placed = [Placed(edit, step) for edit, step in zip(script.edits, _steps(script, steps, reference), strict=True)]
    placed = _without_consequences(placed, reference)
    found: list[Finding] = []
    placed = _missing_blocks(placed, found, exercise)
    placed = _extra_blocks(placed, found, exercise)
    placed = _missing_components(placed, found, steps)
    placed = _extra_components(placed, found)
    placed = _moved(placed, found, script)
    found.extend(_single(item, steps, reference) for item in placed)
    order = list(dict.fromkeys([part.step for part in exercise.outline]))
    return _same_slip(sorted(found, key=lambda f: _position(f.step, order)))


def _position(step: str, order: Sequence[str]) -> int:
    return next((i for i, name in enumerate(order) if name == step or name.startswith(step + ",")), len(order))


def _steps(script: Script, steps: dict[str, str], reference: Graph) -> list[str]:
    """Where each edit belongs: its reference layer's step; an extra layer goes with the layer before it.

    On the student's graph "before" means its input; an extra layer that stands right at the graph's input goes with
    the layer it leads to, and one between a fork and the meeting it should reach directly is on the shortcut.
    """
    mine_of = {pair.theirs.id: pair.mine for pair in script.pairs if pair.theirs}
    theirs = {pair.theirs.id: pair.theirs for pair in script.pairs if pair.theirs}
    before = {node.id: list(node.inputs) for node in theirs.values()}
    after: dict[str, list[str]] = {}
    for node in theirs.values():
        for i in node.inputs:
            after.setdefault(i, []).append(node.id)
    first = next(iter(steps.values()))

    def step_of(edit: Edit) -> str:
        if edit.mine is not None:
            return steps[edit.mine.id]
        assert edit.theirs is not None
        source = _nearest(edit.theirs.id, before, mine_of)
        target = _nearest(edit.theirs.id, after, mine_of)
        if (
            target
            and len(target.inputs) > 1
            and (source.id if source else _input(reference)) in _forks(target, reference)
        ):
            return _shortcut_of(steps[target.id])
        if source is not None:
            return steps[source.id]
        return steps[target.id] if target else first

    return [step_of(edit) for edit in script.edits]


def _nearest(start: str, neighbours: dict[str, list[str]], mine_of: dict[str, Node | None]) -> Node | None:
    """The reference layer of the first aligned layer that is met on the way."""
    seen, queue = set(), [start]
    while queue:
        current = queue.pop(0)
        mine = mine_of.get(current)
        if mine is not None:
            return mine
        if current not in seen:
            seen.add(current)
            queue.extend(neighbours.get(current, []))
    return None


def _input(reference: Graph) -> str:
    return next(node.id for node in reference.nodes if node.kind == "InputLayer")


def _forks(meeting: Node, reference: Graph) -> set[str]:
    """The inputs of a meeting that something else uses, too."""
    return {i for i in meeting.inputs if sum(i in node.inputs for node in reference.nodes) > 1}


def _shortcut_of(step: str) -> str:
    return ", ".join([*step.split(", ")[:-1], "shortcut"])


def _without_consequences(placed: list[Placed], reference: Graph) -> list[Placed]:
    """Drop what only follows from another edit, and leave word of the steps that are cut off by it.

    A lane none of whose layers is there because its meeting does not take it in is the meeting's own fault. Another
    initializer has another seed. Padding by hand is there because the convolution does not pad. Where the output is
    taken from is worth a word only if nothing else is wrong.
    """
    placed = _without_cut_off_lanes(placed, reference)
    initializers = {id(item.edit.mine) for item in placed if item.edit.setting == "kernel_initializer"}
    padded = {
        i for item in placed if item.edit.setting == "padding" and item.edit.theirs for i in item.edit.theirs.inputs
    }
    return [
        item
        for item in placed
        if not (item.edit.setting == "seed" and id(item.edit.mine) in initializers)
        and not (item.edit.theirs and item.edit.theirs.kind == "ZeroPadding2D" and item.edit.theirs.id in padded)
        and not (item.edit.setting == "output" and len(placed) > 1)
    ]


def _without_cut_off_lanes(placed: list[Placed], reference: Graph) -> list[Placed]:
    missing = {item.edit.mine.id: item.step for item in placed if item.edit.operation == "missing" and item.edit.mine}
    meetings = {
        item.edit.mine.id: item
        for item in placed
        if item.edit.mine and len(item.edit.mine.inputs) > 1 and item.edit.operation in MEETING_FAULTS
    }
    unseen: dict[str, list[str]] = {}
    dropped: set[str] = set()
    for meeting, item in meetings.items():
        lanes = sorted((_lane(reference, start) for start in reference.by_id[meeting].inputs), key=len)
        # Without the meeting itself there is only one path left, and the longest lane is the one that must be it.
        for lane in lanes if item.edit.operation == "wiring" else lanes[:-1]:
            if lane and all(i in missing for i in lane):
                dropped.update(lane)
                unseen.setdefault(meeting, []).extend(dict.fromkeys(missing[i] for i in lane[::-1]))
    return [
        replace(item, unseen=tuple(unseen.get(item.edit.mine.id, ())))
        if item in meetings.values() and item.edit.mine
        else item
        for item in placed
        if not (item.edit.operation == "missing" and item.edit.mine and item.edit.mine.id in dropped)
    ]


MEETING_FAULTS = ("missing", "wiring", "replaced")


def _lane(reference: Graph, start: str) -> list[str]:
    """The layers from `start` back to the last fork."""
    uses: dict[str, int] = {}
    for node in reference.nodes:
        for i in node.inputs:
            uses[i] = uses.get(i, 0) + 1
    lane: list[str] = []
    current = start
    while uses.get(current, 0) == 1 and len(reference.by_id[current].inputs) == 1:
        lane.append(current)
        (current,) = reference.by_id[current].inputs
    return lane


def _missing_blocks(placed: list[Placed], found: list[Finding], exercise: Exercise) -> list[Placed]:
    """A residual block that is missing from a stage is one finding."""
    if exercise.kind != "model":
        return placed
    by_block: dict[str, list[Placed]] = {}
    for item in placed:
        if item.edit.operation == "missing" and ", block " in item.step:
            by_block.setdefault(item.step.rpartition(",")[0], []).append(item)
    gone: list[str] = []
    for block, items in by_block.items():
        parts = [part for part in exercise.outline if part.step.startswith(block + ",")]
        if parts[0].block and len(items) == sum(len(part.layers) for part in parts):
            stage, _, letter = block.partition(", ")
            found.append(Finding(stage, parts[0].block, "missing", expected=letter.removeprefix("block "), block=True))
            gone.append(block)
    return [item for item in placed if item.step.rpartition(",")[0] not in gone]


def _extra_blocks(placed: list[Placed], found: list[Finding], exercise: Exercise) -> list[Placed]:
    """A run of extra layers with additions among them is as many residual blocks too many, each one finding."""
    if exercise.kind != "model":
        return placed
    kept: list[Placed] = []
    for extra, group in groupby(placed, key=lambda item: item.edit.operation == "extra"):
        run = list(group)
        kinds = [item.edit.theirs.kind for item in run if item.edit.theirs]
        blocks = kinds.count("Add")
        function = _nearest_block(exercise, kinds.count("Conv2D") / blocks) if blocks else ""
        if not extra or len(run) < BLOCK_LAYERS or not function:
            kept.extend(run)
            continue
        found.extend(Finding(run[0].step.partition(",")[0], function, "extra", block=True) for _ in range(blocks))
    return kept


def _nearest_block(exercise: Exercise, convolutions: float) -> str:
    """The function of the exercise's smallest block with so many convolutions, else the largest; "" without blocks."""
    in_block: Counter[tuple[str, str]] = Counter()
    for part in exercise.outline:
        if part.block:
            in_block[part.block, part.step.rpartition(",")[0]] += part.layers.count("Conv2D")
    sizes = sorted({(number, function) for (function, _), number in in_block.items()})
    return next((function for number, function in sizes if number >= convolutions), sizes[-1][1] if sizes else "")


def _missing_components(placed: list[Placed], found: list[Finding], steps: dict[str, str]) -> list[Placed]:
    """A step none of whose layers is there is one finding."""
    sizes = Counter(steps.values())
    missing = Counter(item.step for item in placed if item.edit.operation == "missing")
    gone: list[str] = []
    for item in placed:
        whole = item.edit.operation == "missing" and missing[item.step] == sizes[item.step] > 1
        if whole and item.edit.mine and item.step not in gone:
            found.append(Finding(item.step, item.edit.mine.kind, "missing", expected=COMPONENT))
            gone.append(item.step)
    return [item for item in placed if not (item.edit.operation == "missing" and item.step in gone)]


def _extra_components(placed: list[Placed], found: list[Finding]) -> list[Placed]:
    """A convolution too many together with the normalization and ReLU on top of it is one finding."""
    extras = [item for item in placed if item.edit.operation == "extra"]
    gone: list[Placed] = []
    for item in extras:
        theirs = item.edit.theirs
        if item in gone or theirs is None or theirs.kind not in CONVOLUTIONS:
            continue
        run = [item]
        last = theirs
        for other in extras:
            node = other.edit.theirs
            if node and last.id in node.inputs and node.kind in ("BatchNormalization", "ReLU"):
                run.append(other)
                last = node
        if len(run) > 1:
            found.append(Finding(item.step, theirs.kind, "extra", found=COMPONENT))
            gone.extend(run)
    return [item for item in placed if item not in gone]


def _moved(placed: list[Placed], found: list[Finding], script: Script) -> list[Placed]:
    """A layer missing here and too many there, of one kind and close by, is one layer out of order."""
    gone: list[Placed] = []
    for item in placed:
        for other in placed:
            if item in gone or other in gone or not _is_move(item, other, script):
                continue
            assert item.edit.mine is not None
            found.append(Finding(item.step, item.edit.mine.kind, "wrong order"))
            gone.extend((item, other))
    return [item for item in placed if item not in gone]


def _is_move(missing: Placed, extra: Placed, script: Script) -> bool:
    mine, theirs = missing.edit.mine, extra.edit.theirs
    if missing.edit.operation != "missing" or extra.edit.operation != "extra" or mine is None or theirs is None:
        return False
    if mine.kind != theirs.kind:
        return False
    if missing.step == extra.step or (mine.name and mine.name == theirs.name):
        return True
    return not mine.name and not extra.step.endswith("shortcut") and _swapped(mine, theirs, script)


def _swapped(mine: Node, theirs: Node, script: Script) -> bool:
    """Whether one neighbour stands between the two places: before it here, after it there."""
    for pair in script.pairs:
        if pair.mine is None or pair.theirs is None:
            continue
        early = theirs.id in pair.theirs.inputs and pair.mine.id in mine.inputs
        late = pair.theirs.id in theirs.inputs and mine.id in pair.mine.inputs
        if early or late:
            return True
    return False


def _single(item: Placed, steps: dict[str, str], reference: Graph) -> Finding:
    return replace(_bare(item, steps, reference), unseen=item.unseen)


def _bare(item: Placed, steps: dict[str, str], reference: Graph) -> Finding:
    edit = item.edit
    node = edit.mine or edit.theirs
    assert node is not None
    if edit.operation == "missing":
        return Finding(item.step, node.kind, "missing")
    if edit.operation == "extra":
        return Finding(item.step, node.kind, "extra")
    if edit.operation == "replaced":
        return Finding(item.step, node.kind, "missing", expected=edit.expected, found=edit.found)
    if edit.operation == "wiring":
        wanted = " + ".join(_where(i, steps, reference) for i in edit.wanted)
        given = " + ".join(_where(i, steps, reference) for i in edit.given)
        return Finding(item.step, node.kind, "wrong wiring", expected=wanted, found=given)
    return Finding(item.step, node.kind, "wrong setting", edit.setting, edit.expected, edit.found)


def _where(source: str, steps: dict[str, str], reference: Graph) -> str:
    if source == INPUT:
        return INPUT
    return f"{reference.by_id[source].kind} ({steps[source]})"


# --- one slip, several places -----------------------------------------------------------------------------------


def _same_slip(found: Iterable[Finding]) -> list[Finding]:
    """Join findings that are one slip repeated, or two values exchanged; the first place leads, the others follow."""
    joined: list[Finding] = []
    for finding in found:
        for i, leader in enumerate(joined):
            if _repeats(leader, finding):
                joined[i] = replace(leader, also=tuple(dict.fromkeys((*leader.also, finding.step))))
                break
        else:
            joined.append(finding)
    return [replace(f, also=tuple(step for step in f.also if step != f.step)) for f in joined]


def _repeats(leader: Finding, other: Finding) -> bool:
    if leader.kind != other.kind or leader.setting != other.setting:
        return False
    inside = leader.step.rpartition(", ")[2] == other.step.rpartition(", ")[2] and "," in leader.step
    if leader.setting == "name":
        mine, theirs = _slip_of_name(leader), _slip_of_name(other)
        counted = "," in leader.step and _is_count(mine) and _is_count(theirs)
        return mine == theirs or counted
    if leader.layer != other.layer:
        return False
    if leader.unseen or other.unseen or leader.expected == COMPONENT or leader.block:
        return False
    if leader.kind == "wrong setting":
        exchanged = (leader.expected, leader.found) == (other.found, other.expected)
        own = leader.setting == "filters"  # each step has its own number: one wrong list shows in all of them
        return leader.step != other.step and (leader.found == other.found or exchanged or inside or own)
    if leader.step == other.step:
        return False
    return inside or (leader.kind != "wrong wiring" and leader.found == other.found)


def _is_count(slip: tuple[str, str] | None) -> bool:
    """Whether one letter or digit stands for another: blocks or stages counted wrongly, each after the other."""
    return slip is not None and all(len(part) == 1 and part.isalnum() for part in slip)


def _slip_of_name(finding: Finding) -> tuple[str, str] | None:
    """What was put in place of what, common beginning and end aside; None where there is no name at all."""
    if not isinstance(finding.expected, str) or not isinstance(finding.found, str):
        return None
    a, b = finding.expected, finding.found
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    end = 0
    while end < min(len(a), len(b)) - start and a[-1 - end] == b[-1 - end]:
        end += 1
    return a[start : len(a) - end], b[start : len(b) - end]
