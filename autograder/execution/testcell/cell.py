"""A test cell as Python: its statements, and from which of them on it is run in silence.

A statement of a hidden region shows its arguments to the student's code. So from the first such statement on, a cell is
run where nothing is heard that this code says afterwards; what stands before is run where students are told about it.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable
from dataclasses import dataclass
from types import CodeType

from .names import Names
from .proxy import CLASS_OF
from .statements import Statement, as_python, needed_by, statements

_ASK_FOR_NAMES = frozenset("globals locals dir vars eval exec".split())
BEGIN_HIDDEN, END_HIDDEN = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"


class NotPythonError(Exception):
    """The test cell is not Python; the message says why."""


@dataclass(frozen=True, slots=True)
class Step:
    """One statement of a test cell, compiled. `value` is the expression that a last statement consists of.

    `hidden` says whether a line of it lies in a hidden region.
    """

    statement: Statement
    code: CodeType
    value: ast.expr | None
    hidden: bool


@dataclass(frozen=True, slots=True)
class TestCell:
    """A test cell: its grade_id, the points that there are for it, its text as Python, and its statements."""

    __test__ = False

    name: str
    points: float
    text: str
    steps: tuple[Step, ...]

    @property
    def filename(self) -> str:
        """What stands for the cell in tracebacks."""
        return f"<{self.name}>"

    @property
    def named(self) -> frozenset[str]:
        """What a test that asks for names as text may mean: `"total" in globals()`."""
        if not _ASK_FOR_NAMES & self.needs():
            return frozenset()
        nodes = (node for step in self.steps for node in ast.walk(step.statement.node))
        texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        return frozenset(text for text in texts if text.isidentifier())

    def needs(self, start: int = 0, end: int | None = None) -> frozenset[str]:
        """The names that these of its statements take from outside of them."""
        return needed_by([step.statement for step in self.steps[start:end]])


def parsed(name: str, source: str, points: float) -> TestCell:
    """A test cell's source, compiled. Raises NotPythonError."""
    try:
        text = as_python(source)
        cell = statements(text)
        hidden = hidden_lines(text)
        steps = [_step(one, f"<{name}>", hidden, one is cell[-1]) for one in cell]
    except (SyntaxError, ValueError, RecursionError) as error:
        raise NotPythonError(f"{error.msg}, line {error.lineno}" if isinstance(error, SyntaxError) else error) from None
    return TestCell(name, points, text, tuple(steps))


def _step(statement: Statement, filename: str, hidden: frozenset[int], last: bool) -> Step:
    """Compile a statement so that `assert` counts even where Python runs with -O. Raises SyntaxError."""
    node = _AskForClass().visit(copy.deepcopy(statement.node))
    value = node.value if last and isinstance(node, ast.Expr) else None
    tree = ast.Expression(value) if value is not None else ast.Module([node], [])
    mode = "exec" if value is None else "eval"
    code = compile(tree, filename, mode, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True, optimize=0)
    return Step(statement, code, value, any(number in hidden for number in _lines(node)))


class _AskForClass(ast.NodeTransformer):
    """Makes `thing.__class__` what `type(thing)` is: of an object that is elsewhere Python itself asks for `__class__`,
    too, to see whether it is an instance of something, and there only a class of this process will do.
    """

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.generic_visit(node)
        if node.attr != "__class__" or not isinstance(node.ctx, ast.Load):
            return node
        asked = ast.Call(ast.Name(CLASS_OF, ast.Load()), [node.value], [])
        return ast.fix_missing_locations(ast.copy_location(asked, node))


def _lines(node: ast.stmt) -> range:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    return range(first, (node.end_lineno or node.lineno) + 1)


def hidden_lines(source: str) -> frozenset[int]:
    """The numbers of the lines in hidden regions, the marks included; the first line is 1."""
    hidden, inside = set(), False
    for number, line in enumerate(source.split("\n"), 1):
        inside = inside or BEGIN_HIDDEN in line
        if inside:
            hidden.add(number)
        inside = inside and END_HIDDEN not in line
    return frozenset(hidden)


class Unheard:
    """The names of one notebook that get their meaning in silence: what uses them has to be run there, too."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._bound: set[str] = set()
        self._helpers: list[Statement] = []
        """Definitions in test cells: what they need is looked up when they are called."""

    def heard_part(self, cell: TestCell) -> int:
        """How many of the cell's first statements may be heard: up to the first that is hidden, or needs what is."""
        for number, step in enumerate(cell.steps):
            if step.hidden or self._bound & self.reached(step.statement.needs):
                self.leave(cell, number)
                return number
            self._note(step.statement)
            if not isinstance(step.statement.node, _MAY_BIND):
                self._bound -= step.statement.binds
        return len(cell.steps)

    def leave(self, cell: TestCell, start: int) -> None:
        """Note that the cell's statements from number `start` on are run in silence."""
        for step in cell.steps[start:]:
            self._bound |= step.statement.binds
            self._note(step.statement)

    def _note(self, statement: Statement) -> None:
        if any(isinstance(node, _DEFINITIONS) for node in ast.walk(statement.node)):
            self._helpers.append(statement)

    def reached(self, needed: Iterable[str]) -> frozenset[str]:
        """The names, and all that what they stand for needs in its turn, in locked and in test cells."""
        found: set[str] = set()
        wanted = set(needed)
        while wanted:
            found |= wanted
            known = (statement for statement in (*self._names.locked, *self._helpers) if statement.binds & wanted)
            wanted = {name for statement in known for name in statement.needs} - found
        return frozenset(found)


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_MAY_BIND = (ast.For, ast.While, ast.If, ast.With, ast.Try, ast.Match)
"""Statements that bind what they bind perhaps."""
