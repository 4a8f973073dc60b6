"""Activations, by name, as layers and as operations: each is one kind of layer, however it is written."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import cast

import numpy as np
from pydantic import BaseModel, JsonValue

from ..serialized import GraphRefused, Setting, dump
from .entry import (
    Axis,
    ElementaryLayer,
    Fields,
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
    common_settings,
    number,
    regularized,
    same_shape,
    settings_of,
    size,
)

Pointwise = Callable[[Tensor], Tensor]


def sigmoid(x: Tensor) -> Tensor:
    """1 / (1 + exp(-x))."""
    return 1 / (1 + np.exp(-x))


def softplus(x: Tensor) -> Tensor:
    """log(1 + exp(x))."""
    return np.logaddexp(x, 0)


def hard_sigmoid(x: Tensor) -> Tensor:
    """Three straight lines, as Keras draws them."""
    return np.clip(x / 6 + 0.5, 0, 1)


def erf(x: Tensor) -> Tensor:
    """The error function, to float64's last digits but three (math.erf, one by one)."""
    return np.fromiter(map(math.erf, x.ravel()), np.float64, x.size).reshape(x.shape)


def softmax(x: Tensor, axes: int | tuple[int, ...]) -> Tensor:
    """exp(x) as a share of the sum over these axes."""
    shifted = np.exp(x - x.max(axis=axes, keepdims=True))
    return cast(Tensor, shifted / shifted.sum(axis=axes, keepdims=True))


def log_softmax(x: Tensor, axis: int) -> Tensor:
    """The logarithm of softmax."""
    shifted = x - x.max(axis=axis, keepdims=True)
    return cast(Tensor, shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True)))


def _elu(x: Tensor, alpha: float = 1.0) -> Tensor:
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def _gelu(x: Tensor, approximate: bool) -> Tensor:
    """X P(X <= x), X normal; Hendrycks & Gimpel 2016, arXiv 1606.08415."""
    if approximate:
        inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
        return np.asarray(0.5 * x * (1 + np.tanh(inner)))
    return 0.5 * x * (1 + erf(x / math.sqrt(2)))


def _sparse_plus(x: Tensor) -> Tensor:
    return np.where(x <= -1, 0, np.where(x < 1, (x + 1) ** 2 / 4, x))


SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805

PLAIN: Mapping[str, Pointwise] = {
    "Sigmoid": sigmoid,
    "Tanh": np.tanh,
    "SELU": lambda x: SELU_SCALE * _elu(x, SELU_ALPHA),
    "Softplus": softplus,
    "Softsign": lambda x: x / (1 + np.abs(x)),
    "SiLU": lambda x: x * sigmoid(x),
    "ReLU6": lambda x: np.clip(x, 0, 6),
    "HardSigmoid": hard_sigmoid,
    "Exponential": np.exp,
    "Mish": lambda x: x * np.tanh(softplus(x)),
    "HardSiLU": lambda x: x * hard_sigmoid(x),
    "HardTanh": lambda x: np.clip(x, -1, 1),
    "LogSigmoid": lambda x: -softplus(-x),
    "TanhShrink": lambda x: x - np.tanh(x),
    "SparsePlus": _sparse_plus,
    "SparseSigmoid": lambda x: np.clip(0.5 * (x + 1), 0, 1),
}
"""Activations that have nothing to set."""

ACTIVATIONS = {
    "relu": "ReLU", "softmax": "Softmax", "sigmoid": "Sigmoid", "tanh": "Tanh", "elu": "ELU", "selu": "SELU",
    "softplus": "Softplus", "softsign": "Softsign", "gelu": "GELU", "silu": "SiLU", "swish": "SiLU",
    "leaky_relu": "LeakyReLU", "relu6": "ReLU6", "hard_sigmoid": "HardSigmoid", "exponential": "Exponential",
    "mish": "Mish", "hard_silu": "HardSiLU", "hard_swish": "HardSiLU", "log_softmax": "LogSoftmax",
    "celu": "CELU", "glu": "GLU", "hard_tanh": "HardTanh", "log_sigmoid": "LogSigmoid", "soft_shrink": "SoftShrink",
    "hard_shrink": "HardShrink", "tanh_shrink": "TanhShrink", "threshold": "Threshold", "squareplus": "Squareplus",
    "sparse_plus": "SparsePlus", "sparse_sigmoid": "SparseSigmoid", "sparsemax": "Sparsemax",
}  # fmt: skip
"""What `activation=` takes for each kind."""
DEFAULTS: dict[str, dict[str, Setting]] = {
    "ReLU": {"negative_slope": 0.0, "max_value": None, "threshold": 0.0},
    "LeakyReLU": {"negative_slope": 0.2},
    "ELU": {"alpha": 1.0},
    "CELU": {"alpha": 1.0},
    "GELU": {"approximate": False},
    "GLU": {"axis": -1},
    "Softmax": {"axis": -1},
    "LogSoftmax": {"axis": -1},
    "Sparsemax": {"axis": -1},
    "SoftShrink": {"threshold": 0.5},
    "HardShrink": {"threshold": 0.5},
    "Squareplus": {"b": 4},
}
"""Settings of an activation that is given by its name alone."""


