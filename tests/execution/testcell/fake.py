"""A session whose kernel is a dict in this process; for what has to do with names, not with kernels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from autograder.evidence.errors import student_error
from autograder.evidence.evidence import StudentError
from autograder.execution.kernel import wire
from autograder.execution.kernel.replies import Raised, Seen


def trouble(kind: str, message: str = "") -> StudentError:
    return StudentError(kind="raised", type=kind, message=message)


class FakeSession:
    def __init__(self, student: dict[str, Any]) -> None:
        self.student = student
        self.looked: list[list[str]] = []
        self.fails: Exception | None = None
        self.test_seconds = 60.0
        self.waited = 0.0
        self.silent = False
        self.called_with: list[tuple[object, ...]] = []

    def look(self, names: Sequence[str]) -> dict[str, Seen]:
        self.looked.append(list(names))
        if self.fails:
            raise self.fails
        return {name: self._seen(name) for name in names}

    def _seen(self, name: str) -> Seen:
        if name not in self.student:
            return Seen("undefined", "")
        value = self.student[name]
        try:
            return Seen("value", wire.loads(wire.dumps(value).encode()))
        except wire.CannotCross:
            return Seen("callable" if callable(value) else "other", type(value).__name__)

    def call(self, name: str, positional: Sequence[object], named: Mapping[str, object]) -> Any:
        if self.fails:
            raise self.fails
        self.called_with.append(tuple(positional))
        try:
            value = self.student[name](*positional, **named)
        except (Exception, SystemExit) as error:
            raise Raised(student_error(error)) from None
        try:
            return wire.loads(wire.dumps(value).encode())
        except wire.CannotCross as problem:
            raise wire.CannotCross(f"it returned {problem}") from None

    @contextmanager
    def one_test(self) -> Iterator[None]:
        yield
