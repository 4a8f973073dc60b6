"""Every layer call that a student's function makes, written down as it is made, with the student's line.

This runs beside student code and decides nothing: a verdict never depends on what it says.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from .errors import is_students, plain
from .keras_internals import Missing, on_every_call
from .source_lines import assignments_of, loop_return_of, target_of
from .student_code import (
    ELSEWHERE,
    INPUT,
    MAX_CALLS,
    MAX_INPUTS,
    MAX_PLACES,
    LayerCall,
    Parameter,
    Place,
    StudentCode,
)

COLLECTORS = str(Path(__file__).parent) + os.sep
DEEPEST = 60
"""Frames that are looked at, from the call of a layer outwards."""


@dataclass(slots=True)
class _Seen:
    """One call as it was seen: names are read at the end, the tensors are held so that no other gets their id."""

    operation: Any
    inputs: list[Any]
    outputs: list[Any]
    where: list[tuple[str, int, str]]


@dataclass(slots=True)
class Trace:
    """The calls of one run of a student's function, and what else explains them."""

    function: Callable[..., Any]
    wanted: bool = True
    parameters: list[Parameter] | None = None
    by_name: bool = False
    given: Any = None
    seen: list[_Seen] = field(default_factory=list)
    full: bool = False

    def begin(self, given: Any) -> None:
        """What was made so far, such as the tensor that the function is given, is not the function's."""
        self.given = given
        self.seen.clear()

    def note(self, operation: Any, inputs: list[Any], outputs: list[Any]) -> None:
        """Note down one call."""
        if len(self.seen) < MAX_CALLS:
            self.seen.append(_Seen(operation, inputs, outputs, _where()))
        else:
            self.full = True

    def code(self, result: Any = None) -> StudentCode | None:
        """All that the trace tells; None where it was not to tell anything. `result` is a tensor or a model."""
        if not self.wanted:
            return None
        if self.full:
            return StudentCode(parameters=self.parameters, by_name=self.by_name)
        numbers = {id(tensor): n for n, seen in enumerate(self.seen) for tensor in seen.outputs}
        if self.given is not None:
            numbers[id(self.given)] = INPUT
        outputs = getattr(result, "outputs", None)
        returned = outputs[0] if isinstance(outputs, list) and len(outputs) == 1 else result
        return StudentCode(
            calls=[_call(seen, numbers) for seen in self.seen],
            parameters=self.parameters,
            by_name=self.by_name,
            result=numbers.get(id(returned)),
            assignments=assignments_of(self.function),
            loop_return=loop_return_of(self.function),
        )


@contextmanager
def tracing(trace: Trace) -> Iterator[Trace]:
    """Note every layer call that is made within; nothing is noted where this version of Keras doesn't allow it."""
    with ExitStack() as stack:
        with suppress(Missing):
            stack.enter_context(on_every_call(trace.note))
        yield trace


def _call(seen: _Seen, numbers: dict[int, int]) -> LayerCall:
    kind = type(seen.operation).__name__
    if kind == "Activation":
        kind = f"Activation {getattr(getattr(seen.operation, 'activation', None), '__name__', '')}"
    return LayerCall(
        layer=plain(kind, 100),
        name=plain(str(getattr(seen.operation, "name", "")), 200),
        inputs=[numbers.get(id(tensor), ELSEWHERE) for tensor in seen.inputs[:MAX_INPUTS]],
        places=[
            Place(line=line, function=plain(function, 100), target=target_of(file, line))
            for file, line, function in seen.where
            if 0 < line <= 10**6
        ],
    )


def _where() -> list[tuple[str, int, str]]:
    """File, line and function of the student's frames, the innermost first."""
    found: list[tuple[str, int, str]] = []
    frame: FrameType | None = sys._getframe(3)
    for _ in range(DEEPEST):
        if frame is None or len(found) == MAX_PLACES:
            break
        file = frame.f_code.co_filename
        if file.startswith(COLLECTORS):
            break
        if is_students(file):
            found.append((file, frame.f_lineno, frame.f_code.co_name))
        frame = frame.f_back
    return found
