"""Operations of `keras.ops`, and Python's on tensors: `a @ b`, `x[:, 0]`, `-x`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from pydantic import JsonValue

from . import rearranging
from .activations import erf
from .entry import (
    REQUIRED,
    Axes,
    Axis,
    Fields,
    LayerType,
    Plan,
    Settings,
    Shape,
    Size,
    Small,
    SomeAxes,
    Tensor,
    Word,
    Work,
    axes_of,
    axis_of,
    number,
    same_shape,
    size,
    whole,
)
from .merging import merge, merge_plan, one_constant

Forward = Callable[[Work], Tensor]


MAX_TENSORS = 8


"""Inputs of one einsum."""


ONE: dict[str, Callable[[Tensor], Any]] = {
    "Negative": np.negative, "Square": np.square, "Sqrt": np.sqrt, "Rsqrt": lambda x: 1 / np.sqrt(x), "Log": np.log,
    "Log1p": np.log1p, "Absolute": np.abs, "Abs": np.abs, "Sign": np.sign, "Reciprocal": lambda x: 1 / x,
    "Sin": np.sin, "Cos": np.cos, "Erf": erf, "Floor": np.floor, "Ceil": np.ceil, "Expm1": np.expm1,
    "StopGradient": lambda x: x, "LogicalNot": lambda x: x == 0, "ZerosLike": np.zeros_like, "OnesLike": np.ones_like,
}  # fmt: skip


TWO: dict[str, Callable[[Tensor, Tensor], Any]] = {
    "Divide": np.divide, "TrueDivide": np.divide, "Power": np.power, "FloorDivide": np.floor_divide, "Mod": np.mod,
    "Greater": np.greater, "GreaterEqual": np.greater_equal, "Less": np.less, "LessEqual": np.less_equal,
    "Equal": np.equal, "NotEqual": np.not_equal, "LogicalAnd": np.logical_and, "LogicalOr": np.logical_or,
}  # fmt: skip


SPELLED = {"Reshape": "ReshapeAll", "TrueDivide": "Divide", "Abs": "Absolute", "Amax": "Max", "Amin": "Min"}


"""Operations that are known by another name than their class's: where there are two of one, or a layer is called so."""


def _numbers(operation: Callable[..., Any]) -> Callable[..., Tensor]:
    """A truth value is a number here."""

    def in_numbers(*given: Any) -> Tensor:
        return np.asarray(operation(*given), dtype=np.float64)

    return in_numbers


def _one(name: str, operation: Callable[[Tensor], Any]) -> LayerType:
    in_numbers = _numbers(operation)
    fields: Fields = {"dtype": (JsonValue, None)} if name.endswith("Like") else {}
    return LayerType(name, same_shape, lambda work: in_numbers(work.x), fields)


def _where_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    plan = merge_plan(settings, given)
    if len(given) + len(_plain_numbers(settings)) != 3:
        raise ValueError("where")
    return plan


def _plain_numbers(settings: Settings) -> list[tuple[int, float]]:
    """The plain numbers of a call, and where they stand among its arguments."""
    return [(int(k.removeprefix("argument_")), number(settings, k)) for k in settings if k.startswith("argument_")]


def _where(work: Work) -> Tensor:
    given: list[Any] = list(work.inputs)
    for place, value in sorted(_plain_numbers(work.settings)):
        given.insert(place, value)
    condition, yes, no = given
    return np.asarray(np.where(np.asarray(condition) != 0, yes, no))


REDUCTIONS: dict[str, Callable[..., Any]] = {
    "Sum": np.sum, "Mean": np.mean, "Max": np.max, "Min": np.min, "Prod": np.prod, "Var": np.var, "Std": np.std,
    "Amax": np.max, "Amin": np.min, "Any": np.any, "All": np.all,
}  # fmt: skip


OVER: Fields = {"axis": (SomeAxes | None, None), "keepdims": (bool, False)}


def _over_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    (shape,) = given
    axes = axes_of(settings, len(shape))
    kept = bool(settings["keepdims"])
    output = tuple(1 if i in axes else n for i, n in enumerate(shape) if kept or i not in axes)
    return Plan(output, products=size(shape), scratch=size(shape))


def _over(operation: Callable[..., Any]) -> Forward:
    in_numbers = _numbers(
        lambda work: operation(work.x, axis=axes_of(work.settings, work.x.ndim), keepdims=work.settings["keepdims"])
    )
    return in_numbers


def _logsumexp(x: Tensor, axis: tuple[int, ...], keepdims: bool) -> Tensor:
    top = x.max(axis=axis, keepdims=True)
    out = np.log(np.exp(x - top).sum(axis=axis, keepdims=True)) + top
    return np.asarray(out if keepdims else out.squeeze(axis))


def _norm(x: Tensor, axis: tuple[int, ...], keepdims: bool) -> Tensor:
    return np.asarray(np.sqrt((x * x).sum(axis=axis, keepdims=keepdims)))


def _normalize(work: Work) -> Tensor:
    axes = axes_of(work.settings, work.x.ndim)
    length = np.sqrt((work.x**2).sum(axis=axes, keepdims=True))
    return np.asarray(work.x / np.maximum(length, number(work.settings, "epsilon", 1e-7)))


