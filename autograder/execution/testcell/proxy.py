"""Proxies: what a test cell finds in the place of an object that stays in the student's kernel.

A proxy has no attribute, name, truth or type of its own: whatever is asked of it is asked of the object, and comes back
as plain data or as another proxy. What the object says is its word. Where that word would be the verdict itself (it is
equal, it is true, it is of a type, or it computes with what the test expects), it counts only where the course's own
solution has an object in that place, too: see `link.Link.verdict`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Generator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..kernel.objects import SPECIAL
from ..kernel.tuples import object_behind
from .claims import Claims, class_named
from .thrown import BY_STUDENT

if TYPE_CHECKING:
    from .link import Link


MAX_ITEMS = 2_000_000
"""How many items are taken from an iterator that stays in the student's kernel."""


class Proxy:
    """An object of the student's, by the name that it has in the notebook or by a number."""

    __slots__ = ("__weakref__", "_claims", "_kernel", "_link", "_name", "_number", "_rest")

    def __getattribute__(self, name: str) -> Any:
        if name == "__class__":
            return _class_of(self)
        if name == "__deepcopy__":
            return lambda _memo: _ask(self, "deepcopy")
        if name == "__signature__" and "__call__" in claims_of(self).special:
            return _signature(self)
        if name.startswith("__") and name not in _ASKED_FOR:
            error = AttributeError(name)
            error.add_note(BY_STUDENT)
            raise error
        return _ask(self, "getattr", name)

    def __setattr__(self, name: str, value: object) -> None:
        _ask(self, "setattr", name, value)

    def __delattr__(self, name: str) -> None:
        _ask(self, "delattr", name)

    def __dir__(self) -> Any:
        return _ask(self, "dir")

    def __bool__(self) -> bool:
        return _verdict(self, "bool") is True

    def __hash__(self) -> int:
        return int(_ask(self, "hash")) if "__hash__" in claims_of(self).special else id(self)

    def __str__(self) -> str:
        return str(_plain_text(self, "str"))

    def __repr__(self) -> str:
        return str(_plain_text(self, "repr"))

    def __format__(self, how: str) -> str:
        return str(_plain_text(self, "format", how))

    def __copy__(self) -> Any:
        return _ask(self, "copy")

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("an object of the student's can't be pickled")


_link, _claims, _name, _number, _rest, _kernel = (
    vars(Proxy)[slot] for slot in ("_link", "_claims", "_name", "_number", "_rest", "_kernel")
)


def make(link: Link, claims: Claims, name: str = "", number: int = -1) -> Any:
    """A proxy for what the notebook has under a name, or has lent under a number."""
    made = object.__new__(_class_with(claims.special, bool(claims.own)))
    for slot, value in (
        (_link, link), (_claims, claims), (_name, name), (_number, number), (_rest, None), (_kernel, link.kernel),
    ):  # fmt: skip
        slot.__set__(made, value)
    return made


def is_proxy(value: object) -> bool:
    """Whether it is one; `isinstance` would ask the object itself."""
    return issubclass(type(value), Proxy)


class _AskedTypes(type):
    def __call__(cls, *positional: Any, **named: Any) -> Any:
        behind = object_behind(positional[0]) if len(positional) == 1 else None
        if len(positional) == 1 and is_proxy(positional[0] if behind is None else behind):
            return _ask(positional[0] if behind is None else behind, "type")
        return type(*positional, **named)

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, type)


class AskedType(metaclass=_AskedTypes):
    """What `type` is in a test cell: of an object of the student's it gives the object's class."""


CLASS_OF = "__class_of__"
"""By this name a test cell has AskedType, whatever it has itself under the name `type`."""
_ASKED_FOR = frozenset(SPECIAL) | frozenset(
    f"__{name}__"
    for name in (
        "name qualname doc module dict annotations defaults kwdefaults bases mro wrapped code func self slots "
        "init new flags abstractmethods isabstractmethod subclasses post_init repr str format del getattr "
        "setattr get set cause context notes dataclass_fields dataclass_params members closure"
    ).split()
)
"""The attributes between underscores that an object is asked for. Libraries look for others, such as NumPy for an
address in memory, and believe what they are told."""


def link_of(proxy: Any) -> Link:
    """What leads to the object."""
    return _link.__get__(proxy)  # type: ignore[no-any-return]


