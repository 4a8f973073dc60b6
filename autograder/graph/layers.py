"""The allow-list: every Keras layer and operation that the trusted side reads, each with its settings typed.

A configuration is data from a student. Unknown fields are forbidden, every number is bounded, and nothing here
is ever handed to Keras. What a class turns into is one or more `Piece`s: a `Conv2D(activation="relu")` is a
Conv2D and a ReLU.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

Setting = bool | int | float | str | None | tuple[int, ...] | tuple[tuple[int, int], ...]

Filters = Annotated[int, Field(ge=1, le=4096)]
Window = Annotated[int, Field(ge=1, le=64)]
Padding = Annotated[int, Field(ge=0, le=64)]
Small = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
Name = Annotated[str, Field(max_length=200)]
Mode = Literal["valid", "same"]

INITIALIZERS = frozenset(
    "Zeros Ones Constant GlorotUniform GlorotNormal HeUniform HeNormal LecunUniform LecunNormal RandomNormal "
    "RandomUniform TruncatedNormal VarianceScaling Orthogonal OrthogonalInitializer Identity "
    "IdentityInitializer".split()
)
ACTIVATIONS = {
    "relu": "ReLU", "softmax": "Softmax", "sigmoid": "Sigmoid", "tanh": "Tanh", "elu": "ELU", "selu": "SELU",
    "softplus": "Softplus", "softsign": "Softsign", "gelu": "GELU", "silu": "SiLU", "swish": "SiLU",
    "leaky_relu": "LeakyReLU", "relu6": "ReLU6", "hard_sigmoid": "HardSigmoid", "exponential": "Exponential",
    "mish": "Mish", "hard_silu": "HardSiLU", "hard_swish": "HardSiLU", "log_softmax": "LogSoftmax",
    "celu": "CELU", "glu": "GLU", "hard_tanh": "HardTanh", "log_sigmoid": "LogSigmoid", "soft_shrink": "SoftShrink",
    "hard_shrink": "HardShrink", "tanh_shrink": "TanhShrink", "threshold": "Threshold", "squareplus": "Squareplus",
    "sparse_plus": "SparsePlus", "sparse_sigmoid": "SparseSigmoid", "sparsemax": "Sparsemax",
}  # fmt: skip
RELU_DEFAULTS: dict[str, Setting] = {"negative_slope": 0.0, "max_value": None, "threshold": 0.0}


class Refused(ValueError):
    """The student's graph holds something that the trusted side does not read.

    `what` names it (a layer class, an activation), `why` is a key of `autograder.base.messages.REFUSALS`.
    """

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{why}: {what}")
        self.what = what[:200]
        self.why = why


@dataclass(frozen=True, slots=True)
class Piece:
    """One elementary layer: its kind, its settings in canonical form, and whether weights stand behind it."""

    kind: str
    settings: dict[str, Setting]
    weighted: bool = False


class Config(BaseModel):
    """What every layer's configuration has."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    name: Name
    trainable: bool = True
    dtype: JsonValue = None

    def pieces(self) -> tuple[Piece, ...]:
        raise NotImplementedError

    def common(self) -> dict[str, Setting]:
        """Settings that any layer has, in so far as they aren't Keras's defaults."""
        settings: dict[str, Setting] = {} if self.trainable else {"trainable": False}
        policy = self.dtype
        if isinstance(policy, dict):
            inner = policy.get("config")
            policy = inner.get("name") if isinstance(inner, dict) else "?"
        if policy not in (None, "float32"):
            settings["dtype"] = str(policy)[:40]
        return settings


class Initializer(BaseModel):
    """A serialised initializer; its own arguments are kept only as far as they are plain numbers or words."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    module: str | None
    class_name: Name
    config: dict[str, JsonValue]
    registered_name: str | None = None
    shared_object_id: int | None = None

    def read(self) -> tuple[str, Setting]:
        """The initializer as one word, and its seed.

        `VarianceScaling(1, "fan_avg", "uniform")` is what GlorotUniform is made of (Keras documents it so).
        """
        if self.class_name not in INITIALIZERS or (self.module or "").partition(".")[0] != "keras":
            raise Refused(self.class_name, "initializer")
        arguments = {k: v for k, v in self.config.items() if k != "seed" and v is not None}
        seed = self.config.get("seed")
        if isinstance(seed, dict):  # keras.random.SeedGenerator
            inner = seed.get("config")
            seed = inner.get("seed") if isinstance(inner, dict) else None
        if seed is not None and not isinstance(seed, int):
            raise Refused(self.class_name, "initializer")
        name = self.class_name.removesuffix("Initializer")
        if name == "VarianceScaling" and arguments == {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform"}:
            name, arguments = "GlorotUniform", {}
        words = ", ".join(f"{k}={v}" for k, v in sorted(arguments.items()) if isinstance(v, int | float | str))
        return (f"{name}({words[:80]})" if words else name), seed


def _initializers(**initializers: tuple[Initializer | None, str]) -> dict[str, Setting]:
    """Settings for the named initializers, each given with Keras's default, which is left out."""
    settings: dict[str, Setting] = {}
    for setting, (initializer, default) in initializers.items():
        if initializer is not None:
            name, seed = initializer.read()
            if name != default:
                settings[setting] = name
            if seed is not None and name not in ("Zeros", "Ones"):
                settings[f"{setting}_seed"] = seed
    return settings


