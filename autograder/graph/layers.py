"""The allow-list: a table of every Keras layer and operation that the trusted side reads, each with its settings typed.

A configuration is data from a student. Unknown fields are forbidden, every number is bounded, and nothing here
is ever handed to Keras. What is read becomes one or more `ElementaryLayer`s: a `Conv2D(activation="relu")` is a
Conv2D and a ReLU.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

from .serialized import GraphRefused, Initializer, Name, Setting, dump, policy_name

Filters = Annotated[int, Field(ge=1, le=4096)]
Window = Annotated[int, Field(ge=1, le=64)]
Size = Annotated[int, Field(ge=1, le=2**24)]
Padding = Annotated[int, Field(ge=0, le=64)]
Small = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
Mode = Literal["valid", "same"]
Axis = Annotated[int, Field(ge=-4, le=3)]
Format = Annotated[str, AfterValidator(lambda text: text[:20])]

NO_SETTING = frozenset(
    "name trainable dtype activation kernel_initializer lora_rank lora_alpha quantization_config renorm_clipping "
    "renorm_momentum seed noise_shape".split()
)
"""Fields that are no settings of an elementary layer by themselves: read apart, or of use in training alone."""
ACTIVATIONS = {
    "relu": "ReLU", "softmax": "Softmax", "sigmoid": "Sigmoid", "tanh": "Tanh", "elu": "ELU", "selu": "SELU",
    "softplus": "Softplus", "softsign": "Softsign", "gelu": "GELU", "silu": "SiLU", "swish": "SiLU",
    "leaky_relu": "LeakyReLU", "relu6": "ReLU6", "hard_sigmoid": "HardSigmoid", "exponential": "Exponential",
    "mish": "Mish", "hard_silu": "HardSiLU", "hard_swish": "HardSiLU", "log_softmax": "LogSoftmax",
    "celu": "CELU", "glu": "GLU", "hard_tanh": "HardTanh", "log_sigmoid": "LogSigmoid", "soft_shrink": "SoftShrink",
    "hard_shrink": "HardShrink", "tanh_shrink": "TanhShrink", "threshold": "Threshold", "squareplus": "Squareplus",
    "sparse_plus": "SparsePlus", "sparse_sigmoid": "SparseSigmoid", "sparsemax": "Sparsemax",
}  # fmt: skip
DEFAULTS: dict[str, dict[str, Setting]] = {
    "ReLU": {"negative_slope": 0.0, "max_value": None, "threshold": 0.0},
    "Softmax": {"axis": -1},
}
"""Settings of an activation that is given by its name alone."""


@dataclass(frozen=True, slots=True)
class ElementaryLayer:
    """One layer that does one thing: its kind, its settings in canonical form, and whether it has weights."""

    kind: str
    settings: dict[str, Setting]
    weighted: bool = False


def activation(value: JsonValue) -> tuple[ElementaryLayer, ...]:
    """The layer that an `activation=` argument stands for; none for "linear"."""
    if isinstance(value, dict):
        config, kind, registered = value.get("config"), value.get("class_name"), value.get("registered_name")
        module = str(value.get("module"))
        if (
            kind == "function"
            and module.startswith(("keras.activations", "keras.src."))
            and registered in (None, config)
        ):
            value = config
        elif kind in ("ReLU", "Softmax") and module == "keras.layers" and registered is None:
            model = ReLU if kind == "ReLU" else Softmax
            return model.model_validate_json(dump(config)).elements()
        else:
            value = config if isinstance(config, str) else kind
            raise GraphRefused(value if isinstance(value, str) else "activation", "activation")
    if value is None or value == "linear":
        return ()
    if not isinstance(value, str) or value not in ACTIVATIONS:
        raise GraphRefused(value if isinstance(value, str) else "activation", "activation")
    kind = ACTIVATIONS[value]
    return (ElementaryLayer(kind, dict(DEFAULTS.get(kind, {}))),)


# --- the table of layers ----------------------------------------------------------------------------------------------


class LayerConfig(BaseModel):
    """What every layer's configuration has. The classes below are called as Keras calls its layers."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
    weighted: ClassVar[bool] = False

    name: Name
    trainable: bool = True
    dtype: JsonValue = None

    def elements(self) -> tuple[ElementaryLayer, ...]:
        """What the layer is made of."""
        return (ElementaryLayer(type(self).__name__, self.settings(), self.weighted),)

    def settings(self) -> dict[str, Setting]:
        """Every setting by Keras's name; initializers and other objects only where they aren't Keras's default."""
        settings = self.common()
        for setting in (field for field in type(self).model_fields if field not in NO_SETTING):
            value = getattr(self, setting)
            if isinstance(value, Initializer):
                settings |= value.settings(setting)
            elif setting.endswith(("_regularizer", "_constraint")):
                if value is not None:
                    settings[setting] = str(value.get("class_name", "?") if isinstance(value, dict) else value)[:60]
            elif not setting.endswith("_initializer"):
                settings[setting] = value
        return settings

    def common(self) -> dict[str, Setting]:
        """Settings that any layer has, in so far as they aren't Keras's defaults."""
        settings: dict[str, Setting] = {} if self.trainable else {"trainable": False}
        policy = policy_name(self.dtype)
        if policy != "float32":
            settings["dtype"] = policy
        return settings


