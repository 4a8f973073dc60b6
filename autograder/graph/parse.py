"""From the JSON that Keras's functional `get_config()` gives to a canonical graph, trusting nothing in it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError
from pydantic_core import from_json

from .layers import Name, Piece, Refused, Setting, dump, read_layer, read_operation
from .model import Graph, Node, canonical

MAX_JSON = 4 * 2**20
MAX_LAYERS = 600
"""Layers of a graph, three times those of a network of fifty convolutions. Comparing two graphs takes as long as both
sizes multiplied.
"""
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

AUTOMATIC_NAME = re.compile(r"(conv2d|batch_normalization|dense)(_\d+)?")
"""Names that Keras makes up for layers without one."""
REPEATED_NAME = re.compile(r"~\d+$")
"""What `autograder.evidence.collect` appends where a student gave one name to several layers."""


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
class Reference:
    """Where a tensor comes from: layer, which of its calls, which of that call's outputs."""

    layer: str
    call: int


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a layer: the tensors it was given, plain numbers among them, and `training=` if it was baked in."""

    tensors: tuple[Reference, ...]
    constants: tuple[float, ...]
    training: bool | None


def parse_graph(text: str) -> Graph:
    """The canonical graph of a functional model's configuration.

    Raises:
        Refused: the text is too long, too deep, not such a configuration, or holds a layer that is not on the
            allow-list; the exception names what and why.
    """
    if len(text) > MAX_JSON:
        raise Refused(f"{len(text)} characters", "size")
    try:
        config = from_json(text, allow_inf_nan=False)
        builder = _Builder()
        outputs = builder.functional(config, prefix="", owner="", inputs=None, training=None, depth=0)
        if len(outputs) != 1:
            raise Refused(f"{len(outputs)} outputs", "form")
        if len(builder.inputs) != 1:
            raise Refused(f"{len(builder.inputs)} inputs", "form")
        return canonical(_order(builder.nodes, outputs[0]))
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        raise Refused(f"{error.title}.{where}" if where else error.title, "setting") from None
    except Refused:
        raise
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, ArithmeticError, RecursionError):
        raise Refused("configuration", "form") from None


class _Builder:
    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.inputs: list[str] = []
        self.characters = 0

    def spend(self, value: JsonValue) -> None:
        """Bound the work: models nested in models, each called many times, multiply."""
        self.characters += len(dump(value))
        if self.characters > MAX_READ:
            raise Refused(f"> {MAX_READ} characters", "size")

    def add(self, node: Node) -> str:
        if len(self.nodes) >= MAX_LAYERS:
            raise Refused(f"> {MAX_LAYERS}", "size")
        if node.id in self.nodes:
            raise Refused(node.id, "form")
        self.nodes[node.id] = node
        return node.id

    def functional(
        self,
        config: JsonValue,
        prefix: str,
        owner: str,
        inputs: list[str] | None,
        training: bool | None,
        depth: int,
    ) -> list[str]:
        """Add a functional model's layers; give the ids of its outputs. `inputs` are given for a nested model.

        `prefix` begins the ids of its layers, `owner` the keys of their weights, which all calls of a model share.
        """
        if depth > MAX_DEPTH or not isinstance(config, dict):
            raise Refused("model", "size" if depth > MAX_DEPTH else "form")
        self.spend(config)
        layers = config["layers"]
        if not isinstance(layers, list) or len(layers) > MAX_LAYERS:
            raise Refused("layers", "size")
        entries = [Entry.model_validate(layer) for layer in layers]
        by_name = {entry.name: entry for entry in entries}
        if len(by_name) != len(entries):
            raise Refused("layers", "form")
        ends: dict[Reference, str] = {}
        if inputs is not None:
            for reference, end in zip(_references(config["input_layers"]), inputs, strict=True):
                ends[reference] = end
        for entry in entries:
            if entry.class_name == "InputLayer" and Reference(entry.name, 0) not in ends:
                if inputs is not None:
                    raise Refused(entry.name, "form")
                ends[Reference(entry.name, 0)] = self.input(entry, prefix)
        calls = {Reference(e.name, i): (e, i, _call(call)) for e in entries for i, call in enumerate(e.inbound_nodes)}
        for reference in _after_inputs({r: call.tensors for r, (_, _, call) in calls.items()}, ends):
            entry, number, call = calls[reference]
            given = [ends[tensor] for tensor in call.tensors]
            ends[reference] = self.layer(entry, number, call, given, prefix, owner, training, depth)
        # Here, and here alone, Keras counts the making of a functional model as its call number 0.
        made = {e.name: int(e.class_name == "Functional") for e in entries}
        outputs = _references(config["output_layers"])
        return [ends[Reference(output.layer, output.call - made[output.layer])] for output in outputs]

    def input(self, entry: Entry, prefix: str) -> str:
        if not isinstance(entry.config, dict):
            raise Refused(entry.name, "form")
        shape = entry.config.get("batch_shape")
        if not isinstance(shape, list) or len(shape) > 6:
            raise Refused(entry.name, "form")
        sizes = tuple(n if isinstance(n, int) else -1 for n in shape)
        self.inputs.append(prefix + entry.name)
        return self.add(Node(prefix + entry.name, "InputLayer", "", {"batch_shape": sizes}, ()))

    def layer(
        self,
        entry: Entry,
        number: int,
        call: Call,
        given: list[str],
        prefix: str,
        owner: str,
        training: bool | None,
        depth: int,
    ) -> str:
        """Add one call of one layer, taken apart into its pieces; give the id of its output."""
        training = call.training if call.training is not None else training
        path, key = prefix + entry.name, owner + entry.name
        suffix = f"#{number}" if number else ""
        if (entry.module, entry.class_name) in MODELS:
            inner = f"{path}{suffix}/"
            if entry.class_name == "Sequential":
                return self.sequential(entry.config, inner, key + "/", given, training, depth + 1)
            return self.functional(entry.config, inner, key + "/", given, training, depth + 1)[0]
        self.spend(entry.config)
        pieces, name = _read(entry)
        return self.chain(pieces, name, path + suffix, key, given, call.constants, training)

    def sequential(
        self, config: JsonValue, prefix: str, owner: str, given: list[str], training: bool | None, depth: int
    ) -> str:
        if depth > MAX_DEPTH or not isinstance(config, dict) or not isinstance(config.get("layers"), list):
            raise Refused("Sequential", "form")
        self.spend(config)
        (current,) = given
        for layer in config["layers"]:  # type: ignore[union-attr]
            entry = Entry.model_validate(layer)
            if entry.class_name == "InputLayer":
                continue
            inner = entry.config.get("name") if isinstance(entry.config, dict) else None
            if not isinstance(inner, str):
                raise Refused("Sequential", "form")
            if entry.module == "keras" and entry.class_name == "Sequential":
                current = self.sequential(
                    entry.config, f"{prefix}{inner}/", f"{owner}{inner}/", [current], training, depth + 1
                )
                continue
            pieces, name = _read(entry)
            current = self.chain(pieces, name, prefix + inner, owner + inner, [current], (), training)
        return current

    def chain(
        self,
        pieces: tuple[Piece, ...],
        name: str,
        path: str,
        owner: str,
        given: list[str],
        constants: tuple[float, ...],
        training: bool | None,
    ) -> str:
        if not pieces:  # Identity, Activation("linear"): nothing happens here
            (current,) = given
            return current
        inputs = tuple(given)
        for i, piece in enumerate(pieces):
            settings: dict[str, Setting] = dict(piece.settings)
            if constants:
                settings["constant"] = constants[0] if len(constants) == 1 else str(constants)[:200]
            if training is not None and piece.kind in ("BatchNormalization", "Dropout"):
                settings["training"] = training
            own = REPEATED_NAME.sub("", name)
            if not piece.weighted or AUTOMATIC_NAME.fullmatch(own):
                own = ""
            identity = path if i == 0 else f"{path}+{piece.kind}"
            weights = owner if piece.weighted else ""
            inputs = (self.add(Node(identity, piece.kind, own, settings, inputs, weights)),)
        return inputs[0]


def _after_inputs(needs: dict[Reference, tuple[Reference, ...]], given: Mapping[Reference, str]) -> list[Reference]:
    """Every call after those that its tensors come from (Kahn 1962). Raises Refused where that can't be."""
    waiting = {call: len({tensor for tensor in tensors if tensor not in given}) for call, tensors in needs.items()}
    leads_to: dict[Reference, list[Reference]] = {}
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
        raise Refused("layers", "form")  # a cycle, or an input from nowhere
    return ordered


