"""The shape of every tensor in a graph, and of the weights that its layers need, without computing a tensor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from .layers import CONSTANT, EACH_STEP, KINDS, PART, Plan, Shape, as_layer, from_front, size
from .model import Graph, Node
from .serialized import Setting

MISFITS = (ValueError, IndexError, TypeError, KeyError, ArithmeticError)
"""What a shape rule or a computation raises where a layer doesn't fit what it is given."""
OPEN = 64
"""Stands for a size that is left open where all that is asked for is the number of axes."""


class ShapeError(ValueError):
    """The layers don't fit together, or one is of a kind whose shapes are not known here; the message names it."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """Shapes without the batch.

    outputs: by node id.
    weights: by the key of a layer's arrays, its arrays' names and shapes in Keras's order.
    products: multiplications for one input, all layers together.
    rounds: how often the oracle's loops go round, all layers together.
    """

    outputs: Mapping[str, Shape]
    weights: Mapping[str, tuple[tuple[str, Shape], ...]]
    products: int
    rounds: int

    @property
    def numbers(self) -> int:
        """Numbers in all layers' outputs together, for one input."""
        return sum(size(shape) for shape in self.outputs.values())

    @property
    def parameters(self) -> int:
        """Numbers in all weights together."""
        return sum(size(shape) for arrays in self.weights.values() for _, shape in arrays)


def plan_of(node: Node, given: Sequence[Shape], parts: Sequence[Shape] = ()) -> Plan:
    """What a node gives and costs, by the shapes of its inputs, batch included.

    `parts` are the outputs of the layer before, where the node is one of them. Raises one of MISFITS.
    """
    if node.kind == PART:
        return Plan(parts[_index(node)])
    entry = KINDS.get(node.kind)
    if entry is None:
        raise ValueError(f"no definition of {node.kind}")
    if node.settings.get(EACH_STEP):
        (batch, steps, *rest), *_ = given
        plan = entry.plan(node.settings, [(batch * steps, *rest)])
        if plan.others:
            raise ValueError(EACH_STEP)
        plan = replace(plan, output=(batch, steps, *plan.output[1:]))
    else:
        plan = entry.plan(node.settings, given)
    if any(n < 0 for n in plan.output):
        raise ValueError("shape")
    return replace(plan, products=max(plan.products, size(plan.output)))


def _index(node: Node) -> int:
    index = node.settings["index"]
    assert isinstance(index, int)
    return index


def shapes_of(graph: Graph) -> Shapes:
    """The shapes in a graph whose inputs have known sizes. Raises ShapeError."""
    found: dict[str, tuple[Shape, ...]] = {}
    weights: dict[str, tuple[tuple[str, Shape], ...]] = {}
    products = rounds = 0
    for node in graph.nodes:
        if node.kind == "InputLayer":
            found[node.id] = (_input(node),)
            continue
        given = [found[i][0] for i in node.inputs]
        try:
            plan = plan_of(node, given, found[node.inputs[0]] if node.inputs else ())
        except MISFITS:
            raise ShapeError(f"{node.kind} {node.name or node.id}"[:200]) from None
        batched = node.kind == CONSTANT or plan.output[:1] == (1,)
        if not batched or (node.weights and weights.setdefault(node.weights, plan.weights) != plan.weights):
            raise ShapeError(f"{node.kind} {node.name or node.id}"[:200])
        found[node.id] = (plan.output, *plan.others)
        products += plan.products
        rounds += plan.rounds
    outputs = {name: shapes[0][1:] for name, shapes in found.items()}
    return Shapes(outputs, weights, products, rounds)


def _input(node: Node) -> Shape:
    sizes = node.settings.get("batch_shape")
    if not isinstance(sizes, tuple) or len(sizes) < 2:
        raise ShapeError("InputLayer")
    shape = tuple(int(n) for n in sizes[1:] if isinstance(n, int))
    if len(shape) < len(sizes) - 1 or min(shape) < 1:
        raise ShapeError("InputLayer")
    return (1, *shape)


# --- axes -----------------------------------------------------------------------------------------------------------


def with_axes(graph: Graph) -> Graph:
    """The graph with every axis counted in one way, whatever the student's: -1 for the last, others from the front.

    Batch normalization's is counted from the front, as in the lesson on images. Operations that do what a layer does
    are that layer. Where the number of axes is not known everything stays as it is.
    """
    if not any(node.kind == "ReshapeAll" or {"axis", "axes"} & node.settings.keys() for node in graph.nodes):
        return graph
    found: dict[str, tuple[Shape, ...]] = {}
    nodes = []
    for node in graph.nodes:
        if node.kind == "InputLayer":
            sizes = node.settings["batch_shape"]
            assert isinstance(sizes, tuple)
            found[node.id] = (tuple(OPEN if n == -1 else int(n) for n in sizes if isinstance(n, int)),)
        elif all(i in found for i in node.inputs):
            given = [found[i][0] for i in node.inputs]
            if given:
                kind, settings = as_layer(node.kind, node.settings, given[0])
                node = _with_axes(replace(node, kind=kind, settings=settings), len(given[0]))  # noqa: PLW2901
            nodes.append(node)
            with suppress(*MISFITS):
                plan = plan_of(node, given, found[node.inputs[0]] if node.inputs else ())
                found[node.id] = (plan.output, *plan.others)
            continue
        nodes.append(node)
    return Graph(tuple(nodes), graph.output)


def _with_axes(node: Node, rank: int) -> Node:
    if node.kind in ("Dot", "Transpose", CONSTANT) or not {"axis", "axes"} & node.settings.keys():
        return node
    own = rank + (node.kind in ("ExpandDims", "Stack"))
    settings: dict[str, Setting] = dict(node.settings)
    for name in {"axis", "axes"} & settings.keys():
        settings[name] = _counted(settings[name], own, node.kind == "BatchNormalization")
    return replace(node, settings=settings)


def _counted(value: Setting, rank: int, from_start: bool) -> Setting:
    if isinstance(value, tuple):
        counted = [_counted(axis, rank, from_start) for axis in value]
        return tuple(sorted(n for n in counted if isinstance(n, int)))
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    try:
        axis = from_front(value, rank)
    except ValueError:
        return value
    return -1 if axis == rank - 1 and not from_start else axis
