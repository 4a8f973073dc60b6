"""What the names in a test cell stand for, on the side that is trusted.

In this order: what the cell itself and earlier test cells define; what the course's locked cells define, run here as
far as it is needed; Python's builtins; and all the rest is the student's. A name that a solution cell's given text
defines (`def relu(x): ...`) is the student's whatever else bears it.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import symtable
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

from .session import NoAnswer, Session, SessionError
from .standin import StandIn, Stopped


@dataclass(frozen=True, slots=True)
class Statement:
    """A top-level statement with the names it binds and those it needs from outside."""

    node: ast.stmt
    binds: frozenset[str]
    needs: frozenset[str]


class Names:
    """The trusted namespace of one notebook, filled as test cells need it."""

    def __init__(self, session: Session, given: Iterable[str]) -> None:
        """`given` holds the solution cells' texts as students got them."""
        self.space: dict[str, Any] = {"__name__": "__main__", "__builtins__": builtins}
        self.session = session
        self._locked: list[Statement] = []
        self._students = frozenset(name for text in given for name in _functions(text))
        self._fetched: dict[str, object] = {}

    def lock(self, source: str) -> None:
        """Note a locked cell of the course: its statements are run here when a test needs what they define."""
        with contextlib.suppress(SyntaxError):  # it fails in the student's kernel, too, and says so there
            self._locked += statements(source)

    def provide(self, needed: Iterable[str]) -> None:
        """Put what `needed` stands for into the namespace. What nobody defines is left out: NameError says it best.

        Raises Stopped where the student's kernel can't be asked, or a locked cell fails here.
        """
        ask = []
        for name in sorted(set(needed)):
            if name in self._students:
                self.space[name] = StandIn(name, self.session)
            elif name in self.space or name.startswith("__"):
                continue
            elif not self._from_locked(name) and not hasattr(builtins, name):
                ask.append(name)
        if ask:
            self._from_student(ask)

    def _from_locked(self, name: str) -> bool:
        chosen = [statement for statement in self._locked if name in statement.binds]
        for statement in chosen:
            self._locked.remove(statement)  # each runs once, and never again for what it needs itself
        for statement in chosen:
            self.provide(statement.needs)
            try:
                exec(_compiled(statement), self.space)
            except Exception as error:
                line = ast.unparse(statement.node).splitlines()[0]
                raise Stopped(
                    "course", type(error).__name__, f"the course's own line `{line}` failed: {error}"
                ) from error
        return bool(chosen)

    def _from_student(self, names: Sequence[str]) -> None:
        try:
            found = self.session.look(names)
        except NoAnswer as none:
            raise Stopped("student", none.error.type, none.error.message) from None
        except SessionError as error:
            raise Stopped("course", "SessionError", str(error)) from None
        for name, seen in found.items():
            if seen.kind != "undefined":
                value = seen.value if seen.kind == "value" else StandIn(name, self.session, seen)
                self.space[name] = self._fetched[name] = value

    def forget_fetched(self) -> None:
        """Let go of what was the student's: their next cells may give these names another meaning."""
        for name, value in self._fetched.items():
            if self.space.get(name) is value:
                del self.space[name]
        self._fetched.clear()


def _compiled(statement: Statement) -> Any:
    return compile(ast.Module([statement.node], []), "<locked cell>", "exec")


def statements(source: str) -> list[Statement]:
    """A cell's top-level statements. Raises SyntaxError."""
    return [_statement(node) for node in parse(source).body]


def parse(source: str) -> ast.Module:
    """A cell's syntax, IPython's additions turned into calls of get_ipython(). Raises SyntaxError."""
    return ast.parse(TransformerManager().transform_cell(source))  # type: ignore[no-untyped-call]


def _statement(node: ast.stmt) -> Statement:
    table = symtable.symtable(ast.unparse(node), "<cell>", "exec")
    binds = frozenset(s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported())
    return Statement(node, binds | _globals_assigned(table), frozenset(_needs(table)))


def _globals_assigned(table: symtable.SymbolTable) -> frozenset[str]:
    found = set()
    for child in table.get_children():
        found |= {s.get_name() for s in child.get_symbols() if s.is_declared_global() and s.is_assigned()}
        found |= _globals_assigned(child)
    return frozenset(found)


def _needs(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (table.get_type() == "module" or symbol.is_global()):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _needs(child)


def needed_by(cell: Sequence[Statement]) -> frozenset[str]:
    """The names that a cell takes from outside: used before the cell itself has bound them."""
    bound: set[str] = set()
    needed: set[str] = set()
    for statement in cell:
        needed |= statement.needs - bound
        bound |= statement.binds
    return frozenset(needed)


def _functions(text: str) -> Iterator[str]:
    """The functions and classes that a text defines; a text that is not Python defines none."""
    try:
        tree = parse(text)
    except SyntaxError:
        return
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
