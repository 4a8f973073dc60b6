"""What of a test's goes to the student's code and how, beside plain data, and what becomes of it there."""

from __future__ import annotations

import base64
import io
import pickle
import sys
import types
from collections.abc import Iterator
from typing import Any
from unittest.mock import NonCallableMock

import numpy as np

from ..kernel.objects import SPECIAL

MAX_PICKLED = 16 * 2**20
_NOTHING = object()
_FOR_STUDENTS = frozenset((*SPECIAL, "__str__", "__repr__")) - {"__call__", "__next__", "__await__", "__array__"}


def is_open(value: object) -> bool:
    """Whether the student's code may ask for attributes: of a mock, a file, or an object of a class of the test's."""
    return isinstance(value, NonCallableMock | io.IOBase) or type(value).__module__ == "__main__"


def special_of(value: object) -> list[str]:
    """The special methods that the student's code may call: what steps through an iterator, and those of a class of the
    test's own.
    """
    if isinstance(value, io.IOBase | Iterator):
        return ["__iter__", "__next__"]
    defined = {name for kind in type(value).__mro__ if kind.__module__ == "__main__" for name in vars(kind)}
    return sorted(defined & _FOR_STUDENTS)


def may_set(one: Any, name: object) -> bool:
    """Whether the student's code may set this attribute: of an object of a class of the test's, and no method."""
    own = type(one).__module__ == "__main__" and not isinstance(one, NonCallableMock)
    return own and type(name) is str and not name.startswith("_") and not callable(getattr(one, name, None))


def of_lent(one: Any, what: str, positional: list[Any], named: dict[str, Any]) -> Any:
    """What something of the test's gives: called, or asked for an attribute that is not its own affair."""
    if what == "getattr" and is_open(one) and type(positional[0]) is str and not positional[0].startswith("_"):
        return getattr(one, positional[0])
    if what == "next" and isinstance(one, Iterator | io.IOBase):
        return [] if (found := next(one, _NOTHING)) is _NOTHING else [found]
    if what in special_of(one):
        return getattr(type(one), what)(one, *positional)
    if what != "call":
        raise AttributeError(*positional)
    return one(*positional, **named)


def pickled(value: object) -> list[Any] | None:
    """A library's object for the student's kernel, which makes it anew. Nothing ever comes back in this form."""
    if type(value).__module__.partition(".")[0] in ("__main__", "builtins", "autograder"):
        return None
    try:
        data = pickle.dumps(value, protocol=4)
    except Exception:
        return None
    return ["pickled", base64.b64encode(data).decode()] if len(data) <= MAX_PICKLED else None


def name_in_library(value: Any) -> tuple[str, str] | None:
    """Module and name of a function or class that can be imported elsewhere, too; None for the test's own."""
    if not isinstance(value, type | types.FunctionType | types.BuiltinFunctionType | np.ufunc):
        return None
    name = str(getattr(value, "__qualname__", getattr(value, "__name__", "")))
    for module in ("numpy",) if isinstance(value, np.ufunc) else (getattr(value, "__module__", None),):
        found: Any = sys.modules.get(module) if isinstance(module, str) and module != "__main__" else None
        for part in name.split("."):
            found = getattr(found, part, None)
        if found is value and module is not None:
            return module, name
    return None