def _read(entry: Entry) -> tuple[tuple[Piece, ...], str]:
    module = entry.module or ""
    if module == "keras.layers" and entry.registered_name is None:
        return read_layer(entry.class_name, entry.config)
    if module.startswith(("keras.src.ops.", "keras.src.activations", "keras.ops")):
        return read_operation(entry.class_name, entry.config)
    raise Refused(entry.class_name, "layer")


def _references(value: JsonValue) -> list[Reference]:
    """Keras writes one reference bare and several as a list, or as a mapping for named inputs."""
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list) or len(value) > MAX_LAYERS:
        raise Refused("model", "form")
    if len(value) == 3 and isinstance(value[0], str):
        return [_reference(value)]
    return [_reference(item) for item in value]


def _reference(value: JsonValue) -> Reference:
    if not isinstance(value, list) or len(value) != 3:
        raise Refused("model", "form")
    layer, call, tensor = value
    if not isinstance(layer, str) or not isinstance(call, int) or tensor != 0:
        raise Refused("model", "form")
    return Reference(layer, call)


def _call(value: JsonValue) -> Call:
    if not isinstance(value, dict) or set(value) - {"args", "kwargs"}:
        raise Refused("model", "form")
    kwargs = value.get("kwargs") or {}
    if not isinstance(kwargs, dict):
        raise Refused("model", "form")
    training = kwargs.get("training")
    if training is not None and not isinstance(training, bool | int):
        raise Refused("training", "form")
    others = [item for key, item in kwargs.items() if key not in ("training", "mask")]
    tensors: list[Reference] = []
    constants: list[float] = []
    _gather([value.get("args") or [], others], tensors, constants, depth=0)
    return Call(tuple(tensors), tuple(constants), None if training is None else bool(training))


def _gather(value: JsonValue, tensors: list[Reference], constants: list[float], depth: int) -> None:
    """Collect the tensors and plain numbers of a call's arguments, in order, however they are nested."""
    if depth > 6:
        raise Refused("model", "form")
    if isinstance(value, list):
        for item in value:
            _gather(item, tensors, constants, depth + 1)
    elif isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
        config = value.get("config")
        if not isinstance(config, dict):
            raise Refused("model", "form")
        tensors.append(_reference(config.get("keras_history")))
    elif isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        constants.append(float(value))
    elif value is not None:
        raise Refused("argument", "form")


def _order(nodes: dict[str, Node], output: str) -> Graph:
    """Nodes after their inputs. The builder adds them so already; only the InputLayer is moved to the front."""
    ordered = sorted(nodes.values(), key=lambda node: node.kind != "InputLayer")
    return Graph(tuple(replace(node) for node in ordered), output)
