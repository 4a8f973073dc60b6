"""Layers that give a tensor another shape: larger, cut, with a border, turned, in another order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, BeforeValidator, Field

from ..serialized import Setting
from .entry import (
    REQUIRED,
    Edge,
    ElementaryLayer,
    Fields,
    Format,
    LayerType,
    Plan,
    Settings,
    Shape,
    Size,
    Sizes,
    Small,
    Tensor,
    Window,
    Work,
    channels_last,
    each,
    pairs,
    settings_of,
    size,
    whole,
    wholes,
)

FORMAT: Fields = {"data_format": (Format, "channels_last")}
Around = tuple[Edge, Edge]


# --- UpSampling ---------------------------------------------------------------------------------------------------


def _up_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    channels_last(settings)
    ((batch, *sizes, channels),) = given
    output = (batch, *(n * k for n, k in zip(sizes, wholes(settings, "size"), strict=True)), channels)
    return Plan(output, products=4 * size(output), scratch=2 * size(output))


def _up(work: Work) -> Tensor:
    out = work.x
    for axis, (n, wanted) in enumerate(zip(work.x.shape[1:-1], work.plan.output[1:-1], strict=True), 1):
        if work.settings.get("interpolation", "nearest") == "nearest":
            out = np.repeat(out, wanted // n, axis=axis)
        else:
            out = _between(out, axis, wanted)
    return out


def _between(x: Tensor, axis: int, wanted: int) -> Tensor:
    """Linear interpolation between the middles of pixels along one axis."""
    n = x.shape[axis]
    where = np.clip((np.arange(wanted) + 0.5) * n / wanted - 0.5, 0, n - 1)
    low = np.floor(where).astype(int)
    high = np.minimum(low + 1, n - 1)
    share = (where - low).reshape([-1 if i == axis else 1 for i in range(x.ndim)])
    return np.asarray(x.take(low, axis=axis) * (1 - share) + x.take(high, axis=axis) * share)


def _interpolated(settings: Settings) -> str:
    found = str(settings.get("interpolation", "nearest"))
    return "" if found in ("nearest", "bilinear") else f"interpolation={found}"


# --- borders --------------------------------------------------------------------------------------------------------


def _pad_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    channels_last(settings)
    ((batch, *sizes, channels),) = given
    around = pairs(settings, "padding")
    return Plan((batch, *(n + sum(edge) for n, edge in zip(sizes, around, strict=True)), channels))


def _pad(work: Work) -> Tensor:
    return np.pad(work.x, ((0, 0), *pairs(work.settings, "padding"), (0, 0)))


def _unless_none(config: BaseModel) -> tuple[ElementaryLayer, ...]:
    """Nothing where there is nothing to pad with, as by hand for a window of 1."""
    settings = settings_of(config)
    if not any(map(any, pairs(settings, "padding"))):
        return ()
    return (ElementaryLayer(type(config).__name__, settings),)


def _crop_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    channels_last(settings)
    ((batch, *sizes, channels),) = given
    left = tuple(n - sum(edge) for n, edge in zip(sizes, pairs(settings, "cropping"), strict=True))
    if min(left) < 1:
        raise ValueError("nothing is left")
    return Plan((batch, *left, channels))


def _crop(work: Work) -> Tensor:
    rows = zip(pairs(work.settings, "cropping"), work.x.shape[1:-1], strict=True)
    return work.x[(slice(None), *(slice(a, n - b) for (a, b), n in rows))]


# --- order and form -------------------------------------------------------------------------------------------------


def filled(shape: Sequence[int], number: int) -> Shape:
    """The shape with the one size that is left open (-1) such that it holds so many numbers. Raises ValueError."""
    if list(shape).count(-1) > 1 or any(n == 0 for n in shape):
        raise ValueError("shape")
    known = size(n for n in shape if n != -1)
    found = tuple(number // known if n == -1 else n for n in shape)
    if size(found) != number:
        raise ValueError("shape")
    return found


def _reshape_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    ((batch, *sizes),) = given
    return Plan((batch, *filled(wholes(settings, "target_shape"), size(sizes))))


def _reshaped(config: BaseModel) -> tuple[ElementaryLayer, ...]:
    settings = settings_of(config)
    if settings["target_shape"] == (-1,):
        del settings["target_shape"]
        return (ElementaryLayer("Flatten", {**settings, "data_format": "channels_last"}),)
    return (ElementaryLayer("Reshape", settings),)


def _permuted(settings: Settings, rank: int) -> tuple[int, ...]:
    dims = wholes(settings, "dims")
    if sorted(dims) != list(range(1, rank)):
        raise ValueError("dims")
    return (0, *dims)


def _flatten_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    channels_last(settings)
    ((batch, *sizes),) = given
    return Plan((batch, size(sizes)))


def _repeat_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    ((batch, features),) = given
    return Plan((batch, whole(settings, "n"), features))


def _rescaling(work: Work) -> Tensor:
    scale, offset = work.settings["scale"], work.settings["offset"]
    return np.asarray(work.x * np.asarray(scale, dtype=np.float64) + np.asarray(offset, dtype=np.float64))


def _same(settings: Settings, given: Sequence[Shape]) -> Plan:
    (shape,) = given
    for name in ("scale", "offset"):
        if np.broadcast_shapes(np.asarray(settings[name]).shape, shape) != shape:
            raise ValueError(name)
    return Plan(shape, scratch=size(shape))


def _size_of_one(settings: dict[str, Setting]) -> dict[str, Setting]:
    found = settings["size"]
    return {**settings, "size": (found,) if isinstance(found, int) else found}


def _of_rank(rank: int) -> Iterator[LayerType]:
    times: Fields = {"size": (each(Window, rank) if rank > 1 else each(Window, 1) | Window, REQUIRED)}
    if rank > 1:
        times = {**times, **FORMAT}
    if rank == 2:
        times = {
            **times,
            "interpolation": (Literal["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"], "nearest"),
        }
    yield LayerType(
        f"UpSampling{rank}D",
        _up_plan,
        _up,
        times,
        undefined=_interpolated,
        limits="`bicubic`, `lanczos`" if rank == 2 else "",
        tidy=_size_of_one,
    )
    around = each(Around, rank) if rank > 1 else Around
    yield LayerType(
        f"ZeroPadding{rank}D", _pad_plan, _pad, {"padding": (around, REQUIRED), **FORMAT}, apart=_unless_none
    )
    cut: Fields = {"cropping": (around, REQUIRED), **(FORMAT if rank > 1 else {})}
    yield LayerType(f"Cropping{rank}D", _crop_plan, _crop, cut)


Numbers = Small | Annotated[tuple[Small, ...], Field(max_length=64)]
Dims = Annotated[tuple[Annotated[int, Field(ge=1, le=8)], ...], Field(max_length=8)]
Turned = Annotated[Dims, BeforeValidator(lambda value: (value,) if isinstance(value, int) else tuple(value))]

KINDS = (
    *(entry for rank in (1, 2, 3) for entry in _of_rank(rank)),
    LayerType(
        "Reshape",
        _reshape_plan,
        lambda work: work.x.reshape(work.plan.output),
        {"target_shape": (Sizes, REQUIRED)},
        apart=_reshaped,
    ),
    LayerType(
        "Permute",
        lambda s, given: Plan(tuple(given[0][axis] for axis in _permuted(s, len(given[0])))),
        lambda work: work.x.transpose(_permuted(work.settings, work.x.ndim)),
        {"dims": (Turned, REQUIRED)},
    ),
    LayerType("Flatten", _flatten_plan, lambda work: work.x.reshape(work.plan.output), FORMAT),
    LayerType(
        "RepeatVector",
        _repeat_plan,
        lambda work: np.repeat(work.x[:, None], whole(work.settings, "n"), axis=1),
        {"n": (Size, REQUIRED)},
    ),
    LayerType("Rescaling", _same, _rescaling, {"scale": (Numbers, REQUIRED), "offset": (Numbers, 0.0)}),
)