def activation(value: JsonValue) -> tuple[ElementaryLayer, ...]:
    """The layer that an `activation=` argument stands for; none for "linear". Raises GraphRefused."""
    if isinstance(value, dict) and value.get("class_name") in AS_ARGUMENT and value.get("registered_name") is None:
        if value.get("module") != "keras.layers":
            raise GraphRefused(str(value["class_name"]), "activation")
        found = LAYERS[str(value["class_name"])]
        return elements_of(found, found.model.model_validate_json(dump(value.get("config"))))
    name = activation_name(value)
    if name == "linear":
        return ()
    kind = ACTIVATIONS[name]
    return (ElementaryLayer(kind, dict(DEFAULTS.get(kind, {}))),)


def activation_name(value: JsonValue) -> str:
    """The name of one of Keras's own activation functions, or "linear". Raises GraphRefused."""
    if isinstance(value, dict):
        config, module = value.get("config"), str(value.get("module"))
        own = value.get("class_name") == "function" and module.startswith(("keras.activations", "keras.src."))
        if not own or value.get("registered_name") not in (None, config):
            what = config if isinstance(config, str) else value.get("class_name")
            raise GraphRefused(what if isinstance(what, str) else "activation", "activation")
        value = config
    if value is None:
        return "linear"
    if not isinstance(value, str) or value not in (*ACTIVATIONS, "linear"):
        raise GraphRefused(value if isinstance(value, str) else "activation", "activation")
    return value


def elements_of(entry: LayerType, config: BaseModel) -> tuple[ElementaryLayer, ...]:
    """What a configuration that has been read is made of."""
    if entry.apart is not None:
        return entry.apart(config)
    settings = settings_of(config)
    if entry.tidy is not None:
        settings = entry.tidy(settings)
    following = activation(config.activation) if hasattr(config, "activation") else ()
    return (ElementaryLayer(entry.name, settings, entry.weighted), *following)


def _activation_layer(config: BaseModel) -> tuple[ElementaryLayer, ...]:
    found = activation(getattr(config, "activation", None))
    return tuple(ElementaryLayer(layer.kind, {**layer.settings, **common_settings(config)}) for layer in found)


def _relu(work: Work) -> Tensor:
    x, limit, top = work.x, number(work.settings, "threshold"), work.settings.get("max_value")
    out = np.where(x >= limit, x, number(work.settings, "negative_slope") * (x - limit))
    return out if top is None else np.minimum(out, number(work.settings, "max_value"))


def _softmax_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    (shape,) = given
    axes_of(settings, len(shape))
    return Plan(shape, scratch=2 * size(shape))


