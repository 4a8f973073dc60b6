"""Whether a notebook's later cells leave alone what its earlier ones have made.

If they do, a test cell that is run after the last of them sees what it would have seen in its own place.
"""

from __future__ import annotations

import ast

from .testcell.statements import Statement, statements

UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What reading a text as Python may raise."""


class Notebook:
    """What a notebook's cells have bound, and what they rely on, as one cell follows the other."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._imports: set[str] = set()
        self._known = True

    def add(self, source: str) -> None:
        """A cell that comes next, or a test that is asked there."""
        found, _ = _read(source)
        self._known = self._known and found is not None
        for statement in found or ():
            self._names |= statement.binds | statement.needs
            if isinstance(statement.node, ast.Import | ast.ImportFrom):
                self._imports.add(ast.unparse(statement.node))

    def is_left_alone_by(self, source: str) -> bool:
        """Whether a cell does nothing but define functions, constants and modules under names that are new here.

        What can be told from its text is all that counts: a cell that calls anything may change anything.
        """
        found, plain = _read(source)
        return self._known and plain and all(map(self._adds, found or ()))

    def _adds(self, statement: Statement) -> bool:
        node = statement.node
        if isinstance(node, ast.Import | ast.ImportFrom) and ast.unparse(node) in self._imports:
            return True
        return _is_plain(node) and not statement.star and not statement.binds & self._names


def _read(source: str) -> tuple[list[Statement] | None, bool]:
    """A cell's statements, none of one that doesn't run, and whether it is Python alone.

    None instead of the statements where they can't be told. IPython itself is not asked: what it makes of a student's
    text can take time that grows with the square of the length.
    """
    try:
        return statements(source), True
    except UNREADABLE:
        lines = source.splitlines()
    if not source[:1].isspace() and not any(map(_is_ipythons, lines)):
        return [], True
    try:
        return statements("\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in lines)), False
    except UNREADABLE:
        return None, False


def _is_ipythons(line: str) -> bool:
    """Whether a line that may not be Python can be one for IPython."""
    text = line.strip()
    added = text.startswith((*"%!?,;/", ">>>", "...", "In [")) or text.endswith("?")
    return added or text.partition("=")[2].lstrip().startswith(("%", "!"))


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
    except (*UNREADABLE, TypeError):
        return False
    return True
