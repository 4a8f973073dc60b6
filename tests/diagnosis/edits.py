"""Random mistakes, made on a right graph without Keras: each is one edit and the finding that must name it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from autograder.graph import Graph, Node, Setting

OTHER: dict[str, tuple[Setting, ...]] = {
    "filters": (11, 13, 17),
    "units": (11, 13),
    "kernel_size": ((7, 7), (6, 6), (1, 6)),
    "strides": ((4, 4), (5, 5), (4, 1)),
    "use_bias": (False,),
    "seed": (None, 1, 42),
    "kernel_initializer": ("HeNormal", "RandomNormal", "Zeros"),
    "groups": (2,),
    "axis": (1, 2),
    "momentum": (0.9, 0.5),
    "epsilon": (1e-5, 0.1),
    "center": (False,),
    "scale": (False,),
    "negative_slope": (0.1, 0.3),
    "max_value": (6.0,),
    "data_format": ("channels_first",),
}


@dataclass(frozen=True)
class Mistake:
    """One edit on a right graph, and how a finding may name it: (step, layer, kind, setting)."""

    make: Callable[[Graph], Graph]
    named: frozenset[tuple[str, str, str, str]]
    node: str
    title: str


def _replace(graph: Graph, changed: Node) -> Graph:
    return Graph(tuple(changed if node.id == changed.id else node for node in graph.nodes), graph.output)


def _set(node_id: str, setting: str, value: Setting) -> Callable[[Graph], Graph]:
    def make(graph: Graph) -> Graph:
        node = graph.by_id[node_id]
        if setting == "name":
            return _replace(graph, replace(node, name=str(value or "")))
        return _replace(graph, replace(node, settings={**node.settings, setting: value}))

    return make


def _drop(node_id: str) -> Callable[[Graph], Graph]:
    """Take out a layer with one input; what it fed is fed by its input."""

    def make(graph: Graph) -> Graph:
        (before,) = graph.by_id[node_id].inputs
        nodes = tuple(
            replace(node, inputs=tuple(before if i == node_id else i for i in node.inputs))
            for node in graph.nodes
            if node.id != node_id
        )
        return Graph(nodes, before if graph.output == node_id else graph.output)

    return make


def _insert_after(node_id: str, kind: str) -> Callable[[Graph], Graph]:
    def make(graph: Graph) -> Graph:
        new = Node(f"{node_id}/new", kind, "", {}, (node_id,))
        nodes: list[Node] = []
        for node in graph.nodes:
            nodes.append(replace(node, inputs=tuple(new.id if i == node_id else i for i in node.inputs)))
            if node.id == node_id:
                nodes.append(new)
        return Graph(tuple(nodes), new.id if graph.output == node_id else graph.output)

    return make


def _feed_twice(node_id: str, number: int) -> Callable[[Graph], Graph]:
    """Feed a meeting twice from what its input of that number comes from, whatever other mistakes put there."""

    def make(graph: Graph) -> Graph:
        node = graph.by_id[node_id]
        return _replace(graph, replace(node, inputs=(node.inputs[number],) * 2))

    return make


def _depth(graph: Graph, node_id: str) -> int:
    return 1 + max((_depth(graph, i) for i in graph.by_id[node_id].inputs), default=0)


def mistakes(graph: Graph, steps: dict[str, str]) -> list[Mistake]:
    """Every single mistake of these kinds that can be made on the graph: settings, names, missing, extra, wiring."""
    found: list[Mistake] = []
    for node in graph.linear:
        step = steps[node.id]
        for setting, values in OTHER.items():
            if setting in node.settings:
                for value in values:
                    named = frozenset({(step, node.kind, "wrong setting", setting)})
                    found.append(Mistake(_set(node.id, setting, value), named, node.id, f"{node.id}.{setting}={value}"))
        if node.name:
            for value in (None, node.name + "_x", "first"):
                named = frozenset({(step, node.kind, "wrong setting", "name")})
                found.append(Mistake(_set(node.id, "name", value), named, node.id, f"{node.id} named {value}"))
        if len(node.inputs) == 1:
            named = frozenset({(step, node.kind, "missing", "")})
            found.append(Mistake(_drop(node.id), named, node.id, f"no {node.id}"))
        named = frozenset({(step, "Dropout", "extra", "")})
        found.append(Mistake(_insert_after(node.id, "Dropout"), named, node.id, f"Dropout after {node.id}"))
        if len(node.inputs) == 2:
            main = max((0, 1), key=lambda k: _depth(graph, node.inputs[k]))
            named = frozenset({(step, node.kind, "wrong wiring", "")})
            found.append(Mistake(_feed_twice(node.id, main), named, node.id, f"{node.id} twice fed"))
    return found


def several(graph: Graph, steps: dict[str, str]) -> st.SearchStrategy[list[Mistake]]:
    """Two or three mistakes on different layers."""
    return st.lists(
        st.sampled_from(mistakes(graph, steps)), min_size=2, max_size=3, unique_by=lambda mistake: mistake.node
    )