def _cumsum(work: Work) -> Tensor:
    return work.x.cumsum(axis=axis_of(work.settings, work.x.ndim))


def _matmul_plan(_settings: Settings, given: Sequence[Shape]) -> Plan:
    first, second = given
    if len(first) < 2 or len(second) < 2 or first[-1] != second[-2]:
        raise ValueError("shapes")
    output = (*np.broadcast_shapes(first[:-2], second[:-2]), first[-2], second[-1])
    return Plan(output, products=size(output) * first[-1], scratch=size(first) + size(second))


def _einsum_terms(settings: Settings, given: Sequence[Shape]) -> tuple[list[str], str, dict[str, int]]:
    """The letters of each input, those of the output, and how long each axis is. Raises ValueError."""
    inputs, arrow, output = str(settings["subscripts"]).replace(" ", "").partition("->")
    terms = inputs.split(",")
    if not arrow or len(terms) != len(given) or len(terms) > MAX_TENSORS or not (output + "a").isalpha():
        raise ValueError("subscripts")
    sizes: dict[str, int] = {}
    for term, shape in zip(terms, given, strict=True):
        if not term.isalpha():
            raise ValueError("subscripts")
        for letter, n in zip(term, shape, strict=True):
            if sizes.setdefault(letter, n) != n:
                raise ValueError("shapes")
    if not set(output) <= sizes.keys() or len(set(output)) != len(output):
        raise ValueError("subscripts")
    return terms, output, sizes


def _einsum_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    _, output, sizes = _einsum_terms(settings, given)
    # Computed at one go, without intermediate tensors: as many products as there are ways to choose all letters.
    return Plan(tuple(sizes[x] for x in output), products=10 * size(sizes.values()), scratch=sum(map(size, given)))


def _einsum(work: Work) -> Tensor:
    terms, output, _ = _einsum_terms(work.settings, [x.shape for x in work.inputs])
    two = len(terms) == 2
    return np.asarray(np.einsum(f"{','.join(terms)}->{output}", *work.inputs, optimize=two))


def _moments_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    plan = _over_plan({**settings, "axis": settings["axes"]}, given)
    return Plan(plan.output, products=plan.products, scratch=plan.scratch, others=(plan.output,))


def _moments(work: Work) -> tuple[Tensor, ...]:
    axes, kept = axes_of(work.settings, work.x.ndim, "axes"), bool(work.settings["keepdims"])
    return np.asarray(work.x.mean(axis=axes, keepdims=kept)), np.asarray(work.x.var(axis=axes, keepdims=kept))


def _clip(work: Work) -> Tensor:
    return np.clip(work.x, number(work.settings, "x_min", -np.inf), number(work.settings, "x_max", np.inf))


def _one_hot_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    if settings["axis"] not in (-1, len(given[0])):
        raise ValueError("axis")
    output = (*given[0], whole(settings, "num_classes"))
    return Plan(output, scratch=size(output))


def _one_hot(work: Work) -> Tensor:
    return np.asarray(work.x[..., None] == np.arange(whole(work.settings, "num_classes")), dtype=np.float64)


def _cast(work: Work) -> Tensor:
    if work.settings["to"] == "bool":
        return np.asarray(work.x != 0, dtype=np.float64)
    return np.trunc(work.x)


KINDS = (
    *rearranging.KINDS,
    *(_one(name, operation) for name, operation in ONE.items() if name not in SPELLED),
    *(
        LayerType(name, merge_plan, merge(_numbers(operation)), undefined=one_constant)
        for name, operation in TWO.items()
        if name not in SPELLED
    ),
    *(
        LayerType(
            name, _over_plan, _over(operation), {**OVER, "initial": (Small | None, None), "dtype": (JsonValue, None)}
        )
        for name, operation in REDUCTIONS.items()
        if name not in SPELLED
    ),
    LayerType("Logsumexp", _over_plan, _over(_logsumexp), OVER),
    LayerType("Norm", _over_plan, _over(_norm), {"ord": (None, None), **OVER}),
    LayerType(
        "Normalize",
        same_shape,
        _normalize,
        {"axis": (SomeAxes, -1), "order": (Literal[2], 2), "epsilon": (Small | None, None)},
    ),
    LayerType("Cumsum", same_shape, _cumsum, {"axis": (Axis, REQUIRED), "dtype": (JsonValue, None)}),
    LayerType(
        "Moments",
        _moments_plan,
        _moments,
        {"axes": (Axes, REQUIRED), "keepdims": (bool, False), "synchronized": (bool, False)},
    ),
    LayerType("Where", _where_plan, _where),
    LayerType("Clip", same_shape, _clip, {"x_min": (Small | None, None), "x_max": (Small | None, None)}),
    LayerType("Matmul", _matmul_plan, lambda work: np.matmul(work.x, work.inputs[1])),
    LayerType("Einsum", _einsum_plan, _einsum, {"subscripts": (Word, REQUIRED)}),
    LayerType(
        "OneHot",
        _one_hot_plan,
        _one_hot,
        {
            "num_classes": (Size, REQUIRED),
            "axis": (Axis, -1),
            "dtype": (JsonValue, None),
            "sparse": (Literal[False], False),
        },
    ),
    LayerType("Cast", same_shape, _cast),
)
