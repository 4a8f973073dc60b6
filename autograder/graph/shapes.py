"""The shape of every tensor in a graph, and of the weights that its layers need, without computing a tensor."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from .model import Graph, Node

Shape = tuple[int, ...]

SAME_SHAPE = frozenset(
    "BatchNormalization ReLU Softmax Sigmoid Tanh Dropout Rescaling "
    "Add Subtract Multiply Maximum Minimum Average".split()
)


class ShapeError(ValueError):
    """The layers don't fit together, or one is of a kind whose shapes are not known here; the message names it."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """Shapes without the batch.

    outputs: by node id.
    weights: by the key of a layer's arrays, its arrays' names and shapes in Keras's order.
    products: multiplications for one input, all layers together.
    rounds: how often the oracle's loops over windows and groups go round, all layers together.
    """

    outputs: Mapping[str, Shape]
    weights: Mapping[str, tuple[tuple[str, Shape], ...]]
    products: int
    rounds: int

    @property
    def numbers(self) -> int:
        """Numbers in all layers' outputs together, for one input."""
        return sum(math.prod(shape) for shape in self.outputs.values())

    @property
    def parameters(self) -> int:
        """Numbers in all weights together."""
        return sum(math.prod(shape) for arrays in self.weights.values() for _, shape in arrays)


def shapes_of(graph: Graph) -> Shapes:
    """The shapes in a graph whose input has a known size. Raises ShapeError."""
    outputs: dict[str, Shape] = {}
    weights: dict[str, tuple[tuple[str, Shape], ...]] = {}
    products = rounds = 0
    for node in graph.nodes:
        if node.kind == "InputLayer":
            outputs[node.id] = _input(node)
            continue
        given = [outputs[i] for i in node.inputs]
        try:
            shape, arrays = _layer(node, given)
        except (ValueError, IndexError, TypeError, KeyError, ZeroDivisionError):
            raise ShapeError(f"{node.kind} {node.name or node.id}"[:200]) from None
        if node.weights and weights.setdefault(node.weights, arrays) != arrays:
            raise ShapeError(f"{node.kind} {node.name or node.id}"[:200])
        outputs[node.id] = shape
        products += math.prod(shape) * _products(node, arrays)
        rounds += rounds_of(node)
    return Shapes(outputs, weights, products, rounds)


def array_names(node: Node) -> tuple[str, ...]:
    """What Keras calls the arrays of a layer's weights, in Keras's order."""
    settings = node.settings
    if node.kind == "BatchNormalization":
        names = ["gamma"] * bool(settings["scale"]) + ["beta"] * bool(settings["center"])
        return (*names, "moving_mean", "moving_variance")
    return ("kernel", *["bias"] * bool(settings.get("use_bias")))


def _input(node: Node) -> Shape:
    sizes = node.settings.get("batch_shape")
    if not isinstance(sizes, tuple) or len(sizes) < 2:
        raise ShapeError("InputLayer")
    shape = tuple(cast(int, n) for n in sizes[1:])
    if min(shape) < 1:
        raise ShapeError("InputLayer")
    return shape


def _products(node: Node, arrays: tuple[tuple[str, Shape], ...]) -> int:
    """Multiplications, or comparisons, for one number of a layer's output."""
    if "pool_size" in node.settings:
        return math.prod(cast(tuple[int, int], node.settings["pool_size"]))
    if arrays and arrays[0][0] == "kernel":
        return math.prod(arrays[0][1][:-1])
    return 1


def rounds_of(node: Node) -> int:
    """Places in a layer's window, times its groups."""
    window = node.settings.get("kernel_size") or node.settings.get("pool_size") or (1, 1)
    return math.prod(cast(tuple[int, int], window)) * cast(int, node.settings.get("groups", 1))


def _layer(node: Node, given: list[Shape]) -> tuple[Shape, tuple[tuple[str, Shape], ...]]:
    """A layer's output and its arrays. Raises ValueError and its like where they can't be."""
    settings, shape = node.settings, given[0]
    if settings.get("data_format", "channels_last") != "channels_last":
        raise ValueError("channels_first")
    if node.kind == "BatchNormalization":
        channels = (shape[min(cast(int, settings["axis"]), len(shape)) - 1],)
        return shape, tuple((name, channels) for name in array_names(node))
    if node.kind in SAME_SHAPE:
        for other in given[1:]:
            shape = _broadcast(shape, other)
        return shape, ()
    if node.kind == "Dense":
        units = cast(int, settings["units"])
        return (*shape[:-1], units), _kernel(node, (shape[-1], units))
    if node.kind == "Flatten":
        return (math.prod(shape),), ()
    if node.kind == "Concatenate":
        return _concatenate(cast(int, settings["axis"]), given), ()
    height, width, channels_in = shape
    if node.kind in ("GlobalAveragePooling2D", "GlobalMaxPooling2D"):
        return ((1, 1, channels_in) if settings["keepdims"] else (channels_in,)), ()
    if node.kind == "ZeroPadding2D":
        rows, columns = cast(tuple[tuple[int, int], tuple[int, int]], settings["padding"])
        return (height + sum(rows), width + sum(columns), channels_in), ()
    if node.kind in ("MaxPooling2D", "AveragePooling2D"):
        return (*_window(node, (height, width), "pool_size"), channels_in), ()
    if node.kind == "Conv2D":
        groups, filters = cast(int, settings["groups"]), cast(int, settings["filters"])
        if channels_in % groups or filters % groups:
            raise ValueError("groups")
        window = cast(tuple[int, int], settings["kernel_size"])
        kernel = (*window, channels_in // groups, filters)
        return (*_window(node, (height, width), "kernel_size"), filters), _kernel(node, kernel)
    raise ValueError(node.kind)


def _kernel(node: Node, shape: Shape) -> tuple[tuple[str, Shape], ...]:
    return tuple(zip(array_names(node), (shape, shape[-1:]), strict=False))


def _window(node: Node, sizes: tuple[int, int], window: str) -> tuple[int, int]:
    """The height and width that a window of the named setting leaves."""
    found = []
    for i in range(2):
        stride = cast(tuple[int, int], node.settings["strides"])[i]
        dilation = cast(tuple[int, int], node.settings.get("dilation_rate", (1, 1)))[i]
        reach = (cast(tuple[int, int], node.settings[window])[i] - 1) * dilation + 1
        same = node.settings["padding"] == "same"
        found.append(math.ceil(sizes[i] / stride) if same else (sizes[i] - reach) // stride + 1)
    if min(found) < 1:
        raise ValueError("too small")
    return found[0], found[1]


def _broadcast(a: Shape, b: Shape) -> Shape:
    if len(a) != len(b) or any(x != y and 1 not in (x, y) for x, y in zip(a, b, strict=True)):
        raise ValueError("shapes")
    return tuple(max(x, y) for x, y in zip(a, b, strict=True))


def _concatenate(axis: int, given: list[Shape]) -> Shape:
    place = axis if axis < 0 else axis - 1
    size = sum(shape[place] for shape in given)
    wanted = {_with_size(shape, place, size) for shape in given}
    if len(wanted) > 1:
        raise ValueError("shapes")
    return wanted.pop()


def _with_size(shape: Shape, place: int, size: int) -> Shape:
    changed = list(shape)
    changed[place] = size
    return tuple(changed)
