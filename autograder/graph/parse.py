"""From the JSON that Keras's functional `get_config()` gives to a canonical graph, trusting nothing in it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError
from pydantic_core import from_json

from .layers import ElementaryLayer, InputLayer, read_layer, read_operation, read_stand_in
from .model import Graph, Node, canonical
from .serialized import GraphRefused, Name, Setting, dump

MAX_JSON = 4 * 2**20
MAX_LAYERS = 600
"""Layers of a graph, three times those of a network of fifty convolutions. Comparing two graphs takes as long as both
sizes multiplied.
"""
MAX_EDGES = 2 * MAX_LAYERS
"""Tensors that all layers are given together: what comes of looking for a layer's neighbours goes through them all."""
MAX_DEPTH = 4
MAX_READ = 2 * 2**20
"""Characters read altogether: a nested model is read once for each of its calls."""

MODELS = frozenset(
    {
        ("keras", "Sequential"),
        ("keras", "Functional"),
        ("keras.src.models.functional", "Functional"),  # what Keras writes: the class has no public name
    }
)
"""Models used as layers; what they hold is read as if it stood in the outer model."""

OPERATIONS = ("keras.src.ops.", "keras.src.activations.", "keras.ops.")
"""How the modules of `keras.ops` and `keras.activations` begin."""
STAND_IN = ("autograder.evidence.stand_in", "StandIn")
"""The layer that stands in the place of a block. No reference but one that was made so has any."""

AUTOMATIC_NAME = re.compile(r"(conv2d|batch_normalization|dense)(_\d+)?")
"""Names that Keras makes up for layers without one."""
REPEATED_NAME = re.compile(r"~\d+$")
"""What the collector of evidence appends where a student gave one name to several layers."""


