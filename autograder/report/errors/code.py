"""The student's own code round the line in which an error came up, read by Python's parser and never run."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from ...evidence.evidence import StudentError
from ...exercises import Exercise
from .vocabulary import CALLS, LAYERS, OTHER_CALLS, WANTED_NUMBER, WANTED_PAIR, WORDS, canonical

Sort = Literal["tensor", "layer", "class", "list", "tuple", "text", "number", "none", "function", "unknown"]
"""What an expression stands for, as far as the text tells."""
LONGEST = 70
MOST_STATEMENTS = 300
"""A longer function is not looked at: nobody's answer is, and each variable is followed back through its lines."""
MERGES = frozenset({"Add", "Concatenate", "Average", "Multiply", "Maximum", "Minimum", "Subtract"})
"""Layers that take a list of tensors."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """Where a variable got its value."""

    line: int
    value: ast.expr
    sort: Sort
    text: str


@dataclass(frozen=True, slots=True)
class WrongArgument:
    """An argument whose value can't be right, whatever the rest of the code does."""

    call: str
    argument: str
    sort: Sort
    text: str


class Code:
    """One function of a student's, and the statement in it at which an error came up.

    Nothing here raises: a text that cannot be read has no statement and no calls.
    """

    def __init__(self, error: StudentError, exercise: Exercise) -> None:
        self._source, self._first, self._line = textwrap.dedent(error.source), error.source_line, error.line
        self._exercise = exercise
        self._tree = _parsed(self._source)
        if self._tree is None:
            self._source, self._first = error.code, max(error.line, 1)
            self._tree = _parsed(error.code)
        self._known: dict[tuple[str, int], Assigned | None] = {}

    def at(self, statement: ast.stmt) -> Code:
        """The same function, with the error at another statement."""
        other = object.__new__(Code)
        kept = ("_source", "_first", "_exercise", "_tree")
        vars(other).update({name: vars(self)[name] for name in kept}, _line=self.line_of(statement), _known={})
        return other

    @cached_property
    def _parameters(self) -> dict[str, object]:
        """The exercise's parameters, with the values of a test case; none where this is another function."""
        if self._function is not None and self._function.name != self._exercise.function:
            return {}
        cases = self._exercise.public_cases
        return {
            name: next((case.arguments[name] for case in cases if name in case.arguments), None)
            for name in self._exercise.signature
        }

    @cached_property
    def _function(self) -> ast.FunctionDef | None:
        """The function that the text begins with."""
        body = self._tree.body if self._tree else []
        return next((node for node in body if isinstance(node, ast.FunctionDef)), None)

    # --- the statement

    @cached_property
    def statement(self) -> ast.stmt | None:
        """The innermost statement that holds the line."""
        if self._tree is None:
            return None
        around = [node for node in ast.walk(self._tree) if isinstance(node, ast.stmt) and self._holds_line(node)]
        return max(around, key=lambda node: (node.lineno, node.col_offset), default=None)

    @cached_property
    def _in_loop(self) -> bool:
        return any(isinstance(node, ast.For | ast.While) and self._holds_line(node) for node in self.statements)

    def _holds_line(self, node: ast.stmt) -> bool:
        return node.lineno <= self._line - self._first + 1 <= (node.end_lineno or node.lineno)

    @cached_property
    def _own(self) -> list[ast.AST]:
        """The nodes of the statement, without those of the statements inside it."""
        if self.statement is None:
            return []
        heads = {ast.For: ("target", "iter"), ast.If: ("test",), ast.While: ("test",), ast.FunctionDef: ()}
        fields = heads.get(type(self.statement))
        parts = [self.statement] if fields is None else [getattr(self.statement, name) for name in fields]
        return [node for part in parts for node in ast.walk(part)]

    @cached_property
    def calls(self) -> list[ast.Call]:
        """The calls in the statement."""
        return [node for node in self._own if isinstance(node, ast.Call)]

    @cached_property
    def own_text(self) -> str:
        """What the statement says, all of it."""
        return ast.get_source_segment(self._source, self.statement) or "" if self.statement else ""

    @cached_property
    def statements(self) -> list[ast.stmt]:
        """The statements of the whole function, those inside others too, in the order of the lines."""
        found = [node for node in (ast.walk(self._tree) if self._tree else ()) if isinstance(node, ast.stmt)]
        return sorted(found, key=lambda node: node.lineno)

    def origins(self) -> str:
        """The statement's variables, each with the line that gave it its value: "`mean` (17), `axes` (15)"."""
        named = [
            node.id for node in self.nodes(ast.Name) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        ]
        lines = {}
        for name in dict.fromkeys(named):
            known = self.assigned(name)
            if known is not None:
                lines[name] = known.line
            elif name in self.parameters and self._function is not None:
                lines[name] = self.line_of(self._function)
        return ", ".join(f"`{name}` ({line})" for name, line in lines.items())

    @cached_property
    def all_calls(self) -> list[ast.Call]:
        """The calls of the whole function, in the order of the lines."""
        found = [node for node in (ast.walk(self._tree) if self._tree else ()) if isinstance(node, ast.Call)]
        return sorted(found, key=lambda node: (node.lineno, node.col_offset))

    def nodes(self, *types: type[ast.AST]) -> Iterator[ast.AST]:
        """The statement's nodes of these types."""
        return (node for node in self._own if isinstance(node, types))

    def text(self, node: ast.AST) -> str:
        """What the student wrote, on one line and not too long."""
        found = ast.get_source_segment(self._source, node) or ""
        line = re.sub(r"\s+", " ", found)
        return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"

    def line_of(self, node: ast.stmt | ast.expr) -> int:
        """The node's line, as the student counts."""
        return node.lineno + self._first - 1

    # --- the whole function

    def may_be_number(self, name: ast.Name) -> bool:
        """Whether a variable may hold a number, as far as the text and the exercise's examples tell."""
        known = self.assigned(name.id)
        if known is None and name.id in self._parameters:
            value = self._parameters[name.id]
            return isinstance(value, int) or name.id in self._exercise.defaults
        return self.sort(name) in ("number", "unknown")

    def ends_without_return(self, name: str) -> bool:
        """Whether a function of this name is defined inside this one, and gives nothing back."""
        defined = (node for node in self.statements if isinstance(node, ast.FunctionDef) and node.name == name)
        found = next(defined, None) if self._function is None or self._function.name != name else None
        if found is None:
            return False
        inner = {
            id(n)
            for f in ast.walk(found)
            if f is not found and isinstance(f, ast.FunctionDef | ast.Lambda)
            for n in ast.walk(f)
        }
        own = (node for node in ast.walk(found) if id(node) not in inner)
        return not any(
            (isinstance(node, ast.Return) and node.value is not None) or isinstance(node, ast.Yield) for node in own
        )

    def is_lambda(self, name: str) -> bool:
        """Whether the variable holds a function written with `lambda`."""
        return any(found == name and isinstance(value, ast.Lambda) for found, _, value in self._assignments)

    def given_back(self, name: str) -> ast.expr | None:
        """What a helper within the function gives back at its end, as it is written there."""
        lambdas = (value.body for n, _, value in self._assignments if n == name and isinstance(value, ast.Lambda))
        ends = (s.body[-1] for s in self.statements if isinstance(s, ast.FunctionDef) and s.name == name)
        return next(lambdas, None) or next((end.value for end in ends if isinstance(end, ast.Return)), None)

    @cached_property
    def names(self) -> set[str]:
        """The parameters, and every name that gets a value somewhere in the function."""
        found = set(self._parameters)
        for node in ast.walk(self._tree) if self._tree else ():
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
            elif isinstance(node, ast.arg):
                found.add(node.arg)
        return found

    @cached_property
    def decorators(self) -> list[str]:
        """What stands behind an `@` above the function."""
        return [self.text(one) for one in self._function.decorator_list] if self._function else []

    @cached_property
    def parameters(self) -> list[str]:
        """The names of the parameters, as the function's own first line has them; none where it is not known."""
        return [argument.arg for argument in self._function.args.args] if self._function else []

    @cached_property
    def body(self) -> list[ast.stmt]:
        """The statements of the function, without its docstring."""
        if self._function is None:
            return []
        first = self._function.body[0]
        is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        return self._function.body[1:] if is_text else self._function.body

    @cached_property
    def _assignments(self) -> list[tuple[str, ast.stmt, ast.expr]]:
        """(name, statement, value) of every plain assignment, in the order of the lines."""
        found: list[tuple[str, ast.stmt, ast.expr]] = []
        for node in ast.walk(self._tree) if self._tree else ():
            if isinstance(node, ast.Assign):
                found += [(t.id, node, node.value) for t in node.targets if isinstance(t, ast.Name)]
        return sorted(found, key=lambda entry: entry[1].lineno)

    def lines_assigning(self, name: str) -> list[int]:
        """The lines in which the name gets a value, alone or with others."""
        found = (node for node in (ast.walk(self._tree) if self._tree else ()) if isinstance(node, ast.Name))
        lines = {self.line_of(node) for node in found if node.id == name and isinstance(node.ctx, ast.Store)}
        return sorted(lines)

    def assigned(self, name: str, before: int | None = None) -> Assigned | None:
        """Where the name last got its value above a line, by default that of the error."""
        limit = self._line if before is None else before
        again = self._last_round(name) if before is None else None
        if again is not None:
            return again
        key = name, limit
        if key not in self._known:
            self._known[key] = self._assigned(name, limit)
        return self._known[key]

    def _assigned(self, name: str, limit: int) -> Assigned | None:
        for candidate, stmt, value in reversed(self._assignments):
            line = self.line_of(stmt)
            if candidate == name and line < limit and stmt is not self.statement:
                return Assigned(line, value, self.sort(value, line), self.text(value))
        return None

    def above(self) -> Iterator[tuple[str, Assigned]]:
        """Every plain assignment above the error, with the variable's name; all where the error's line isn't known."""
        for name, stmt, value in self._assignments:
            line = self.line_of(stmt)
            if self._line < 1 or line < self._line:
                yield name, Assigned(line, value, self.sort(value, line), self.text(value))

    def _last_round(self, name: str) -> Assigned | None:
        """In a loop, the tuple that the statement itself gave the variable the last time round."""
        again = self.statement if self._in_loop else None
        if not isinstance(again, ast.Assign) or not isinstance(again.value, ast.Tuple):
            return None
        if not any(isinstance(target, ast.Name) and target.id == name for target in again.targets):
            return None
        return Assigned(self.line_of(again), again.value, "tuple", self.text(again.value))

    def sort(self, node: ast.expr, before: int | None = None) -> Sort:
        """What the expression stands for in a line, by default that of the error."""
        simple = _plain_sort(node)
        if simple != "unknown":
            return simple
        if isinstance(node, ast.Call):
            return self._sort_of_call(node)
        if isinstance(node, ast.Attribute):
            return "class" if node.attr in LAYERS else "tuple" if node.attr == "shape" else "unknown"
        if not isinstance(node, ast.Name):
            return "unknown"
        known = self.assigned(node.id, before)
        if known is not None:
            return known.sort
        if node.id == self._exercise.function:
            return "function"
        if node.id in self._parameters:
            value = self._parameters[node.id]
            if value is None:
                return "tensor" if node.id in self._exercise.free else "unknown"
            return "list" if isinstance(value, tuple) else "text" if isinstance(value, str) else "unknown"
        return "class" if node.id in LAYERS else "unknown"

    def _sort_of_call(self, call: ast.Call) -> Sort:
        if isinstance(call.func, ast.Call):
            layer = callee(call.func)
            if layer in LAYERS and layer not in MERGES and call.args and isinstance(call.args[0], ast.List):
                return "list"
            return "tensor" if layer in LAYERS else "unknown"
        name = callee(call)
        if name in LAYERS:
            return "layer"
        return "tensor" if name == "Input" or name.endswith("_block") else "unknown"

    def tensors(self) -> set[str]:
        """The variables that hold a tensor where the error came up."""
        return {name for name in self.names if self.sort(ast.Name(name, ast.Load())) == "tensor"}

    # --- arguments

    def wrong_argument(self) -> WrongArgument | None:
        """The first argument in the statement that is of another type than its layer takes."""
        for call in self.calls:
            name = callee(call)
            for argument, value in bound(call):
                sort = self.sort(value)
                if not _fits(name, argument, sort, value):
                    return WrongArgument(name, argument, sort, self.text(value))
        return None


