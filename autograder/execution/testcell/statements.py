"""A cell's text as statements, each with the names that it binds and those that it takes from outside.

And what the instructor's own notebook says of names: which stand for libraries, and which students fill.
"""

from __future__ import annotations

import ast
import copy
import re
import symtable
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from ...base.files import once_a_change
from ...base.notebooks import NotebookError, read_node


@dataclass(frozen=True, slots=True)
class Statement:
    """A top-level statement with the names it binds or changes a part of, and those it needs from outside.

    `changes` are those that it does nothing but change a part of.
    """

    node: ast.stmt
    binds: frozenset[str]
    needs: frozenset[str]
    changes: frozenset[str] = frozenset()

    @property
    def star(self) -> bool:
        """Whether it binds whatever a module holds."""
        return isinstance(self.node, ast.ImportFrom) and self.node.names[0].name == "*"


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
        binds, bound = (frozenset().union(*found) for found in ((part.binds for part in parts), map(_bound, parts)))
        return Statement(node, binds, needed_by(parts), binds - bound)
    found = _simple(node)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return Statement(node, found.binds, found.needs - {node.name})
    return found


def _bound(statement: Statement) -> frozenset[str]:
    return statement.binds - statement.changes


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
    if isinstance(node, ast.Delete):  # what is to be deleted has to be there
        added_to = {target.id for target in node.targets if isinstance(target, ast.Name)}
    bound, changed = binds | _globals_assigned(table), _changed(node)
    return Statement(node, bound | changed, frozenset(added_to.union(_needs(table))), changed - bound)


def _changed(node: ast.stmt) -> frozenset[str]:
    """The names that a statement changes a part of: `table["a"] = 1`, and what it may: `names.append("x")`."""
    targets: list[Any] = node.targets if isinstance(node, ast.Assign | ast.Delete) else [getattr(node, "target", None)]
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        targets = [node.value.func]
    found = set()
    for target in targets:
        whole = target
        while isinstance(whole, ast.Subscript | ast.Attribute):
            whole = whole.value
        if isinstance(whole, ast.Name):
            found.add(whole.id)
    return frozenset(found)


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_MUTATORS = frozenset(
    "append extend insert pop remove clear sort reverse add discard update setdefault popitem popleft appendleft"
    " extendleft".split()
)


def changed_within(node: ast.stmt) -> frozenset[str]:
    """The names of the notebook's that a definition's own code changes a part of when it is called."""
    if not isinstance(node, _DEFINITIONS):
        return frozenset()
    found = set()
    for one in ast.walk(node):
        whole: Any = None
        if isinstance(one, ast.Subscript | ast.Attribute) and not isinstance(one.ctx, ast.Load):
            whole = one.value
        elif isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr in _MUTATORS:
            whole = one.func.value
        while isinstance(whole, ast.Subscript | ast.Attribute):
            whole = whole.value
        if isinstance(whole, ast.Name):
            found.add(whole.id)
    table = symtable.symtable(ast.unparse(node), "<cell>", "exec")
    return frozenset(found - _locals(table, top=True)) | _globals_assigned(table)


def _locals(table: symtable.SymbolTable, top: bool = False) -> set[str]:
    own = set() if top else {symbol.get_name() for symbol in table.get_symbols() if symbol.is_local()}
    return own.union(*(_locals(child) for child in table.get_children()))


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


def functions_in(text: str) -> Iterator[str]:
    """The functions and classes that a text defines; a text that is not Python defines none."""
    try:
        tree = ast.parse(as_python(text))
    except SyntaxError:
        return
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


def used_in(source: str) -> frozenset[str]:
    """The names that a cell's text takes from outside, its functions included; none of what is no Python."""
    try:
        found = statements(as_python(TIMED.sub("", source, count=1)))
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    return frozenset().union(*(one.needs for one in found))


@dataclass(frozen=True, slots=True)
class CourseText:
    """Statements of cells that are not locked, and so not known from the gradebook.

    `given` are the imports and helpers in cells that students get as they are, `imported` the imports of solutions, and
    `filled` the names that solutions bind or change, or that their functions do: what these stand for is the student's.
    `changed` are those that its functions do. `used` are the names that all cells but tests take from outside of
    themselves.
    """

    given: tuple[Statement, ...] = ()
    imported: tuple[Statement, ...] = ()
    filled: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()


@once_a_change
def read_course_text(notebook: Path) -> CourseText:
    """From the instructor's notebook; nothing where it can't be read."""
    try:
        cells = read_node(notebook).cells
    except NotebookError:
        return CourseText()
    given: list[Statement] = []
    imported: list[Statement] = []
    filled: set[str] = set()
    used: set[str] = set()
    changed: set[str] = set()
    for cell in cells:
        marks = cell.metadata.get("nbgrader", {})
        if cell.cell_type != "code" or (marks.get("grade") and not marks.get("solution")):
            continue
        used |= used_in(cell.source)
        for statement in _statements(cell):
            is_import = isinstance(statement.node, ast.Import | ast.ImportFrom)
            if marks.get("solution"):
                imported += [statement] if is_import else []
                filled |= frozenset() if is_import else statement.binds
                changed |= changed_within(statement.node)
            elif not marks.get("locked") and (is_import or isinstance(statement.node, _DEFINITIONS)):
                given.append(statement)
    modules = {name for one in (*given, *imported) if not isinstance(one.node, _DEFINITIONS) for name in one.binds}
    changed -= modules
    filled = (filled - modules) | changed
    helpers = tuple(one for one in given if not one.binds & filled)  # what a solution defines anew is the student's
    return CourseText(helpers, tuple(imported), frozenset(filled), frozenset(used), frozenset(changed))


def _statements(cell: NotebookNode) -> Iterator[Statement]:
    try:
        yield from statements(as_python(TIMED.sub("", cell.source, count=1)))
    except (SyntaxError, ValueError, RecursionError):
        return
