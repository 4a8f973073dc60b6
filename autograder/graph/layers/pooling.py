"""Poolings of any rank: the largest number or the mean, of each window or of a whole image."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ..serialized import Setting
from .convolutions import at_places, padded, window_plan
from .entry import (
    REQUIRED,
    Fields,
    Format,
    LayerType,
    Mode,
    Plan,
    Settings,
    Shape,
    Tensor,
    Window,
    Work,
    channels_last,
    each,
    roles,
    size,
    wholes,
)

USUAL = ("inputs",)


def _plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    channels_last(settings)
    ((batch, *sizes, channels),) = given
    around, found = window_plan(settings, sizes, "pool_size")
    output = (batch, *found, channels)
    larger = batch * size(n + sum(edge) for n, edge in zip(sizes, around, strict=True)) * channels
    window = size(wholes(settings, "pool_size"))
    return Plan(output, products=size(output) * window, rounds=window, scratch=larger + size(output))


def _largest(work: Work) -> Tensor:
    around, found = window_plan(work.settings, work.x.shape[1:-1], "pool_size")
    out = np.full(work.plan.output, -np.inf)
    for _, part in at_places(padded(work.x, around, -np.inf), work.settings, "pool_size", found):
        np.maximum(out, part, out=out)
    return out


def _mean(work: Work) -> Tensor:
    """A mean leaves the padding out of its count, as TensorFlow's does."""
    around, found = window_plan(work.settings, work.x.shape[1:-1], "pool_size")
    real = padded(np.ones((1, *work.x.shape[1:-1], 1)), around)
    out = np.zeros(work.plan.output)
    for _, part in at_places(padded(work.x, around), work.settings, "pool_size", found):
        out += part
    count = sum(part for _, part in at_places(real, work.settings, "pool_size", found))
    return np.asarray(out / count)


def _global_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    channels_last(settings)
    batch, *sizes, channels = given[0]
    if not sizes:
        raise ValueError("no image")
    if roles(settings, USUAL, len(given))[1:] not in ([], ["mask"]) or any(m != given[0][:-1] for m in given[1:]):
        raise ValueError("mask")
    ones = (1,) * len(sizes) if settings["keepdims"] else ()
    return Plan((batch, *ones, channels), products=size(given[0]))


def _whole_mean(work: Work) -> Tensor:
    kept = bool(work.settings["keepdims"])
    if len(work.inputs) == 1:
        return np.asarray(work.x.mean(axis=_axes(work.x), keepdims=kept))
    mask = (work.inputs[1] != 0)[..., None]
    return np.asarray((work.x * mask).sum(axis=1, keepdims=kept) / mask.sum(axis=1, keepdims=kept))


def _axes(x: Tensor) -> tuple[int, ...]:
    return tuple(range(1, x.ndim - 1))


def _tidy(settings: dict[str, Setting]) -> dict[str, Setting]:
    return {**settings, "strides": settings["strides"] or settings["pool_size"]}


def _of_rank(rank: int) -> Iterator[LayerType]:
    fields: Fields = {
        "pool_size": (each(Window, rank), REQUIRED),
        "strides": (each(Window, rank) | None, None),
        "padding": (Mode, "valid"),
        "data_format": (Format, "channels_last"),
    }
    yield LayerType(f"MaxPooling{rank}D", _plan, _largest, fields, tidy=_tidy)
    yield LayerType(f"AveragePooling{rank}D", _plan, _mean, fields, tidy=_tidy)
    kept: Fields = {"data_format": (Format, "channels_last"), "keepdims": (bool, False)}
    yield LayerType(
        f"GlobalAveragePooling{rank}D",
        _global_plan,
        _whole_mean,
        kept,
        arguments=(*USUAL, "mask") if rank == 1 else (),
        optional=("mask",) if rank == 1 else (),
    )
    yield LayerType(
        f"GlobalMaxPooling{rank}D",
        _global_plan,
        lambda work: work.x.max(axis=_axes(work.x), keepdims=bool(work.settings["keepdims"])),
        kept,
    )


KINDS = tuple(entry for rank in (1, 2, 3) for entry in _of_rank(rank))
