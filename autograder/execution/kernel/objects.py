"""The objects of a student's notebook that a test holds by reference, and what can be asked of them.

This runs beside student code, and decides nothing: what an object says of itself goes to the other side as evidence.
"""

from __future__ import annotations

import asyncio
import base64
import builtins
import contextlib
import copy
import dataclasses
import importlib
import inspect
import operator
import pickle
import random
import secrets
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from .changes import become
from .lent import Lent, lent
from .tuples import Held
from .wire import WireError, dumps

SPECIAL = tuple(
    f"__{name}__"
    for name in (
        "call len iter next getitem setitem delitem contains enter exit await bool eq ne lt le gt ge hash int float "
        "index complex round abs neg pos invert add sub mul truediv floordiv mod pow matmul and or xor lshift rshift "
        "radd rsub rmul rtruediv rfloordiv rmod rpow rmatmul rand ror rxor iadd isub imul itruediv array reversed "
        "aiter anext aenter aexit"
    ).split()
)
"""The special methods that a reference is told to have, where its object has them."""
MAX_CLASSES = 30
WATCHED, MAX_WATCHED_GIVEN = 24, 20_000
"""How many of the last things that a test has given are looked at after each question, and how long these may be."""
MAX_WATCHED = 50_000
"""Characters of what a name stands for, up to which it is looked through for changes."""
_FIXED = (bool, int, float, complex, str, bytes, type(None))


def claims(value: object) -> list[Any]:
    """What an object says of itself: its classes by module and name, its special methods, the classes that it is as a
    class, and where it says that it was defined; a module is where it says, and of no name.
    """
    kind = type(value)
    defined = {name for one in kind.__mro__ if one is not object for name in vars(one)}
    special = [name for name in SPECIAL if name in defined]
    own = _classes(value) if isinstance(value, type) else []
    return [_classes(kind), special, own, _origin(value)]


def _origin(value: object) -> list[str]:
    if isinstance(value, ModuleType):
        return [str(value.__name__)[:200], ""]
    if not callable(value):
        return ["", ""]
    found = [getattr(value, name, None) for name in ("__module__", "__qualname__")]
    return [str(one)[:200] for one in found] if all(type(one) is str for one in found) else ["", ""]


def _classes(kind: type) -> list[list[str]]:
    return [[str(one.__module__)[:200], str(one.__qualname__)[:200]] for one in kind.__mro__[:MAX_CLASSES]]


