"""Whether a notebook's later cells leave alone what its earlier ones have made.

If they do, a test cell that is run after the last of them sees what it would have seen in its own place.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from .testcell.names import Statement, as_python, statements


class Notebook:
    """What a notebook's cells have bound, and what they rely on, as one cell follows the other."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._imports: set[str] = set()

    def add(self, source: str) -> None:
        """A cell that comes next, or a test that is asked there."""
        for statement in _statements(source):
            self._names |= statement.binds | statement.needs
            self._imports.add(ast.unparse(statement.node))

    def is_left_alone_by(self, source: str) -> bool:
        """Whether a cell does nothing but define functions, constants and modules under names that are new here.

        What can be told from its text is all that counts: a cell that calls anything may change anything.
        """
        return all(self._adds(statement) for statement in _statements(source))

    def _adds(self, statement: Statement) -> bool:
        node = statement.node
        if isinstance(node, ast.Import | ast.ImportFrom) and ast.unparse(node) in self._imports:
            return True
        return _is_plain(node) and not statement.star and not statement.binds & self._names


def _statements(source: str) -> Iterable[Statement]:
    """None of a cell that is not Python: it doesn't run."""
    try:
        return statements(as_python(source))
    except (SyntaxError, ValueError, RecursionError):
        return ()


def _is_plain(node: ast.stmt) -> bool:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        defaults = [*node.args.defaults, *(default for default in node.args.kw_defaults if default is not None)]
        return not node.decorator_list and all(map(_is_constant, defaults))
    if isinstance(node, ast.Assign):
        return _is_constant(node.value) and all(isinstance(target, ast.Name) for target in node.targets)
    if isinstance(node, ast.Expr):
        return _is_constant(node.value)
    return isinstance(node, ast.Import | ast.ImportFrom | ast.Pass | ast.Raise)


def _is_constant(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True
