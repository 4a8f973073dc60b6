"""From edits to findings: one slip of the student's is one finding, however many layers it touches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..exercises import Exercise
from ..graph import Graph, Node
from .align import Pair
from .edits import INPUT, Edit, Script
from .finding import Finding

BLOCK_LAYERS = 8
"""So many extra layers in a row, an addition among them, are a residual block too many."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An edit with the step it belongs to."""

    edit: Edit
    step: str


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


def findings(exercise: Exercise, reference: Graph, student: Graph, script: Script) -> list[Finding]:
    """The edit script in the student's terms, in the order of the steps."""
    steps = label(exercise, reference)
    placed = [
        Placed(edit, step) for edit, step in zip(script.edits, _steps(script, steps, reference), strict=True)
    ]
    placed = _without_consequences(placed, reference, steps)
    found: list[Finding] = []
    placed = _whole_blocks(placed, found, exercise, steps, reference)
    placed = _whole_components(placed, found, steps, reference, student)
    placed = _moved(placed, found, script.pairs)
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
        if target and len(target.inputs) > 1 and (source.id if source else _input(reference)) in _forks(target, reference):
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


def _without_consequences(placed: list[Placed], reference: Graph, steps: dict[str, str]) -> list[Placed]:
    """Drop what only follows from another edit.

    A shortcut none of whose layers is there because nothing adds them is the addition's own fault; and where the
    output is taken from is worth a word only if nothing else is wrong.
    """
    missing = {item.edit.mine.id for item in placed if item.edit.operation == "missing" and item.edit.mine}
    off = {item.edit.mine.id for item in placed if item.edit.mine and item.edit.operation in _MEETING_FAULTS}
    dropped: set[str] = set()
    for meeting in reference.linear:
        lanes = sorted((_lane(reference, start) for start in meeting.inputs), key=len)
        if len(lanes) > 1 and meeting.id in off:
            dropped.update(i for lane in lanes[:-1] if all(i in missing for i in lane) for i in lane)
    return [
        item
        for item in placed
        if not (item.edit.operation == "missing" and item.edit.mine and item.edit.mine.id in dropped)
        and not (item.edit.setting == "output" and len(placed) > 1)
    ]


_MEETING_FAULTS = ("missing", "wiring", "replaced")


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


def _whole_blocks(
    placed: list[Placed], found: list[Finding], exercise: Exercise, steps: dict[str, str], reference: Graph
) -> list[Placed]:
    """A residual block that is missing from a stage, or one too many: one finding each."""
    if exercise.kind != "model":
        return placed
    gone: set[int] = set()
    by_block: dict[str, list[int]] = {}
    for i, item in enumerate(placed):
        if item.edit.operation == "missing" and ", block " in item.step:
            by_block.setdefault(item.step.rpartition(",")[0], []).append(i)
    for block, numbers in by_block.items():
        parts = [part for part in exercise.outline if part.step.startswith(block + ",")]
        if len(numbers) == sum(len(part.layers) for part in parts):
            kind = "convolutional_block" if any(part.step.endswith("shortcut") for part in parts) else "identity_block"
            stage, _, letter = block.partition(", ")
            found.append(Finding(stage, kind, "missing", expected=letter.removeprefix("block ")))
            gone.update(numbers)
            gone.update(
                i
                for i, item in enumerate(placed)
                if item.edit.operation == "wiring" and item.step.startswith(block)
            )
    run: list[int] = []
    for i in range(len(placed) + 1):
        item = placed[i] if i < len(placed) else None
        if item is not None and item.edit.operation == "extra":
            run.append(i)
            continue
        if len(run) >= BLOCK_LAYERS:
            kinds = [placed[k].edit.theirs.kind for k in run if placed[k].edit.theirs]  # type: ignore[union-attr]
            if "Add" in kinds:
                kind = "convolutional_block" if kinds.count("Conv2D") > 3 else "identity_block"
                for _ in range(max(kinds.count("Add"), 1)):
                    found.append(Finding(placed[run[0]].step.partition(",")[0], kind, "extra"))
                gone.update(run)
        run = []
    return [item for i, item in enumerate(placed) if i not in gone]


def _whole_components(
    placed: list[Placed], found: list[Finding], steps: dict[str, str], reference: Graph, student: Graph
) -> list[Placed]:
    """A step none of whose layers is there, and a convolution too many with what follows it: one finding each."""
    sizes: dict[str, int] = {}
    for step in steps.values():
        sizes[step] = sizes.get(step, 0) + 1
    missing: dict[str, list[Placed]] = {}
    for item in placed:
        if item.edit.operation == "missing":
            missing.setdefault(item.step, []).append(item)
    gone: list[Placed] = []
    for step, items in missing.items():
        first = items[0].edit.mine
        if len(items) == sizes[step] and len(items) > 1 and first is not None:
            found.append(Finding(step, first.kind, "missing", setting="", expected="component"))
            gone.extend(items)
    extras = [item for item in placed if item.edit.operation == "extra" and item.edit.theirs]
    for item in extras:
        theirs = item.edit.theirs
        if item in gone or theirs is None or theirs.kind not in ("Conv2D", "SeparableConv2D", "DepthwiseConv2D"):
            continue
        run = [item]
        for other in extras:
            node = other.edit.theirs
            last = run[-1].edit.theirs
            if node and last and last.id in node.inputs and node.kind in ("BatchNormalization", "ReLU"):
                run.append(other)
        if len(run) > 1:
            found.append(Finding(item.step, theirs.kind, "extra", found="component"))
            gone.extend(run)
    return [item for item in placed if item not in gone]


def _moved(placed: list[Placed], found: list[Finding], pairs: Sequence[Pair]) -> list[Placed]:
    """A layer missing here and too many there, of one kind and close by, is one layer out of order."""
    place = {id(pair.mine or pair.theirs): i for i, pair in enumerate(pairs)}
    gone: list[Placed] = []
    for item in placed:
        mine = item.edit.mine
        if item.edit.operation != "missing" or mine is None:
            continue
        for other in placed:
            theirs = other.edit.theirs
            if other.edit.operation != "extra" or other in gone or theirs is None or theirs.kind != mine.kind:
                continue
            apart = abs(place[id(mine)] - place[id(theirs)]) - 1
            if (apart <= 1 and not mine.name) or item.step == other.step or (mine.name and mine.name == theirs.name):
                found.append(Finding(item.step, mine.kind, "wrong order"))
                gone.extend((item, other))
                break
    return [item for item in placed if item not in gone]


def _single(item: Placed, steps: dict[str, str], reference: Graph) -> Finding:
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
        return _slip_of_name(leader) == _slip_of_name(other)
    if leader.layer != other.layer:
        return False
    if leader.kind == "wrong setting":
        exchanged = (leader.expected, leader.found) == (other.found, other.expected)
        return leader.found == other.found or exchanged or (inside and leader.step != other.step)
    return inside and leader.step != other.step


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
