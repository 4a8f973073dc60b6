"""Whether a graph is a small residual network for SIGNS: what goes in, what comes out, and what is added between."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from ...graph import Graph, Node, ShapeError, Shapes, shapes_of
from ...graph.oracle import incomputable
from ..images.data import NUMBERS, SIZE
from .demands import Demands
from .weights import Trouble

IMAGE = (SIZE, SIZE, 3)
CLASSES = len(NUMBERS)

MAX_NUMBERS = 2**21
"""Numbers in all outputs of all layers together, for one image."""
MAX_ROUNDS = 5_000
"""Places in all windows together, times their groups: the oracle goes through them one by one."""


IDLE = 1e-3
"""What the numbers on one path of an addition are of those on the other, at most, where they bring nothing."""


class Unmeasurable(Exception):
    """What the network says of an image can't be computed here; `trouble` says why."""

    def __init__(self, code: str, **facts: str | int | float) -> None:
        super().__init__(code)
        self.trouble = Trouble("graph", code, facts)


def measurable(graph: Graph, demands: Demands) -> Shapes:
    """The shapes of a network that takes an image, says six numbers of it and is small enough. Raises Unmeasurable."""
    unknown = incomputable(graph)
    if unknown:
        raise Unmeasurable("layers", layers=", ".join(unknown[:5])[:200])
    found = graph.nodes[0].settings.get("batch_shape")
    size = found[1:] if isinstance(found, tuple) else ()
    if size != IMAGE:
        shown = "(" + ", ".join("None" if n == -1 else str(n) for n in size) + ")"
        raise Unmeasurable("input", found=shown[:60], expected=str(IMAGE))
    try:
        shapes = shapes_of(graph)
    except ShapeError as error:
        raise Unmeasurable("shapes", layer=str(error)) from None
    if shapes.outputs[graph.output] != (CLASSES,):
        raise Unmeasurable("classes", found=str(shapes.outputs[graph.output])[:60], expected=CLASSES)
    if shapes.parameters > demands.max_parameters:
        raise Unmeasurable("parameters", found=f"{shapes.parameters:,}", most=f"{demands.max_parameters:,}")
    if shapes.products > demands.max_products or shapes.numbers > MAX_NUMBERS or shapes.rounds > MAX_ROUNDS:
        raise Unmeasurable("products", found=f"{shapes.products:,}", most=f"{demands.max_products:,}")
    return shapes


def troubles(graph: Graph, idle: Collection[str] = ()) -> Iterator[Trouble]:
    """What keeps a network that can be measured from being the residual network that is asked for.

    `idle` are additions, by their ids, that don't count, since one of their paths brings nothing.
    """
    if graph.by_id[graph.output].kind != "Softmax":
        yield Trouble("graph", "softmax")
    additions = [node for node in graph.nodes if node.kind == "Add" and any(_shortcuts(graph, node))]
    shortcuts = {kind for node in additions if node.id not in idle for kind in _shortcuts(graph, node)}
    ineffective = sum(node.id in idle for node in additions)
    if ineffective and shortcuts < {"identity", "convolution"}:
        yield Trouble("graph", "idle", {"number": ineffective})
        return
    if not shortcuts:
        yield Trouble("graph", "no shortcut")
        return
    if "identity" not in shortcuts:
        yield Trouble("graph", "no identity")
    if "convolution" not in shortcuts:
        yield Trouble("graph", "no convolution")


def idle_additions(graph: Graph, values: Mapping[str, NDArray[np.float64]]) -> frozenset[str]:
    """The additions in which one path brings nothing to speak of, as the values of all layers' outputs show."""
    found = set()
    for node in graph.nodes:
        if node.kind == "Add":
            sizes = [float(np.abs(values[name]).mean()) for name in node.inputs]
            if np.isfinite(sizes).all() and min(sizes) <= IDLE * max(sizes):
                found.add(node.id)
    return frozenset(found)


def some_weights(shapes: Shapes) -> dict[str, tuple[NDArray[np.float32], ...]]:
    """Weights as a network might have them before it is trained, always the same for the same shapes."""
    draws = np.random.default_rng(0)
    return {key: tuple(_some(draws, *array) for array in arrays) for key, arrays in shapes.weights.items()}


def _some(draws: np.random.Generator, name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    if name.endswith(("kernel", "embeddings")):
        drawn: NDArray[np.float32] = draws.standard_normal(shape, dtype=np.float32)
        return drawn * np.float32((2 / max(math.prod(shape[:-1]), 1)) ** 0.5)
    return np.full(shape, name in ("gamma", "moving_variance"), dtype=np.float32)


def _shortcuts(graph: Graph, add: Node) -> Iterator[str]:
    """The kind of shortcut that meets a longer path in this addition: "identity" or "convolution", if either.

    An identity shortcut brings what the longer path begins with, unchanged. A convolutional one has one convolution
    where the longer path, from the place where the two part, has at least two.
    """
    if len(add.inputs) != 2:
        return
    for short, long in (add.inputs, add.inputs[::-1]):
        depth = _convolutions(graph, long)
        if short in depth and depth[short] >= 1:
            yield "identity"
            return
    first, second = (_convolutions(graph, one) for one in add.inputs)
    meeting = [node.id for node in graph.nodes if node.id in first and node.id in second]
    if meeting and sorted((min(first[meeting[-1]], 2), min(second[meeting[-1]], 2))) == [1, 2]:
        yield "convolution"


def _convolutions(graph: Graph, end: str) -> dict[str, int]:
    """For every node that `end` depends on, and `end` itself: how many convolutions there are at most after it, up to
    and including `end`.
    """
    found = {end: 0}
    for node in reversed(graph.nodes):
        if node.id in found:
            after = found[node.id] + (node.kind == "Conv2D")
            for before in node.inputs:
                found[before] = max(found.get(before, 0), after)
    return found
