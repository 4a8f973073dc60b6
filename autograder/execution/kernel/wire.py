"""Plain data between the two sides: numbers, text, containers and arrays, of exact types, as JSON.

`dumps` gives up on anything else, and `loads` builds nothing but what its own tables name: it takes bytes from a
process that a student controls. Both sides use it, so it needs NumPy alone. Arrays of numbers cross as `base.arrays`
writes them, arrays of text as lists of text with a shape.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ...base.arrays import NUMBERS, ArrayError, decode, encode

SCALARS = frozenset(np.sctypeDict.values())

MAX_BYTES = 64 * 2**20
MAX_MARKS = 2_000_000
"""Commas, brackets and colons in a text that is read: Python needs about a hundred bytes for each."""
MAX_KEYS = 20_000
"""Members of sets and keys of dicts that are not text: numbers can be chosen so that their hashes are all the same,
and then each is compared with all that are there already."""
MAX_DEPTH = 40
MAX_DIGITS = 4000
MAX_TEXT = 16 * 2**20
MAX_DIMENSIONS = 16


class CannotCross(TypeError):
    """A value that is not plain data; the message says which, for whoever wrote the test cell."""


class WireError(ValueError):
    """Bytes that are not plain data: malformed, of an unknown kind, or past a bound."""


class Named:
    """A student's object by its name, as an argument on the way in: `apply(relu, x)` hands over their own `relu`."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


def dumps(value: object) -> str:
    """The value as JSON. Raises CannotCross for what is not plain data."""
    text = json.dumps(_pack(value, 0))
    if len(text) > MAX_BYTES:
        raise CannotCross(f"a value of {len(text) // 2**20} MB; at most {MAX_BYTES // 2**20} MB cross")
    return text