def named(proxy: Any, name: str) -> Any:
    """The proxy by the name under which it was asked for; another one where it has a name already."""
    if name_of(proxy) not in ("", name):
        return make(link_of(proxy), claims_of(proxy), name, _number.__get__(proxy))
    _name.__set__(proxy, name)
    return proxy


def claims_of(proxy: Any) -> Claims:
    """What the object has said of itself."""
    return _claims.__get__(proxy)  # type: ignore[no-any-return]


def name_of(proxy: Any) -> str:
    """The name that it has in the notebook, "" for what it has lent."""
    return _name.__get__(proxy)  # type: ignore[no-any-return]


def reference_to(proxy: Any) -> list[Any]:
    """How a proxy goes back to the kernel that it is of. Raises Stopped where that is gone."""
    number, name = _number.__get__(proxy), name_of(proxy)
    if number < 0:
        return ["named", name]
    if not name:
        link_of(proxy).require_kernel(_kernel.__get__(proxy))
    return ["object", number, name]


def words_for(proxy: Any) -> str:
    """What a sentence calls it."""
    return name_of(proxy) or f"a {claims_of(proxy).kind}"


def _ask(proxy: Any, what: str, *positional: object, **named: object) -> Any:
    return link_of(proxy).ask(what, words_for(proxy), proxy, *positional, **named)


def _verdict(proxy: Any, what: str, *positional: object) -> Any:
    link_of(proxy).verdict(words_for(proxy), what)
    return _ask(proxy, what, *positional)


def asked_issubclass(kind: Any, of: Any) -> bool:
    """What `issubclass` is in a test cell: a class of the student's says from which classes it derives."""
    if not is_proxy(kind) or is_proxy(of) or not isinstance(of, type):
        return issubclass(kind, of)
    link_of(kind).verdict(words_for(kind), "issubclass")
    return any(found is not None and issubclass(found, of) for found in map(class_named, claims_of(kind).own))


def asked_there(function: Callable[..., Any]) -> Callable[..., Any]:
    """A library's function that is called in the student's kernel where its first argument is an object there."""

    def asked(*positional: Any, **named: Any) -> Any:
        if positional and is_proxy(positional[0]):
            first = positional[0]
            return _ask(first, function.__name__, *positional[1:], **named)
        return function(*positional, **named)

    return asked


def _plain_text(proxy: Any, what: str, *positional: object) -> Any:
    found = _ask(proxy, what, *positional)
    if type(found) is not str:
        raise TypeError(f"__{what}__ returned non-string")
    return found


def _class_of(proxy: Any) -> type:
    """For `isinstance`: a class of this process where the object's word on that counts, else a proxy's own."""
    own = type(proxy)
    surrogate = claims_of(proxy).surrogate
    if surrogate is None or not link_of(proxy).believes("isinstance"):
        return own
    return surrogate


def _signature(proxy: Any) -> Any:
    import inspect

    def given(told: Any) -> Any:
        return told[1] if told[0] else inspect.Parameter.empty

    *each, returns = _ask(proxy, "signature")
    parameters = [
        inspect.Parameter(name, inspect._ParameterKind(kind), default=given(default), annotation=given(annotation))
        for name, kind, default, annotation in each
    ]
    return inspect.Signature(parameters, return_annotation=given(returns))


# --- special methods, for those proxies whose objects have them ------------------------------------------------------


def _asks(what: str) -> Callable[..., Any]:
    return lambda self, *positional: _ask(self, what, *positional)


def _decides(what: str) -> Callable[..., Any]:
    return lambda self, *positional: _verdict(self, what, *positional)


def _reflected(what: str) -> Callable[..., Any]:
    def method(self: Any, other: object) -> Any:
        link_of(self).verdict(words_for(self), what)
        return link_of(self).ask(what, words_for(self), other, self)

    return method


def _next(self: Any) -> Any:
    """The next item; some are fetched together, the more the longer it lasts."""
    items, more, asked = _rest.__get__(self) or ([], True, 0)
    if not items and more:
        if asked > MAX_ITEMS:
            raise link_of(self).stop("student", "LimitError", "items")
        found = _ask(self, "take", 1 if asked < 4 else min(asked, 128))
        items, more = list(found[0]), found[1] is True
        asked += max(len(items), 1)
    if not items:
        _rest.__set__(self, None)
        raise StopIteration
    _rest.__set__(self, (items[1:], more, asked))
    return items[0]


