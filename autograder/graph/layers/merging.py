"""Layers in which several tensors become one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated

import numpy as np
from pydantic import Field

from .entry import (
    REQUIRED,
    Axis,
    LayerType,
    Plan,
    Settings,
    Shape,
    Tensor,
    Work,
    axis_of,
    behind_batch,
    broadcast,
    from_front,
    number,
    size,
    wholes,
)

Operation = Callable[[Tensor, Tensor], Tensor]


def merge_plan(_settings: Settings, given: Sequence[Shape]) -> Plan:
    """The shape rule of what takes tensors that fit together."""
    output = given[0]
    for shape in given[1:]:
        output = broadcast((output, shape))
    return Plan(output, products=size(output) * len(given), scratch=size(output))


def merge(operation: Operation) -> Callable[[Work], Tensor]:
    """One tensor after the other; a plain number of the call comes last, or first where it stood first."""

    def merged(work: Work) -> Tensor:
        out = work.x
        for other in work.inputs[1:]:
            out = operation(*_together(out, other))
        if "constant" in work.settings:
            constant = np.asarray(number(work.settings, "constant"))
            out = operation(constant, out) if work.settings.get("constant_first") else operation(out, constant)
        return out

    return merged


def _together(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Both as they fit: by NumPy's rule, else with axes put in behind the batch."""
    try:
        np.broadcast_shapes(a.shape, b.shape)
    except ValueError:
        rank = max(a.ndim, b.ndim)
        return a.reshape(behind_batch(a.shape, rank)), b.reshape(behind_batch(b.shape, rank))
    return a, b


def one_constant(settings: Settings) -> str:
    """What is undefined of a call with plain numbers."""
    return "two plain numbers" if isinstance(settings.get("constant"), str) else ""


def _average(work: Work) -> Tensor:
    return merge(np.add)(work) / len(work.inputs)


def _concatenate_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    axis = axis_of(settings, len(given[0]))
    rests = {shape[:axis] + shape[axis + 1 :] for shape in given}
    if len(rests) > 1 or len({len(shape) for shape in given}) > 1:
        raise ValueError("shapes")
    first = given[0]
    return Plan((*first[:axis], sum(shape[axis] for shape in given), *first[axis + 1 :]))


def _concatenate(work: Work) -> Tensor:
    return np.concatenate(list(work.inputs), axis=axis_of(work.settings, work.x.ndim))


# --- Dot ------------------------------------------------------------------------------------------------------------


def _dot_axes(settings: Settings, first: Shape, second: Shape) -> tuple[int, int]:
    given = wholes(settings, "axes")
    a, b = given if len(given) == 2 else given * 2
    found = from_front(a, len(first)), from_front(b, len(second))
    if 0 in found:
        raise ValueError("axes")
    return found


def _dot_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    first, second = given
    a, b = _dot_axes(settings, first, second)
    if first[a] != second[b] or first[0] != second[0]:
        raise ValueError("shapes")
    left = (*first[1:a], *first[a + 1 :])
    right = (*second[1:b], *second[b + 1 :])
    output = (first[0], *left, *right)
    return Plan(
        output if len(output) > 1 else (*output, 1),
        products=size(output) * first[a],
        scratch=size(first) + size(second) + size(output),
    )


def _dot(work: Work) -> Tensor:
    first, second = work.inputs
    a, b = _dot_axes(work.settings, first.shape, second.shape)
    if work.settings["normalize"]:
        first, second = _to_length_one(first, a), _to_length_one(second, b)
    n = first.shape[a]
    left = np.moveaxis(first, a, -1).reshape(len(first), -1, n)
    right = np.moveaxis(second, b, -1).reshape(len(second), -1, n)
    return np.asarray(np.matmul(left, right.transpose(0, 2, 1)).reshape(work.plan.output))


def _to_length_one(x: Tensor, axis: int) -> Tensor:
    return np.asarray(x / np.sqrt(np.maximum((x * x).sum(axis=axis, keepdims=True), 1e-12)))


OPERATIONS: dict[str, Operation] = {
    "Add": np.add, "Subtract": np.subtract, "Multiply": np.multiply, "Maximum": np.maximum, "Minimum": np.minimum,
}  # fmt: skip
DotAxes = Axis | Annotated[tuple[Axis, Axis], Field()]

KINDS = (
    *(LayerType(kind, merge_plan, merge(operation), undefined=one_constant) for kind, operation in OPERATIONS.items()),
    LayerType("Average", merge_plan, _average),
    LayerType("Concatenate", _concatenate_plan, _concatenate, {"axis": (Axis, -1)}),
    LayerType("Dot", _dot_plan, _dot, {"axes": (DotAxes, REQUIRED), "normalize": (bool, False)}),
)