def _pack(value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise CannotCross(f"something nested more than {MAX_DEPTH} deep, or inside itself")
    kind = type(value)
    if value is None or kind is bool or kind is str:
        return value
    if kind is int:
        if value.bit_length() > MAX_DIGITS * 3:
            raise CannotCross(f"a whole number of more than {MAX_DIGITS} digits")
        return ["int", str(value)]
    if kind is float:
        return ["float", _float(value)]
    if kind is complex:
        return ["complex", _float(value.real), _float(value.imag)]
    if kind is bytes:
        return ["bytes", base64.b64encode(value).decode()]
    if kind in (set, frozenset, dict) and sum(map(_can_collide, value)) > MAX_KEYS:
        raise CannotCross(f"a {kind.__name__} of more than {MAX_KEYS} members that are not text")
    if kind in (list, tuple, set, frozenset):
        return [kind.__name__, [_pack(item, depth + 1) for item in value]]
    if kind is dict:
        pairs = value.items()
        return ["dict", [[_pack(key, depth + 1), _pack(item, depth + 1)] for key, item in pairs]]
    if isinstance(value, Named):
        return ["named", value.name]
    if kind is np.ndarray or kind in SCALARS:
        return _pack_array(value)
    converted = _tensor(value)
    if converted is not None:
        return _pack_array(converted)
    raise CannotCross(f"an object of type {kind.__name__}, which is not plain data")


def _can_collide(member: object) -> bool:
    """Whether the member's hash can be chosen: that of text is another in every process."""
    return type(member) not in (str, bytes)


def _float(value: float) -> str:
    return repr(value) if not math.isfinite(value) else value.hex()


def _pack_array(value: Any) -> Any:
    kind = "array" if isinstance(value, np.ndarray) else "scalar"
    array = np.asarray(value)
    if array.dtype.name in NUMBERS:
        data = encode(array)
    elif array.dtype.kind == "U":
        data = [str(text) for text in array.ravel()]  # type: ignore[assignment]
    else:
        raise CannotCross(f"an array of dtype {array.dtype}; arrays of numbers and of text cross")
    return [kind, "str" if array.dtype.kind == "U" else array.dtype.name, list(array.shape), data]


def _tensor(value: Any) -> Any:
    """A TensorFlow tensor or variable as an array; None for everything else."""
    if type(value).__module__.partition(".")[0] not in ("tensorflow", "keras"):
        return None
    try:
        array = np.asarray(value)
    except Exception:
        return None
    return array if array.dtype.name in NUMBERS else None


def loads(data: bytes, resolve: Callable[[str], object] | None = None) -> Any:
    """The value that `data` stands for, of exact types: int, float, complex, bool, None, str, bytes, list, tuple, set,
    frozenset, dict, numpy.ndarray and NumPy's scalars.

    `resolve` gives the object for a name on the way in; without it names are refused.

    Raises:
        WireError: more than MAX_BYTES, MAX_MARKS, MAX_DEPTH, or nothing that `dumps` writes.
    """
    if len(data) > MAX_BYTES:
        raise WireError(f"{len(data)} bytes; at most {MAX_BYTES} are read")
    if data.count(b",") + data.count(b"[") + data.count(b"{") + data.count(b":") > MAX_MARKS:
        raise WireError(f"more than {MAX_MARKS} items")
    try:
        return _Unpacker(resolve).read(json.loads(data), 0)
    except WireError:
        raise
    except (ValueError, TypeError, RecursionError, OverflowError, MemoryError, KeyError, IndexError) as error:
        raise WireError(f"not plain data ({type(error).__name__})") from None


class _Unpacker:
    """Builds one value. `resolve` gives the object for a name, where names are allowed."""

    def __init__(self, resolve: Callable[[str], object] | None) -> None:
        self.resolve = resolve
        self.keys = 0

    def read(self, packed: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise WireError(f"nested more than {MAX_DEPTH} deep")
        if packed is None or type(packed) is bool:
            return packed
        if type(packed) is str:
            return _text(packed)
        if type(packed) is not list or not packed or type(packed[0]) is not str:
            raise WireError("not of a known form")
        kind, *rest = packed
        if kind in _SEQUENCES:
            return self._sequence(kind, *rest, depth=depth)
        if kind == "dict":
            return self._dict(*rest, depth=depth)
        if kind == "named":
            return self._named(*rest)
        if kind not in _SCALARS:
            raise WireError(f"not of a known kind: {kind[:20]!r}")
        return _SCALARS[kind](*rest)

    def _sequence(self, kind: str, items: Any, *, depth: int) -> Any:
        if type(items) is not list:
            raise WireError("not a list of items")
        found = [self.read(item, depth + 1) for item in items]
        return _SEQUENCES[kind](self._keys(found) if kind in ("set", "frozenset") else found)

    def _dict(self, pairs: Any, *, depth: int) -> dict[Any, Any]:
        if type(pairs) is not list or any(type(pair) is not list or len(pair) != 2 for pair in pairs):
            raise WireError("not a list of pairs")
        keys = self._keys([self.read(key, depth + 1) for key, _ in pairs])
        return {key: self.read(item, depth + 1) for key, (_, item) in zip(keys, pairs, strict=True)}

    def _keys(self, keys: list[Any]) -> list[Any]:
        self.keys += sum(map(_can_collide, keys))
        if self.keys > MAX_KEYS:
            raise WireError(f"more than {MAX_KEYS} members that are not text in sets and dicts")
        return keys

    def _named(self, name: Any) -> object:
        if self.resolve is None or type(name) is not str:
            raise WireError("a name where plain data belongs")
        return self.resolve(name)


def _read_int(digits: Any) -> int:
    if type(digits) is not str or len(digits) > MAX_DIGITS + 1:
        raise WireError("a whole number out of bounds")
    return int(digits)


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
    "float": _read_float,
    "complex": lambda real, imaginary: complex(_read_float(real), _read_float(imaginary)),
    "bytes": lambda text: base64.b64decode(text, validate=True),
    "array": _read_array,
    "scalar": _read_scalar,
}
