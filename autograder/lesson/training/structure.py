"""Whether a graph is a small residual network for SIGNS: what goes in, what comes out, and what is added between."""

from __future__ import annotations

from collections.abc import Iterator

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


def troubles(graph: Graph) -> Iterator[Trouble]:
    """What keeps a network that can be measured from being the residual network that is asked for."""
    if graph.by_id[graph.output].kind != "Softmax":
        yield Trouble("graph", "softmax")
    shortcuts = {kind for node in graph.nodes if node.kind == "Add" for kind in _shortcuts(graph, node)}
    if not shortcuts:
        yield Trouble("graph", "no shortcut")
        return
    if "identity" not in shortcuts:
        yield Trouble("graph", "no identity")
    if "convolution" not in shortcuts:
        yield Trouble("graph", "no convolution")


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
