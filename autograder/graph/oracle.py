"""A forward pass of a layer graph in NumPy float64, written from the layers' definitions.

The oracle is the second opinion: independent of TensorFlow, the same on every machine. It confirms references, and
that a student's outputs do follow from the graph and weights they came with. It keeps every intermediate, so that
the step where two graphs' values part can be named.

Images are (m, n_H, n_W, n_C), kernels (k_H, k_W, C_in, C_out), as in Keras. A convolution here is what deep learning
calls one: a cross-correlation, the window not flipped.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import cast

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from ..evidence.evidence import Array
from .model import Graph, Node
from .shapes import rounds_of

Tensor = NDArray[np.float64]
Weights = Mapping[str, tuple[Array, ...]]
Pair = tuple[int, int]
"""Rows and columns."""

MAX_ELEMENTS = 2**24
"""Numbers in one tensor, and in all tensors of a graph together."""
MAX_PRODUCTS = 4 * 10**10
"""Multiplications in one layer, and begun in all layers of a graph together."""
MAX_ROUNDS = 50_000
"""Rounds of the loops over windows and groups in all layers of a graph together: each has its price, however small
the matrices are."""


class OracleError(ValueError):
    """The graph cannot be computed: an unknown layer, weights that don't fit, or more work than is allowed."""


def forward(graph: Graph, weights: Weights, x: Array, training: bool = False) -> dict[str, Tensor]:
    """Every node's output by its id, the input's included.

    Args:
        graph: a parsed graph.
        weights: layer path -> arrays in Keras's order.
        x: the input, of shape (m, ...).
        training: batch normalization uses the batch's own mean and variance, unless it is frozen. As in Keras 3, what
            a whole model is called with wins over a `training=` baked into a layer's call.

    Raises:
        OracleError: see there. Nothing larger than MAX_ELEMENTS is allocated and no layer with more than
            MAX_PRODUCTS multiplications is begun; loops go round at most MAX_ROUNDS times.
    """
    values: dict[str, Tensor] = {}
    exact: dict[str, tuple[Tensor, ...]] = {}
    kept = products = rounds = 0
    with np.errstate(all="ignore"), _blas().limit(limits=1, user_api="blas"):
        for node in graph.nodes:
            if node.kind == "InputLayer":
                values[node.id] = np.asarray(x, dtype=np.float64)
                continue
            layer = LAYERS.get(node.kind)
            if layer is None:
                raise OracleError(f"no definition of {node.kind}")
            if node.weights not in exact:
                exact[node.weights] = tuple(np.asarray(a, dtype=np.float64) for a in weights.get(node.weights, ()))
            arrays = exact[node.weights]
            rounds += rounds_of(node)
            if rounds > MAX_ROUNDS:
                raise OracleError("too many windows and groups")
            try:
                value = layer(node, [values[i] for i in node.inputs], arrays, training)
            except (ValueError, IndexError, TypeError, KeyError, ArithmeticError) as error:
                raise OracleError(f"{node.kind} {node.name or node.id}: {error}") from None
            values[node.id] = value
            kept += value.size
            products += value.size * _products(node, arrays)
            if kept > MAX_ELEMENTS or products > MAX_PRODUCTS:
                raise OracleError("too large a graph")
    return values


def _products(node: Node, arrays: tuple[Tensor, ...]) -> int:
    """Multiplications, or comparisons, for one number of a layer's output."""
    if "pool_size" in node.settings:
        return math.prod(cast(Pair, node.settings["pool_size"]))
    return arrays[0].size // max(arrays[0].shape[-1], 1) if arrays and arrays[0].ndim else 1


@cache
def _blas() -> ThreadpoolController:
    """One BLAS thread: matrices this small gain nothing from more, and on a busy machine wait for each other."""
    return ThreadpoolController()


def computable(graph: Graph, training: bool = False) -> bool:
    """Whether the oracle has a definition of every layer in the graph, with its settings, in this mode."""
    return not incomputable(graph, training)


