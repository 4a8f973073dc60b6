"""The edit script: every change that turns the student's graph into the reference, and the proof that it does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Literal, cast

from ..graph import COMMUTATIVE, Graph, Node, Setting, differing_settings, first_calls, moves_by_window, same
from .align import LayerPair, align

MOST_TURNED, FEW_LAYERS = 4, 60
"""So many branches, in a graph of so many layers, are tried in every order."""
Operation = Literal["missing", "extra", "replaced", "setting", "wiring"]
SHARED = "shared"
"""The setting of a layer that is called again. Its values are the ids of the reference's layers that it is, too."""
INPUT = "input"
"""Stands for the graph's input in wiring, on both sides; see `input_name`."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change to a layer.

    Attributes:
        operation: what sort of change.
        pair: the number of the layer's pair in the script.
        mine: the reference's layer, None for "extra".
        theirs: the student's layer, None for "missing", and for the wiring of the graph's output.
        setting: for "setting" Keras's argument; "output" for the wiring of the graph's output.
        expected, found: the values of a setting, or the kinds of layers for "replaced".
        wanted, given: for "wiring" the layers that the tensors come from: ids of reference nodes, sorted, or in the
            order of the call where that is what differs.
    """

    operation: Operation
    pair: int
    mine: Node | None
    theirs: Node | None
    setting: str = ""
    expected: Setting = None
    found: Setting = None
    wanted: tuple[str, ...] = ()
    given: tuple[str, ...] = ()


@dataclass(frozen=True)
class Script:
    """The alignment and the edits that follow from it; `complete` where applying them gives the reference."""

    pairs: tuple[LayerPair, ...]
    edits: tuple[Edit, ...]
    complete: bool


def compare(reference: Graph, student: Graph, inputs: bool = True) -> Script:
    """What must change in the student's graph for it to be the reference; its input only with `inputs`."""
    of_inputs = tuple(_of_all_inputs(reference, student)) if inputs else ()
    if same(reference, student):  # nothing, as a rule: no need to look for the cheapest way
        return Script(tuple(map(LayerPair, reference.linear, student.linear)), of_inputs, complete=True)
    scripts = (_script(reference, student, align(reference.linear, order)) for order in _orders(reference, student))
    best = min(scripts, key=lambda script: (not script.complete, len(script.edits)))
    return replace(best, edits=(*of_inputs, *best.edits))


def _orders(reference: Graph, student: Graph) -> Iterator[tuple[Node, ...]]:
    """The student's layers in linear order; where more than two branches meet, with these in every other order, too.

    A layer that is missing changes which branch is the longest, and every layer behind would then be out of place.
    """
    yield student.linear
    most = max((len(node.inputs) for node in reference.nodes), default=0)
    meeting = max(student.nodes, key=lambda node: len(node.inputs))
    if most > 2 and 2 <= len(meeting.inputs) <= MOST_TURNED and len(student.nodes) <= FEW_LAYERS:
        yield from (student.in_order({meeting.id: order}) for order in permutations(range(len(meeting.inputs))))


def _script(reference: Graph, student: Graph, pairs: list[LayerPair]) -> Script:
    edits: list[Edit] = []
    for number, pair in enumerate(pairs):
        mine, theirs = pair.mine, pair.theirs
        if theirs is None:
            edits.append(Edit("missing", number, mine, None))
        elif mine is None:
            edits.append(Edit("extra", number, None, theirs))
        elif mine.kind != theirs.kind:
            edits.append(Edit("replaced", number, mine, theirs, expected=mine.kind, found=theirs.kind))
        else:
            edits.extend(
                Edit("setting", number, mine, theirs, setting, expected, found)
                for setting, expected, found in differing_settings(mine, theirs)
            )
    edits.extend(_sharing(pairs))
    edits.extend(_wiring(reference, student, pairs))
    return Script(tuple(pairs), tuple(edits), same(reference, apply(reference, student, pairs, edits)))


