"""What the names in a test cell stand for, on the side that is trusted.

A name is looked up in this order: what the cell itself and earlier test cells define; what the course's locked cells
define, which run here as far as needed; what these import with a star; Python's builtins; what the student defines. But
a name that the given text of a solution cell defines (`def relu(x): ...`) is always the student's.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import copy
import re
import symtable
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..kernel.session import Session
from .proxy import BY_STUDENT, Proxy, Stopped, stopping


@dataclass(frozen=True, slots=True)
class Statement:
    """A top-level statement with the names it binds or changes a part of, and those it needs from outside."""

    node: ast.stmt
    binds: frozenset[str]
    needs: frozenset[str]

    @property
    def star(self) -> bool:
        """Whether it binds whatever a module holds."""
        return isinstance(self.node, ast.ImportFrom) and self.node.names[0].name == "*"


class Names:
    """The trusted namespace of one notebook, filled as test cells need it."""

    def __init__(self, session: Session, given: Iterable[str]) -> None:
        """`given` holds the solution cells' texts as students got them."""
        self.space: dict[str, Any] = {"__name__": "__main__", "__builtins__": builtins}
        self.session = session
        self.locked: list[Statement] = []
        """The statements of all locked cells so far."""
        self._locked: list[Statement] = []
        """Those of them that have not run here yet."""
        self._starred: dict[str, Any] = {}
        self._students = frozenset(name for text in given for name in _functions(text))
        self._fetched: dict[str, object] = {}

    def lock(self, source: str) -> None:
        """Note a locked cell of the course: its statements are run here when a test needs what they define."""
        with contextlib.suppress(SyntaxError):  # it fails in the student's kernel, too, and says so there
            found = statements(as_python(TIMED.sub("", source, count=1)))
            self._locked += found
            self.locked += found

    def provide(self, needed: Iterable[str]) -> None:
        """Put what `needed` stands for into the namespace. What nobody defines is left out: NameError says it best.

        Raises Stopped where the student's kernel can't be asked, or a locked cell fails here.
        """
        ask = []
        for name in sorted(set(needed)):
            if name in self._students:
                self.space[name] = Proxy(name, self.session)
            elif name == "get_ipython":
                raise Stopped("course", "Magic", "IPython's magics and ! do not work in a test cell")
            elif name in self.space or name.startswith("__"):
                continue
            elif not (self._from_locked(name) or self._from_star(name) or hasattr(builtins, name)):
                ask.append(name)
        if ask:
            self._from_student(ask)

    def _from_locked(self, name: str) -> bool:
        chosen = [statement for statement in self._locked if name in statement.binds]
        for statement in chosen:
            self._locked.remove(statement)  # each runs once, and never again for what it needs itself
        for statement in chosen:
            self.provide(statement.needs)
            self._run_locked(statement, self.space)
        return bool(chosen)

    def _from_star(self, name: str) -> bool:
        for statement in [statement for statement in self._locked if statement.star]:
            self._locked.remove(statement)
            self._run_locked(statement, self._starred)
        if name in self._starred:
            self.space[name] = self._starred[name]
        return name in self._starred

    def _from_student(self, names: Sequence[str]) -> None:
        with stopping():
            found = self.session.look(names)
        for name, seen in found.items():
            if seen.kind != "undefined":
                value = seen.value if seen.kind == "value" else Proxy(name, self.session, seen)
                self.space[name] = self._fetched[name] = value

    def _run_locked(self, statement: Statement, space: dict[str, Any]) -> None:
        try:
            code = compile(ast.Module([statement.node], []), "<locked cell>", "exec", dont_inherit=True, optimize=0)
            exec(code, space)
        except Exception as error:
            by_student = BY_STUDENT in getattr(error, "__notes__", ())
            fault: Literal["student", "course"] = "student" if by_student else "course"
            line = ast.unparse(statement.node).splitlines()[0]
            # In silence, the student's code may have chosen what the error says.
            words = "" if self.session.silent else f": {error}"
            raise Stopped(fault, type(error).__name__, f"the course's own line `{line}` failed{words}") from error

    def forget_fetched(self) -> None:
        """Let go of what was the student's: their next cells may give these names another meaning."""
        for name, value in self._fetched.items():
            if self.space.get(name) is value:
                del self.space[name]
        self._fetched.clear()


TIMED = re.compile(r"\A\s*%%(time|capture)\b.*\n")
"""A first line that times or captures the rest of the cell, which is an ordinary one."""


def as_python(source: str) -> str:
    """A cell as Python, IPython's additions turned into calls of get_ipython(). Raises SyntaxError."""
    # Imported here, because grading a class again in which nothing has changed needs none of IPython.
    from IPython.core.inputtransformer2 import TransformerManager

    text: str = TransformerManager().transform_cell(source)  # type: ignore[no-untyped-call]
    return text


def statements(text: str) -> list[Statement]:
    """The top-level statements of a cell that `as_python` gave. Raises SyntaxError."""
    return [_statement(node) for node in ast.parse(text).body]


def _statement(node: ast.stmt) -> Statement:
    inner = list(_blocks(node))
    if inner:
        parts = [_simple(_head(node)), *(_statement(part) for part in inner)]
        return Statement(node, frozenset().union(*(part.binds for part in parts)), needed_by(parts))
    found = _simple(node)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return Statement(node, found.binds, found.needs - {node.name})
    return found


def _blocks(node: ast.stmt) -> Iterator[ast.stmt]:
    """The statements within a loop, an `if`, a `with` or a `try`, in the order in which they stand there."""
    if isinstance(node, ast.For | ast.While | ast.If | ast.With | ast.Try):
        yield from node.body
        for handler in getattr(node, "handlers", ()):
            caught = handler.type or ast.Constant(None)
            yield ast.Expr(ast.NamedExpr(ast.Name(handler.name), caught) if handler.name else caught)
            yield from handler.body
        yield from getattr(node, "orelse", ())
        yield from getattr(node, "finalbody", ())


def _head(node: ast.stmt) -> ast.stmt:
    """A compound statement without what is in its blocks, such as a loop's target and what it goes over."""
    if isinstance(node, ast.Try):
        return ast.Pass()
    head: Any = copy.copy(node)
    head.body = [ast.Pass()]
    if not isinstance(node, ast.With):
        head.orelse = []
    return head  # type: ignore[no-any-return]


def _simple(node: ast.stmt) -> Statement:
    table = symtable.symtable(ast.unparse(node), "<cell>", "exec")
    binds = frozenset(s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported())
    added_to = {node.target.id} if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) else set()
    return Statement(node, binds | _globals_assigned(table) | _changed(node), frozenset(added_to.union(_needs(table))))


def _changed(node: ast.stmt) -> frozenset[str]:
    """The names that an assignment changes a part of: `table["a"] = 1`."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    found = set()
    for target in targets:
        whole = target
        while isinstance(whole, ast.Subscript | ast.Attribute):
            whole = whole.value
        if isinstance(whole, ast.Name):
            found.add(whole.id)
    return frozenset(found)


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
        tree = ast.parse(as_python(text))
    except SyntaxError:
        return
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