def _objects(**objects: JsonValue) -> dict[str, Setting]:
    """Regularizers, constraints and the like: their class's name where there is one."""
    settings: dict[str, Setting] = {}
    for setting, value in objects.items():
        if value is not None:
            settings[setting] = str(value.get("class_name", "?"))[:60] if isinstance(value, dict) else str(value)[:60]
    return settings


def activation(value: JsonValue) -> tuple[Piece, ...]:
    """The layer that an `activation=` argument stands for; none for "linear"."""
    if isinstance(value, dict):
        config = value.get("config")
        if value.get("class_name") == "function" and isinstance(config, str):
            value = config
        elif value.get("class_name") in ("ReLU", "Softmax") and isinstance(config, dict):
            model = ReLU if value["class_name"] == "ReLU" else Softmax
            return model.model_validate_json(dump(config)).pieces()
    if value is None or value == "linear":
        return ()
    if not isinstance(value, str) or value not in ACTIVATIONS:
        raise Refused(value if isinstance(value, str) else "activation", "activation")
    kind = ACTIVATIONS[value]
    if kind == "ReLU":
        return (Piece(kind, dict(RELU_DEFAULTS)),)
    return (Piece(kind, {"axis": -1} if kind == "Softmax" else {}),)


def dump(value: JsonValue) -> str:
    """The value as JSON again, which pydantic's strict mode reads lists as tuples from."""
    return json.dumps(value)


class Kernel(Config):
    """What Conv2D and Dense share."""

    activation: JsonValue = "linear"
    use_bias: bool = True
    kernel_initializer: Initializer
    bias_initializer: Initializer | None = None
    kernel_regularizer: JsonValue = None
    bias_regularizer: JsonValue = None
    activity_regularizer: JsonValue = None
    kernel_constraint: JsonValue = None
    bias_constraint: JsonValue = None
    lora_rank: None = None
    lora_alpha: None = None
    quantization_config: None = None

    def kernel_settings(self) -> dict[str, Setting]:
        name, seed = self.kernel_initializer.read()
        return {
            "use_bias": self.use_bias,
            "kernel_initializer": name,
            "seed": seed,
            **_initializers(bias_initializer=(self.bias_initializer, "Zeros")),
            **_objects(
                kernel_regularizer=self.kernel_regularizer,
                bias_regularizer=self.bias_regularizer,
                activity_regularizer=self.activity_regularizer,
                kernel_constraint=self.kernel_constraint,
                bias_constraint=self.bias_constraint,
            ),
            **self.common(),
        }


class Conv2D(Kernel):
    filters: Filters
    kernel_size: tuple[Window, Window]
    strides: tuple[Window, Window] = (1, 1)
    padding: Mode = "valid"
    data_format: str = "channels_last"
    dilation_rate: tuple[Window, Window] = (1, 1)
    groups: Filters = 1

    def pieces(self) -> tuple[Piece, ...]:
        settings: dict[str, Setting] = {
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "dilation_rate": self.dilation_rate,
            "groups": self.groups,
            "data_format": self.data_format[:20],
            **self.kernel_settings(),
        }
        return (Piece("Conv2D", settings, weighted=True), *activation(self.activation))


class Dense(Kernel):
    units: Filters

    def pieces(self) -> tuple[Piece, ...]:
        settings: dict[str, Setting] = {"units": self.units, **self.kernel_settings()}
        return (Piece("Dense", settings, weighted=True), *activation(self.activation))