def _sharing(pairs: list[LayerPair]) -> Iterator[Edit]:
    """Layers that one graph has in two places, with the same weights, where the other has two layers."""
    both = [(n, pair.mine, pair.theirs) for n, pair in enumerate(pairs) if pair.mine and pair.theirs]
    weighted = [(n, mine, theirs) for n, mine, theirs in both if mine.weights and mine.kind == theirs.kind]
    wanted, given = first_calls([mine for _, mine, _ in weighted]), first_calls([theirs for _, _, theirs in weighted])
    for place, (number, mine, theirs) in enumerate(weighted):
        if wanted[place] != given[place]:
            expected, found = (None if i == place else weighted[i][1].id for i in (wanted[place], given[place]))
            yield Edit("setting", number, mine, theirs, SHARED, expected, found)


def _of_all_inputs(reference: Graph, student: Graph) -> Iterator[Edit]:
    if len(reference.inputs) != len(student.inputs):
        mine, theirs = reference.inputs[0], student.inputs[0]
        yield Edit("setting", 0, mine, theirs, "inputs", len(reference.inputs), len(student.inputs))
        return
    for mine, theirs in zip(reference.inputs, student.inputs, strict=True):
        yield from _of_inputs(mine, theirs)


def input_name(graph: Graph, node: Node) -> str:
    """What stands for an input in wiring, on both sides: of several, its number among them."""
    number = graph.inputs.index(node)
    return f"{INPUT} {number + 1}" if number else INPUT


def _of_inputs(mine: Node, theirs: Node) -> Iterator[Edit]:
    """What is wrong with the input itself; it stands in no pair, and is shown with the first layer."""
    wanted, given = (cast(tuple[int, ...], node.settings["batch_shape"]) for node in (mine, theirs))
    if given[1:] != wanted[1:]:
        yield Edit("setting", 0, mine, theirs, "shape", _sizes(wanted[1:]), _sizes(given[1:]))
    if given[:1] != wanted[:1]:
        expected, found = (n[0] if n and n[0] > 0 else None for n in (wanted, given))
        yield Edit("setting", 0, mine, theirs, "batch_size", expected, found)
    if mine.settings.get("dtype") != theirs.settings.get("dtype"):
        yield Edit("setting", 0, mine, theirs, "dtype", mine.settings.get("dtype"), theirs.settings.get("dtype"))


def _sizes(shape: tuple[int, ...]) -> str:
    return "(" + ", ".join("None" if n < 0 else str(n) for n in shape) + ")"


def _wiring(reference: Graph, student: Graph, pairs: list[LayerPair]) -> list[Edit]:
    """Layers that are there on both sides but fed from elsewhere, looking through what is missing or extra."""
    mine_to_name = {pair.mine.id: pair.mine.id for pair in pairs if pair.mine and pair.theirs}
    theirs_to_name = {pair.theirs.id: pair.mine.id for pair in pairs if pair.mine and pair.theirs}
    edits: list[Edit] = []
    for number, (mine, theirs) in enumerate((pair.mine, pair.theirs) for pair in pairs):
        if mine is None or theirs is None:
            continue
        wanted = sources(reference, mine, mine_to_name)
        given = sources(student, theirs, theirs_to_name)
        if not _fit(wanted, given) or _doubled(theirs) > _doubled(mine):
            edits.append(Edit("wiring", number, mine, theirs, wanted=wanted.names, given=given.names))
        elif not {mine.kind, theirs.kind} & COMMUTATIVE and len(mine.inputs) > 1:
            first, second = _in_turn(reference, mine, mine_to_name), _in_turn(student, theirs, theirs_to_name)
            if sorted(first) == sorted(second) and first != second:
                edits.append(Edit("wiring", number, mine, theirs, wanted=first, given=second))
    wanted = through(reference, reference.output, mine_to_name)
    given = through(student, student.output, theirs_to_name)
    if not _fit(wanted, given):
        last = reference.by_id[reference.output]
        number = next(number for number, pair in enumerate(pairs) if pair.mine is last)
        edits.append(Edit("wiring", number, last, None, "output", wanted=wanted.names, given=given.names))
    return edits


def _in_turn(graph: Graph, node: Node, names: Mapping[str, str]) -> tuple[str, ...]:
    """The aligned layers that feed a node, in the order of its call; () where one of its inputs is not that simple."""
    found = [through(graph, i, names).names for i in node.inputs]
    return tuple(name for part in found for name in part) if all(len(part) == 1 for part in found) else ()


def _doubled(node: Node) -> int:
    """How many of a layer's inputs repeat an earlier input of the same layer: 1 for `Add()([X, X])`."""
    return len(node.inputs) - len(set(node.inputs))


