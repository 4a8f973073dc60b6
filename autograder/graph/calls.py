"""What a layer was called with, as Keras writes it down: tensors, plain numbers, constants, an index."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from pydantic import JsonValue

from .layers import ROLES, LayerType
from .model import COMMUTATIVE
from .serialized import GraphRefused, Setting

MAX_OUTPUTS = 16
"""Outputs of one layer, or of a model, that are told apart."""
MAX_CONSTANT = 2**16
"""Numbers in a tensor that is written down as it is."""
NO_SETTING = ("training", "mask")


@dataclass(frozen=True, slots=True)
class TensorSource:
    """Where a tensor comes from: the layer's name, which of its calls gave it, and which of that call's outputs."""

    layer: str
    call: int
    tensor: int = 0


@dataclass(frozen=True, slots=True)
class ConstantTensor:
    """A tensor whose numbers are written down."""

    shape: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """What stands between the brackets of `x[:, 0]`."""

    text: str


Given = TensorSource | ConstantTensor | Index | float | bool | None


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a layer: what it was given, by name or by place ("0", "1", ...), and a baked-in `training=`."""

    arguments: tuple[tuple[str, Given], ...] = ()
    training: bool | None = None

    @property
    def sources(self) -> tuple[TensorSource, ...]:
        return tuple(given for _, given in self.arguments if isinstance(given, TensorSource))


Tensors = tuple[TensorSource | ConstantTensor, ...]


def read_call(value: JsonValue) -> Call:
    """The call that Keras wrote down. Raises GraphRefused."""
    if not isinstance(value, dict) or set(value) - {"args", "kwargs"}:
        raise GraphRefused("model", "form")
    args, kwargs = value.get("args") or [], value.get("kwargs") or {}
    if not isinstance(kwargs, dict) or not isinstance(args, list):
        raise GraphRefused("model", "form")
    training = kwargs.get("training")
    if training is not None and not isinstance(training, bool | int):
        raise GraphRefused("training", "form")
    found: list[tuple[str, Given]] = []
    for number, arg in enumerate(args):
        if number and isinstance(arg, list) and any(_is_of_index(item) for item in arg):
            found.append((str(number), Index(_index(arg))))
        elif _is_slice(arg):
            found.append((str(number), Index(_index([arg]))))
        elif number == 0 and isinstance(arg, list):  # several tensors, in turn
            found.extend((str(i), item) for i, item in enumerate(_gather(arg)))
        else:
            found.extend((str(number), item) for item in _gather(arg))
    for name, arg in kwargs.items():
        if name != "training":
            found.extend((name, item) for item in _gather(arg))
    return Call(tuple(found), None if training is None else bool(training))


def interpreted(call: Call, entry: LayerType | None) -> tuple[Tensors, dict[str, Setting]]:
    """The tensors that a layer of this entry is fed, in their order, and the settings that come with the call.

    Raises GraphRefused where the entry knows nothing of an argument.
    """
    given = [(name, item) for name, item in call.arguments if item is not None]
    if entry is not None and entry.name == "GetItem":
        return _item(given)
    if entry is not None and entry.arguments:
        return _with_roles(given, entry)
    tensors: list[TensorSource | ConstantTensor] = []
    numbers: dict[str, float] = {}
    settings: dict[str, Setting] = {}
    for name, item in given:
        if entry is not None and name in entry.of_call and isinstance(item, int | float):
            settings[name] = item
        elif isinstance(item, Index | bool) or name in NO_SETTING:
            raise GraphRefused(name if name in NO_SETTING else "argument", "form")
        elif isinstance(item, float):
            numbers[name] = item
        elif isinstance(item, ConstantTensor) and not item.shape:
            numbers[name] = item.values[0]
        else:
            tensors.append(item)
    if numbers and entry is not None and entry.name == "Where":
        settings |= {f"argument_{name}": number for name, number in numbers.items() if name in ("0", "1", "2")}
    elif numbers:
        values = tuple(numbers.values())
        settings["constant"] = values[0] if len(values) == 1 else str(values)[:200]
        if entry is not None and "0" in numbers and entry.name not in COMMUTATIVE:
            settings["constant_first"] = True
    return tuple(tensors), settings


def _item(given: Iterable[tuple[str, Given]]) -> tuple[Tensors, dict[str, Setting]]:
    match list(given):
        case [(_, TensorSource() as tensor), (_, Index(text))]:
            return (tensor,), {"key": text}
        case [(_, TensorSource() as tensor), (_, float(number))] if number == int(number):
            return (tensor,), {"key": str(int(number))}
    raise GraphRefused("argument", "form")


