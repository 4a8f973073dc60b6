"""What an object in the student's kernel says of itself, read as a stranger's word: its classes and what it can do."""

from __future__ import annotations

import builtins
import sys
import types
from dataclasses import dataclass
from typing import Any

from ..kernel.objects import MAX_CLASSES, SPECIAL
from ..kernel.wire import WireError

Name = tuple[str, str]
"""Of a class: its module and its qualified name."""

_UNNAMED = {
    "function": types.FunctionType, "method": types.MethodType, "generator": types.GeneratorType,
    "coroutine": types.CoroutineType, "module": types.ModuleType, "builtin_function_or_method": types.BuiltinMethodType,
}  # fmt: skip
"""Python's own classes that no name of the builtins leads to."""


@dataclass(frozen=True, slots=True)
class Claims:
    """`classes` are the object's own and those that it derives from, `special` its special methods; `own` are the same
    classes of what is itself a class, and `origin` says where a function, a class or a module says that it is from.
    """

    classes: tuple[Name, ...] = ()
    special: frozenset[str] = frozenset({"__call__"})
    own: tuple[Name, ...] = ()
    origin: Name = ("", "")

    @property
    def kind(self) -> str:
        """The class's name, for sentences."""
        return self.classes[0][1] if self.classes else "object"

    @property
    def surrogate(self) -> type | None:
        """The first of the object's classes that this process knows, too, but for `object`."""
        return next((found for name in self.classes if (found := class_named(name)) not in (None, object)), None)


def read_claims(told: Any) -> Claims:
    """Claims as they came. Raises WireError."""
    classes, special, own, origin = told
    if type(special) is not list or not all(type(one) is str for one in special):
        raise WireError("no special methods")
    return Claims(_names(classes), frozenset(special).intersection(SPECIAL), _names(own), _names([origin])[0])


def _names(told: Any) -> tuple[Name, ...]:
    if type(told) is not list or len(told) > MAX_CLASSES:
        raise WireError("no names of classes")
    for one in told:
        if type(one) is not list or len(one) != 2 or any(type(part) is not str or len(part) > 200 for part in one):
            raise WireError("not the name of a class")
    return tuple((module, name) for module, name in told)


def class_named(name: Name) -> type | None:
    """A class of this process by its name: nothing is imported for it, and no module is asked for what it lacks."""
    module, qualname = name
    if module == "builtins" and qualname in _UNNAMED:
        return _UNNAMED[qualname]
    found: Any = builtins if module == "builtins" else sys.modules.get(module)
    for part in qualname.split("."):
        found = vars(found).get(part) if isinstance(found, type | types.ModuleType) else None
    return found if isinstance(found, type) else None
