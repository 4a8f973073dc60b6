"""What a student's source says of its lines: which variable a statement binds, and what becomes of its value.

This runs beside student code. The source is read as Python reads it for a traceback, and parsed, never run.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from .student_code import MAX_ASSIGNMENTS, Assignment

MOST = 200_000
"""Characters of a file that are parsed; a notebook's cell is a file of its own."""

SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Return)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def target_of(file: str, line: int) -> str | None:
    """What the statement at that line does with its value, in the words of `Place.target`."""
    return _targets(file, _text(file)).get(line)


def assignments_of(function: Callable[..., Any]) -> list[Assignment]:
    """The statements that bind variables in the function itself, in the order of their lines."""
    node = _definition(function)
    return list(_sorted_assignments(node)) if node else []


@lru_cache(maxsize=32)
def _sorted_assignments(node: ast.FunctionDef) -> tuple[Assignment, ...]:
    return tuple(sorted(_assignments(node), key=lambda one: one.line)[:MAX_ASSIGNMENTS])


def loop_return_of(function: Callable[..., Any]) -> int | None:
    """The line of a `return` that stands in a loop without a condition, so that the loop ends in its first round."""
    node = _definition(function)
    return _loop_return(node) if node else None


@lru_cache(maxsize=32)
def _loop_return(node: ast.FunctionDef) -> int | None:
    for loop in _own(node):
        if isinstance(loop, ast.For | ast.While):
            for statement in loop.body:
                if isinstance(statement, ast.Return):
                    return statement.lineno
    return None


def _text(file: str) -> str:
    text = "".join(linecache.getlines(file))
    return text if len(text) <= MOST else ""


@lru_cache(maxsize=8)
def _tree(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None  # a cell with an IPython magic in it, for one


@lru_cache(maxsize=32)
def _targets(_file: str, text: str) -> dict[int, str | None]:
    found: dict[int, str | None] = {}
    tree = _tree(text)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, SIMPLE):
            target = _target(node)
            for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                found[line] = target if found.get(line, target) == target else None
    return found


def _target(node: ast.stmt) -> str | None:
    if isinstance(node, ast.Return):
        return "return"
    if isinstance(node, ast.Expr):
        return ""
    names = _bound(node)
    return names[0][:100] if len(names) == 1 else None


def _bound(node: ast.AST) -> list[str]:
    """The plain variables that a statement binds; none where it also binds something else."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.For | ast.NamedExpr):
        targets = [node.target]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _definition(function: Callable[..., Any]) -> ast.FunctionDef | None:
    code = getattr(function, "__code__", None)
    return None if code is None else _defined(_text(str(code.co_filename)), str(code.co_name), code.co_firstlineno)


@lru_cache(maxsize=32)
def _defined(text: str, name: str, line: int) -> ast.FunctionDef | None:
    """The definition of that name that begins at that line, with its decorators or without."""
    tree = _tree(text)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.FunctionDef) and node.name == name:
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            if line in (first, node.lineno):
                return node
    return None


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions inside it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, FUNCTIONS):
            yield child
            yield from _own(child)


def _assignments(node: ast.AST, looped: bool = False) -> Iterator[Assignment]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FUNCTIONS):
            continue
        for name in _bound(child):
            read = {one.id for one in ast.walk(child) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)}
            fresh = name not in read and not isinstance(child, ast.AugAssign)
            yield Assignment(line=child.lineno, name=name[:100], fresh=fresh, looped=looped)  # type: ignore[attr-defined]
        yield from _assignments(child, looped or isinstance(child, ast.For | ast.While))