def _glu_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    (shape,) = given
    axis = axis_of(settings, len(shape))
    if shape[axis] % 2:
        raise ValueError("an odd number")
    return Plan((*shape[:axis], shape[axis] // 2, *shape[axis + 1 :]), scratch=size(shape))


def _glu(work: Work) -> Tensor:
    first, second = np.split(work.x, 2, axis=axis_of(work.settings, work.x.ndim))
    return first * sigmoid(second)


def _prelu_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    (shape,) = given
    shared = () if settings["shared_axes"] is None else axes_of(settings, len(shape), "shared_axes")
    alpha = tuple(1 if axis in shared else n for axis, n in enumerate(shape) if axis)
    return Plan(shape, (("alpha", alpha),), scratch=size(shape))


def _on_x(function: Callable[[Tensor, Settings], Tensor]) -> Callable[[Work], Tensor]:
    return lambda work: function(work.x, work.settings)


def _plain(function: Pointwise) -> Callable[[Work], Tensor]:
    return lambda work: function(work.x)


def _kinds() -> tuple[LayerType, ...]:
    slope: Fields = {"negative_slope": (Small, 0.3)}
    alpha: Fields = {"alpha": (Small, 1.0)}
    one_axis: Fields = {"axis": (Axis, -1)}
    return (
        LayerType(
            "Activation", same_shape, lambda work: work.x, {"activation": (JsonValue, None)}, apart=_activation_layer
        ),
        LayerType(
            "ReLU",
            same_shape,
            _relu,
            {"negative_slope": (Small, 0.0), "max_value": (Small | None, None), "threshold": (Small, 0.0)},
        ),
        LayerType(
            "LeakyReLU", same_shape, _on_x(lambda x, s: np.where(x >= 0, x, number(s, "negative_slope") * x)), slope
        ),
        LayerType(
            "PReLU",
            _prelu_plan,
            lambda work: np.where(work.x >= 0, work.x, work.weights[0] * work.x),
            {"shared_axes": (SomeAxes | None, None), **begun(alpha="Zeros"), **regularized("alpha")},
            weighted=True,
        ),
        LayerType("ELU", same_shape, _on_x(lambda x, s: _elu(x, number(s, "alpha"))), alpha),
        LayerType("CELU", same_shape, _on_x(lambda x, s: _celu(x, number(s, "alpha"))), alpha),
        LayerType(
            "GELU", same_shape, _on_x(lambda x, s: _gelu(x, bool(s["approximate"]))), {"approximate": (bool, False)}
        ),
        LayerType("GLU", _glu_plan, _glu, one_axis),
        LayerType(
            "Softmax",
            _softmax_plan,
            lambda work: softmax(work.x, axes_of(work.settings, work.x.ndim)),
            {"axis": (SomeAxes, -1)},
        ),
        LayerType(
            "LogSoftmax", _softmax_plan, lambda work: log_softmax(work.x, axis_of(work.settings, work.x.ndim)), one_axis
        ),
        LayerType("Sparsemax", _softmax_plan, lambda work: work.x, one_axis, undefined=lambda _: "sparsemax"),
        LayerType(
            "SoftShrink",
            same_shape,
            _on_x(lambda x, s: np.sign(x) * np.maximum(np.abs(x) - number(s, "threshold"), 0)),
            {"threshold": (Small, 0.5)},
        ),
        LayerType(
            "HardShrink",
            same_shape,
            _on_x(lambda x, s: np.where(np.abs(x) > number(s, "threshold"), x, 0)),
            {"threshold": (Small, 0.5)},
        ),
        LayerType(
            "Squareplus", same_shape, _on_x(lambda x, s: (x + np.sqrt(x * x + number(s, "b"))) / 2), {"b": (Small, 4)}
        ),
        LayerType(
            "Threshold",
            same_shape,
            _on_x(lambda x, s: np.where(x > number(s, "threshold"), x, number(s, "default_value"))),
            {"threshold": (Small, 0.0), "default_value": (Small, 0.0)},
        ),
        *(LayerType(kind, same_shape, _plain(function)) for kind, function in PLAIN.items()),
    )


def _celu(x: Tensor, alpha: float) -> Tensor:
    return np.maximum(x, 0) + np.minimum(alpha * np.expm1(np.minimum(x, 0) / alpha), 0)


KINDS = _kinds()
LAYERS = {entry.name: entry for entry in KINDS}
AS_LAYERS = frozenset({"Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax"})
"""Those that are a class of `keras.layers`, too."""
AS_ARGUMENT = AS_LAYERS - {"Activation", "PReLU"}
"""Those of them that `activation=` takes as a layer: they have no weights."""

OPERATIONS: Mapping[str, str] = {
    "Relu": "ReLU", "ReLU": "ReLU", "LeakyRelu": "LeakyReLU", "Elu": "ELU", "Celu": "CELU", "Gelu": "GELU",
    "Glu": "GLU", "Selu": "SELU", "Silu": "SiLU", "HardSilu": "HardSiLU", "Relu6": "ReLU6", "Exp": "Exponential",
    **{kind: kind for kind in ("Softmax", "LogSoftmax", "Sparsemax", "SoftShrink", "HardShrink", "Squareplus",
                               "Threshold", "Sigmoid", "Tanh", "Softplus", "Softsign", "HardSigmoid", "Mish",
                               "HardTanh", "LogSigmoid", "TanhShrink", "SparsePlus", "SparseSigmoid")},
}  # fmt: skip
"""The class of the operation that `keras.ops` or `keras.activations` makes, and the kind that it is."""
