"""The layer graph in canonical form: what a student built, whatever the spelling."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from .serialized import Setting

COMMUTATIVE = frozenset({"Add", "Multiply", "Average", "Maximum", "Minimum"})


@dataclass(frozen=True, slots=True)
class Node:
    """One elementary layer of a graph, and what feeds it.

    `id` is unique in the graph; `name` is what the student called the layer, "" where Keras made the name up;
    `inputs` are ids; `weights` is the key of its arrays in the evidence, "" where it has none.
    """

    id: str
    kind: str
    name: str
    settings: Mapping[str, Setting]
    inputs: tuple[str, ...]
    weights: str = ""


@dataclass(frozen=True)
class Graph:
    """Nodes in an order in which every node follows its inputs; the first are the InputLayers."""

    nodes: tuple[Node, ...]
    output: str

    @cached_property
    def by_id(self) -> dict[str, Node]:
        return {node.id: node for node in self.nodes}

    @cached_property
    def inputs(self) -> tuple[Node, ...]:
        """The InputLayers, in the order in which the model takes them."""
        return tuple(node for node in self.nodes if node.kind == "InputLayer")

    @cached_property
    def linear(self) -> tuple[Node, ...]:
        """The nodes without the input, the longer branch before each meeting first.

        For a residual block that is the main path, the shortcut, then the addition and what follows it. The order
        depends on the graph's shape alone, not on the names or the order in which the student wrote things down; only
        of branches that are equally long the one comes first that the meeting's call names first.
        """
        return self.in_order({})

    def in_order(self, chosen: Mapping[str, Sequence[int]]) -> tuple[Node, ...]:
        """As `linear`, but at these meetings, by their ids, with the branches in the order of these input numbers."""
        depth: dict[str, tuple[int, int]] = {}
        for node in self.nodes:
            over = max((depth[i] for i in node.inputs), default=(0, 0))
            depth[node.id] = (over[0] + bool(node.weights), over[1] + 1)
        order: dict[str, Node] = {}
        stack = [(self.output, False)]
        while stack:
            current, expanded = stack.pop()
            if current in order:
                continue
            node = self.by_id[current]
            if expanded:
                order[current] = node
                continue
            stack.append((current, True))
            # Pushed shallow first, so that the deepest input is finished first; ties keep the order of the call.
            by_depth = sorted(range(len(node.inputs)), key=lambda k: (depth[node.inputs[k]], -k))
            order_of = list(chosen.get(current, ()))[::-1] or by_depth
            stack.extend((node.inputs[k], False) for k in order_of)
        return tuple(node for node in order.values() if node.kind != "InputLayer")


def canonical(graph: Graph) -> Graph:
    """Drop what the output does not depend on, and merge layers that compute the same thing from the same input.

    Only layers without weights merge: two ReLUs on one tensor are one ReLU. The inputs of a commutative layer are
    put into linear order.
    """
    renamed: dict[str, str] = {}
    seen: dict[tuple[object, ...], str] = {}
    nodes: list[Node] = []
    for node in graph.nodes:
        inputs = tuple(renamed[i] for i in node.inputs)
        key = (node.kind, tuple(sorted(node.settings.items())), inputs)
        stateless = not node.weights and node.kind != "InputLayer"
        if stateless and key in seen:
            renamed[node.id] = seen[key]
            continue
        seen[key] = node.id
        renamed[node.id] = node.id
        nodes.append(replace(node, inputs=inputs))
    merged = Graph(tuple(nodes), renamed[graph.output])
    place = {node.id: i for i, node in enumerate(merged.linear)}
    kept = [node for node in merged.nodes if node.id in place or node.kind == "InputLayer"]
    ordered = tuple(
        replace(node, inputs=tuple(sorted(node.inputs, key=lambda i: place.get(i, -1))))
        if node.kind in COMMUTATIVE
        else node
        for node in kept
    )
    return Graph(ordered, merged.output)


def same(mine: Graph, theirs: Graph) -> bool:
    """Whether `theirs` is `mine` up to node ids, and names wherever `mine` gives none."""
    a, b = mine.linear, theirs.linear
    if len(a) != len(b):
        return False
    place_a = {node.id: i for i, node in enumerate(a)}
    place_b = {node.id: i for i, node in enumerate(b)}

    def inputs(node: Node, place: Mapping[str, int]) -> tuple[int, ...]:
        places = [place.get(i, -1) for i in node.inputs]
        return tuple(sorted(places) if node.kind in COMMUTATIVE else places)

    return all(
        x.kind == y.kind
        and not differing_settings(x, y)
        and inputs(x, place_a) == inputs(y, place_b)
        and (not x.weights or bool(y.weights))
        for x, y in zip(a, b, strict=True)
    ) and first_calls(a) == first_calls(b)


def first_calls(nodes: Sequence[Node]) -> list[int]:
    """For each node with weights the place of the first one with the same weights: of a layer that is called again."""
    first: dict[str, int] = {}
    return [first.setdefault(node.weights, place) for place, node in enumerate(nodes) if node.weights]


def differing_settings(mine: Node, theirs: Node) -> Iterable[tuple[str, Setting, Setting]]:
    """(setting, mine, theirs) wherever two nodes of one kind differ; the name counts where `mine` has one."""
    differences: list[tuple[str, Setting, Setting]] = []
    # A 1x1 window never reaches over the border: at any stride 'same' and 'valid' are one and the same.
    pointwise = mine.settings.get("kernel_size") == theirs.settings.get("kernel_size") == (1, 1)
    idle = {"padding", "dilation_rate"} if pointwise else set()
    # A pooling layer moves by its window unless told otherwise, so another window alone is one difference.
    if moves_by_window(mine) and moves_by_window(theirs):
        idle = idle | {"strides"}
    for setting in sorted({*mine.settings, *theirs.settings} - idle):
        x, y = mine.settings.get(setting), theirs.settings.get(setting)
        if x != y or isinstance(x, bool) != isinstance(y, bool):
            differences.append((setting, x, y))
    if mine.name and mine.name != theirs.name:
        differences.append(("name", mine.name, theirs.name or None))
    return differences


def moves_by_window(node: Node) -> bool:
    """Whether this is a pooling layer whose stride is its window, as Keras has it by default."""
    window = node.settings.get("pool_size")
    return window is not None and window == node.settings.get("strides")