class WithKernel(LayerConfig):
    """What Conv2D and Dense share. A kernel's initializer counts even where it is Keras's default."""

    weighted = True

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

    def elements(self) -> tuple[ElementaryLayer, ...]:
        return (*super().elements(), *activation(self.activation))

    def settings(self) -> dict[str, Setting]:
        name, seed = self.kernel_initializer.read()
        return {**super().settings(), "kernel_initializer": name, "seed": seed}


class InputLayer(BaseModel):
    """What a model takes: its size, with -1 for what is left open, and its dtype where that isn't float32."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    name: Name = ""
    batch_shape: Annotated[tuple[Size | None, ...], Field(max_length=6)]
    dtype: str = "float32"
    sparse: Literal[False] = False
    ragged: Literal[False] = False
    optional: Literal[False] = False

    def settings(self) -> dict[str, Setting]:
        sizes = tuple(-1 if size is None else size for size in self.batch_shape)
        return {"batch_shape": sizes, **({} if self.dtype == "float32" else {"dtype": self.dtype[:40]})}


class Conv2D(WithKernel):
    filters: Filters
    kernel_size: tuple[Window, Window]
    strides: tuple[Window, Window] = (1, 1)
    padding: Mode = "valid"
    data_format: Format = "channels_last"
    dilation_rate: tuple[Window, Window] = (1, 1)
    groups: Filters = 1


class Dense(WithKernel):
    units: Filters


class BatchNormalization(LayerConfig):
    weighted = True

    axis: Annotated[Axis, AfterValidator(lambda axis: axis % 4)] = 3  # images have four axes, so -1 is 3
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

    def settings(self) -> dict[str, Setting]:
        return {k: v for k, v in super().settings().items() if v or k not in ("synchronized", "renorm")}


class Activation(LayerConfig):
    activation: JsonValue

    def elements(self) -> tuple[ElementaryLayer, ...]:
        found = activation(self.activation)
        return tuple(ElementaryLayer(layer.kind, {**layer.settings, **self.common()}) for layer in found)


class ReLU(LayerConfig):
    negative_slope: Small = 0.0
    max_value: Small | None = None
    threshold: Small = 0.0


class Softmax(LayerConfig):
    axis: Axis = -1


class ZeroPadding2D(LayerConfig):
    padding: tuple[tuple[Padding, Padding], tuple[Padding, Padding]]
    data_format: Format = "channels_last"

    def elements(self) -> tuple[ElementaryLayer, ...]:
        """None where there is nothing to pad with, as by hand for a window of 1."""
        return super().elements() if any(map(any, self.padding)) else ()


class Pooling(LayerConfig):
    pool_size: tuple[Window, Window]
    strides: tuple[Window, Window] | None = None
    padding: Mode = "valid"
    data_format: Format = "channels_last"

    def settings(self) -> dict[str, Setting]:
        return {**super().settings(), "strides": self.strides or self.pool_size}


class MaxPooling2D(Pooling): ...


class AveragePooling2D(Pooling): ...


class Flatten(LayerConfig):
    data_format: Format = "channels_last"


class GlobalPooling(LayerConfig):
    data_format: Format = "channels_last"
    keepdims: bool = False


class GlobalAveragePooling2D(GlobalPooling): ...


class GlobalMaxPooling2D(GlobalPooling): ...


class Dropout(LayerConfig):
    rate: Annotated[float, Field(ge=0, le=1)]
    seed: JsonValue = None
    noise_shape: JsonValue = None


class Rescaling(LayerConfig):
    scale: Small
    offset: Small = 0.0


class Merge(LayerConfig):
    """Add, Multiply, ... : many tensors in, one out, nothing to set."""


class Concatenate(LayerConfig):
    axis: Axis = -1


class Operation(BaseModel):
    """A `keras.ops` call: Keras writes down its name and, for some, its arguments, which default here."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    name: Name
    axis: Axis | None = None
    negative_slope: Small = 0.0
    max_value: Small | None = None
    threshold: Small = 0.0