def incomputable(graph: Graph, training: bool = False) -> tuple[str, ...]:
    """The kinds of layers in the graph that the oracle has no definition of, each once."""
    found = (node.kind for node in graph.nodes if node.kind != "InputLayer" and not _defined(node, training))
    return tuple(dict.fromkeys(found))


def _defined(node: Node, training: bool) -> bool:
    settings = node.settings
    return (
        node.kind in LAYERS
        and not (node.kind == "Dropout" and training)  # what it drops is drawn at random
        and "dtype" not in settings  # float64 says nothing about what float16 gives
        and not settings.get("renorm")
        and settings.get("data_format", "channels_last") == "channels_last"
        and not isinstance(settings.get("constant"), str)
        and not (node.kind == "Subtract" and "constant" in settings)  # from which side is not written down
    )


def _bounded(*shape: int) -> tuple[int, ...]:
    if math.prod(shape) > MAX_ELEMENTS or min(shape) < 0:
        raise OracleError(f"a tensor of shape {shape} is not computed")
    return shape


def _pad_same(n: int, window: int, stride: int, dilation: int = 1) -> tuple[int, int]:
    """How TensorFlow pads for 'same': the output has ceil(n / stride) places, the odd zero goes to the end."""
    reach = (window - 1) * dilation + 1
    total = max((math.ceil(n / stride) - 1) * stride + reach - n, 0)
    return total // 2, total - total // 2


def _windows(n: int, window: int, stride: int, dilation: int = 1) -> int:
    return (n - (window - 1) * dilation - 1) // stride + 1


def _padded(x: Tensor, node: Node, window: Pair, dilation: Pair, fill: float) -> Tensor:
    """The input with the border that the node's padding asks for."""
    if node.settings["padding"] == "valid":
        return x
    strides = cast(Pair, node.settings["strides"])
    edges = [_pad_same(x.shape[1 + i], window[i], strides[i], dilation[i]) for i in range(2)]
    _bounded(x.shape[0], x.shape[1] + sum(edges[0]), x.shape[2] + sum(edges[1]), x.shape[3])
    return np.pad(x, ((0, 0), *edges, (0, 0)), constant_values=fill)


def _places(x: Tensor, node: Node, window: Pair, dilation: Pair, size: Pair) -> Iterator[tuple[Pair, Tensor]]:
    """Each place (i, j) of a window, and what stands there in all `size` windows of the image: (m, n_H, n_W, n_C)."""
    strides = cast(Pair, node.settings["strides"])
    for i in range(window[0]):
        for j in range(window[1]):
            top, left = i * dilation[0], j * dilation[1]
            rows = slice(top, top + size[0] * strides[0], strides[0])
            columns = slice(left, left + size[1] * strides[1], strides[1])
            yield (i, j), x[:, rows, columns][:, : size[0], : size[1]]


