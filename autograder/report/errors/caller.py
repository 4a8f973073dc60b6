"""Errors inside a function that the exercise's own function calls, such as a block of a network: what it was given."""

from __future__ import annotations

import ast
from dataclasses import replace

from ...base.messages import N_
from ...evidence.evidence import StudentError
from ...exercises import Exercise
from .code import Code
from .explanations.arguments import since
from .row import Told


def at_call(error: StudentError) -> StudentError:
    """The error as it is shown: with the line of the exercise's own function, which calls the one that failed."""
    called = error.called_from
    if called is None:
        return error
    place = {name: getattr(called, name) for name in ("function", "line", "code", "source", "source_line")}
    return error.model_copy(update={**place, "called_from": None})


def spoilt_by_caller(error: StudentError, exercise: Exercise) -> Told | None:
    """A variable that the call hands on and that holds no tensor because of what an earlier line did."""
    call, code = _call(error, exercise)
    for value in call.args if call else ():
        told = since(code, value.id) if isinstance(value, ast.Name) else _layer_given_back(code, value)
        if told is not None:
            return replace(told, of_caller=True)
    return None


def _layer_given_back(code: Code, value: ast.expr) -> Told | None:
    """A helper within the function that makes a layer, and gives it back without calling it on its tensor."""
    made = code.given_back(value.func.id) if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) else None
    if made is None or code.sort(made) != "layer":
        return None
    words = {"function": code.text(value.func), "line": code.line_of(made), "text": code.text(made)}  # type: ignore[attr-defined]
    return Told(
        N_(
            "`{function}` gives back a layer and no tensor: line {line} makes `{text}`, but does not call it on the "
            "tensor that it is given."
        ),
        words,
    )


def given_to(error: StudentError, exercise: Exercise) -> tuple[str, str] | None:
    """The one parameter that the failing line uses and that the call gives a plain value: its name, and the value."""
    call, outer = _call(error, exercise)
    inner = Code(error, exercise)
    if call is None or not inner.parameters:
        return None
    given = dict(zip(inner.parameters, call.args, strict=False))
    given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    used = {node.id for node in inner.nodes(ast.Name) if isinstance(node, ast.Name)}
    plain = [name for name in used if isinstance(given.get(name), ast.Constant | ast.Tuple | ast.List)]
    return (plain[0], outer.text(given[plain[0]])) if len(plain) == 1 else None


def _call(error: StudentError, exercise: Exercise) -> tuple[ast.Call | None, Code]:
    """The call of the function in which the error came up, and the code that it stands in."""
    code = Code(at_call(error), exercise)
    if error.called_from is None:
        return None, code
    named = (
        call
        for call in code.calls
        if isinstance(call.func, ast.Name)
        and (call.func.id == error.function or (error.function == "<lambda>" and code.is_lambda(call.func.id)))
    )
    return next(named, None), code
