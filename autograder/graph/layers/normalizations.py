"""Normalizations: over a batch, over a layer, over groups of channels, to length one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydantic import JsonValue

from ..serialized import Setting
from .entry import (
    Axis,
    Fields,
    Filters,
    LayerType,
    Plan,
    Settings,
    Shape,
    Small,
    SomeAxes,
    Tensor,
    Work,
    axes_of,
    axis_of,
    begun,
    number,
    regularized,
    size,
    whole,
)

AFFINE: Fields = {
    "center": (bool, True),
    "scale": (bool, True),
    **begun(beta="Zeros", gamma="Ones"),
    **regularized("beta", "gamma"),
}


def _names(settings: Settings) -> tuple[str, ...]:
    return ("gamma",) * bool(settings["scale"]) + ("beta",) * bool(settings["center"])


def _affine(out: Tensor, settings: Settings, weights: Sequence[Tensor], shape: Sequence[int]) -> Tensor:
    """Times gamma, plus beta, as far as the layer has them."""
    given = list(weights)
    if settings["scale"]:
        out = out * given.pop(0).reshape(shape)
    return out + given.pop(0).reshape(shape) if settings["center"] else out


def _along(x: Tensor, axes: Sequence[int]) -> list[int]:
    return [n if axis in axes else 1 for axis, n in enumerate(x.shape)]


# --- batch normalization ---------------------------------------------------------------------------------------------


def _axis(settings: Settings, rank: int) -> int:
    """Images have four axes, and their channels' is kept as 3: of a tensor of fewer it is the last."""
    return min(axis_of(settings, max(rank, 4)), rank - 1)


def _batch_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    (shape,) = given
    channels = (shape[_axis(settings, len(shape))],)
    names = (*_names(settings), "moving_mean", "moving_variance")
    return Plan(shape, tuple((name, channels) for name in names), scratch=2 * size(shape))


def _batch(work: Work) -> Tensor:
    """(x - mean) / sqrt(variance + epsilon) * gamma + beta; Ioffe & Szegedy 2015, arXiv 1502.03167, algorithm 1."""
    x, settings = work.x, work.settings
    axis = _axis(settings, x.ndim)
    mean, variance = work.weights[-2:]
    if work.training and settings.get("trainable", True):
        others = tuple(i for i in range(x.ndim) if i != axis)
        mean, variance = x.mean(axis=others), x.var(axis=others)
    shape = _along(x, [axis])
    out = (x - mean.reshape(shape)) / np.sqrt(variance.reshape(shape) + number(settings, "epsilon"))
    return _affine(out, settings, work.weights, shape)


def _usual(settings: dict[str, Setting]) -> dict[str, Setting]:
    return {k: v for k, v in settings.items() if v or k not in ("synchronized", "renorm")}


# --- the others ------------------------------------------------------------------------------------------------------


def _layer_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    (shape,) = given
    along = tuple(shape[axis] for axis in axes_of(settings, len(shape)))
    return Plan(shape, tuple((name, along) for name in _names(settings)), scratch=2 * size(shape))


def _layer(work: Work) -> Tensor:
    """Ba, Kiros & Hinton 2016, arXiv 1607.06450."""
    x, axes = work.x, axes_of(work.settings, work.x.ndim)
    centred = x - x.mean(axis=axes, keepdims=True)
    variance = x.var(axis=axes, keepdims=True)
    return _affine(
        centred / np.sqrt(variance + number(work.settings, "epsilon")), work.settings, work.weights, _along(x, axes)
    )


def _group_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    (shape,) = given
    channels = shape[axis_of(settings, len(shape))]
    groups = channels if settings["groups"] == -1 else whole(settings, "groups")
    if channels % groups or groups < 1:
        raise ValueError("groups")
    return Plan(shape, tuple((name, (channels,)) for name in _names(settings)), scratch=2 * size(shape))


def _group(work: Work) -> Tensor:
    """Wu & He 2018, arXiv 1803.08494."""
    x, axis = work.x, axis_of(work.settings, work.x.ndim)
    groups = x.shape[axis] if work.settings["groups"] == -1 else whole(work.settings, "groups")
    apart = x.reshape(*x.shape[:axis], groups, x.shape[axis] // groups, *x.shape[axis + 1 :])
    axes = tuple(i for i in range(1, apart.ndim) if i != axis)
    centred = apart - apart.mean(axis=axes, keepdims=True)
    out = centred / np.sqrt(apart.var(axis=axes, keepdims=True) + number(work.settings, "epsilon"))
    return _affine(out.reshape(x.shape), work.settings, work.weights, _along(x, [axis]))


def _unit(work: Work) -> Tensor:
    x, axes = work.x, axes_of(work.settings, work.x.ndim)
    length = np.sqrt((x * x).sum(axis=axes, keepdims=True))
    return np.asarray(x / np.maximum(length, 1e-12))


def _unit_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    axes_of(settings, len(given[0]))
    return Plan(given[0], scratch=size(given[0]))


def _rms_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    (shape,) = given
    along = tuple(shape[axis] for axis in axes_of(settings, len(shape)))
    return Plan(shape, (("scale", along),), scratch=size(shape))


def _rms(work: Work) -> Tensor:
    """Zhang & Sennrich 2019, arXiv 1910.07467."""
    x, axes = work.x, axes_of(work.settings, work.x.ndim)
    mean = (x * x).mean(axis=axes, keepdims=True)
    return np.asarray(x / np.sqrt(mean + number(work.settings, "epsilon")) * work.weights[0].reshape(_along(x, axes)))


KINDS = (
    LayerType(
        "BatchNormalization",
        _batch_plan,
        _batch,
        {
            "axis": (Axis, -1),
            "momentum": (Small, 0.99),
            "epsilon": (Small, 0.001),
            **AFFINE,
            **begun(moving_mean="Zeros", moving_variance="Ones"),
            "synchronized": (bool, False),
            "renorm": (bool, False),
            "renorm_clipping": (JsonValue, None),
            "renorm_momentum": (Small, 0.99),
        },
        weighted=True,
        tidy=_usual,
        limits="`renorm`",
        undefined=lambda settings: "renorm" if settings.get("renorm") else "",
    ),
    LayerType(
        "LayerNormalization",
        _layer_plan,
        _layer,
        {"axis": (SomeAxes, -1), "epsilon": (Small, 0.001), **AFFINE, "rms_scaling": (bool, False)},
        weighted=True,
        tidy=lambda settings: {k: v for k, v in settings.items() if v or k != "rms_scaling"},
        limits="`rms_scaling`",
        undefined=lambda settings: "rms_scaling" if settings.get("rms_scaling") else "",
    ),
    LayerType(
        "GroupNormalization",
        _group_plan,
        _group,
        {"groups": (Filters | int, 32), "axis": (Axis, -1), "epsilon": (Small, 0.001), **AFFINE},
        weighted=True,
    ),
    LayerType("UnitNormalization", _unit_plan, _unit, {"axis": (SomeAxes, -1)}),
    LayerType(
        "RMSNormalization",
        _rms_plan,
        _rms,
        {"axis": (SomeAxes, -1), "epsilon": (Small, 1e-6), **regularized()},
        weighted=True,
    ),
)
