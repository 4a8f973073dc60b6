"""Types beside Python's plain ones whose values cross: each as the plain data that it is made of, and made anew of it.

`to_plain` knows a value by its exact type, so no subclass crosses. `from_plain` gets data from a process that a student
controls: each maker checks what its type's own constructor would not bound. Nothing is unpickled, and no module is
imported by a name that came along; pandas and torch are asked only where the reading side has imported them.
"""

from __future__ import annotations

import builtins
import datetime
import math
import re
import sys
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path, PosixPath, WindowsPath
from types import SimpleNamespace
from typing import Any

import numpy as np

from ...base.arrays import NUMBERS
from . import tuples

MAX_EXPONENT = 10_000
FACTORIES = (int, float, str, list, dict, set, bool, tuple)
"""What a defaultdict may make."""
_DATES = re.compile(r"[<=|]?[Mm]8(\[\d{0,6}[A-Za-z]{1,2}\])?")


class NotMade(ValueError):
    """Plain data of which the type can't be made."""


def to_plain(value: Any) -> tuple[str, object] | None:
    """The name of a value's type and the plain data it is made of; None for a value of no type that is known here."""
    kind = type(value)
    if kind in _PARTS:
        named, parts = _PARTS[kind]
        found = parts(value)
        return None if found is None else (named, found)
    if kind is type and value is not type:
        name = str(getattr(value, "__name__", ""))
        return ("class", name) if vars(builtins).get(name) is value else None
    named_parts = tuples.taken_apart(value) if issubclass(kind, tuple) else None
    return _of_library(value, kind) if named_parts is None else ("namedtuple", named_parts)


def _of_library(value: Any, kind: type) -> tuple[str, object] | None:
    library = kind.__module__.partition(".")[0]
    if library == "pandas" and "pandas" in sys.modules:
        from . import tables

        return tables.to_plain(value)
    if library in ("tensorflow", "keras"):
        array = _as_array(value)
        return None if array is None else ("tensor", ("tensorflow", array))
    if library == "torch" and kind.__name__ == "Tensor":
        array = _as_array(value.detach().cpu())
        return None if array is None else ("tensor", ("torch", array))
    return None


def _as_array(value: Any) -> Any:
    """A tensor or variable as an array of numbers; None for everything else."""
    try:
        array = np.asarray(value)
    except Exception:
        return None
    return array if array.dtype.name in NUMBERS else None


def from_plain(name: str, parts: Any) -> Any:
    """The value that these parts make. Raises NotMade, or whatever its constructor raises."""
    if name in _MAKERS:
        return _MAKERS[name](parts)
    if name in ("DataFrame", "Series", "Index", "Timestamp", "Timedelta", "missing"):
        from . import tables

        return tables.from_plain(name, parts)
    raise NotMade(f"no known type: {name[:30]!r}")


def _need(true: bool, what: str) -> None:
    if not true:
        raise NotMade(what)


# --- taken apart -----------------------------------------------------------------------------------------------------


def _offset(value: datetime.datetime | datetime.time) -> Any:
    """What is kept of a time zone: None for none, seconds for a fixed one, False for one that can't cross."""
    if value.tzinfo is None:
        return None
    if type(value.tzinfo) is not datetime.timezone:
        return False
    seconds = value.tzinfo.utcoffset(None).total_seconds()
    return int(seconds) if seconds == int(seconds) else False


def _time_parts(value: datetime.time) -> Any:
    offset = _offset(value)
    found = (value.hour, value.minute, value.second, value.microsecond, value.fold, offset)
    return None if offset is False else found


def _datetime_parts(value: datetime.datetime) -> Any:
    time = _time_parts(value.timetz())
    return None if time is None else (value.year, value.month, value.day, time)


def _default_parts(value: defaultdict[Any, Any]) -> Any:
    factory = value.default_factory
    if factory is None or factory in FACTORIES:
        return (None if factory is None else factory.__name__, dict(value))
    return None


_PARTS: Mapping[type, tuple[str, Callable[[Any], Any]]] = {
    range: ("range", lambda value: (value.start, value.stop, value.step)),
    slice: ("slice", lambda value: (value.start, value.stop, value.step)),
    bytearray: ("bytearray", bytes),
    type(Ellipsis): ("Ellipsis", lambda _: ()),
    type(NotImplemented): ("NotImplemented", lambda _: ()),
    Fraction: ("Fraction", lambda value: (value.numerator, value.denominator)),
    Decimal: ("Decimal", lambda value: tuple(value.as_tuple())),
    datetime.date: ("date", lambda value: (value.year, value.month, value.day)),
    datetime.time: ("time", _time_parts),
    datetime.datetime: ("datetime", _datetime_parts),
    datetime.timedelta: ("timedelta", lambda value: (value.days, value.seconds, value.microseconds)),
    PosixPath: ("Path", str),
    WindowsPath: ("Path", str),
    Counter: ("Counter", dict),
    OrderedDict: ("OrderedDict", dict),
    defaultdict: ("defaultdict", _default_parts),
    deque: ("deque", lambda value: (list(value), value.maxlen)),
    SimpleNamespace: ("SimpleNamespace", lambda value: dict(vars(value))),
    type({}.keys()): ("dict_keys", dict.fromkeys),
    type({}.values()): ("dict_values", lambda value: dict(enumerate(value))),
    type({}.items()): ("dict_items", dict),
}