def _with_roles(given: Iterable[tuple[str, Given]], entry: LayerType) -> tuple[Tensors, dict[str, Setting]]:
    """The tensors of a layer that takes several kinds of them, in the order of its `arguments`."""
    found: list[tuple[str, TensorSource | ConstantTensor]] = []
    settings: dict[str, Setting] = {}
    for name, item in given:
        role = entry.arguments[int(name)] if name.isdigit() and int(name) < len(entry.arguments) else name
        if role in entry.of_call and isinstance(item, bool):
            if item != entry.of_call[role]:
                settings[role] = item
        elif isinstance(item, TensorSource | ConstantTensor) and (role in entry.arguments or role == "inputs"):
            found.append((role if role in entry.arguments else entry.arguments[0], item))
        else:
            raise GraphRefused(role, "form")
    named = dict(found)
    if "key" in named and named["key"] == named.get("value"):  # that is what Keras takes without one
        found = [one for one in found if one[0] != "key"]
    found.sort(key=lambda one: entry.arguments.index(one[0]))
    roles = [role for role, _ in found]
    if roles != [name for name in entry.arguments if name not in entry.optional]:
        settings[ROLES] = ", ".join(roles)
    return tuple(item for _, item in found), settings


def _gather(value: JsonValue, depth: int = 0) -> Iterator[Given]:
    """The tensors and plain values in an argument, in order, however they are nested."""
    if depth > 6:
        raise GraphRefused("model", "form")
    if isinstance(value, list):
        for item in value:
            yield from _gather(item, depth + 1)
    elif isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
        config = value.get("config")
        if not isinstance(config, dict):
            raise GraphRefused("model", "form")
        yield source(config.get("keras_history"))
    elif isinstance(value, dict) and value.get("class_name") in ("__tensor__", "__numpy__"):
        yield _constant(value.get("config"))
    elif isinstance(value, bool) or value is None:
        yield value
    elif isinstance(value, int | float) and math.isfinite(value):
        yield float(value)
    else:
        raise GraphRefused("argument", "form")


def _constant(config: JsonValue) -> ConstantTensor:
    if not isinstance(config, dict):
        raise GraphRefused("model", "form")
    array = np.array(config.get("value"), dtype=np.float64)
    if array.size > MAX_CONSTANT or not np.isfinite(array).all():
        raise GraphRefused(f"a constant of shape {array.shape}", "size")
    return ConstantTensor(array.shape, tuple(array.ravel().tolist()))


def _is_slice(value: JsonValue) -> bool:
    return isinstance(value, dict) and value.get("class_name") == "__slice__"


def _is_of_index(value: JsonValue) -> bool:
    return _is_slice(value) or (isinstance(value, dict) and value.get("class_name") == "__ellipsis__")


def _index(parts: list[JsonValue]) -> str:
    """The index as a student would type it; a whole axis at the end says nothing. Raises GraphRefused."""
    words = [_part(part) for part in parts]
    while len(words) > 1 and words[-1] == ":":
        words.pop()
    return ", ".join(words)


def _part(part: JsonValue) -> str:
    if part is None:
        return "None"
    if isinstance(part, int) and not isinstance(part, bool) and abs(part) < 2**24:
        return str(part)
    if isinstance(part, dict) and part.get("class_name") == "__ellipsis__":
        return "..."
    config = part.get("config") if _is_slice(part) and isinstance(part, dict) else None
    if not isinstance(config, dict):
        raise GraphRefused("argument", "form")
    ends = [config.get(name) for name in ("start", "stop", "step")]
    if any(n is not None and (isinstance(n, bool) or not isinstance(n, int) or abs(n) >= 2**24) for n in ends):
        raise GraphRefused("argument", "form")
    start, stop, step = ("" if n is None else str(n) for n in ends)
    return f"{start}:{stop}" + (f":{step}" if step not in ("", "1") else "")


def sources(value: JsonValue, most: int) -> list[TensorSource]:
    """The sources in a list of them; Keras writes a single one bare, and a mapping for named ones."""
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list) or len(value) > most:
        raise GraphRefused("model", "form")
    if len(value) == 3 and isinstance(value[0], str):
        return [source(value)]
    return [source(item) for item in value]


def source(value: JsonValue) -> TensorSource:
    """One source, as Keras writes it: the layer's name, the call, the output. Raises GraphRefused."""
    if not isinstance(value, list) or len(value) != 3:
        raise GraphRefused("model", "form")
    layer, call, tensor = value
    if not isinstance(layer, str) or not isinstance(call, int) or not isinstance(tensor, int):
        raise GraphRefused("model", "form")
    if not 0 <= tensor < MAX_OUTPUTS:
        raise GraphRefused("model", "form")
    return TensorSource(layer, call, tensor)
