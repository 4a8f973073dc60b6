"""Convolutions of any rank: plain, transposed, depthwise and separable.

Images are (m, ..., n_C), kernels (window ..., C_in, C_out), as in Keras. A convolution here is what deep learning calls
one: a cross-correlation, the window not flipped.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Literal

import numpy as np
from pydantic import JsonValue

from .entry import (
    REQUIRED,
    Edge,
    Fields,
    Filters,
    Format,
    LayerType,
    Mode,
    Plan,
    Settings,
    Shape,
    Tensor,
    Window,
    Work,
    begun,
    channels_last,
    drawn,
    each,
    regularized,
    size,
    whole,
    wholes,
)

Edges = tuple[int, int]


# --- how a window goes over an image ------------------------------------------------------------------------------


def edges(n: int, window: int, stride: int, dilation: int, padding: object) -> Edges:
    """The zeros before and after: as TensorFlow pads, 'same' gives ceil(n / stride) places, the odd zero at the end."""
    reach = (window - 1) * dilation + 1
    if padding == "causal":
        return reach - 1, 0
    if padding == "valid":
        return 0, 0
    total = max((math.ceil(n / stride) - 1) * stride + reach - n, 0)
    return total // 2, total - total // 2


def places(n: int, window: int, stride: int, dilation: int) -> int:
    """How many places the window has on a row of n."""
    return (n - (window - 1) * dilation - 1) // stride + 1


def window_plan(settings: Settings, sizes: Sequence[int], window: str) -> tuple[tuple[Edges, ...], Shape]:
    """The zeros around an image and the number of places of the window, on each axis. Raises ValueError."""
    reach, strides = wholes(settings, window), wholes(settings, "strides")
    dilation = wholes(settings, "dilation_rate") if "dilation_rate" in settings else (1,) * len(sizes)
    rows = list(zip(sizes, reach, strides, dilation, strict=True))
    around = tuple(edges(*row, settings["padding"]) for row in rows)
    found = tuple(places(n + sum(edge), *row) for (n, *row), edge in zip(rows, around, strict=True))
    if min(found) < 1:
        raise ValueError("the window is larger than the image")
    return around, found


def padded(x: Tensor, around: Sequence[Edges], fill: float = 0.0) -> Tensor:
    """The image with a border."""
    if not any(map(any, around)):
        return x
    return np.pad(x, ((0, 0), *around, (0, 0)), constant_values=fill)


def at_places(x: Tensor, settings: Settings, window: str, found: Shape) -> Iterator[tuple[tuple[int, ...], Tensor]]:
    """Each place in a window, and what stands there in all windows of the image: (m, ..., n_C)."""
    strides = wholes(settings, "strides")
    dilation = wholes(settings, "dilation_rate") if "dilation_rate" in settings else (1,) * len(found)
    for place in product(*map(range, wholes(settings, window))):
        starts = [p * d for p, d in zip(place, dilation, strict=True)]
        rows = (slice(a, a + n * s, s) for a, n, s in zip(starts, found, strides, strict=True))
        cut = x[(slice(None), *rows)]
        yield place, cut[(slice(None), *(slice(n) for n in found))]


# --- convolution ----------------------------------------------------------------------------------------------------


def bias(settings: Settings, filters: int) -> tuple[tuple[str, Shape], ...]:
    """The bias, if there is one."""
    return (("bias", (filters,)),) if settings["use_bias"] else ()


def _plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    channels_last(settings)
    ((batch, *sizes, channels),) = given
    groups, filters = whole(settings, "groups"), whole(settings, "filters")
    if channels % groups or filters % groups:
        raise ValueError("groups")
    around, found = window_plan(settings, sizes, "kernel_size")
    kernel = (*wholes(settings, "kernel_size"), channels // groups, filters)
    output = (batch, *found, filters)
    larger = batch * size(n + sum(edge) for n, edge in zip(sizes, around, strict=True)) * channels
    return Plan(
        output,
        (("kernel", kernel), *bias(settings, filters)),
        products=size(output) * size(kernel[:-1]),
        rounds=size(kernel[:-2]) * groups,
        scratch=larger + size((batch, *found)) * (channels + filters),
    )


def _forward(work: Work) -> Tensor:
    settings, kernel = work.settings, work.weights[0]
    around, found = window_plan(settings, work.x.shape[1:-1], "kernel_size")
    x, groups = padded(work.x, around), whole(settings, "groups")
    out = np.zeros(work.plan.output)
    per_in, per_out = kernel.shape[-2], kernel.shape[-1] // groups
    for place, part in at_places(x, settings, "kernel_size", found):
        for g in range(groups):
            wanted, given = slice(g * per_out, (g + 1) * per_out), slice(g * per_in, (g + 1) * per_in)
            # One plain matrix product each: on strided views NumPy does not reach for BLAS.
            pixels = np.ascontiguousarray(part[..., given]).reshape(-1, per_in)
            out[..., wanted] += (pixels @ kernel[place][:, wanted]).reshape(*out.shape[:-1], per_out)
    return out + work.weights[1] if settings["use_bias"] else out


# --- transposed -----------------------------------------------------------------------------------------------------


def _longer(settings: Settings, sizes: Sequence[int]) -> Shape:
    """The sizes that a transposed convolution gives."""
    found = []
    rows = zip(
        sizes,
        wholes(settings, "kernel_size"),
        wholes(settings, "strides"),
        wholes(settings, "dilation_rate"),
        strict=True,
    )
    for i, (n, window, stride, dilation) in enumerate(rows):
        reach = (window - 1) * dilation + 1
        more = None if settings["output_padding"] is None else wholes(settings, "output_padding")[i]
        if settings["padding"] == "valid":
            found.append((n - 1) * stride + (max(reach, stride) if more is None else reach + more))
        else:
            found.append(n * stride if more is None else (n - 1) * stride + reach % 2 + more)
    return tuple(found)


def _transposed_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    channels_last(settings)
    ((batch, *sizes, channels),) = given
    filters, window = whole(settings, "filters"), wholes(settings, "kernel_size")
    output = (batch, *_longer(settings, sizes), filters)
    if min(output) < 1:
        raise ValueError("nothing is left")
    whole_size = size(
        (n - 1) * stride + (k - 1) * dilation + 1 + stride
        for n, k, stride, dilation in zip(
            sizes, window, wholes(settings, "strides"), wholes(settings, "dilation_rate"), strict=True
        )
    )
    return Plan(
        output,
        (("kernel", (*window, filters, channels)), *bias(settings, filters)),
        products=size((batch, *sizes, channels, *window, filters)),
        rounds=size(window),
        scratch=batch * filters * (whole_size + size(sizes)),
    )


def _transposed(work: Work) -> Tensor:
    """The gradient of a convolution: each number of the input paints the window onto the output."""
    settings, kernel, x = work.settings, work.weights[0], work.x
    strides, dilation, window = (wholes(settings, k) for k in ("strides", "dilation_rate", "kernel_size"))
    sizes, wanted = x.shape[1:-1], work.plan.output[1:-1]
    painted = [(n - 1) * s + (k - 1) * d + 1 for n, s, k, d in zip(sizes, strides, window, dilation, strict=True)]
    lengths = [max(a, b + a) for a, b in zip(painted, strides, strict=True)]
    out = np.zeros((x.shape[0], *lengths, kernel.shape[-2]))
    pixels = np.ascontiguousarray(x).reshape(-1, x.shape[-1])
    for place in product(*map(range, window)):
        starts = [p * d for p, d in zip(place, dilation, strict=True)]
        rows = (slice(a, a + (n - 1) * s + 1, s) for a, n, s in zip(starts, sizes, strides, strict=True))
        out[(slice(None), *rows)] += (pixels @ kernel[place].T).reshape(*x.shape[:-1], -1)
    cut = [0] * len(sizes)
    if settings["padding"] == "same":
        cut = [max(a - n, 0) // 2 for a, n in zip(painted, wanted, strict=True)]
    out = out[(slice(None), *(slice(a, a + n) for a, n in zip(cut, wanted, strict=True)))]
    missing = [(0, n - have) for n, have in zip(wanted, out.shape[1:-1], strict=True)]
    out = padded(out, missing)
    return out + work.weights[1] if settings["use_bias"] else out


# --- depthwise and separable ----------------------------------------------------------------------------------------


def _depthwise_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    channels_last(settings)
    ((batch, *sizes, channels),) = given
    times = whole(settings, "depth_multiplier")
    around, found = window_plan(settings, sizes, "kernel_size")
    kernel = (*wholes(settings, "kernel_size"), channels, times)
    output = (batch, *found, channels * times)
    larger = batch * size(n + sum(edge) for n, edge in zip(sizes, around, strict=True)) * channels
    return Plan(
        output,
        (("depthwise_kernel", kernel), *bias(settings, channels * times)),
        products=size(output) * size(kernel[:-2]),
        rounds=size(kernel[:-2]),
        scratch=larger + size(output),
    )


def _by_channel(x: Tensor, settings: Settings, kernel: Tensor) -> Tensor:
    """Each channel convolved by itself."""
    around, found = window_plan(settings, x.shape[1:-1], "kernel_size")
    out = np.zeros((x.shape[0], *found, *kernel.shape[-2:]))
    for place, part in at_places(padded(x, around), settings, "kernel_size", found):
        out += part[..., None] * kernel[place]
    return out.reshape(*out.shape[:-2], -1)


def _depthwise(work: Work) -> Tensor:
    out = _by_channel(work.x, work.settings, work.weights[0])
    return out + work.weights[1] if work.settings["use_bias"] else out


def _separable_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    depthwise = _depthwise_plan({**settings, "use_bias": False}, given)
    filters, channels = whole(settings, "filters"), depthwise.output[-1]
    point = (*(1,) * (len(given[0]) - 2), channels, filters)
    output = (*depthwise.output[:-1], filters)
    return Plan(
        output,
        (*depthwise.weights, ("pointwise_kernel", point), *bias(settings, filters)),
        products=depthwise.products + size(output) * channels,
        rounds=depthwise.rounds,
        scratch=depthwise.scratch + size(depthwise.output),
    )


def _separable(work: Work) -> Tensor:
    """Chollet 2017, arXiv 1610.02357: each channel by itself, then a 1x1 convolution."""
    between = _by_channel(work.x, work.settings, work.weights[0])
    pixels = between.reshape(-1, between.shape[-1]) @ work.weights[1].reshape(between.shape[-1], -1)
    out = pixels.reshape(work.plan.output)
    return out + work.weights[2] if work.settings["use_bias"] else out


# --- the table ------------------------------------------------------------------------------------------------------


def _fields(rank: int, padding: object = Mode) -> Fields:
    """What all convolutions of a rank take."""
    return {
        "kernel_size": (each(Window, rank), REQUIRED),
        "strides": (each(Window, rank), (1,) * rank),
        "padding": (padding, "valid"),
        "data_format": (Format, "channels_last"),
        "dilation_rate": (each(Window, rank), (1,) * rank),
        "activation": (JsonValue, "linear"),
        "use_bias": (bool, True),
        **begun(bias="Zeros"),
        "lora_rank": (None, None),
        "lora_alpha": (None, None),
        "quantization_config": (None, None),
    }


FILTERS: Fields = {"filters": (Filters, REQUIRED)}
KERNEL: Fields = {**drawn("kernel"), **regularized("kernel", "bias")}
DEPTHWISE: Fields = {"depth_multiplier": (Filters, 1), **drawn("depthwise")}
CAUSAL = Literal["valid", "same", "causal"]


def _of_rank(rank: int) -> Iterator[LayerType]:
    one = _fields(rank, CAUSAL if rank == 1 else Mode)
    plain: Fields = {**FILTERS, **one, "groups": (Filters, 1), **KERNEL}
    yield LayerType(f"Conv{rank}D", _plan, _forward, plain, weighted=True)
    more: Fields = {"output_padding": (each(Edge, rank) | None, None)}
    yield LayerType(
        f"Conv{rank}DTranspose",
        _transposed_plan,
        _transposed,
        {**FILTERS, **_fields(rank), **more, **KERNEL},
        weighted=True,
    )
    if rank == 3:
        return
    own: Fields = {**_fields(rank), **DEPTHWISE, **regularized("depthwise", "bias")}
    yield LayerType(f"DepthwiseConv{rank}D", _depthwise_plan, _depthwise, own, weighted=True)
    both: Fields = {
        **FILTERS,
        **_fields(rank),
        **DEPTHWISE,
        **drawn("pointwise"),
        **regularized("depthwise", "pointwise", "bias"),
    }
    yield LayerType(f"SeparableConv{rank}D", _separable_plan, _separable, both, weighted=True)


KINDS = tuple(entry for rank in (1, 2, 3) for entry in _of_rank(rank))
