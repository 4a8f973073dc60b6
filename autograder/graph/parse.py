"""From the JSON that Keras's functional `get_config()` gives to a canonical graph, trusting nothing in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue, SkipValidation, ValidationError
from pydantic_core import from_json

from .calls import MAX_OUTPUTS, Call, ConstantTensor, Tensors, TensorSource, interpreted, read_call, sources
from .layers import (
    CONSTANT,
    KINDS,
    OUTPUTS,
    PART,
    ElementaryLayer,
    InputLayer,
    read_layer,
    read_operation,
    read_stand_in,
)
from .model import Graph, Node, canonical
from .serialized import GraphRefused, Name, Setting, dump
from .shapes import with_axes

MAX_JSON = 4 * 2**20
MAX_KEPT = 2**18
"""Characters of a configuration that is kept with its graph: ResNet-50's has half as many."""
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

REPEATED_NAME = re.compile(r"~\d+$")
"""What the collector of evidence appends where a student gave one name to several layers."""


Parsed = SkipValidation[JsonValue]
"""JSON that has come out of a parser, which gives nothing else."""


class Entry(BaseModel):
    """One layer of a functional model's configuration."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)

    module: str | None = None
    class_name: Name
    config: Parsed
    registered_name: str | None = None
    build_config: Parsed = None
    compile_config: Parsed = None
    name: Name = ""
    inbound_nodes: Annotated[list[Parsed], Field(max_length=MAX_LAYERS)] = []
    shared_object_id: int | None = None


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
    return (_parsed if len(text) > MAX_KEPT else _parsed_once)(text, repeated_names)


def _parsed(text: str, repeated_names: bool) -> Graph:
    try:
        config = from_json(text, allow_inf_nan=False)
        builder = _Builder(repeated_names)
        output = builder.whole(config)
        # The builder adds every node after its inputs, but for the InputLayers.
        order = {name: place for place, name in enumerate(builder.inputs)}
        nodes = sorted(builder.nodes.values(), key=lambda node: order.get(node.id, len(order)))
        return canonical(with_axes(Graph(tuple(nodes), output)))
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        value = _plainly(problem["input"])
        raise GraphRefused(f"{error.title}.{where}{value}" if where else error.title, "setting") from None
    except GraphRefused:
        raise
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, ArithmeticError, RecursionError):
        raise GraphRefused("configuration", "form") from None


def _plainly(value: object) -> str:
    """`='full'`, the value as a student may have written it; "" for what is long, or made of parts."""
    if isinstance(value, int):
        return f"={value!r}" if value.bit_length() < 64 else ""
    return f"={value!r}" if value is None or (isinstance(value, float | str) and len(repr(value)) <= 40) else ""


_parsed_once = lru_cache(maxsize=32)(_parsed)
"""Right answers of a class differ in little, and many of their graphs in nothing."""


def refusals(text: str) -> tuple[str, ...]:
    """The names of all layers, activations and initializers in a configuration that are refused, each once."""
    found: dict[str, None] = {}
    waiting: list[JsonValue] = [from_json(text)]
    while waiting and len(found) < MAX_LAYERS:
        config = waiting.pop()
        layers = config.get("layers") if isinstance(config, dict) else None
        for layer in layers[:MAX_LAYERS] if isinstance(layers, list) else ():
            try:
                entry = Entry.model_validate(layer)
                if (entry.module, entry.class_name) in MODELS:
                    waiting.append(entry.config)
                elif entry.class_name != "InputLayer":
                    _read(entry)
            except GraphRefused as refused:
                found[refused.what] = None
            except ValidationError as error:
                found[error.title] = None
    return tuple(found)


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

    def whole(self, config: JsonValue) -> str:
        """Add the outermost model; give the id of its output, or of what holds all of them."""
        outputs = self.functional(config, None, ModelCall())
        if not 1 <= len(outputs) <= MAX_OUTPUTS or not self.inputs:
            wrong = "inputs" if outputs and not self.inputs else "outputs"
            raise GraphRefused(f"{len(outputs) if wrong == 'outputs' else 0} {wrong}", "form")
        if len(outputs) == 1:
            return outputs[0]
        return self.add(Node("/outputs", OUTPUTS, "", {}, tuple(outputs)))

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
        taken = sources(config["input_layers"], MAX_LAYERS)
        if inputs is not None:
            ends.update(zip(taken, inputs, strict=True))
        for entry in entries:
            if entry.class_name == "InputLayer" and inputs is not None:
                if TensorSource(entry.name, 0) not in ends:
                    raise GraphRefused(entry.name, "form")
                _read_inner_input(entry)
            elif entry.class_name == "InputLayer":
                ends[TensorSource(entry.name, 0)] = self.input(entry)
        if inputs is None:
            self.inputs.sort(key=[source.layer for source in taken].index)
        calls = {
            TensorSource(e.name, i): (e, read_call(call)) for e in entries for i, call in enumerate(e.inbound_nodes)
        }
        for source in _after_inputs(
            {
                source: tuple(replace(tensor, tensor=0) for tensor in call.sources)
                for source, (_, call) in calls.items()
            },
            ends,
        ):
            entry, call = calls[source]
            made = self.layer(entry, source.call, call, ends, model)
            ends.update((TensorSource(source.layer, source.call, number), one) for number, one in enumerate(made))
        # Here, and here alone, Keras counts the making of a functional model as its call number 0.
        begun = {e.name: int(e.class_name == "Functional") for e in entries}
        outputs = sources(config["output_layers"], MAX_LAYERS)
        return [self.end(ends, TensorSource(o.layer, o.call - begun[o.layer], o.tensor)) for o in outputs]

    def input(self, entry: Entry) -> str:
        settings = _read_input(entry).settings()
        self.inputs.append(entry.name)
        return self.add(Node(entry.name, "InputLayer", "", settings, ()))

    def end(self, ends: Mapping[TensorSource, str], source: TensorSource) -> str:
        """The id of the node that gives a tensor; a layer's second output and further ones are nodes of their own."""
        if source in ends:
            return ends[source]
        first = ends[TensorSource(source.layer, source.call)]
        identity = f"{first}@{source.tensor}"
        if identity not in self.nodes:
            self.add(Node(identity, PART, "", {"index": source.tensor}, (first,)))
        return identity

    def fed(self, tensors: Tensors, ends: Mapping[TensorSource, str], path: str) -> list[str]:
        """The ids of the nodes that give these tensors; one for each constant is added."""
        found = []
        for number, tensor in enumerate(tensors):
            if isinstance(tensor, ConstantTensor):
                self.spend(list(tensor.values))
                settings: dict[str, Setting] = {"shape": tensor.shape, "values": tensor.values}
                found.append(self.add(Node(f"{path}:{number}", CONSTANT, "", settings, ())))
            else:
                found.append(self.end(ends, tensor))
        return found

    def layer(
        self, entry: Entry, number: int, call: Call, ends: Mapping[TensorSource, str], model: ModelCall
    ) -> list[str]:
        """Add call `number` of a layer, taken apart into elementary ones; give the ids of its outputs."""
        training = call.training if call.training is not None else model.training
        path, owner = model.prefix + entry.name, model.owner + entry.name
        if number:
            path += f"#{number}"
        if (entry.module, entry.class_name) in MODELS and entry.registered_name in (None, entry.class_name):
            inner = ModelCall(path + "/", owner + "/", training, model.depth + 1)
            tensors, _ = interpreted(call, None)
            given = self.fed(tensors, ends, path)
            if entry.class_name == "Sequential":
                return [self.sequential(entry.config, given, inner)]
            return self.functional(entry.config, given, inner)
        self.spend(entry.config)
        elements, name = _read(entry)
        tensors, settings = interpreted(call, KINDS.get(elements[0].kind) if elements else None)
        given = self.fed(tensors, ends, path)
        return [self.chain(elements, name, path, owner, given, settings, training)]

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
            current = self.chain(elements, name, path, owner, [current], {}, model.training)
        return current

    def chain(
        self,
        elements: tuple[ElementaryLayer, ...],
        name: str,
        path: str,
        owner: str,
        given: Sequence[str],
        of_call: Mapping[str, Setting],
        training: bool | None,
    ) -> str:
        """Add elementary layers one behind the other, the first fed from `given`; give the id of the last."""
        if not elements or _adds_nothing(elements, given, of_call):
            (current,) = given  # Identity, Activation("linear"), ZeroPadding2D(0): nothing happens here
            return current
        inputs = tuple(given)
        for i, element in enumerate(elements):
            settings: dict[str, Setting] = {**element.settings, **(of_call if i == 0 else {})}
            if training is not None and _minds(element.kind, training):
                settings["training"] = training
            own = REPEATED_NAME.sub("", name) if self.repeated_names else name
            if not element.weighted or _automatic(own, element.kind):
                own = ""
            identity = path if i == 0 else f"{path}+{element.kind}"
            weights = owner if element.weighted else ""
            inputs = (self.add(Node(identity, element.kind, own, settings, inputs, weights)),)
        return inputs[0]


def _adds_nothing(elements: tuple[ElementaryLayer, ...], given: Sequence[str], of_call: Mapping[str, Setting]) -> bool:
    """Whether this is `0 + X`, with which Python's own `sum` begins."""
    return [element.kind for element in elements] == ["Add"] and len(given) == 1 and of_call.get("constant") == 0


def _minds(kind: str, training: bool) -> bool:
    """Whether a `training=` baked into a call says something: Keras itself writes False where a layer draws numbers."""
    entry = KINDS.get(kind)
    return entry is not None and entry.by_mode and (training or kind == "BatchNormalization")


def _automatic(name: str, kind: str) -> bool:
    """Whether Keras made the name up, as it does for layers without one: `conv2d_3` of Conv2D."""
    return re.sub(r"_\d+$", "", name).replace("_", "") in (kind.lower(), OTHERWISE.get(kind))


OTHERWISE = {"GroupQueryAttention": "groupedqueryattention", "TimeDistributed": "timedistributed"}


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