def _conv2d(node: Node, inputs: list[Tensor], weights: tuple[Tensor, ...], training: bool) -> Tensor:
    (x,) = inputs
    settings = node.settings
    if settings["data_format"] != "channels_last":
        raise OracleError("channels_first is not computed")
    kernel = weights[0]
    strides, dilation = cast(Pair, settings["strides"]), cast(Pair, settings["dilation_rate"])
    groups, filters = cast(int, settings["groups"]), cast(int, settings["filters"])
    window = cast(Pair, settings["kernel_size"])
    if kernel.shape != (*window, x.shape[3] // groups, filters) or x.shape[3] % groups:
        raise OracleError(f"a kernel of shape {kernel.shape} does not fit")
    x = _padded(x, node, window, dilation, 0.0)
    height, width = (_windows(x.shape[1 + i], window[i], strides[i], dilation[i]) for i in range(2))
    shape = _bounded(x.shape[0], max(height, 0), max(width, 0), filters)
    if math.prod(shape) * (kernel.size // filters) > MAX_PRODUCTS:
        raise OracleError("too large a convolution")
    out = np.zeros(shape)
    per_in, per_out = kernel.shape[2], filters // groups
    for place, part in _places(x, node, window, dilation, (height, width)):
        for g in range(groups):
            wanted, given = slice(g * per_out, (g + 1) * per_out), slice(g * per_in, (g + 1) * per_in)
            # One plain matrix product each: on strided views NumPy does not reach for BLAS.
            pixels = np.ascontiguousarray(part[..., given]).reshape(-1, per_in)
            out[..., wanted] += (pixels @ kernel[place][:, wanted]).reshape(*out.shape[:3], per_out)
    if settings["use_bias"]:
        out += weights[1]
    return out


def _dense(node: Node, inputs: list[Tensor], weights: tuple[Tensor, ...], training: bool) -> Tensor:
    (x,) = inputs
    if math.prod(_bounded(*x.shape[:-1], weights[0].shape[1])) * x.shape[-1] > MAX_PRODUCTS:
        raise OracleError("too large a matrix product")
    out = x @ weights[0]
    return out + weights[1] if node.settings["use_bias"] else out


def _batch_normalization(node: Node, inputs: list[Tensor], weights: tuple[Tensor, ...], training: bool) -> Tensor:
    """(x - mean) / sqrt(variance + epsilon) * gamma + beta; Ioffe & Szegedy 2015, arXiv 1502.03167, algorithm 1."""
    (x,) = inputs
    settings = node.settings
    if settings.get("renorm"):
        raise OracleError("renorm is not computed")
    axis = min(cast(int, settings["axis"]), x.ndim - 1)
    given = list(weights)
    gamma = given.pop(0) if settings["scale"] else None
    beta = given.pop(0) if settings["center"] else None
    mean, variance = given
    if training and settings.get("trainable", True):
        others = tuple(i for i in range(x.ndim) if i != axis)
        mean, variance = x.mean(axis=others), x.var(axis=others)
    shape = [1] * x.ndim
    shape[axis] = x.shape[axis]
    out = (x - mean.reshape(shape)) / np.sqrt(variance.reshape(shape) + cast(float, settings["epsilon"]))
    if gamma is not None:
        out = out * gamma.reshape(shape)
    return out + beta.reshape(shape) if beta is not None else out


def _relu(node: Node, inputs: list[Tensor], weights: tuple[Tensor, ...], training: bool) -> Tensor:
    (x,) = inputs
    slope, top, threshold = (node.settings.get(k) for k in ("negative_slope", "max_value", "threshold"))
    limit = cast(float, threshold or 0.0)
    out = np.where(x >= limit, x, cast(float, slope or 0.0) * (x - limit))
    return np.minimum(out, cast(float, top)) if top is not None else out


def _softmax(node: Node, inputs: list[Tensor], weights: tuple[Tensor, ...], training: bool) -> Tensor:
    (x,) = inputs
    axis = cast(int, node.settings["axis"])
    shifted = np.exp(x - x.max(axis=axis, keepdims=True))
    return cast(Tensor, shifted / shifted.sum(axis=axis, keepdims=True))


def _zero_padding(node: Node, inputs: list[Tensor], weights: tuple[Tensor, ...], training: bool) -> Tensor:
    (x,) = inputs
    rows, columns = cast(tuple[Pair, Pair], node.settings["padding"])
    _bounded(x.shape[0], x.shape[1] + sum(rows), x.shape[2] + sum(columns), x.shape[3])
    return np.pad(x, ((0, 0), rows, columns, (0, 0)))


def _pooling(node: Node, inputs: list[Tensor], weights: tuple[Tensor, ...], training: bool) -> Tensor:
    """Maximum or mean over each window. A mean leaves the padding out of its count, as TensorFlow's does."""
    (x,) = inputs
    window, strides = cast(Pair, node.settings["pool_size"]), cast(Pair, node.settings["strides"])
    maximum = node.kind == "MaxPooling2D"
    real = _padded(np.ones((1, *x.shape[1:3], 1)), node, window, (1, 1), 0.0)
    x = _padded(x, node, window, (1, 1), -np.inf if maximum else 0.0)
    height, width = (_windows(x.shape[1 + i], window[i], strides[i]) for i in range(2))
    if min(height, width) < 1:
        raise OracleError("the window is larger than the image")
    shape = _bounded(x.shape[0], height, width, x.shape[3])
    if math.prod(shape) * math.prod(window) > MAX_PRODUCTS:
        raise OracleError("too large a pooling")
    out = np.full(shape, -np.inf if maximum else 0.0)
    for _, part in _places(x, node, window, (1, 1), (height, width)):
        (np.maximum if maximum else np.add)(out, part, out=out)
    return out if maximum else out / sum(part for _, part in _places(real, node, window, (1, 1), (height, width)))


def _flatten(node: Node, inputs: list[Tensor], weights: tuple[Tensor, ...], training: bool) -> Tensor:
    (x,) = inputs
    return x.reshape(x.shape[0], -1)


def _global_pooling(node: Node, inputs: list[Tensor], weights: tuple[Tensor, ...], training: bool) -> Tensor:
    """One number for each channel: the mean, or the largest, of its whole image."""
    (x,) = inputs
    pool = np.mean if node.kind == "GlobalAveragePooling2D" else np.max
    return cast(Tensor, pool(x, axis=(1, 2), keepdims=bool(node.settings["keepdims"])))


def _dropout(node: Node, inputs: list[Tensor], weights: tuple[Tensor, ...], training: bool) -> Tensor:
    """Nothing, outside of training (Srivastava et al. 2014; Keras scales up what is kept in training instead)."""
    if training:
        raise OracleError("what Dropout drops in training is not computed")
    return inputs[0]


def _rescaling(node: Node, inputs: list[Tensor], weights: tuple[Tensor, ...], training: bool) -> Tensor:
    return inputs[0] * cast(float, node.settings["scale"]) + cast(float, node.settings["offset"])


def _merge(operation: Callable[[Tensor, Tensor], Tensor]) -> Callable[..., Tensor]:
    def merge(node: Node, inputs: list[Tensor], weights: tuple[Tensor, ...], training: bool) -> Tensor:
        constant = node.settings.get("constant")
        if isinstance(constant, str):
            raise OracleError("more than one plain number")
        out = inputs[0]
        for other in inputs[1:]:
            _bounded(*np.broadcast_shapes(out.shape, other.shape))
            out = operation(out, other)
        return operation(out, np.asarray(cast(float, constant))) if constant is not None else out

    return merge


def _average(node: Node, inputs: list[Tensor], weights: tuple[Tensor, ...], training: bool) -> Tensor:
    return _merge(np.add)(node, inputs, weights, training) / len(inputs)


def _concatenate(node: Node, inputs: list[Tensor], weights: tuple[Tensor, ...], training: bool) -> Tensor:
    _bounded(sum(x.size for x in inputs))
    return np.concatenate(inputs, axis=cast(int, node.settings["axis"]))


LAYERS: dict[str, Callable[[Node, list[Tensor], tuple[Tensor, ...], bool], Tensor]] = {
    "Conv2D": _conv2d,
    "Dense": _dense,
    "BatchNormalization": _batch_normalization,
    "ReLU": _relu,
    "Softmax": _softmax,
    "Sigmoid": lambda node, inputs, weights, training: 1 / (1 + np.exp(-inputs[0])),
    "Tanh": lambda node, inputs, weights, training: np.tanh(inputs[0]),
    "ZeroPadding2D": _zero_padding,
    "MaxPooling2D": _pooling,
    "AveragePooling2D": _pooling,
    "Flatten": _flatten,
    "GlobalAveragePooling2D": _global_pooling,
    "GlobalMaxPooling2D": _global_pooling,
    "Dropout": _dropout,
    "Rescaling": _rescaling,
    "Add": _merge(np.add),
    "Subtract": _merge(np.subtract),
    "Multiply": _merge(np.multiply),
    "Maximum": _merge(np.maximum),
    "Minimum": _merge(np.minimum),
    "Average": _average,
    "Concatenate": _concatenate,
}