class Objects:
    """What has been lent out of a notebook whose names are `names`. `call_back` asks something of the test's."""

    def __init__(self, names: Callable[[], dict[str, Any]], call_back: Callable[..., Any]) -> None:
        self._names, self._call_back = names, call_back
        self._kept: list[object] = []
        self._numbers: dict[int, int] = {}
        self._first: int | None = None
        """The number of the first object: no two kernels give the same ones, since a kernel can be replaced."""
        self._ended: dict[int, BaseException] = {}
        self._looked: dict[str, tuple[object, str]] = {}
        self._patched: dict[tuple[str, str], Any] = {}
        self._own: dict[tuple[str, str], Any] = {}
        self.given: dict[int, Any] = {}
        """What the test has given that can be changed, by its numbers."""
        self.asked_with: set[int] = set()
        """Those that the question at hand brings along."""
        self.large: set[int] = set()
        self._lents: dict[int, Lent] = {}
        """What the test has lent, by its numbers: one thing of the test's is one here, too."""

    def refer(self, value: object) -> list[Any] | None:
        """The reference to an object that stays here."""
        if isinstance(value, Lent):
            return ["lent", value._number]
        if isinstance(value, Held):
            value = value.value
        if self._first is None:
            self._first = secrets.randbelow(2**50)
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = self._first + len(self._kept)
            self._kept.append(value)
        return ["object", number, claims(value)]

    def meet(self, kind: str, rest: list[Any]) -> object:
        """What a reference from the test's side stands for."""
        if kind == "named":
            return self.named(*rest)
        if kind == "object":
            return self._object(*rest)
        if kind == "lent":
            if rest[0] not in self._lents:
                self._lents[rest[0]] = lent(self._call_back, *rest)
            return self._lents[rest[0]]
        if kind == "global":
            return _global(*rest)
        if kind == "pickled":  # by the test's side, which is trusted; the reverse is never done
            return pickle.loads(base64.b64decode(rest[0]))  # noqa: S301
        raise WireError(f"not of a known kind: {kind[:20]!r}")

    def _object(self, number: int, name: str = "") -> Any:
        """What has been lent under a number, in this kernel; else what the notebook has under its name."""
        index = -1 if self._first is None else number - self._first
        if 0 <= index < len(self._kept):
            return self._kept[index]
        if name:
            return self.named(name)
        raise LookupError("the object is gone: its kernel had to be replaced")

    def named(self, name: str) -> Any:
        """What the notebook has under a name. Raises NameError."""
        if name not in self._names():
            raise NameError(f"name {name!r} is not defined")
        return self._names()[name]

    def look(self, wanted: list[str]) -> dict[str, Any]:
        """What these names stand for, as far as anything does; what is too large to cross stays here."""
        names = self._names()
        found = {name: names[name] for name in wanted if name in names}
        for name, value in found.items():
            try:
                text = dumps(value, self.refer)
                self._looked[name] = value, text if len(text) <= MAX_WATCHED else ""
            except Exception:
                found[name] = Held(value)
        return found

    def begin(self) -> None:
        """A test cell begins: the names that it needs have not been looked at yet."""
        self._looked.clear()
        self.given.clear()

    def known(self, value: object) -> list[Any] | None:
        """The reference to something that the test has given."""
        return next((["given", number] for number, one in self.given.items() if one is value), None)

    def update(self, updates: Mapping[int, Any]) -> None:
        """Change what has been given as the test has changed it since."""
        for number, content in updates.items():
            become(self.given.get(number), content)

    def watched(self) -> dict[int, Any]:
        """What has been given and is looked at now: what the question at hand has brought, and the last of the others.

        What is large is looked at only where it has been brought.
        """
        asked, last = set(self.asked_with), sorted(self.given)[-WATCHED:]
        self.asked_with.clear()
        for number in set(self.given) - asked.union(last):
            del self.given[number]
        return {number: one for number, one in self.given.items() if number in asked or number not in self.large}

    def changed(self) -> dict[str, Any]:
        """The names that have been looked at, as far as they stand for something else now."""
        return self.look([name for name, (value, text) in self._looked.items() if self._has_changed(name, value, text)])

    def _has_changed(self, name: str, value: object, text: str) -> bool:
        now = self._names().get(name, value)
        if now is not value or type(now) in _FIXED or not text or text.startswith('["object"'):
            return now is not value
        try:
            return dumps(now, self.refer) != text
        except Exception:
            return True

    def patch(self, module: str, name: str, *value: Any) -> None:
        """Note what a test puts in the place of what a module has under a name; without a value, nothing any more."""
        self._own.setdefault((module, name), getattr(importlib.import_module(module), name))
        self._patched.pop((module, name), None)
        if value:
            self._patched[module, name] = value[0]
            if isinstance(value[0], Lent):
                value[0]._elsewhere = self._own[module, name]

    @contextlib.contextmanager
    def patches(self, *, there: bool) -> Iterator[None]:
        """Within the block modules have what the test has put there, or else what is their own."""
        before = {place: getattr(sys.modules[place[0]], place[1]) for place in self._own}
        _set(self._own | (self._patched if there else {}))
        try:
            yield
        finally:
            _set(before)

    def bind(self, name: str, value: Any) -> None:
        """Give a name the meaning that the test has given it; what changes it from now on is told."""
        self._names()[name] = value
        self.look([name])

    def refill(self, name: str, value: Any) -> None:
        """Change what a name stands for as the test has changed it."""
        if not become(self._names().get(name), value):
            self._names()[name] = value
        self.look([name])

    def unbind(self, name: str) -> None:
        self._names().pop(name, None)

    def run(self, source: str) -> None:
        """Run a definition of the test's own that the notebook's later cells need."""
        exec(source, self._names())

    def write(self, name: str, content: bytes) -> None:
        """Write a file of the test's into the current folder, or make a folder there."""
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("/"):
            Path(name).mkdir(exist_ok=True)
        else:
            Path(name).write_bytes(content)

    def take(self, iterator: Any, count: int) -> tuple[list[Any], bool]:
        """At most so many of the next items, and whether there are more; an error is kept until it is its turn."""
        before = self._ended.pop(id(iterator), None)
        if before is not None:
            raise before
        items: list[Any] = []
        try:
            while len(items) < count:
                items.append(next(iterator))
        except StopIteration:
            return items, False
        except Exception as error:
            if not items:
                raise
            self._ended[id(iterator)] = error
        return items, True

    def do(self, what: str, positional: list[Any], named: dict[str, Any]) -> Any:
        """Answer one question; raises what the student's code raises."""
        own: Mapping[str, Callable[..., Any]] = {
            "look": self.look, "bind": self.bind, "unbind": self.unbind, "run": self.run, "take": self.take,
            "write": self.write, "refill": self.refill, "begin": self.begin, "patch": self.patch,
        }  # fmt: skip
        return (own.get(what) or _OPERATIONS.get(what) or getattr(operator, what))(*positional, **named)


