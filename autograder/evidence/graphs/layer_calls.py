"""Every layer call that a student's function makes, written down as it is made, with the student's line.

This runs beside student code and decides nothing: a verdict never depends on what it says.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from ..errors import is_students, plain
from ..source_lines import assignments_of, loop_return_of, return_of, silenced_of, target_of, unreached_of
from ..student_code import ELSEWHERE, INPUT, MAX_CALLS, MAX_INPUTS, MAX_PLACES, LayerCall, Parameter, Place, StudentCode
from .keras_internals import Missing, on_every_call

COLLECTORS = str(Path(__file__).parents[1]) + os.sep
DEEPEST = 60
"""Frames that are looked at, from the call of a layer outwards."""
MAX_FUNCTIONS = 20
COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>")
"""Frames that Python before 3.12 has for a part of a line; the line is that of the frame around it."""


@dataclass(slots=True)
class _Seen:
    """One call as it was seen: names are read at the end; what is held gives its id to no other tensor or frame."""

    operation: Any
    inputs: list[Any]
    outputs: list[Any]
    where: list[tuple[FrameType, int]]


@dataclass(slots=True)
class Trace:
    """The calls of one run of a student's function, and what else explains them."""

    function: Callable[..., Any]
    wanted: bool = True
    parameters: list[Parameter] | None = None
    by_name: bool = False
    given: Sequence[Any] = ()
    seen: list[_Seen] = field(default_factory=list)
    full: bool = False

    def begin(self, given: Sequence[Any]) -> None:
        """What was made so far, such as the tensors that the function is given, is not the function's."""
        self.given = given
        self.seen.clear()

    def note(self, operation: Any, inputs: list[Any], outputs: list[Any]) -> None:
        """Note down one call."""
        if len(self.seen) < MAX_CALLS:
            self.seen.append(_Seen(operation, inputs, outputs, _where()))
        else:
            self.full = True

    @property
    def made(self) -> list[Any]:
        """All that the calls gave, in their order."""
        return [tensor for seen in self.seen for tensor in seen.outputs]

    def code(self, result: Any = None) -> StudentCode | None:
        """All that the trace tells; None where it was not to tell anything. `result` is a tensor or a model."""
        if not self.wanted:
            return None
        if self.full:
            return StudentCode(parameters=self.parameters, by_name=self.by_name)
        numbers = {id(tensor): n for n, seen in enumerate(self.seen) for tensor in seen.outputs}
        numbers |= {id(tensor): INPUT for tensor in self.given}
        frames = dict.fromkeys(id(frame) for seen in self.seen for frame, _line in seen.where)
        runs = {frame: number for number, frame in enumerate(frames)}
        outputs = getattr(result, "outputs", None)
        returned = outputs[0] if isinstance(outputs, list) and len(outputs) == 1 else result
        return StudentCode(
            calls=[_call(seen, numbers, runs) for seen in self.seen],
            parameters=self.parameters,
            by_name=self.by_name,
            result=numbers.get(id(returned)),
            assignments=assignments_of(self.function, self._other_functions()),
            loop_return=loop_return_of(self.function),
            return_line=return_of(self.function),
            unreached=unreached_of(self.function),
            silenced=silenced_of(self.function),
        )

    def _other_functions(self) -> list[tuple[str, int]]:
        """A line of each further function of the student's that called a layer, with its file."""
        own = getattr(self.function, "__name__", "")
        codes = {frame.f_code: line for seen in self.seen for frame, line in seen.where if frame.f_code.co_name != own}
        return [(code.co_filename, line) for code, line in codes.items()][:MAX_FUNCTIONS]


@contextmanager
def tracing(trace: Trace) -> Iterator[Trace]:
    """Note every layer call that is made within; nothing is noted where this version of Keras doesn't allow it."""
    with ExitStack() as stack:
        with suppress(Missing):
            stack.enter_context(on_every_call(trace.note))
        yield trace


def _call(seen: _Seen, numbers: dict[int, int], runs: dict[int, int]) -> LayerCall:
    kind = type(seen.operation).__name__
    if kind == "Activation":
        kind = f"Activation {getattr(getattr(seen.operation, 'activation', None), '__name__', '')}"
    return LayerCall(
        layer=plain(kind, 100),
        name=plain(str(getattr(seen.operation, "name", "")), 200),
        inputs=[numbers.get(id(tensor), ELSEWHERE) for tensor in seen.inputs[:MAX_INPUTS]],
        places=[
            Place(
                line=line,
                function=plain(frame.f_code.co_name, 100),
                target=target_of(frame.f_code.co_filename, line),
                run=runs[id(frame)],
            )
            for frame, line in seen.where
            if 0 < line <= 10**6
        ],
    )


def _where() -> list[tuple[FrameType, int]]:
    """The student's frames with their lines, the innermost first."""
    found: list[tuple[FrameType, int]] = []
    frame: FrameType | None = sys._getframe(3)
    for _ in range(DEEPEST):
        if frame is None or len(found) == MAX_PLACES:
            break
        file = frame.f_code.co_filename
        if file.startswith(COLLECTORS):
            break
        if is_students(file) and frame.f_code.co_name not in COMPREHENSIONS:
            found.append((frame, frame.f_lineno))
        frame = frame.f_back
    return found
