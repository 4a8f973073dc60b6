"""Proxies: what a test cell finds under a name that the student's notebook defines.

Calling one sends plain arguments into the student's kernel and brings plain data back. What goes wrong on the way stops
the test cell by an exception that `except Exception` does not catch, so that a test which expects an error from the
student's code never takes a dead kernel for one.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from ...evidence.evidence import StudentError
from ..kernel import wire
from ..kernel.replies import NoAnswer, Raised, Seen
from ..kernel.session import Session, SessionError


class Stopped(BaseException):
    """The test cell can't go on. `fault` says whose doing it is: the student's costs the points, another's does not."""

    def __init__(self, fault: Literal["student", "course"], kind: str, message: str) -> None:
        super().__init__(message)
        self.fault, self.kind, self.message = fault, kind, message


class Silence(BaseException):
    """The test cell has come to something hidden where the student's code is still heard: it goes on in silence."""


BY_STUDENT = "raised by the student's code"
"""The note on an exception that came out of the student's kernel."""


@contextmanager
def stopping() -> Iterator[None]:
    """Stop the test cell where the student's kernel can't be asked within the block."""
    try:
        yield
    except NoAnswer as none:
        raise Stopped("student", none.error.type, none.error.message) from None
    except SessionError as error:
        raise Stopped("course", "SessionError", str(error)) from None


class StudentCodeError(Exception):
    """The student's code raised an exception of a class of its own; the message begins with that class's name."""


class Proxy(wire.Named):
    """A student's function, or another object of theirs, by its name."""

    __slots__ = ("_seen", "_session")

    def __init__(self, name: str, session: Session, seen: Seen | None = None) -> None:
        super().__init__(name)
        self._session, self._seen = session, seen

    @property
    def __name__(self) -> str:
        return self.name

    @property
    def session(self) -> Session:
        """Where the object lives; `grade` asks there for evidence."""
        return self._session

    def __call__(self, *positional: object, **named: object) -> Any:
        try:
            wire.dumps((list(positional), dict(named)))
        except wire.CannotCross as problem:
            raise Stopped(
                "course",
                "CannotCross",
                f"{self.name}() was given {problem}. A test cell can hand over numbers, text, lists, tuples, sets, "
                "dicts, NumPy arrays, and the student's own functions by name.",
            ) from None
        try:
            with stopping():
                return self._session.call(self.name, positional, named)
        except wire.CannotCross as problem:
            raise Stopped("student", "CannotCross", f"{self.name}(): {problem}.") from None
        except Raised as raised:
            error = as_raised(raised.error)
            error.add_note(BY_STUDENT)
            raise error from None

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        what = f"a {self._seen.value}" if self._seen and self._seen.value else "the student's own object"
        raise Stopped(
            "course",
            "CannotCross",
            f"{self.name}.{attribute} is not to be had: {self.name} is {what}, which stays in the student's kernel. "
            f"A test cell can call {self.name}(...) with plain data, and gets plain data back.",
        )

    def __repr__(self) -> str:
        return f"<proxy of the student's {self.name}>"


ENDS = (StopIteration, StopAsyncIteration)
"""Exceptions that end a test's own loop, `for got in map(f, values)`, before it has tested anything."""


def as_raised(error: StudentError) -> Exception:
    """The student's exception on this side, of the same class if that is Python's own, so that tests can expect it."""
    kind = getattr(builtins, error.type, None)
    if isinstance(kind, type) and issubclass(kind, Exception) and kind.__module__ == "builtins" and kind not in ENDS:
        try:
            return kind(error.message)
        except Exception:  # UnicodeError's subclasses want five arguments
            pass
    return StudentCodeError(f"{error.type}: {error.message}")