CONFIGS: dict[str, type[LayerConfig]] = {
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


def read_layer(class_name: str, config: JsonValue) -> tuple[tuple[ElementaryLayer, ...], str]:
    """What a layer of `keras.layers` is made of, and the name that its owner gave it.

    Raises:
        GraphRefused: the class is not on the allow-list.
        pydantic.ValidationError: a setting is unknown, of the wrong type or out of bounds.
    """
    if not isinstance(config, dict):
        raise GraphRefused(class_name, "layer")
    if class_name in FOREIGN or class_name in NOTHING or class_name in MERGES:
        kept = {"name": config.get("name"), "trainable": config.get("trainable", True), "dtype": config.get("dtype")}
        read = Merge.model_validate_json(dump(kept if class_name in FOREIGN else config))
        if class_name in NOTHING:
            return (), read.name
        return (ElementaryLayer(class_name, read.common(), weighted=class_name in FOREIGN),), read.name
    model = CONFIGS.get(class_name)
    if model is None:
        raise GraphRefused(class_name, "layer")
    layer = model.model_validate_json(dump(config))
    return layer.elements(), layer.name


class StandIn(BaseModel):
    """A layer in the place of a block that a model calls; see `autograder.evidence.stand_in`."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    name: Name
    function: Annotated[str, Field(pattern=r"^[A-Za-z]\w{0,99}$")]
    arguments: Annotated[dict[Name, JsonValue], Field(max_length=20)]


def read_stand_in(config: JsonValue) -> tuple[tuple[ElementaryLayer, ...], str]:
    """A block's call as one layer, whose kind is `identity_block()` and whose settings are the arguments.

    Raises pydantic.ValidationError where it is none.
    """
    block = StandIn.model_validate_json(dump(config))
    settings = {name: _argument(value) for name, value in block.arguments.items()}
    return (ElementaryLayer(f"{block.function}()", settings, weighted=True),), ""


def _argument(value: JsonValue) -> Setting:
    if isinstance(value, list) and len(value) <= 20 and all(isinstance(item, int) for item in value):
        return tuple(item for item in value if isinstance(item, int))
    return value if isinstance(value, bool | int | float) else str(value)[:60]


def read_operation(class_name: str, config: JsonValue) -> tuple[tuple[ElementaryLayer, ...], str]:
    """What a `keras.ops` or `keras.activations` operation is made of, and its name. Raises as `read_layer` does."""
    if not isinstance(config, dict):
        raise GraphRefused(class_name, "operation")
    if class_name in FOREIGN_OPERATIONS:
        return (ElementaryLayer(class_name, {}),), str(config.get("name", ""))[:200]
    if class_name not in ARITHMETIC and class_name not in ("Relu", "ReLU", "Softmax"):
        raise GraphRefused(class_name, "operation")
    plain = {"name": config.get("name")} if class_name in ARITHMETIC else config
    operation = Operation.model_validate_json(dump(plain))
    kind = "ReLU" if class_name == "Relu" else class_name
    settings = dict(DEFAULTS.get(kind, {}))
    if class_name == "ReLU":
        settings = {setting: getattr(operation, setting) for setting in settings}
    elif class_name == "Softmax" and operation.axis is not None:
        settings = {"axis": operation.axis}
    return (ElementaryLayer(kind, settings),), operation.name
