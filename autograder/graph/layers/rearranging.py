"""Operations of `keras.ops` that put a tensor's numbers elsewhere, and `x[:, 0]`: none of them computes anything."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator, Field

from .entry import (
    REQUIRED,
    Axes,
    Axis,
    Edge,
    Fields,
    LayerType,
    Plan,
    Settings,
    Shape,
    Size,
    Sizes,
    SomeAxes,
    Tensor,
    Work,
    axes_of,
    axis_of,
    from_front,
    number,
    pairs,
    same_shape,
    size,
    whole,
    wholes,
)
from .shaping import filled

MAX_PARTS = 8
"""Parts of one split."""


def _reshape_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    return Plan(filled(wholes(settings, "newshape"), size(given[0])))


def _transpose_axes(settings: Settings, rank: int) -> tuple[int, ...]:
    if settings["axes"] is None:
        return tuple(range(rank))[::-1]
    axes = tuple(from_front(axis, rank) for axis in wholes(settings, "axes"))
    if sorted(axes) != list(range(rank)):
        raise ValueError("axes")
    return axes


def _transpose_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    return Plan(tuple(given[0][axis] for axis in _transpose_axes(settings, len(given[0]))))


def _swapped(settings: Settings, rank: int) -> tuple[int, ...]:
    a, b = (from_front(whole(settings, name), rank) for name in ("axis1", "axis2"))
    order = list(range(rank))
    order[a], order[b] = b, a
    return tuple(order)


def _expand_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    shape = list(given[0])
    shape.insert(axis_of(settings, len(shape) + 1), 1)
    return Plan(tuple(shape))


def _squeeze_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    (shape,) = given
    axes = (
        axes_of(settings, len(shape))
        if settings["axis"] is not None
        else tuple(i for i, n in enumerate(shape) if n == 1)
    )
    if any(shape[axis] != 1 for axis in axes):
        raise ValueError("axis")
    return Plan(tuple(n for i, n in enumerate(shape) if i not in axes))


def _as_planned(work: Work) -> Tensor:
    return work.x.reshape(work.plan.output)


def _stack_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    if len(set(given)) != 1:
        raise ValueError("shapes")
    shape = list(given[0])
    shape.insert(axis_of(settings, len(shape) + 1), len(given))
    return Plan(tuple(shape))


def _stack(work: Work) -> Tensor:
    return np.stack(work.inputs, axis=axis_of(work.settings, work.x.ndim + 1))


def _repeat_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    shape = list(given[0])
    shape[axis_of(settings, len(shape))] *= whole(settings, "repeats")
    return Plan(tuple(shape))


def _repeat(work: Work) -> Tensor:
    return np.repeat(work.x, whole(work.settings, "repeats"), axis=axis_of(work.settings, work.x.ndim))


def _tile_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    return Plan(tuple(n * k for n, k in zip(given[0], wholes(settings, "repeats"), strict=True)))


def _broadcast_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    wanted = wholes(settings, "shape")
    if np.broadcast_shapes(given[0], wanted) != wanted:
        raise ValueError("shape")
    return Plan(wanted)


def _pad_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    return Plan(tuple(n + sum(edge) for n, edge in zip(given[0], pairs(settings, "pad_width"), strict=True)))


def _pad(work: Work) -> Tensor:
    around = pairs(work.settings, "pad_width")
    if work.settings["mode"] != "constant":
        return np.pad(work.x, around, mode="reflect" if work.settings["mode"] == "reflect" else "symmetric")
    return np.pad(work.x, around, constant_values=number(work.settings, "constant_values"))


def _split_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    (shape,) = given
    axis, parts = axis_of(settings, len(shape)), whole(settings, "indices_or_sections")
    if shape[axis] % parts or parts > MAX_PARTS:
        raise ValueError("indices_or_sections")
    part = (*shape[:axis], shape[axis] // parts, *shape[axis + 1 :])
    return Plan(part, others=(part,) * (parts - 1))


def _split(work: Work) -> tuple[Tensor, ...]:
    parts = whole(work.settings, "indices_or_sections")
    return tuple(np.split(work.x, parts, axis=axis_of(work.settings, work.x.ndim)))


PART = re.compile(r"(-?\d{1,8})?(:(-?\d{1,8})?(:(-?\d{1,8})?)?)?")


def key_of(text: str) -> tuple[Any, ...]:
    """The index that a text such as `:, 1:3, None` stands for. Raises ValueError."""
    key: list[Any] = []
    for part in text.split(", "):
        if part in ("None", "..."):
            key.append(None if part == "None" else ...)
            continue
        match = PART.fullmatch(part)
        if match is None or not part:
            raise ValueError("key")
        if ":" not in part:
            key.append(int(part))
            continue
        key.append(slice(*(int(n) if n else None for n in (match[1], match[3], match[5]))))
    return tuple(key)


def _item_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    return Plan(np.broadcast_to(np.zeros(()), given[0])[key_of(str(settings["key"]))].shape)


def _item(work: Work) -> Tensor:
    return np.asarray(work.x[key_of(str(work.settings["key"]))])


def _int_tuple(value: object) -> object:
    given = [value] if isinstance(value, int) else value
    return tuple(-1 if n is None else n for n in given) if isinstance(given, list | tuple) else given


def _edges(value: object) -> object:
    if isinstance(value, int):
        return ((value, value),)
    return tuple(tuple(e) if isinstance(e, list) else e for e in value) if isinstance(value, list | tuple) else value


Open = Annotated[Sizes, BeforeValidator(_int_tuple)]


Edges = Annotated[tuple[tuple[Edge, Edge], ...], Field(max_length=8), BeforeValidator(_edges)]


KEYS: Fields = {"axis": (Axis, 0)}


def as_layer(kind: str, settings: Settings, given: Shape) -> tuple[str, Settings]:
    """A reshape or a transposition that leaves the batch in its place is the layer that does the same."""
    if kind == "ReshapeAll" and isinstance(shape := settings["newshape"], tuple) and len(shape) > 1 and shape[0] == -1:
        if shape == (-1, size(given[1:])):
            return "Flatten", {"data_format": "channels_last"}
        if math.prod(shape[1:]) == size(given[1:]):
            return "Reshape", {"target_shape": shape[1:]}
    if kind == "Transpose" and isinstance(axes := settings["axes"], tuple) and axes and axes[0] == 0:
        return "Permute", {"dims": axes[1:]}
    return kind, settings


KINDS = (
    LayerType("ReshapeAll", _reshape_plan, _as_planned, {"newshape": (Open, REQUIRED)}),
    LayerType(
        "Transpose",
        _transpose_plan,
        lambda work: work.x.transpose(_transpose_axes(work.settings, work.x.ndim)),
        {"axes": (Axes | None, None)},
    ),
    LayerType(
        "Swapaxes",
        lambda s, given: Plan(tuple(given[0][i] for i in _swapped(s, len(given[0])))),
        lambda work: work.x.transpose(_swapped(work.settings, work.x.ndim)),
        {"axis1": (Axis, REQUIRED), "axis2": (Axis, REQUIRED)},
    ),
    LayerType("ExpandDims", _expand_plan, _as_planned, {"axis": (Axis, REQUIRED)}),
    LayerType("Squeeze", _squeeze_plan, _as_planned, {"axis": (SomeAxes | None, None)}),
    LayerType("Stack", _stack_plan, _stack, KEYS),
    LayerType("Split", _split_plan, _split, {"indices_or_sections": (Size, REQUIRED), "axis": (Axis, 0)}),
    LayerType("Repeat", _repeat_plan, _repeat, {"repeats": (Size, REQUIRED), "axis": (Axis, REQUIRED)}),
    LayerType(
        "Tile",
        _tile_plan,
        lambda work: np.tile(work.x, wholes(work.settings, "repeats")),
        {"repeats": (Open, REQUIRED)},
    ),
    LayerType(
        "BroadcastTo",
        _broadcast_plan,
        lambda work: np.broadcast_to(work.x, work.plan.output),
        {"shape": (Open, REQUIRED)},
    ),
    LayerType(
        "Pad",
        _pad_plan,
        _pad,
        {"pad_width": (Edges, REQUIRED), "mode": (Literal["constant", "reflect", "symmetric"], "constant")},
        of_call={"constant_values": None},
    ),
    LayerType(
        "Flip",
        same_shape,
        lambda work: np.flip(work.x, axes_of(work.settings, work.x.ndim)),
        {"axis": (SomeAxes | None, None)},
    ),
    LayerType(
        "Roll",
        same_shape,
        lambda work: np.roll(work.x, whole(work.settings, "shift"), axis_of(work.settings, work.x.ndim)),
        {"shift": (Annotated[int, Field(ge=-(2**24), le=2**24)], REQUIRED), "axis": (Axis, REQUIRED)},
    ),
    LayerType("GetItem", _item_plan, _item),
)
