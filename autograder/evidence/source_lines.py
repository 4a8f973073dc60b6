"""What a student's source says of its lines: which variable a statement binds, and what becomes of its value.

This runs beside student code. The source is read as Python reads it for a traceback, and parsed, never run.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any

from .student_code import MAX_ASSIGNMENTS, Assignment

MOST = 200_000
"""Characters of a file that are parsed; a notebook's cell is a file of its own."""

SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Return)
BRANCHES = (ast.If, ast.IfExp, ast.Try, ast.Match, ast.While)
"""Statements whose inner ones may be passed over."""
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def target_of(file: str, line: int) -> str | None:
    """What the statement at that line does with its value, in the words of `Place.target`."""
    return _targets(file, _text(file)).get(line)


def assignments_of(function: Callable[..., Any], called: Iterable[tuple[str, int]] = ()) -> list[Assignment]:
    """The statements that bind variables in the function itself, and in those that hold a line in `called`."""
    inner = (_around(_text(file), line) for file, line in called)
    nodes = dict.fromkeys(node for node in (_definition(function), *inner) if node)
    return [one for node in nodes for one in _sorted_assignments(node)][:MAX_ASSIGNMENTS]


@lru_cache(maxsize=32)
def _sorted_assignments(node: ast.FunctionDef) -> tuple[Assignment, ...]:
    return tuple(sorted(_assignments(node, node.name[:100]), key=lambda one: one.line))


def loop_return_of(function: Callable[..., Any]) -> int | None:
    """The line of a `return` that stands in a loop without a condition, so that the loop ends in its first round."""
    node = _definition(function)
    loops = (loop for loop in _own(node) if isinstance(loop, ast.For | ast.While)) if node else ()
    return next((one.lineno for loop in loops for one in loop.body if isinstance(one, ast.Return)), None)


def return_of(function: Callable[..., Any]) -> int | None:
    """The line of the function's only `return`, None where it has none or several."""
    node = _definition(function)
    lines = [one.lineno for one in _own(node) if isinstance(one, ast.Return)] if node else []
    return lines[0] if len(lines) == 1 else None


def unreached_of(function: Callable[..., Any]) -> int | None:
    """The first line directly behind a `return` of the function, which is never run; another `return` is none."""
    node = _definition(function)
    for one in (node, *_own(node)) if node else ():
        for body in (getattr(one, name, None) for name in ("body", "orelse")):
            for before, after in pairwise(body) if isinstance(body, list) else ():
                if isinstance(before, ast.Return) and not isinstance(after, ast.Return):
                    return int(after.lineno)
    return None


def silenced_of(function: Callable[..., Any]) -> int | None:
    """The line of the function's first `except` that raises nothing, so that nobody sees what failed."""
    node = _definition(function)
    handlers = (one for one in _own(node) if isinstance(one, ast.ExceptHandler)) if node else ()
    lines = (one.lineno for one in handlers if not any(isinstance(part, ast.Raise) for part in ast.walk(one)))
    return next(lines, None)


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
    for node in _functions(text):
        if node.name == name:
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            if line in (first, node.lineno):
                return node
    return None


@lru_cache(maxsize=64)
def _around(text: str, line: int) -> ast.FunctionDef | None:
    """The innermost definition that holds the line."""
    around = (node for node in _functions(text) if node.lineno <= line <= (node.end_lineno or node.lineno))
    return max(around, key=lambda node: node.lineno, default=None)


def _functions(text: str) -> Iterator[ast.FunctionDef]:
    tree = _tree(text)
    return (node for node in (ast.walk(tree) if tree else ()) if isinstance(node, ast.FunctionDef))


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions inside it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, FUNCTIONS):
            yield child
            yield from _own(child)


def _assignments(node: ast.AST, function: str, looped: bool = False, branched: bool = False) -> Iterator[Assignment]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FUNCTIONS):
            continue
        for name in _bound(child):
            read = {one.id for one in ast.walk(child) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)}
            yield Assignment(
                line=child.lineno,  # type: ignore[attr-defined]
                last=child.end_lineno,  # type: ignore[attr-defined]
                name=name[:100],
                fresh=name not in read and not isinstance(child, ast.AugAssign),
                looped=looped,
                branched=branched,
                function=function,
            )
        inside = looped or isinstance(child, ast.For | ast.While)
        yield from _assignments(child, function, inside, branched or isinstance(child, BRANCHES))