# --- made anew -------------------------------------------------------------------------------------------------------


def _decimal(parts: Any) -> Decimal:
    sign, digits, exponent = parts
    bounded = type(exponent) is int and abs(exponent) <= MAX_EXPONENT
    _need(bounded or exponent in ("F", "n", "N"), "an exponent out of bounds")
    return Decimal((sign, digits, exponent))


def _time(parts: Any) -> datetime.time:
    hour, minute, second, microsecond, fold, offset = parts
    zone = None if offset is None else datetime.timezone(datetime.timedelta(seconds=offset))
    return datetime.time(hour, minute, second, microsecond, zone, fold=fold)


def _class(name: Any) -> type:
    found: Any = vars(builtins).get(name)
    _need(type(found) is type and found.__name__ == name and found is not type, "no class of Python's own")
    kind: type = found
    return kind


def _default(parts: Any) -> defaultdict[Any, Any]:
    name, items = parts
    _need(type(items) is dict, "no items")
    known = {one.__name__: one for one in FACTORIES}
    return defaultdict(None if name is None else known[name], items)


def _datetimes(parts: Any) -> Any:
    dtype, numbers, kind = parts
    _need(type(dtype) is str and bool(_DATES.fullmatch(dtype)) and type(numbers) is np.ndarray, "dates")
    found = numbers.astype("int64").view(np.dtype(dtype).newbyteorder("="))
    return found[()] if kind == "scalar" else found


def _objects(parts: Any) -> Any:
    shape, items = parts
    _need(type(shape) is tuple and all(type(n) is int and n >= 0 for n in shape) and len(shape) <= 16, "a shape")
    _need(type(items) is list and math.prod(shape) == len(items), "a shape that doesn't fit")
    found = np.empty(len(items), dtype=object)
    for number, item in enumerate(items):
        found[number] = item
    return found.reshape(shape)


def _tensor(parts: Any) -> Any:
    """A tensor where this process works with tensors of that library, else its array."""
    library, array = parts
    _need(type(array) is np.ndarray or isinstance(array, np.generic), "a tensor of no array")
    module = sys.modules.get(library) if library in ("tensorflow", "torch") else None
    if library == "torch" and module is not None:
        return module.from_numpy(np.array(array))
    if library == "tensorflow" and hasattr(module, "constant"):
        return module.constant(array)  # type: ignore[union-attr]
    return array


def _of(kind: type, make: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A maker that takes one thing of this type: constructors take many, such as a size to be filled."""

    def checked(parts: Any) -> Any:
        _need(type(parts) is kind, f"no {kind.__name__}")
        return make(parts)

    return checked


def _whole(make: Callable[..., Any]) -> Callable[[Any], Any]:
    """A maker that takes a tuple of whole numbers."""

    def checked(parts: Any) -> Any:
        _need(type(parts) is tuple and all(type(part) is int for part in parts), "no whole numbers")
        return make(*parts)

    return checked


_MAKERS: Mapping[str, Callable[[Any], Any]] = {
    "range": _whole(range),
    "slice": _of(tuple, lambda parts: slice(*parts)),
    "bytearray": _of(bytes, bytearray),
    "Ellipsis": lambda _: ...,
    "NotImplemented": lambda _: NotImplemented,
    "Fraction": _whole(Fraction),
    "Decimal": _decimal,
    "date": _whole(datetime.date),
    "time": _time,
    "datetime": lambda parts: datetime.datetime.combine(datetime.date(*parts[:3]), _time(parts[3])),
    "timedelta": _whole(datetime.timedelta),
    "Path": _of(str, lambda text: Path(text[:4096])),
    "Counter": _of(dict, Counter),
    "OrderedDict": _of(dict, OrderedDict),
    "defaultdict": _default,
    "deque": _of(tuple, lambda parts: deque(list(parts[0]), parts[1])),
    "SimpleNamespace": _of(dict, lambda parts: SimpleNamespace(**parts)),
    "dict_keys": _of(dict, dict.keys),
    "dict_values": _of(dict, dict.values),
    "dict_items": _of(dict, dict.items),
    "class": _class,
    "namedtuple": tuples.made,
    "datetimes": _datetimes,
    "objects": _objects,
    "tensor": _tensor,
}
