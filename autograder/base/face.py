"""Which `check`, `grade` and `hint` a notebook calls: those of the student's own kernel, or official grading's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol


class NotebookFunctions(Protocol):
    """What the functions of the same names in `autograder` do."""

    def check(self, function: Callable[..., Any]) -> Any: ...

    def grade(self, function: Callable[..., Any]) -> float: ...

    def hint(self, function: Callable[..., Any]) -> None: ...

    def solution(self, function: Callable[..., Any] | str) -> None: ...


_current: ContextVar[NotebookFunctions | None] = ContextVar("notebook_functions", default=None)


def current() -> NotebookFunctions | None:
    """The functions that have taken over here; None where those of the student's own kernel are called."""
    return _current.get()


@contextmanager
def taken_over_by(functions: NotebookFunctions) -> Iterator[None]:
    """Within the block `autograder.check`, `grade`, `hint` and `solution` are these."""
    token = _current.set(functions)
    try:
        yield
    finally:
        _current.reset(token)
