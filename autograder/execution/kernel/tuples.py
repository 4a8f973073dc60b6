"""Named tuples between the two sides: the fields are data, and what the student's class adds stays with the object."""

from __future__ import annotations

import sys
from collections import namedtuple
from functools import lru_cache
from typing import Any

MAX_FIELDS = 200
_PLAIN = namedtuple("_PLAIN", "")
_DECIDES = frozenset(f"__{name}__" for name in "eq ne lt le gt ge hash iter len getitem contains bool new".split())
"""Special methods by which two tuples would be compared: a class that has its own is no plain tuple's."""
_GENERATED = frozenset(vars(_PLAIN)) | frozenset(
    "__annotations__ __orig_bases__ __dict__ __weakref__ __static_attributes__ __firstlineno__ __annotate__ "
    "__annotate_func__ __annotations_cache__ __classcell__".split()
)


class Held:
    """A value that stays where it is, plain data or not."""

    def __init__(self, value: object) -> None:
        self.value = value


def taken_apart(value: Any) -> tuple[Any, ...] | None:
    """Module, name, fields and values of a named tuple; None for any other value.

    Where its class adds to that, the special methods that it adds follow, and the tuple itself.
    """
    kind = type(value)
    classes = kind.__mro__[: kind.__mro__.index(tuple)] if issubclass(kind, tuple) else ()
    root = classes[-1] if classes else tuple
    fields = vars(root).get("_fields")
    if root.__bases__ != (tuple,) or not isinstance(fields, tuple) or object_behind(value) is not None:
        return None
    added = {name for one in classes for name in vars(one) if name not in fields} - _GENERATED
    if added & _DECIDES or any(_DECIDES & frozenset(vars(one)) for one in classes[:-1]):
        return None
    parts = kind.__module__, kind.__name__, fields, tuple(tuple.__iter__(value))
    if isinstance(value, _Behind):
        return parts
    special = tuple(sorted(name for name in added if name.startswith("__")))
    return (*parts, special, Held(value)) if added or classes[:-1] else parts


def made(parts: Any) -> Any:
    """The named tuple of these parts. Raises ValueError."""
    module, name, fields, values, *more = parts
    if type(values) is not tuple or type(fields) is not tuple or not len(values) == len(fields) <= MAX_FIELDS:
        raise ValueError("fields")
    if not all(type(one) is str and len(one) <= 100 for one in (module, name, *fields)):
        raise ValueError("names of fields")
    kind = _notebooks_own(module, name, fields) or _class(module, name, fields)
    if not more:
        return tuple.__new__(kind, values)
    added, behind = more
    found = tuple.__new__(_class_behind(kind, frozenset(added) & frozenset(vars(type(behind)))), values)
    found._object_of_students = behind
    return found


def object_behind(value: object) -> Any:
    """The student's object of which a named tuple has come, where its class adds something; else None."""
    behind = issubclass(type(value), _Behind)  # a proxy would ask its object what it is an instance of
    return vars(value).get("_object_of_students") if behind else None


class _Behind:
    """Of an object: what the named tuple has not itself, the object is asked for."""

    _object_of_students: Any

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "_object_of_students":
            raise AttributeError(name)
        return getattr(self._object_of_students, name)

    def _replace(self, **named: Any) -> Any:
        return self._object_of_students._replace(**named)

    def __repr__(self) -> str:
        behind = object_behind(self)
        return super().__repr__() if behind is None else repr(behind)

    def __str__(self) -> str:
        behind = object_behind(self)
        return super().__repr__() if behind is None else str(behind)


def _notebooks_own(module: str, name: str, fields: tuple[str, ...]) -> Any:
    """The notebook's own class, in its kernel."""
    main = sys.modules.get("__main__") if module == "__main__" else None
    found = vars(main).get(name) if main is not None else None
    own = isinstance(found, type) and issubclass(found, tuple) and vars(found).get("_fields") == fields
    return found if own else None


@lru_cache(maxsize=256)
def _class(module: str, name: str, fields: tuple[str, ...]) -> Any:
    """A namedtuple takes identifiers alone, and none that begins with an underscore."""
    return namedtuple(name, fields, module=module)


@lru_cache(maxsize=256)
def _class_behind(kind: type, special: frozenset[str]) -> Any:
    """A class of such tuples that has the special methods that the object has beside a tuple's."""

    def asks(name: str) -> Any:
        return lambda self, *given: getattr(type(self._object_of_students), name)(self._object_of_students, *given)

    own = {name: asks(name) for name in special if name not in _DECIDES}
    about = {"__module__": kind.__module__, "__qualname__": kind.__qualname__}
    return type(kind.__name__, (_Behind, kind), {**own, **about})