class Entry(BaseModel):
    """One layer of a functional model's configuration."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    module: str | None = None
    class_name: Name
    config: JsonValue
    registered_name: str | None = None
    build_config: JsonValue = None
    compile_config: JsonValue = None
    name: Name = ""
    inbound_nodes: Annotated[list[JsonValue], Field(max_length=MAX_LAYERS)] = []
    shared_object_id: int | None = None


@dataclass(frozen=True, slots=True)
class TensorSource:
    """Where a tensor comes from: the layer's name, and which of its calls gave it."""

    layer: str
    call: int


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a layer: the tensors it was given, plain numbers among them, and `training=` if it was baked in."""

    tensors: tuple[TensorSource, ...]
    constants: tuple[float, ...] = ()
    training: bool | None = None


@dataclass(frozen=True, slots=True)
class ModelCall:
    """The call of a nested model whose layers are being read; without arguments the outermost model.

    `prefix` begins the ids of its layers, `owner` the keys of their weights, which all calls of a model share.
    `training` is what it was called with, `depth` in how many models it lies.
    """

    prefix: str = ""
    owner: str = ""
    training: bool | None = None
    depth: int = 0


def parse_graph(text: str, repeated_names: bool = False) -> Graph:
    """The canonical graph of a functional model's configuration.

    `repeated_names`: the collector of evidence had to tell names apart that the student gave more than once.

    Raises:
        GraphRefused: the text is too long, too deep, not such a configuration, or holds a layer that is not on the
            allow-list; the exception names what and why.
    """
    if len(text) > MAX_JSON:
        raise GraphRefused(f"{len(text)} characters", "size")
    try:
        config = from_json(text, allow_inf_nan=False)
        builder = _Builder(repeated_names)
        outputs = builder.functional(config, None, ModelCall())
        if len(outputs) != 1:
            raise GraphRefused(f"{len(outputs)} outputs", "form")
        if len(builder.inputs) != 1:
            raise GraphRefused(f"{len(builder.inputs)} inputs", "form")
        # The builder adds every node after its inputs, but for the InputLayer.
        nodes = sorted(builder.nodes.values(), key=lambda node: node.kind != "InputLayer")
        return canonical(Graph(tuple(nodes), outputs[0]))
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        raise GraphRefused(f"{error.title}.{where}" if where else error.title, "setting") from None
    except GraphRefused:
        raise
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, ArithmeticError, RecursionError):
        raise GraphRefused("configuration", "form") from None


class _Builder:
    """Collects the nodes of a model and of all models nested in it, with a bound on their number and on the work."""

    def __init__(self, repeated_names: bool) -> None:
        self.nodes: dict[str, Node] = {}
        self.inputs: list[str] = []
        self.characters = self.edges = 0
        self.repeated_names = repeated_names

    def spend(self, value: JsonValue) -> None:
        """Bound the work: models nested in models, each called many times, multiply."""
        self.characters += len(dump(value))
        if self.characters > MAX_READ:
            raise GraphRefused(f"> {MAX_READ} characters", "size")

    def add(self, node: Node) -> str:
        self.edges += len(node.inputs)
        if len(self.nodes) >= MAX_LAYERS or self.edges > MAX_EDGES:
            raise GraphRefused(f"> {MAX_LAYERS}", "size")
        if node.id in self.nodes:
            raise GraphRefused(node.id, "form")
        self.nodes[node.id] = node
        return node.id

    def functional(self, config: JsonValue, inputs: list[str] | None, model: ModelCall) -> list[str]:
        """Add a functional model's layers; give the ids of its outputs. `inputs` are given for a nested model."""
        if model.depth > MAX_DEPTH or not isinstance(config, dict):
            raise GraphRefused("model", "size" if model.depth > MAX_DEPTH else "form")
        self.spend(config)
        layers = config["layers"]
        if not isinstance(layers, list) or len(layers) > MAX_LAYERS:
            raise GraphRefused("layers", "size")
        entries = [Entry.model_validate(layer) for layer in layers]
        if len({entry.name for entry in entries}) != len(entries):
            raise GraphRefused("layers", "form")
        ends: dict[TensorSource, str] = {}
        if inputs is not None:
            ends.update(zip(_sources(config["input_layers"]), inputs, strict=True))
        for entry in entries:
            if entry.class_name == "InputLayer" and inputs is not None:
                if TensorSource(entry.name, 0) not in ends:
                    raise GraphRefused(entry.name, "form")
                _read_inner_input(entry)
            elif entry.class_name == "InputLayer":
                ends[TensorSource(entry.name, 0)] = self.input(entry)
        calls = {TensorSource(e.name, i): (e, _call(call)) for e in entries for i, call in enumerate(e.inbound_nodes)}
        for source in _after_inputs({source: call.tensors for source, (_, call) in calls.items()}, ends):
            entry, call = calls[source]
            given = [ends[tensor] for tensor in call.tensors]
            ends[source] = self.layer(entry, source.call, call, given, model)
        # Here, and here alone, Keras counts the making of a functional model as its call number 0.
        made = {e.name: int(e.class_name == "Functional") for e in entries}
        outputs = _sources(config["output_layers"])
        return [ends[TensorSource(output.layer, output.call - made[output.layer])] for output in outputs]

    def input(self, entry: Entry) -> str:
        settings = _read_input(entry).settings()
        self.inputs.append(entry.name)
        return self.add(Node(entry.name, "InputLayer", "", settings, ()))

    def layer(self, entry: Entry, number: int, call: Call, given: list[str], model: ModelCall) -> str:
        """Add call `number` of a layer, taken apart into elementary ones; give the id of its output."""
        training = call.training if call.training is not None else model.training
        path, owner = model.prefix + entry.name, model.owner + entry.name
        if number:
            path += f"#{number}"
        if (entry.module, entry.class_name) in MODELS and entry.registered_name in (None, entry.class_name):
            inner = ModelCall(path + "/", owner + "/", training, model.depth + 1)
            if entry.class_name == "Sequential":
                return self.sequential(entry.config, given, inner)
            return self.functional(entry.config, given, inner)[0]
        self.spend(entry.config)
        elements, name = _read(entry)
        return self.chain(elements, name, path, owner, given, replace(call, training=training))

    def sequential(self, config: JsonValue, given: list[str], model: ModelCall) -> str:
        """Add a Sequential's layers, one after the other; give the id of its output."""
        if model.depth > MAX_DEPTH or not isinstance(config, dict):
            raise GraphRefused("Sequential", "form")
        layers = config.get("layers")
        if not isinstance(layers, list):
            raise GraphRefused("Sequential", "form")
        self.spend(config)
        (current,) = given
        for layer in layers:
            entry = Entry.model_validate(layer)
            if entry.class_name == "InputLayer":
                _read_inner_input(entry)
                continue
            inner = entry.config.get("name") if isinstance(entry.config, dict) else None
            if not isinstance(inner, str):
                raise GraphRefused("Sequential", "form")
            path, owner = model.prefix + inner, model.owner + inner
            if (entry.module, entry.class_name, entry.registered_name) == ("keras", "Sequential", None):
                nested = ModelCall(path + "/", owner + "/", model.training, model.depth + 1)
                current = self.sequential(entry.config, [current], nested)
                continue
            elements, name = _read(entry)
            current = self.chain(elements, name, path, owner, [current], Call((), training=model.training))
        return current

    def chain(
        self, elements: tuple[ElementaryLayer, ...], name: str, path: str, owner: str, given: list[str], call: Call
    ) -> str:
        """Add elementary layers one behind the other, the first fed from `given`; give the id of the last."""
        if not elements:  # Identity, Activation("linear"), ZeroPadding2D(0): nothing happens here
            (current,) = given
            return current
        inputs = tuple(given)
        for i, element in enumerate(elements):
            settings: dict[str, Setting] = dict(element.settings)
            if call.constants:
                settings["constant"] = call.constants[0] if len(call.constants) == 1 else str(call.constants)[:200]
            if call.training is not None and element.kind in ("BatchNormalization", "Dropout"):
                settings["training"] = call.training
            own = REPEATED_NAME.sub("", name) if self.repeated_names else name
            if not element.weighted or AUTOMATIC_NAME.fullmatch(own):
                own = ""
            identity = path if i == 0 else f"{path}+{element.kind}"
            weights = owner if element.weighted else ""
            inputs = (self.add(Node(identity, element.kind, own, settings, inputs, weights)),)
        return inputs[0]