def _contains(self: Any, item: object) -> bool:
    """By the object's word where the solution's object is asked, too; else by its items, which are compared here."""
    if "__iter__" in claims_of(self).special and not link_of(self).believes("contains"):
        return any(one is item or one == item for one in self)
    return _verdict(self, "contains", item) is True


def _is_same(self: Any, other: object) -> Any:
    """What Python does for a class that does not say what is equal. The solution's place for such a word is noted."""
    if link_of(self).is_solution:
        link_of(self).believes("eq")
    return True if self is other else NotImplemented


def _exit(self: Any, kind: Any, error: object, _traceback: object) -> bool:
    return bool(_ask(self, "exit", None if kind is None else kind.__name__, str(error)) is True)


def _await(self: Any) -> Generator[Any, None, Any]:
    return _ask(self, "await")
    yield


async def _next_awaited(self: Any) -> Any:
    found = _ask(self, "anext")
    if not found:
        raise StopAsyncIteration
    return found[0]


async def _enter_awaited(self: Any) -> Any:
    return _ask(self, "aenter")


async def _exit_awaited(self: Any, kind: Any, error: object, _traceback: object) -> bool:
    return _ask(self, "aexit", None if kind is None else kind.__name__, str(error)) is True


def _is_instance(self: Any, value: object) -> bool:
    if is_proxy(value):
        return _verdict(self, "isinstance_of", value) is True if link_of(value) is link_of(self) else False
    own = claims_of(self).own
    return bool(own) and any((one.__module__, one.__qualname__) == own[0] for one in type(value).__mro__)


def _is_subclass(self: Any, kind: Any) -> bool:
    if is_proxy(kind):
        return _verdict(self, "issubclass_of", kind) is True
    own = claims_of(self).own
    return bool(own) and class_named(own[0]) is not None and issubclass(kind, class_named(own[0]))  # type: ignore[arg-type]


_ARITHMETIC = "add sub mul truediv floordiv mod pow matmul and or xor lshift rshift".split()
_PYTHONS = {"and": "and_", "or": "or_", "iand": "iand", "ior": "ior", "invert": "invert"}
_METHODS: Mapping[str, Callable[..., Any]] = {
    "__call__": lambda self, *positional, **named: _ask(self, "call", *positional, **named),
    "__len__": lambda self: operator.index(_ask(self, "len")),
    "__iter__": _asks("iter"),
    "__reversed__": _asks("reversed"),
    "__next__": _next,
    "__getitem__": _asks("getitem"),
    "__setitem__": _asks("setitem"),
    "__delitem__": _asks("delitem"),
    "__enter__": _asks("enter"),
    "__exit__": _exit,
    "__await__": _await,
    "__aiter__": _asks("aiter"),
    "__anext__": _next_awaited,
    "__aenter__": _enter_awaited,
    "__aexit__": _exit_awaited,
    "__array__": lambda self, *_positional, **_named: _ask(self, "array"),
    "__contains__": _contains,
    **{
        f"__{name}__": _decides(name) for name in "eq ne lt le gt ge neg pos invert abs int float complex round".split()
    },
    "__index__": _decides("index"),
    **{f"__{name}__": _decides(_PYTHONS.get(name, name)) for name in _ARITHMETIC},
    **{f"__r{name}__": _reflected(_PYTHONS.get(name, name)) for name in _ARITHMETIC},
    **{f"__i{name}__": _decides(f"i{name}") for name in ("add", "sub", "mul", "truediv")},
}


@lru_cache(maxsize=1000)
def _class_with(special: frozenset[str], of_class: bool) -> type[Proxy]:
    """Proxies with just these special methods: Python looks for them in the class, and so does who asks for them."""
    body: dict[str, Any] = {"__slots__": (), **{name: _METHODS[name] for name in special if name in _METHODS}}
    body["__hash__"] = Proxy.__hash__
    body.setdefault("__eq__", _is_same)
    if of_class:
        body |= {"__instancecheck__": _is_instance, "__subclasscheck__": _is_subclass}
    return type("Proxy", (Proxy,), body)