@dataclass(frozen=True, slots=True)
class Sources:
    """The aligned layers that feed a layer, sorted, and whether a meeting without a counterpart lies between."""

    names: tuple[str, ...]
    through_meeting: bool


def _fit(wanted: Sources, given: Sources) -> bool:
    """Whether the wiring is right, or off only because a whole meeting is missing or too many in between."""
    few, many = Counter(given.names), Counter(wanted.names)
    if few == many:
        return True
    return (wanted.through_meeting and few <= many) or (given.through_meeting and many <= few)


def sources(graph: Graph, node: Node, names: Mapping[str, str]) -> Sources:
    """The aligned layers that feed a node, named by their ids in the reference."""
    found = [through(graph, i, names) for i in node.inputs]
    flat = sorted(name for part in found for name in part.names)
    return Sources(tuple(flat), any(part.through_meeting for part in found))


def through(graph: Graph, start: str, names: Mapping[str, str]) -> Sources:
    """The layer at `start` if it is aligned; if it is missing or extra, the nearest aligned layers before it."""
    known: dict[str, Sources] = {}
    stack = [start]
    while stack:
        current = stack[-1]
        node = graph.by_id[current]
        ahead = [i for i in node.inputs if i not in known]
        if current in names:
            known[current] = Sources((names[current],), False)
        elif node.kind == "InputLayer":
            known[current] = Sources((input_name(graph, node),), False)
        elif ahead:
            stack.extend(ahead)
            continue
        elif len(node.inputs) == 1:
            known[current] = known[node.inputs[0]]
        else:
            flat = sorted(name for i in node.inputs for name in known[i].names)
            known[current] = Sources(tuple(dict.fromkeys(flat)), True)
        stack.pop()
    return known[start]


def apply(reference: Graph, student: Graph, pairs: list[LayerPair], edits: list[Edit]) -> Graph:
    """The student's graph after the edits.

    Kept layers keep the student's own settings and wiring except where an edit says otherwise, so that a difference
    the script forgot stays visible. Missing layers come from the reference.
    """
    changed: dict[str, dict[str, Setting]] = {}
    rewired: set[str] = set()
    for edit in edits:
        if edit.mine and edit.operation == "setting":
            changed.setdefault(edit.mine.id, {})[edit.setting] = edit.expected
        if edit.mine and edit.operation == "wiring":
            rewired.add(edit.mine.id)
    theirs_to_mine = {pair.theirs.id: pair.mine.id for pair in pairs if pair.mine and pair.theirs}
    theirs_by_mine = {pair.mine.id: pair.theirs for pair in pairs if pair.mine and pair.theirs}
    missing = {pair.mine.id for pair in pairs if pair.mine and not pair.theirs}
    begun = {input_name(reference, node): node.id for node in reference.inputs}
    nodes = list(reference.inputs)
    for mine in reference.nodes:
        if mine.kind == "InputLayer":
            continue
        theirs = theirs_by_mine.get(mine.id)
        if theirs is None or theirs.kind != mine.kind:
            nodes.append(mine)
            continue
        made = _with_settings(mine, theirs, changed.get(mine.id, {}))
        given = sources(student, theirs, theirs_to_mine)
        if mine.id not in rewired and not given.through_meeting and not any(i in missing for i in mine.inputs):
            names = (mine.kind not in COMMUTATIVE and _in_turn(student, theirs, theirs_to_mine)) or given.names
            made = replace(made, inputs=tuple(begun.get(name, name) for name in names))
        nodes.append(made)
    return Graph(tuple(nodes), reference.output)


def _with_settings(mine: Node, theirs: Node, changed: Mapping[str, Setting]) -> Node:
    """The reference's layer with the student's name and settings, but for those that are changed."""
    name = str(changed["name"] or "") if "name" in changed else theirs.name
    settings: dict[str, Setting] = dict(theirs.settings)
    for setting, value in changed.items():
        if setting == "pool_size" and moves_by_window(mine) and moves_by_window(theirs):
            settings |= {"pool_size": value, "strides": value}  # the stride of pooling goes with its window
        elif setting in mine.settings:
            settings[setting] = value
        else:
            settings.pop(setting, None)
    return replace(mine, name=name, settings=settings)
