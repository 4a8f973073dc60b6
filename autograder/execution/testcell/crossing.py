"""What of a test's goes to the student's code and how, beside plain data, and what becomes of it there."""

from __future__ import annotations

import base64
import pickle
import sys
import types
from collections import deque
from typing import Any
from unittest.mock import NonCallableMock

import numpy as np

MAX_PICKLED = 16 * 2**20
_CHANGEABLE = (list, dict, set, bytearray, deque, np.ndarray)


def is_open(value: object) -> bool:
    """Whether the student's code may ask for attributes: of a mock, or an object of a class that the test defines."""
    return isinstance(value, NonCallableMock) or type(value).__module__ == "__main__"


def of_lent(one: Any, what: str, positional: list[Any], named: dict[str, Any]) -> Any:
    """What something of the test's gives: called, or asked for an attribute that is not its own affair."""
    if what == "getattr" and is_open(one) and type(positional[0]) is str and not positional[0].startswith("_"):
        return getattr(one, positional[0])
    if what != "call":
        raise AttributeError(*positional)
    return one(*positional, **named)


def become(mine: Any, theirs: Any) -> bool:
    """Give something that can be changed the content of another of its type; False where that can't be."""
    if type(mine) is not type(theirs) or not can_change(mine):
        return False
    if isinstance(mine, list | bytearray):
        mine[:] = theirs
    elif isinstance(mine, np.ndarray):
        if mine.shape != theirs.shape or mine.dtype != theirs.dtype or not mine.flags.writeable:
            return False
        mine[...] = theirs
    elif is_table(mine):
        mine._update_inplace(theirs)  # pandas has no other way to give a table new rows and columns
    else:
        mine.clear()
        (mine.extend if isinstance(mine, deque) else mine.update)(theirs)
    return True


def can_change(value: object) -> bool:
    """Whether it is of a kind that a function may change."""
    return type(value) in _CHANGEABLE or is_table(value)


def is_table(value: object) -> bool:
    """Whether it is a table of pandas's, or a column of one."""
    kind = type(value)
    return kind.__module__.partition(".")[0] == "pandas" and kind.__name__ in ("DataFrame", "Series")


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
