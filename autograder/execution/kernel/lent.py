"""What stands in the student's kernel for something of the test's, which is asked there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any


class Lent:
    """Something of the test's, which is asked there: a function, or an object with attributes where it is `open`."""

    def __init__(self, ask: Callable[..., Any], number: int, name: str = "", doc: str = "", open: bool = False):
        self._number, self._ask, self._open = number, ask, open
        self._elsewhere: Any = None
        """What it stands for in the kernel's own threads."""
        self.__name__ = self.__qualname__ = name
        self.__doc__ = doc

    def __call__(self, *positional: Any, **named: Any) -> Any:
        if self._elsewhere and threading.current_thread() is not threading.main_thread():
            return self._elsewhere(*positional, **named)
        return self._ask(self._number, "call", positional, named)

    def __getattr__(self, name: str) -> Any:
        if not self._open or name.startswith("_"):
            raise AttributeError(name)
        return self._ask(self._number, "getattr", (name,), {})

    def __setattr__(self, name: str, value: Any) -> None:
        asks = not name.startswith("_") and self._open
        if not asks or not self._ask(self._number, "setattr", (name, value), {}):
            object.__setattr__(self, name, value)

    def __get__(self, instance: object, owner: object = None) -> Any:
        return self if instance is None else lambda *positional, **named: self(instance, *positional, **named)


def lent(
    ask: Callable[..., Any], number: int, name: str = "", doc: str = "", open: bool = False, special: Sequence[str] = ()
) -> Lent:
    """What stands for the thing of the test's with that number, see `link.Link._refer`."""
    return _lent_class(tuple(special))(ask, number, name, doc, open)


@lru_cache(maxsize=100)
def _lent_class(special: tuple[str, ...]) -> type[Lent]:
    """What the test lends of a class with these special methods: Python looks for them in the class."""

    def asks(name: str) -> Callable[..., Any]:
        return lambda self, *given: self._ask(self._number, name, given, {})

    body: dict[str, Any] = {name: asks(name) for name in special}
    if "__next__" in special:
        body |= {"__iter__": lambda self: self, "__next__": _next}
    if "__eq__" in special:
        body.setdefault("__hash__", None)
    return type("Lent", (Lent,), body) if special else Lent


def _next(self: Lent) -> Any:
    found = self._ask(self._number, "next", (), {})
    if not found:
        raise StopIteration
    return found[0]