class BatchNormalization(Config):
    axis: Annotated[int, Field(ge=-4, le=3)] = -1
    momentum: Small = 0.99
    epsilon: Small = 0.001
    center: bool = True
    scale: bool = True
    beta_initializer: Initializer | None = None
    gamma_initializer: Initializer | None = None
    moving_mean_initializer: Initializer | None = None
    moving_variance_initializer: Initializer | None = None
    beta_regularizer: JsonValue = None
    gamma_regularizer: JsonValue = None
    beta_constraint: JsonValue = None
    gamma_constraint: JsonValue = None
    synchronized: bool = False
    renorm: bool = False
    renorm_clipping: JsonValue = None
    renorm_momentum: Small = 0.99

    def pieces(self) -> tuple[Piece, ...]:
        settings: dict[str, Setting] = {
            "axis": self.axis % 4,  # images have four axes, so -1 is 3
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            **_initializers(
                beta_initializer=(self.beta_initializer, "Zeros"),
                gamma_initializer=(self.gamma_initializer, "Ones"),
                moving_mean_initializer=(self.moving_mean_initializer, "Zeros"),
                moving_variance_initializer=(self.moving_variance_initializer, "Ones"),
            ),
            **_objects(
                beta_regularizer=self.beta_regularizer,
                gamma_regularizer=self.gamma_regularizer,
                beta_constraint=self.beta_constraint,
                gamma_constraint=self.gamma_constraint,
            ),
            **({"synchronized": True} if self.synchronized else {}),
            **({"renorm": True} if self.renorm else {}),
            **self.common(),
        }
        return (Piece("BatchNormalization", settings, weighted=True),)


class Activation(Config):
    activation: JsonValue

    def pieces(self) -> tuple[Piece, ...]:
        return tuple(Piece(piece.kind, {**piece.settings, **self.common()}) for piece in activation(self.activation))


class ReLU(Config):
    negative_slope: Small = 0.0
    max_value: Small | None = None
    threshold: Small = 0.0

    def pieces(self) -> tuple[Piece, ...]:
        settings: dict[str, Setting] = {
            "negative_slope": self.negative_slope,
            "max_value": self.max_value,
            "threshold": self.threshold,
        }
        return (Piece("ReLU", {**settings, **self.common()}),)


class Softmax(Config):
    axis: Annotated[int, Field(ge=-4, le=3)] = -1

    def pieces(self) -> tuple[Piece, ...]:
        return (Piece("Softmax", {"axis": self.axis, **self.common()}),)


class ZeroPadding2D(Config):
    padding: tuple[tuple[Padding, Padding], tuple[Padding, Padding]]
    data_format: str = "channels_last"

    def pieces(self) -> tuple[Piece, ...]:
        return (
            Piece("ZeroPadding2D", {"padding": self.padding, "data_format": self.data_format[:20], **self.common()}),
        )


class Pooling(Config):
    pool_size: tuple[Window, Window]
    strides: tuple[Window, Window] | None = None
    padding: Mode = "valid"
    data_format: str = "channels_last"

    def pieces(self) -> tuple[Piece, ...]:
        settings: dict[str, Setting] = {
            "pool_size": self.pool_size,
            "strides": self.strides or self.pool_size,
            "padding": self.padding,
            "data_format": self.data_format[:20],
            **self.common(),
        }
        return (Piece(type(self).__name__, settings),)


class MaxPooling2D(Pooling):
    pass


class AveragePooling2D(Pooling):
    pass


class Flatten(Config):
    data_format: str = "channels_last"

    def pieces(self) -> tuple[Piece, ...]:
        return (Piece("Flatten", {"data_format": self.data_format[:20], **self.common()}),)


class GlobalPooling(Config):
    data_format: str = "channels_last"
    keepdims: bool = False

    def pieces(self) -> tuple[Piece, ...]:
        settings: dict[str, Setting] = {
            "data_format": self.data_format[:20],
            "keepdims": self.keepdims,
            **self.common(),
        }
        return (Piece(type(self).__name__, settings),)


class GlobalAveragePooling2D(GlobalPooling):
    pass


class GlobalMaxPooling2D(GlobalPooling):
    pass


class Dropout(Config):
    """`seed` and `noise_shape` change nothing outside of training, and are passed over."""

    rate: Annotated[float, Field(ge=0, le=1)]
    seed: JsonValue = None
    noise_shape: JsonValue = None

    def pieces(self) -> tuple[Piece, ...]:
        return (Piece("Dropout", {"rate": self.rate, **self.common()}),)


class Rescaling(Config):
    scale: Small
    offset: Small = 0.0

    def pieces(self) -> tuple[Piece, ...]:
        return (Piece("Rescaling", {"scale": self.scale, "offset": self.offset, **self.common()}),)


class Merge(Config):
    """Add, Multiply, ... : many tensors in, one out, nothing to set."""


