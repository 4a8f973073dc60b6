"""What the kernel that holds a student's code is asked for, and how it answers: one file for each answer.

This module runs beside student code, and decides nothing. Its files are read by `replies`, which trusts neither their
bytes nor that it was this module that wrote them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from ...base.files import write_whole
from ...evidence.collect import collect
from ...evidence.errors import student_error
from ...evidence.evidence import Evidence, StudentError, to_json
from ...exercises import PlainTask, TestCase
from .wire import CannotCross, dumps, loads

VALUE, RAISED, CANNOT = b"value\n", b"raised\n", b"cannot\n"
"""How an answer begins: a value in the form of `wire`, a StudentError in JSON, or a sentence."""


class EvidenceRequest(BaseModel):
    """A question for evidence of one exercise on some test cases.

    What there is to know of the exercise comes along: nothing is looked up on the side of the student's code.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    exercise: PlainTask
    cases: tuple[TestCase, ...]
    with_weights: bool | None = None
    graph_alone: bool = False
    of_blocks: bool = False


def evidence(request: str, path: str) -> None:
    """Answer an EvidenceRequest in JSON: test case number i in the file `path` with `.i` behind it."""
    asked = EvidenceRequest.model_validate_json(request)
    exercise = asked.exercise
    function = _names().get(exercise.function)
    for i, case in enumerate(asked.cases):
        if callable(function):
            found = collect(function, exercise, case, asked.with_weights, asked.graph_alone, asked.of_blocks)
        else:
            error = StudentError(kind="undefined", type="NameError", function=exercise.function)
            found = Evidence(exercise.function, case.name, error=error)
        _write(f"{path}.{i}", to_json(found))


def call(name: str, arguments: str, path: str) -> None:
    """Call the student's function `name` with the arguments, a pair of list and dict in the form of `wire`."""
    try:
        positional, named = loads(arguments.encode(), resolve=_named)
        value = _named(name)(*positional, **named)
    except (Exception, SystemExit) as raised:
        _write(path, RAISED + student_error(raised).model_dump_json().encode())
        return
    _answer(path, lambda: dumps(value))


def look(names: str, path: str) -> None:
    """What the names stand for: ("value", plain data), ("callable", type), ("other", type) or ("undefined", "")."""
    seen = {name: _look_at(name) for name in json.loads(names)}
    _answer(path, lambda: dumps(seen))


def _look_at(name: str) -> tuple[str, Any]:
    if name not in _names():
        return ("undefined", "")
    value = _names()[name]
    kind = type(value).__name__
    try:
        dumps(value)
        return ("value", value)
    except Exception:
        return ("callable" if callable(value) else "other", kind[:200])


def _answer(path: str, make: Callable[[], str]) -> None:
    try:
        _write(path, VALUE + make().encode())
    except CannotCross as problem:
        _write(path, CANNOT + str(problem).encode("utf-8", "replace"))


def _names() -> dict[str, Any]:
    shell = sys.modules["IPython"].get_ipython()
    names: dict[str, Any] = shell.user_ns
    return names


def _named(name: str) -> Any:
    if name not in _names():
        raise NameError(f"name {name!r} is not defined")
    return _names()[name]


def _write(path: str, data: bytes) -> None:
    write_whole(Path(path), data, durable=False)