def _after_inputs(
    needs: dict[TensorSource, tuple[TensorSource, ...]], given: Mapping[TensorSource, str]
) -> list[TensorSource]:
    """Every call after those that its tensors come from (Kahn 1962). Raises GraphRefused where that can't be."""
    waiting = {call: len({tensor for tensor in tensors if tensor not in given}) for call, tensors in needs.items()}
    leads_to: dict[TensorSource, list[TensorSource]] = {}
    for call, tensors in needs.items():
        for tensor in set(tensors):
            leads_to.setdefault(tensor, []).append(call)
    ordered = [call for call, number in waiting.items() if number == 0]
    for call in ordered:  # grows while it is gone through
        if call in given:
            continue
        for other in leads_to.get(call, ()):
            waiting[other] -= 1
            if waiting[other] == 0:
                ordered.append(other)
    if len(ordered) < len(needs):
        raise GraphRefused("layers", "form")  # a cycle, or an input from nowhere
    return ordered


def _read(entry: Entry) -> tuple[tuple[ElementaryLayer, ...], str]:
    module = entry.module or ""
    if module == "keras.layers" and entry.registered_name is None:
        return read_layer(entry.class_name, entry.config)
    if module.startswith(OPERATIONS) and entry.registered_name in (None, entry.class_name):
        return read_operation(entry.class_name, entry.config)
    if (module, entry.class_name) == STAND_IN:
        return read_stand_in(entry.config)
    raise GraphRefused(entry.class_name, "layer")


def _read_input(entry: Entry) -> InputLayer:
    if entry.module != "keras.layers" or entry.registered_name is not None or entry.inbound_nodes:
        raise GraphRefused(entry.name, "form")
    return InputLayer.model_validate_json(dump(entry.config))


def _read_inner_input(entry: Entry) -> None:
    """The input of a model within the model: it hands on what it is given, unless it is of another dtype."""
    if "dtype" in _read_input(entry).settings():
        raise GraphRefused(entry.name, "policy")


def _sources(value: JsonValue) -> list[TensorSource]:
    """The sources in a list of them; Keras writes a single one bare, and a mapping for named inputs."""
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list) or len(value) > MAX_LAYERS:
        raise GraphRefused("model", "form")
    if len(value) == 3 and isinstance(value[0], str):
        return [_source(value)]
    return [_source(item) for item in value]


def _source(value: JsonValue) -> TensorSource:
    if not isinstance(value, list) or len(value) != 3:
        raise GraphRefused("model", "form")
    layer, call, tensor = value
    if not isinstance(layer, str) or not isinstance(call, int) or tensor != 0:
        raise GraphRefused("model", "form")
    return TensorSource(layer, call)


def _call(value: JsonValue) -> Call:
    if not isinstance(value, dict) or set(value) - {"args", "kwargs"}:
        raise GraphRefused("model", "form")
    kwargs = value.get("kwargs") or {}
    if not isinstance(kwargs, dict):
        raise GraphRefused("model", "form")
    training = kwargs.get("training")
    if training is not None and not isinstance(training, bool | int):
        raise GraphRefused("training", "form")
    others = [item for key, item in kwargs.items() if key not in ("training", "mask")]
    tensors: list[TensorSource] = []
    constants: list[float] = []
    _gather([value.get("args") or [], others], tensors, constants, depth=0)
    return Call(tuple(tensors), tuple(constants), None if training is None else bool(training))


def _gather(value: JsonValue, tensors: list[TensorSource], constants: list[float], depth: int) -> None:
    """Collect the tensors and plain numbers of a call's arguments, in order, however they are nested."""
    if depth > 6:
        raise GraphRefused("model", "form")
    if isinstance(value, list):
        for item in value:
            _gather(item, tensors, constants, depth + 1)
    elif isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
        config = value.get("config")
        if not isinstance(config, dict):
            raise GraphRefused("model", "form")
        tensors.append(_source(config.get("keras_history")))
    elif isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        constants.append(float(value))
    elif value is not None:
        raise GraphRefused("argument", "form")
