"""From what Keras writes down of a layer or an operation to elementary layers: nothing is ever handed to Keras."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from ..serialized import GraphRefused, Name, Serialized, Setting, dump
from . import (
    activations,
    attention,
    convolutions,
    dense,
    merging,
    noise,
    normalizations,
    operations,
    pooling,
    recurrent,
    shaping,
    special,
)
from .activations import elements_of
from .entry import ElementaryLayer, LayerType, Size

FAMILIES = (convolutions, pooling, shaping, dense, normalizations, merging, attention, recurrent, noise)
"""The modules whose entries are all classes of `keras.layers`."""
KINDS: dict[str, LayerType] = {
    **{entry.name: entry for entry in (*special.KINDS, *operations.KINDS)},
    **{entry.name: entry for family in (activations, *FAMILIES) for entry in family.KINDS},
}
"""Every kind of elementary layer. Where a layer and an operation do the same, the layer's entry serves both."""
CLASSES: Mapping[str, LayerType] = {
    name: entry
    for name, entry in KINDS.items()
    if name in activations.AS_LAYERS or any(entry in family.KINDS for family in FAMILIES)
}
"""The classes of `keras.layers` that are read."""
OPERATIONS: Mapping[str, LayerType] = {
    **{entry.name: entry for entry in operations.KINDS},
    **{old: KINDS[new] for old, new in operations.SPELLED.items()},
    **{name: KINDS[kind] for name, kind in activations.OPERATIONS.items()},
    **{name: KINDS[name] for name in (*merging.OPERATIONS, "Concatenate")},
}
"""The classes of operations that are read."""
NOTHING = frozenset({"Identity"})
FOREIGN = frozenset(
    {"SpectralNormalization", "Resizing", "Masking", "CenterCrop", "Normalization", "AdditiveAttention"}
)
"""Layers of Keras that are named in a finding, their settings not read, and never computed."""
FOREIGN_OPERATIONS = frozenset(
    "Conv MaxPool AveragePool BatchNorm LayerNorm DotProductAttention Take Tensordot Dot".split()
)

EACH_STEP = "time_distributed"
"""The setting of a layer that goes over each step of a sequence by itself."""


class InputLayer(BaseModel):
    """What a model takes: its size, with -1 for what is left open, and its dtype where that isn't float32."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)

    name: Name = ""
    batch_shape: Annotated[tuple[Size | None, ...], Field(max_length=6)]
    dtype: str = "float32"
    sparse: Literal[False] = False
    ragged: Literal[False] = False
    optional: Literal[False] = False

    def settings(self) -> dict[str, Setting]:
        sizes = tuple(-1 if size is None else size for size in self.batch_shape)
        return {"batch_shape": sizes, **({} if self.dtype == "float32" else {"dtype": self.dtype[:40]})}


def read_layer(class_name: str, config: JsonValue) -> tuple[tuple[ElementaryLayer, ...], str]:
    """What a layer of `keras.layers` is made of, and the name that its owner gave it.

    Raises:
        GraphRefused: the class is not in the table.
        pydantic.ValidationError: a setting is unknown, of the wrong type or out of bounds.
    """
    if not isinstance(config, dict):
        raise GraphRefused(class_name, "layer")
    if class_name in FOREIGN or class_name in NOTHING:
        kept = {"name": config.get("name"), "trainable": config.get("trainable", True), "dtype": config.get("dtype")}
        read = CLASSES["ReLU"].model.model_validate_json(dump(kept))
        settings: dict[str, Setting] = {} if kept["trainable"] else {"trainable": False}
        elements = (ElementaryLayer(class_name, settings, weighted=True),) if class_name in FOREIGN else ()
        return elements, str(read.name)  # type: ignore[attr-defined]
    if class_name == "TimeDistributed":
        return _time_distributed(config)
    entry = CLASSES.get(class_name)
    if entry is None:
        raise GraphRefused(class_name, "layer")
    layer = entry.model.model_validate_json(dump(config))
    return elements_of(entry, layer), str(layer.name)  # type: ignore[attr-defined]


def _time_distributed(config: Mapping[str, JsonValue]) -> tuple[tuple[ElementaryLayer, ...], str]:
    """The layer within, marked as going over each step of a sequence by itself."""
    name, inner = config.get("name"), config.get("layer")
    if not isinstance(name, str) or len(name) > 200 or not isinstance(inner, dict):
        raise GraphRefused("TimeDistributed", "form")
    layer = Serialized.model_validate_json(dump({k: v for k, v in inner.items() if k != "build_config"}))
    if not layer.is_from("keras.layers") or layer.class_name in ("TimeDistributed", "Bidirectional", *FOREIGN):
        raise GraphRefused(layer.class_name, "layer")
    elements, _ = read_layer(layer.class_name, layer.config)
    return tuple(ElementaryLayer(e.kind, {**e.settings, EACH_STEP: True}, e.weighted) for e in elements), name


def read_operation(class_name: str, config: JsonValue) -> tuple[tuple[ElementaryLayer, ...], str]:
    """What a `keras.ops` or `keras.activations` operation is made of, and its name. Raises as `read_layer` does."""
    if not isinstance(config, dict):
        raise GraphRefused(class_name, "operation")
    if class_name == "Copy":  # the very same tensor once more
        return (), str(config.get("name", ""))[:200]
    if class_name in FOREIGN_OPERATIONS:
        return (ElementaryLayer(class_name, {}),), str(config.get("name", ""))[:200]
    entry = OPERATIONS.get(class_name)
    if entry is None:
        raise GraphRefused(class_name, "operation")
    operation = entry.model.model_validate_json(dump(config if class_name != "Cast" else {"name": config.get("name")}))
    name = str(operation.name)  # type: ignore[attr-defined]
    if class_name == "Cast":
        to = str(config.get("dtype"))[:20]
        return () if to.startswith("float") else (ElementaryLayer("Cast", {"to": to}),), name
    (element,) = elements_of(entry, operation)
    return (ElementaryLayer(element.kind, {k: v for k, v in element.settings.items() if k not in IDLE}),), name


IDLE = frozenset({"dtype", "initial", "synchronized"})
"""What an operation writes down and hardly anybody sets; an answer in which it matters has other outputs."""


class StandIn(BaseModel):
    """A layer in the place of a block that a model calls; see `autograder.evidence.graphs.stand_in`."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)

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
