"""Plain data between the two sides: numbers, text, containers, arrays and some more types, exact ones, as JSON.

`dumps` gives up on anything else, and `loads` builds nothing but what its own tables name: it takes bytes from a
process that a student controls. Both sides use it. Arrays of numbers cross as `base.arrays` writes them, arrays of text
as lists of text with a shape, and the types of `datatypes` as the plain data that they are made of.

A list, dict, set or array that stands in several places crosses once, so that it is one on the other side, too.

What is no plain data stays where it is: `dumps` asks its caller for a reference in its place, such as ["object", 3],
and `loads` asks its own caller what a reference stands for.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ...base.arrays import NUMBERS, ArrayError, decode, encode
from . import datatypes

SCALARS = frozenset(np.sctypeDict.values()) - {np.datetime64, np.timedelta64}

MAX_BYTES = 64 * 2**20
MAX_MARKS = 2_000_000
"""Commas, brackets and colons in a text that is read: Python needs about a hundred bytes for each."""
MAX_KEYS = 20_000
"""Members of sets and keys of dicts whose hashes can be chosen: all may be the same, and then each is compared with all
that are there already."""
MAX_DEPTH = 40
MAX_DIGITS = 4000
MAX_BITS = 2**20
MAX_TEXT = 16 * 2**20
MAX_DIMENSIONS = 16
SMALL = 2**60
"""Whole numbers below it are their own hashes."""
LONG = 64
"""Items from which on a list of numbers of one kind crosses as their bytes."""

Refer = Callable[[object], "list[Any] | None"]
"""Gives the reference that crosses in an object's place, None where there is none."""
Meet = Callable[[str, "list[Any]"], object]
"""Gives what a reference stands for. Raises WireError where there is no such thing."""


class CannotCross(TypeError):
    """A value that is not plain data; the message says which, for whoever wrote the test cell."""


class WireError(ValueError):
    """Bytes that are not plain data: malformed, of an unknown kind, or past a bound."""


def dumps(value: object, refer: Refer | None = None, known: Refer | None = None) -> str:
    """The value as JSON. Raises CannotCross for what is not plain data.

    `refer` is asked about what is not plain data, and `known` about every container and array, plain as it may be.
    """
    text = json.dumps(_Packer(refer, known).pack(value, 0))
    if len(text) > MAX_BYTES:
        raise CannotCross(f"a value of {len(text) // 2**20} MB; at most {MAX_BYTES // 2**20} MB cross")
    return text


def packed(value: object, refer: Refer | None = None, known: Refer | None = None) -> Any:
    """What `dumps` writes as JSON. Raises CannotCross."""
    return _Packer(refer, known).pack(value, 0)


class Whole:
    """A value that is written with its content, known as it may be."""

    def __init__(self, value: object) -> None:
        self.value = value