class Concatenate(Config):
    axis: Annotated[int, Field(ge=-4, le=3)] = -1

    def pieces(self) -> tuple[Piece, ...]:
        return (Piece("Concatenate", {"axis": self.axis, **self.common()}),)


class Operation(BaseModel):
    """A `keras.ops` call: Keras writes down its name and, for some, its arguments, which default here."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    name: Name
    axis: Annotated[int, Field(ge=-4, le=3)] | None = None
    negative_slope: Small = 0.0
    max_value: Small | None = None
    threshold: Small = 0.0


CONFIGS: dict[str, type[Config]] = {
    model.__name__: model
    for model in (
        Conv2D, Dense, BatchNormalization, Activation, ReLU, Softmax, ZeroPadding2D, MaxPooling2D, AveragePooling2D,
        Flatten, Concatenate, GlobalAveragePooling2D, GlobalMaxPooling2D, Dropout, Rescaling,
    )
}  # fmt: skip
MERGES = frozenset({"Add", "Multiply", "Subtract", "Average", "Maximum", "Minimum"})
NOTHING = frozenset({"Identity"})
FOREIGN = frozenset(
    "SpatialDropout2D GaussianNoise GaussianDropout "
    "LayerNormalization GroupNormalization UnitNormalization SpectralNormalization RMSNormalization "
    "DepthwiseConv2D SeparableConv2D Conv2DTranspose Conv1D Conv3D LeakyReLU PReLU ELU Reshape Permute UpSampling2D "
    "Cropping2D RepeatVector Resizing ActivityRegularization MaxPooling1D AveragePooling1D Dot AlphaDropout".split()
)
"""Layers of Keras that no exercise asks for: named in a finding, their settings not read, never computed."""
FOREIGN_OPERATIONS = frozenset(
    "Sigmoid Tanh Softplus LeakyRelu Elu Selu Gelu Silu Reshape Concatenate Mean Sum Max Min Square Sqrt Abs Negative "
    "Divide TrueDivide Power Exp Log Transpose Pad Clip Conv MaxPool AveragePool BatchNorm Matmul GetItem Cast "
    "ExpandDims Squeeze Where Sign Stack Relu6 HardSigmoid Softsign LogSoftmax OneHot".split()
)
ARITHMETIC = frozenset({"Add", "Subtract", "Multiply", "Maximum", "Minimum"})


def read_layer(class_name: str, config: JsonValue) -> tuple[tuple[Piece, ...], str]:
    """What a layer of `keras.layers` is made of, and the name that its owner gave it.

    Raises:
        Refused: the class is not on the allow-list.
        pydantic.ValidationError: a setting is unknown, of the wrong type or out of bounds.
    """
    if not isinstance(config, dict):
        raise Refused(class_name, "layer")
    if class_name in FOREIGN or class_name in NOTHING or class_name in MERGES:
        name = config.get("name")
        kept = {"name": name, "trainable": config.get("trainable", True), "dtype": config.get("dtype")}
        read = Merge.model_validate_json(dump(kept if class_name in FOREIGN else config))
        if class_name in NOTHING:
            return (), read.name
        return (Piece(class_name, read.common(), weighted=class_name in FOREIGN),), read.name
    model = CONFIGS.get(class_name)
    if model is None:
        raise Refused(class_name, "layer")
    layer = model.model_validate_json(dump(config))
    return layer.pieces(), layer.name


def read_operation(class_name: str, config: JsonValue) -> tuple[tuple[Piece, ...], str]:
    """What a `keras.ops` or `keras.activations` operation is made of, and its name. Raises as `read_layer` does."""
    if not isinstance(config, dict):
        raise Refused(class_name, "operation")
    if class_name in FOREIGN_OPERATIONS:
        return (Piece(class_name, {}),), str(config.get("name", ""))[:200]
    readers: dict[str, Callable[[Any], Piece]] = {
        "Relu": lambda op: Piece("ReLU", dict(RELU_DEFAULTS)),
        "ReLU": lambda op: Piece(
            "ReLU", {"negative_slope": op.negative_slope, "max_value": op.max_value, "threshold": op.threshold}
        ),
        "Softmax": lambda op: Piece("Softmax", {"axis": -1 if op.axis is None else op.axis}),
    }
    if class_name in ARITHMETIC:
        operation = Operation.model_validate_json(dump({"name": config.get("name")}))
        return (Piece(class_name, {}),), operation.name
    if class_name not in readers:
        raise Refused(class_name, "operation")
    operation = Operation.model_validate_json(dump(config))
    return (readers[class_name](operation),), operation.name
