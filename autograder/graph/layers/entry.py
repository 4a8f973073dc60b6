"""What the table of layers says of each: settings with their defaults, the shape rule, the weights, the computation.

An entry serves everybody: the parser reads a student's configuration by its `settings`, `plan` bounds what the layer
costs before anything is computed, and `forward` computes it in NumPy float64 from the layer's definition.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, create_model

from ..serialized import Initializer, Name, Setting, policy_name

Tensor = NDArray[np.float64]
Shape = tuple[int, ...]
Settings = Mapping[str, Setting]

# --- what a setting may be: every number is bounded ---------------------------------------------------------------

Filters = Annotated[int, Field(ge=1, le=4096)]
Units = Annotated[int, Field(ge=1, le=2**16)]
Window = Annotated[int, Field(ge=1, le=64)]
Size = Annotated[int, Field(ge=1, le=2**24)]
Edge = Annotated[int, Field(ge=0, le=64)]
Small = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
Rate = Annotated[float, Field(ge=0, le=1)]
Axis = Annotated[int, Field(ge=-8, le=8)]
Axes = Axis | Annotated[tuple[Axis, ...], Field(max_length=8)]
Sizes = Annotated[tuple[Annotated[int, Field(ge=-1, le=2**24)], ...], Field(max_length=8)]
Mode = Literal["valid", "same"]
Format = Annotated[str, AfterValidator(lambda text: text[:20])]
Word = Annotated[str, Field(max_length=60)]

REQUIRED: Any = ...
Fields = Mapping[str, tuple[Any, Any]]
"""Each setting by Keras's name: its type, and its default or REQUIRED."""


def _one_axis(value: Any) -> Any:
    """A list of one axis is that axis."""
    if not isinstance(value, list | tuple):
        return value
    return value[0] if len(value) == 1 else tuple(value)


SomeAxes = Annotated[Axes, BeforeValidator(_one_axis)]


def each(kind: Any, rank: int) -> Any:
    """The type of a setting with something for each axis of an image."""
    return tuple.__class_getitem__((kind,) * rank)


NOT_KEPT = frozenset(
    "name trainable dtype lora_rank lora_alpha quantization_config renorm_clipping renorm_momentum seed noise_shape "
    "unroll flash_attention sparse".split()
)
"""Fields that are no settings of a layer by themselves: read apart, or without a bearing on what is computed."""


def regularized(*arrays: str) -> Fields:
    """The regularizers and constraints that a layer takes for its arrays."""
    found: dict[str, tuple[Any, Any]] = {"activity_regularizer": (JsonValue, None)}
    for array in arrays:
        found |= {f"{array}_regularizer": (JsonValue, None), f"{array}_constraint": (JsonValue, None)}
    return found


def begun(**defaults: str) -> Fields:
    """Initializers of arrays that begin as their default says unless told otherwise: `begun(bias="Zeros")`."""
    return {f"{array}_initializer": (Initializer | None, None) for array in defaults}


def drawn(*arrays: str) -> Fields:
    """Initializers of arrays that are drawn: they count, and their seed does, even where they are Keras's default.

    None, which has to be said, is Keras's default without a seed (`Layer.add_weight`).
    """
    return {f"{array}_initializer": (Annotated[Initializer, BeforeValidator(_told)], REQUIRED) for array in arrays}


def _told(value: object) -> object:
    return {"module": "keras.initializers", "class_name": "GlorotUniform", "config": {}} if value is None else value


# --- an entry -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plan:
    """What a call of a layer gives and costs, told by the shapes of its inputs, the batch included.

    Attributes:
        output: the shape of what it gives.
        weights: the names and shapes of its arrays, in Keras's order.
        products: multiplications, or comparisons, in all.
        rounds: how often loops of Python go round.
        scratch: numbers held while it is computed, beside the inputs and the output.
        others: the shapes of further outputs, where a layer has several.
    """

    output: Shape
    weights: tuple[tuple[str, Shape], ...] = ()
    products: int = 0
    rounds: int = 1
    scratch: int = 0
    others: tuple[Shape, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """One call of a layer, to be computed. The shapes are those of `plan`: nobody else looks at them."""

    settings: Settings
    inputs: Sequence[Tensor]
    weights: Sequence[Tensor]
    plan: Plan
    training: bool = False

    @property
    def x(self) -> Tensor:
        """The first input."""
        return self.inputs[0]


@dataclass(frozen=True, slots=True)
class ElementaryLayer:
    """One layer that does one thing: its kind, its settings in canonical form, and whether it has weights."""

    kind: str
    settings: dict[str, Setting]
    weighted: bool = False


def nothing_undefined(_settings: Settings) -> str:
    """Of a layer that can be computed whatever its settings."""
    return ""


@dataclass(frozen=True, eq=False)
class LayerType:
    """An entry of the table.

    Attributes:
        name: the class, as Keras calls it.
        plan: the shape rule; raises ValueError and its like where the inputs don't fit.
        forward: the computation in float64; a layer of several outputs gives a tuple.
        fields: the settings that Keras writes down.
        weighted: whether it has weights, and a name that counts.
        arguments: the names of the tensors of a call, in their order, where there can be several kinds of them.
        optional: those of them that need not be given.
        of_call: settings that are given with the call, and their defaults.
        random: what is drawn at random in training (a dropout's rate) makes it incomputable there.
        undefined: names what of its settings `forward` has no definition of, "" where it has.
        limits: the same in words, for the list of layers.
        apart: takes the settings apart into elementary layers; None where the layer is one.
    """

    name: str
    plan: Callable[[Settings, Sequence[Shape]], Plan]
    forward: Callable[[Work], Tensor | tuple[Tensor, ...]]
    fields: Fields = field(default_factory=dict)
    weighted: bool = False
    arguments: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    of_call: Mapping[str, Setting] = field(default_factory=dict)
    random: tuple[str, ...] = ()
    undefined: Callable[[Settings], str] = nothing_undefined
    limits: str = ""
    apart: Callable[[BaseModel], tuple[ElementaryLayer, ...]] | None = None
    tidy: Callable[[dict[str, Setting]], dict[str, Setting]] | None = None

    @cached_property
    def model(self) -> type[BaseModel]:
        """What a configuration is read by; made when it is first needed, for there are many and few are used."""
        return _model(self.name, {**COMMON, **self.fields})

    @property
    def by_mode(self) -> bool:
        """Whether a `training=` in the call is a setting."""
        return self.name == "BatchNormalization" or bool(self.random)


STRICT = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)
COMMON: Fields = {"name": (Name, REQUIRED), "trainable": (bool, True), "dtype": (JsonValue, None)}