def _set(values: Mapping[tuple[str, str], Any]) -> None:
    for (module, name), value in values.items():
        setattr(sys.modules[module], name, value)


def _global(module: str, qualname: str) -> Any:
    """Something of a library by its name, imported on this side."""
    found: Any = importlib.import_module(module)
    for part in qualname.split("."):
        found = getattr(found, part)
    return found


_LOOPS: list[asyncio.AbstractEventLoop] = []
"""One loop for all that is awaited: an asynchronous generator ends with its loop."""


def _await(awaitable: Any) -> Any:
    """What comes of an awaitable, in a thread of its own: the kernel's loop is at work in this one."""
    found: list[Any] = []
    raised: list[BaseException] = []

    async def wait() -> Any:
        return await awaitable

    def run() -> None:
        if not _LOOPS:
            _LOOPS.append(asyncio.new_event_loop())
        try:
            found.append(_LOOPS[0].run_until_complete(wait()))
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]
    return found[0]


def _exit(context: Any, name: str | None, message: str) -> bool:
    """Leave a context, with an exception of that name where there is one."""
    return bool(type(context).__exit__(context, *_exception(name, message)))


def _exception(name: str | None, message: str) -> tuple[Any, Any, None]:
    if name is None:
        return None, None, None
    kind = getattr(builtins, name, None)
    error = kind(message) if isinstance(kind, type) and issubclass(kind, BaseException) else Exception(message)
    return type(error), error, None


def _anext(iterator: Any) -> list[Any]:
    """The next item of an asynchronous iterator; nothing where there is none left."""
    try:
        return [_await(anext(iterator))]
    except StopAsyncIteration:
        return []


def _signature(function: Any) -> list[Any]:
    """Name, kind, default and annotation of each parameter, and as the last what the function says that it returns.

    A default or annotation is (True, value), (False, None) for none.
    """

    def told(value: Any) -> tuple[bool, Any]:
        return value is not inspect.Parameter.empty, None if value is inspect.Parameter.empty else value

    found = inspect.signature(function)
    each = [(one.name, int(one.kind), told(one.default), told(one.annotation)) for one in found.parameters.values()]
    return [*each, told(found.return_annotation)]


def _seed(state: Any, numpys: Any) -> None:
    """Set the generators of random numbers as the test's are."""
    random.setstate((state[0], tuple(state[1]), state[2]))
    if "numpy" in sys.modules:
        with contextlib.suppress(ValueError, TypeError):
            sys.modules["numpy"].random.set_state(tuple(numpys))


_OPERATIONS: Mapping[str, Callable[..., Any]] = {
    "call": lambda function, *positional, **named: function(*positional, **named),
    "getattr": getattr,
    "setattr": setattr,
    "delattr": delattr,
    "hasattr": hasattr,
    "len": len,
    "iter": iter,
    "reversed": reversed,
    "bool": bool,
    "str": str,
    "repr": repr,
    "format": format,
    "hash": hash,
    "int": int,
    "float": float,
    "complex": complex,
    "round": round,
    "dir": dir,
    "type": type,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "enter": lambda context: type(context).__enter__(context),
    "exit": _exit,
    "await": _await,
    "aiter": aiter,
    "anext": _anext,
    "aenter": lambda context: _await(type(context).__aenter__(context)),
    "aexit": lambda context, *error: _await(type(context).__aexit__(context, *_exception(*error))),
    "array": lambda value: __import__("numpy").asarray(value),
    "signature": _signature,
    "getsource": inspect.getsource,
    "getsourcelines": inspect.getsourcelines,
    "asdict": dataclasses.asdict,
    "astuple": dataclasses.astuple,
    "replace": dataclasses.replace,
    "fields": dataclasses.fields,
    "seed": _seed,
    "isinstance_of": lambda kind, value: isinstance(value, kind),
    "issubclass_of": lambda kind, other: issubclass(other, kind),
}