def _parsed(source: str) -> ast.Module | None:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return tree if 0 < sum(isinstance(node, ast.stmt) for node in ast.walk(tree)) <= MOST_STATEMENTS else None


def _plain_sort(node: ast.expr) -> Sort:
    if isinstance(node, ast.Constant):
        if node.value is None:
            return "none"
        return "text" if isinstance(node.value, str) else "number"
    if isinstance(node, ast.BinOp) and any(_plain_sort(side) == "text" for side in (node.left, node.right)):
        return "text"
    sorts: dict[type, Sort] = {ast.JoinedStr: "text", ast.Tuple: "tuple", ast.List: "list", ast.Lambda: "function"}
    return sorts.get(type(node), "unknown")


def callee(call: ast.Call) -> str:
    """The usual name of what is called, the last part of a dotted one; "" where it has none."""
    func = call.func
    name = func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""
    return canonical(name)


def bound(call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """The arguments of a call to something known, each with its name."""
    name = callee(call)
    positional = LAYERS.get(name) or OTHER_CALLS.get(name) or ()
    yield from zip(positional, call.args, strict=False)
    if name in CALLS:
        yield from ((keyword.arg, keyword.value) for keyword in call.keywords if keyword.arg)


def wanted(call: str, argument: str) -> str:
    """What sort of value an argument takes: a key of `arguments.WANTED`, "" where anything may be."""
    if argument in WANTED_NUMBER:
        return "number"
    if argument in WANTED_PAIR or (call == "ZeroPadding2D" and argument == "padding"):
        return "pair"
    if argument == "axis":
        return "axis"
    if argument in WORDS or argument == "name":
        return "name" if argument == "name" else "word"
    if argument.endswith("_initializer"):
        return "initializer"
    return "seed" if argument == "seed" else ""


_FITTING: dict[str, tuple[Sort, ...]] = {
    "number": ("number", "unknown"),
    "pair": ("number", "tuple", "list", "unknown"),
    "axis": ("number", "tuple", "list", "unknown"),
    "word": ("text", "function", "unknown"),
    "name": ("text", "none", "unknown"),
    "initializer": ("text", "none", "function", "unknown"),
    "seed": ("number", "none", "unknown"),
}


def _fits(call: str, argument: str, sort: Sort, value: ast.expr) -> bool:
    what = wanted(call, argument)
    if not what:
        return True
    if sort == "none" and (argument in ("activation", "data_format") or (argument == "strides" and "Pool" in call)):
        return True
    if what == "pair" and isinstance(value, ast.Tuple) and len(value.elts) != 2:
        return False
    if call == "BatchNormalization" and sort in ("list", "tuple"):  # one axis: older versions took a list of them
        return False
    if what == "pair" and isinstance(value, ast.Tuple):
        return not any(_plain_sort(part) in ("text", "none") for part in value.elts)
    return sort in _FITTING[what]