class _Packer:
    def __init__(self, refer: Refer | None, known: Refer | None) -> None:
        self.refer, self.known = refer, known
        self.written: dict[int, tuple[int, object]] = {}
        """By its id, the number of what can be changed, and itself, so that nothing else gets that id meanwhile."""
        self.begun: set[int] = set()

    def pack(self, value: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise CannotCross(f"something nested more than {MAX_DEPTH} deep, or inside itself")
        whole = type(value) is Whole
        value = value.value if whole else value
        kind = type(value)
        if value is None or kind is bool or kind is str:
            return value
        if kind is int:
            return _pack_int(value)
        if kind is float:
            return ["float", _float(value)]
        if kind is complex:
            return ["complex", _float(value.real), _float(value.imag)]
        if kind is bytes:
            return ["bytes", base64.b64encode(value).decode()]
        if self.known is not None and not whole and (reference := self.known(value)) is not None:
            return reference
        if kind in (list, set, dict, tuple, frozenset):
            return (self._container if kind in (tuple, frozenset) else self._once)(kind, value, depth)
        if kind is np.ndarray or kind in SCALARS:
            return self._array(value, depth)
        plain = datatypes.to_plain(value)
        if plain is not None:
            name, parts = plain
            return ["made", name, self.pack(parts, depth + 1)]
        return self._reference(value, f"an object of type {kind.__name__}, which is not plain data")

    def _once(self, kind: type, value: Any, depth: int) -> Any:
        """A value that can be changed: where it has been written already, its number."""
        if id(value) in self.begun:
            raise CannotCross("something inside itself")
        number = self.written.get(id(value))
        if number is not None:
            return ["same", number[0]]
        self.written[id(value)] = len(self.written), value
        if kind is np.ndarray:
            return ["array", value.dtype.name, list(value.shape), encode(value)]
        self.begun.add(id(value))
        packed = self._container(kind, value, depth)
        self.begun.discard(id(value))
        return packed

    def _container(self, kind: type, value: Any, depth: int) -> Any:
        if kind in (set, frozenset, dict) and sum(map(_can_collide, value)) > MAX_KEYS:
            raise CannotCross(f"a {kind.__name__} of more than {MAX_KEYS} members whose hashes can be chosen")
        if kind is dict:
            return ["dict", [[self.pack(key, depth + 1), self.pack(item, depth + 1)] for key, item in value.items()]]
        if kind in (list, tuple) and len(value) >= LONG and (numbers := _numbers(value)) is not None:
            return [kind.__name__, "numbers", *numbers]
        return [kind.__name__, [self.pack(item, depth + 1) for item in value]]

    def _array(self, value: Any, depth: int) -> Any:
        kind = "array" if isinstance(value, np.ndarray) else "scalar"
        array = np.asarray(value)
        if array.dtype.name in NUMBERS and kind == "array":
            return self._once(np.ndarray, array, depth)
        if array.dtype.name in NUMBERS:
            return [kind, array.dtype.name, list(array.shape), encode(array)]
        if array.dtype.kind == "U":
            return [kind, "str", list(array.shape), [str(text) for text in array.ravel()]]
        if array.dtype.kind in "Mm":
            return ["made", "datetimes", self.pack((array.dtype.str, array.astype("int64"), kind), depth + 1)]
        if array.dtype == object:
            return ["made", "objects", self.pack((array.shape, array.ravel().tolist()), depth + 1)]
        return self._reference(value, f"an array of dtype {array.dtype}")

    def _reference(self, value: object, words: str) -> Any:
        reference = None if self.refer is None else self.refer(value)
        if reference is None:
            raise CannotCross(words)
        return reference


def _pack_int(value: int) -> Any:
    if value.bit_length() <= MAX_DIGITS * 3:
        return ["int", str(value)]
    if value.bit_length() > MAX_BITS:
        raise CannotCross(f"a whole number of more than {MAX_BITS} bits")
    return ["hex", hex(value)]


def _numbers(value: Sequence[Any]) -> tuple[str, str] | None:
    """A row of whole numbers or of floats as their dtype and bytes; None for any other."""
    kinds = set(map(type, value))
    if kinds == {float}:
        return "float64", encode(np.array(value, dtype=np.float64))
    if kinds == {int} and min(value) >= -(2**63) and max(value) < 2**63:
        return "int64", encode(np.array(value, dtype=np.int64))
    return None


def _can_collide(member: object) -> bool:
    """Whether the member's hash can be chosen: that of text is another in every process."""
    return type(member) not in (str, bytes) and not (type(member) is int and -SMALL < member < SMALL)


def _float(value: float) -> str:
    return repr(value) if not math.isfinite(value) else value.hex()


def loads(data: bytes, meet: Meet | None = None) -> Any:
    """The value that `data` stands for, of exact types: those of Python and NumPy that `dumps` names, and the types of
    `datatypes`.

    `meet` gives what stands behind a reference; without it references are refused.

    Raises:
        WireError: more than MAX_BYTES, MAX_MARKS, MAX_DEPTH, or nothing that `dumps` writes.
    """
    if len(data) > MAX_BYTES:
        raise WireError(f"{len(data)} bytes; at most {MAX_BYTES} are read")
    if data.count(b",") + data.count(b"[") + data.count(b"{") + data.count(b":") > MAX_MARKS:
        raise WireError(f"more than {MAX_MARKS} items")
    try:
        return _Unpacker(meet).read(json.loads(data), 0)
    except WireError:
        raise
    except (ValueError, TypeError, RecursionError, ArithmeticError, MemoryError, LookupError, AttributeError) as error:
        raise WireError(f"not plain data ({type(error).__name__})") from None


class _Unpacker:
    """Builds one value. `meet` gives what stands behind a reference, where there may be any."""

    def __init__(self, meet: Meet | None) -> None:
        self.meet = meet
        self.keys = 0
        self.built: list[tuple[Any, int] | None] = []
        """What can be changed, in the order in which it begins, each with its size; None until it is built."""
        self.size = 0

    def read(self, packed: Any, depth: int) -> Any:
        self.size += 1
        if depth > MAX_DEPTH:
            raise WireError(f"nested more than {MAX_DEPTH} deep")
        if packed is None or type(packed) is bool:
            return packed
        if type(packed) is str:
            return _text(packed)
        if type(packed) is not list or not packed or type(packed[0]) is not str:
            raise WireError("not of a known form")
        kind, *rest = packed
        if kind == "same":
            return self._same(*rest)
        if kind in ("list", "set", "dict", "array") and (kind != "array" or rest[0] != "str"):
            number, before = len(self.built), self.size
            self.built.append(None)
            found = self._read(kind, rest, depth)
            self.size += found.nbytes // 64 if kind == "array" else 0
            self.built[number] = found, self.size - before
            return found
        return self._read(kind, rest, depth)

    def _same(self, number: Any) -> Any:
        """What has been built before. Written out in full, all may be no larger than what crosses at all."""
        found = self.built[number] if type(number) is int and 0 <= number < len(self.built) else None
        if found is None:
            raise WireError("the same as nothing")
        self.size += found[1]
        if self.size > MAX_MARKS:
            raise WireError(f"more than {MAX_MARKS} items")
        return found[0]

    def _read(self, kind: str, rest: list[Any], depth: int) -> Any:
        if kind in _SEQUENCES:
            return self._sequence(kind, *rest, depth=depth)
        if kind == "dict":
            return self._dict(*rest, depth=depth)
        if kind == "made":
            return self._made(*rest, depth=depth)
        if kind in _SCALARS:
            return _SCALARS[kind](*rest)
        if self.meet is None:
            raise WireError(f"not of a known kind: {kind[:20]!r}")
        return self.meet(kind, rest)

    def _sequence(self, kind: str, items: Any, dtype: Any = None, data: Any = None, *, depth: int) -> Any:
        if items == "numbers" and kind in ("list", "tuple") and dtype in ("int64", "float64"):
            size = len(base64.b64decode(data, validate=True)) // 8
            return _SEQUENCES[kind](_read_array(dtype, [size], data).tolist())
        if type(items) is not list:
            raise WireError("not a list of items")
        found = [self.read(item, depth + 1) for item in items]
        return _SEQUENCES[kind](self._keys(found) if kind in ("set", "frozenset") else found)

    def _dict(self, pairs: Any, *, depth: int) -> dict[Any, Any]:
        if type(pairs) is not list or any(type(pair) is not list or len(pair) != 2 for pair in pairs):
            raise WireError("not a list of pairs")
        found = [(self.read(key, depth + 1), self.read(item, depth + 1)) for key, item in pairs]
        self._keys([key for key, _ in found])
        return dict(found)

    def _keys(self, keys: list[Any]) -> list[Any]:
        self.keys += sum(map(_can_collide, keys))
        if self.keys > MAX_KEYS:
            raise WireError(f"more than {MAX_KEYS} members in sets and dicts whose hashes can be chosen")
        return keys

    def _made(self, name: Any, parts: Any, *, depth: int) -> Any:
        if type(name) is not str:
            raise WireError("of no type")
        return datatypes.from_plain(name, self.read(parts, depth + 1))


def _read_int(digits: Any) -> int:
    if type(digits) is not str or len(digits) > MAX_DIGITS + 1:
        raise WireError("a whole number out of bounds")
    return int(digits)


def _read_hex(digits: Any) -> int:
    if type(digits) is not str or len(digits) > MAX_BITS // 4 + 4:
        raise WireError("a whole number out of bounds")
    return int(digits, 16)


def _read_float(text: Any) -> float:
    if type(text) is not str or len(text) > 40:
        raise WireError("a number out of bounds")
    return float(text) if text in ("nan", "inf", "-inf") else float.fromhex(text)


def _text(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise WireError(f"a text of {len(text)} characters; at most {MAX_TEXT} are read")
    return text.encode("utf-8", "replace").decode()  # half characters can't be written down anywhere


def _read_array(dtype: Any, shape: Any, data: Any) -> Any:
    if type(shape) is not list or len(shape) > MAX_DIMENSIONS or any(type(n) is not int or n < 0 for n in shape):
        raise WireError("an array with an impossible shape")
    size = math.prod(shape)
    if size == 0 and max(shape, default=0) > MAX_BYTES:
        raise WireError("an array with an impossible shape")
    if dtype == "str":
        if type(data) is not list or len(data) != size or any(type(text) is not str for text in data):
            raise WireError("an array of text whose texts don't fit its shape")
        longest = max((len(text) for text in data), default=0)
        if longest * size > MAX_TEXT:
            raise WireError("an array of text that is too large")
        return np.array([_text(text) for text in data], dtype=f"<U{max(longest, 1)}").reshape(shape)
    if type(dtype) is not str or type(data) is not str:
        raise WireError("an array of an unknown dtype")
    try:
        return decode(data, dtype, shape)
    except ArrayError as error:
        raise WireError(str(error)) from None


def _read_scalar(dtype: Any, shape: Any, data: Any) -> Any:
    if shape != []:
        raise WireError("a scalar with a shape")
    return _read_array(dtype, shape, data)[()]


_SEQUENCES: Mapping[str, Callable[[list[Any]], Any]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
}
_SCALARS: Mapping[str, Callable[..., Any]] = {
    "int": _read_int,
    "hex": _read_hex,
    "float": _read_float,
    "complex": lambda real, imaginary: complex(_read_float(real), _read_float(imaginary)),
    "bytes": lambda text: base64.b64decode(text, validate=True),
    "array": _read_array,
    "scalar": _read_scalar,
}
