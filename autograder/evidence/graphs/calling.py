"""How a student's block or network is called: in the order of the first line, or by names where it must be."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from ...exercises import Task, TestCase
from ...exercises.exercise import as_written, free_parameters
from ..errors import Unusable, call
from ..evidence import StudentError
from ..first_line import FirstLine, compare_first_line, named_arguments, parameters_of
from .layer_calls import Trace, tracing


class Caller:
    """Calls a student's function on a test case.

    Where its first line is not as asked for, the arguments are passed by their names, so that the rest of the function
    can be looked at all the same; `error` then says so. Of a hidden test case nothing is traced. `changed` and
    `misnamed` are of the last call, as in Evidence.
    """

    changed: tuple[str, ...] = ()
    misnamed: tuple[str, ...] = ()

    def __init__(self, function: Callable[..., Any], task: Task, case: TestCase) -> None:
        self.function, self._task, self._case = function, task, case
        self.parameters = parameters_of(function)
        self._free = free_parameters(task)
        self.first_line = FirstLine()
        if self.parameters is not None:
            self.first_line = compare_first_line(self.parameters, task.signature, as_written(task.defaults), self._free)
        left_out = [name for name in self.first_line.no_default if name not in case.arguments]
        self.by_name = self.first_line.wrong or bool(left_out)
        self.error = self._error() if self.by_name else None
        self.trace = self._new_trace()

    def on(self, case: TestCase) -> Caller:
        """The same for another test case."""
        return Caller(self.function, self._task, case)

    @contextmanager
    def traced(self) -> Iterator[Trace]:
        """Within, the function's layer calls are noted."""
        self.trace = self._new_trace()
        if not self.trace.wanted:
            yield self.trace
            return
        with tracing(self.trace):
            yield self.trace

    def __call__(self, *tensors: Any) -> Any:
        """What the function returns; a block is given its tensors. Raises Unusable where it can't be called."""
        self.trace.begin(tensors)
        arguments = _arguments(self._case)
        if self.by_name:
            result = self._by_name(tensors, arguments)
        else:
            called = call(self.function, self._task, tensors, arguments, self._case.by_keyword)
            result, self.misnamed = called.result, called.misnamed
        self.changed = tuple(name for name, value in _arguments(self._case).items() if arguments[name] != value)
        return result

    def _by_name(self, tensors: Sequence[Any], arguments: Mapping[str, Any]) -> Any:
        assert self.parameters is not None
        values = {**self._task.defaults, **arguments, **dict(zip(self._free, tensors, strict=True))}
        named = named_arguments(self.parameters, self.first_line, values)
        if named is None or not all(any(value is one for value in named.values()) for one in tensors):
            assert self.error is not None
            raise Unusable(self._task, "signature", "TypeError", self.error.message)
        return self.function(**named)

    def _new_trace(self) -> Trace:
        return Trace(self.function, wanted=not self._case.hidden, parameters=self.parameters, by_name=self.by_name)

    def _error(self) -> StudentError:
        message = "the first line is not the one that was given"
        values = [None] * (len(self._case.arguments) + len(self._free))
        try:
            inspect.signature(self.function).bind(*values)
        except TypeError as problem:
            message = str(problem)
        return StudentError(kind="signature", type="TypeError", message=message[:1000], function=self._task.function)


def _arguments(case: TestCase) -> dict[str, Any]:
    """The test case's arguments as a student's own call would give them."""
    return {k: list(v) if isinstance(v, tuple) and k == "filters" else v for k, v in case.arguments.items()}
