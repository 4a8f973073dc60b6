"""What a test puts in the place of a module's own functions, such as mocks: the student's code is to have it, too.

`patch("time.sleep")`, `monkeypatch.setattr(requests, "get", fake)` and `random.randint = fake` are found by the test's
text; what stands there is looked at whenever the student's code is asked. While it is asked, this process has its own.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import sys
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

_LEFT = frozenset((("sys", "stdout"), ("sys", "stderr"), ("builtins", "input")))
"""What gets to the student's code in another way."""


class Patches:
    """The places that one test cell may patch, as far as they are a module's."""

    def __init__(self, steps: list[ast.stmt], space: Mapping[str, Any]) -> None:
        names = {**space, **_imported(steps)}
        found = (_place(dotted, names) for node in steps for dotted in _patched(node))
        self._before: dict[tuple[str, str], Any] = {}
        for place in found:
            if place is not None and place not in _LEFT and hasattr(sys.modules[place[0]], place[1]):
                self._before[place] = getattr(sys.modules[place[0]], place[1])
        self._last = dict(self._before)

    def changed(self) -> Iterator[tuple[str, str, tuple[Any, ...]]]:
        """Module, name, and what stands there now if that is not what stood there at the last look: () for its own."""
        for (module, name), last in list(self._last.items()):
            now = getattr(sys.modules[module], name, last)
            if now is not last:
                self._last[module, name] = now
                yield module, name, () if now is self._before[module, name] else (now,)

    @contextlib.contextmanager
    def put(self, *, back: bool) -> Iterator[None]:
        """Within the block what the modules have is their own (`back`), or what the test has put there."""
        now = {place: getattr(sys.modules[place[0]], place[1], own) for place, own in self._before.items()}
        self._set(self._before if back else self._last)
        try:
            yield
        finally:
            self._set(now)

    def undo(self) -> None:
        """Put back what the test has left patched."""
        self._set(self._before)

    @staticmethod
    def _set(values: Mapping[tuple[str, str], Any]) -> None:
        for (module, name), value in values.items():
            setattr(sys.modules[module], name, value)


def _patched(node: ast.stmt) -> Iterator[str]:
    """What a statement may patch, as dotted names."""
    for one in ast.walk(node):
        if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store):
            yield ast.unparse(one)
        if not isinstance(one, ast.Call) or not one.args:
            continue
        called = one.func.attr if isinstance(one.func, ast.Attribute) else getattr(one.func, "id", "")
        texts = [arg.value if isinstance(arg, ast.Constant) else None for arg in one.args[:2]]
        if called in ("patch", "setattr") and isinstance(texts[0], str):
            yield texts[0]
        elif called in ("object", "setattr") and len(texts) > 1 and isinstance(texts[1], str):
            yield f"{ast.unparse(one.args[0])}.{texts[1]}"


def _imported(steps: list[ast.stmt]) -> dict[str, Any]:
    """The modules that these statements are going to import, by the names that they give them."""
    found: dict[str, Any] = {}
    for node in (one for step in steps for one in ast.walk(step) if isinstance(one, ast.Import)):
        for alias in node.names:
            module = _module(alias.name)
            found[alias.asname or alias.name.partition(".")[0]] = (
                module if alias.asname else sys.modules.get(alias.name.partition(".")[0])
            )
    return found


def _module(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except Exception:  # the test's own line will say so
        return None


def _place(dotted: str, names: Mapping[str, Any]) -> tuple[str, str] | None:
    """Module and name; None for what is no module's."""
    root, *parts = dotted.split(".")
    found = names.get(root)
    if not isinstance(found, ModuleType):
        found = _module(root) if root in sys.stdlib_module_names or root in sys.modules else None
    for part in parts[:-1]:
        found = getattr(found, part, None) or _module(f"{getattr(found, '__name__', '')}.{part}") if found else None
    return (found.__name__, parts[-1]) if isinstance(found, ModuleType) and parts else None