def _model(name: str, fields: Fields) -> type[BaseModel]:
    made: type[BaseModel] = create_model(name, __config__=STRICT, **dict(fields))  # type: ignore[call-overload]
    return made


def settings_of(config: BaseModel) -> dict[str, Setting]:
    """Every setting by Keras's name; initializers and other objects only where they aren't Keras's default."""
    settings = common_settings(config)
    for name in type(config).model_fields:
        value = getattr(config, name)
        if isinstance(value, Initializer):
            settings |= value.settings(name)
        elif name.endswith(("_regularizer", "_constraint")):
            if value is not None:
                settings[name] = str(value.get("class_name", "?") if isinstance(value, dict) else value)[:60]
        elif name not in NOT_KEPT and name != "activation" and not name.endswith("_initializer"):
            settings[name] = value
    return settings


def common_settings(config: BaseModel) -> dict[str, Setting]:
    """Settings that any layer has, in so far as they aren't Keras's defaults."""
    settings: dict[str, Setting] = {} if getattr(config, "trainable", True) else {"trainable": False}
    policy = policy_name(getattr(config, "dtype", None))
    if policy != "float32":
        settings["dtype"] = policy
    return settings


# --- reading settings -----------------------------------------------------------------------------------------------


def whole(settings: Settings, name: str) -> int:
    """A setting that is a whole number."""
    value = settings[name]
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(name)
    return value


def number(settings: Settings, name: str, default: float = 0.0) -> float:
    """A setting that is a number; the default where it is None or not there."""
    value = settings.get(name)
    if value is None:
        return default
    if not isinstance(value, int | float):
        raise TypeError(name)
    return float(value)


def wholes(settings: Settings, name: str) -> tuple[int, ...]:
    """A setting that is one whole number or several."""
    value = settings[name]
    if isinstance(value, int):
        return (value,)
    if not isinstance(value, tuple) or not all(isinstance(n, int) for n in value):
        raise TypeError(name)
    return tuple(n for n in value if isinstance(n, int))


def pairs(settings: Settings, name: str) -> tuple[tuple[int, int], ...]:
    """A setting that is a pair of numbers for each axis."""
    value = settings[name]
    if not isinstance(value, tuple):
        raise TypeError(name)
    if len(value) == 2 and all(isinstance(n, int) for n in value):  # of one axis, as ZeroPadding1D has it
        value = (value,)  # type: ignore[assignment]
    return tuple((int(a), int(b)) for a, b in value)  # type: ignore[misc]


def axis_of(settings: Settings, rank: int, name: str = "axis") -> int:
    """An axis counted from the front."""
    return from_front(whole(settings, name), rank)


def axes_of(settings: Settings, rank: int, name: str = "axis") -> tuple[int, ...]:
    """Several axes counted from the front; all of them where the setting is None."""
    if settings.get(name) is None:
        return tuple(range(rank))
    return tuple(sorted({from_front(axis, rank) for axis in wholes(settings, name)}))


def from_front(axis: int, rank: int) -> int:
    """An axis counted from the front. Raises ValueError."""
    if not -rank <= axis < rank:
        raise ValueError(f"axis {axis}")
    return axis % rank


ROLES = "arguments"
"""The setting that names a call's tensors where they are not the usual ones, in their order."""


def roles(settings: Settings, usual: Sequence[str], number: int) -> list[str]:
    """What each of a call's tensors is."""
    named = settings.get(ROLES)
    return named.split(", ") if isinstance(named, str) else list(usual[:number])


def size(shape: Iterable[int]) -> int:
    """How many numbers a tensor of this shape has."""
    return math.prod(shape)


def channels_last(settings: Settings) -> None:
    """Raises ValueError for images whose channels come first: TensorFlow does not compute them on a CPU either."""
    if settings.get("data_format", "channels_last") != "channels_last":
        raise ValueError("channels_first")


def broadcast(shapes: Sequence[Shape]) -> Shape:
    """The shape that tensors have together: NumPy's rule, else Keras's, which puts axes in behind the batch."""
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        rank = max(map(len, shapes))
        return np.broadcast_shapes(*(behind_batch(shape, rank) for shape in shapes))


def behind_batch(shape: Shape, rank: int) -> Shape:
    """The shape with as many axes, ones put in behind the batch."""
    return (*shape[:1], *(1,) * (rank - len(shape)), *shape[1:])


def same_shape(_settings: Settings, given: Sequence[Shape]) -> Plan:
    """The shape rule of what changes no shape."""
    (shape,) = given
    return Plan(shape, scratch=size(shape))
