"""Whose `check`, `grade` and `hint` it is that a notebook calls: the student's own kernel's, or official grading's."""

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


_current: ContextVar[NotebookFunctions | None] = ContextVar("notebook_functions", default=None)


def current() -> NotebookFunctions | None:
    """Whose they are here and now; None where nobody has taken them over from the student's own kernel."""
    return _current.get()


@contextmanager
def taken_over_by(functions: NotebookFunctions) -> Iterator[None]:
    """Within the block `autograder.check`, `grade` and `hint` are these."""
    token = _current.set(functions)
    try:
        yield
    finally:
        _current.reset(token)
