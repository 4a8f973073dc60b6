"""What ends a test cell beside its own errors, and exceptions out of the student's kernel, raised on this side.

These are of Python's classes or of one made here: a test can expect an exception of the student's own class,
`with pytest.raises(OverdrawnError)`. The name then stands for a class that is made here and derives from what the
student's says that it derives from.
"""

from __future__ import annotations

import builtins
from typing import Any, Literal

from ..kernel.replies import Raised
from .claims import Name, class_named

Fault = Literal["student", "course"]


REASONS = {
    "CellTimeoutError": "The code ran for more than {message} seconds and was stopped.",
    "SubmissionTimeoutError": "The whole notebook ran for more than {message} seconds and was stopped.",
    "LimitError": "The code went past a limit ({message}) and was stopped.",
    "DeadKernelError": "The kernel died while running this code.",
}


def why_stopped(kind: str, message: str) -> str:
    """Why a student's code could not run to its end, by the type and message of that error."""
    return REASONS.get(kind, "{message}").format(message=message)


class Stopped(BaseException):
    """The test cell can't go on. `fault` says whose doing it is: the student's costs the points, another's does not."""

    def __init__(self, fault: Fault, kind: str, message: str) -> None:
        super().__init__(message)
        self.fault, self.kind, self.message = fault, kind, message

    @property
    def words(self) -> str:
        """Why, as a sentence."""
        return why_stopped(self.kind, self.message)


class Silence(BaseException):
    """The test cell has come to something hidden where the student's code is still heard: it goes on in silence."""


BY_STUDENT = "raised by the student's code"
"""The note on an exception that came out of the student's kernel."""


class StudentCodeError(Exception):
    """The student's code raised an exception of a class of its own; the message begins with that class's name."""


ENDS = (StopIteration, StopAsyncIteration)
"""Exceptions that end a test's own loop, `for got in map(f, values)`, before it has tested anything."""


class Mirrors:
    """The classes that stand for those of one notebook's exceptions."""

    def __init__(self) -> None:
        self._made: dict[tuple[Name, ...], type[Exception]] = {}

    def class_for(self, classes: tuple[Name, ...]) -> type[Exception] | None:
        """A class for one that derives from these, itself first; None for what is no exception."""
        classes = tuple(name for name in classes if name != ("builtins", "object"))
        if ("builtins", "Exception") not in classes:
            return None
        known = _pythons(classes[0])
        if known is not None:
            return known
        if classes not in self._made:
            parent = self.class_for(classes[1:]) or Exception
            name = classes[0][1].rpartition(".")[2] or "Exception"
            base = parent if issubclass(parent, _Mirrored) else _mirrored(parent)
            self._made[classes] = type(name, (base,), {"__module__": classes[0][0]})
        return self._made[classes]

    def raised(self, raised: Raised) -> BaseException:
        """The exception to raise here for one that the student's code raised."""
        thrown, error = raised.thrown, raised.error
        kind = self.class_for(thrown.kinds)
        made: BaseException
        if thrown.kinds[:1] == (("builtins", "SystemExit"),):
            made = SystemExit(*(thrown.arguments or ()))
        elif kind is None or issubclass(kind, ENDS):
            made = StudentCodeError(f"{error.type}: {error.message}")
        else:
            made = _instance(kind, thrown.arguments, error.message)
            if isinstance(made, _Mirrored):
                made.of_students = thrown.itself
        made.add_note(BY_STUDENT)
        if thrown.cause is not None:
            kinds, arguments, message = thrown.cause
            made.__cause__ = _instance(self.class_for(kinds) or StudentCodeError, arguments, message)
        return made


class _Mirrored(Exception):
    """Of a class of the student's: what it is asked for beside its arguments, the student's exception is asked."""

    of_students: Any = None

    def __getattr__(self, name: str) -> Any:
        if self.of_students is None or name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.of_students, name)

    def __str__(self) -> str:
        return str(self.of_students) if self.of_students is not None else super().__str__()


def _mirrored(parent: type[Exception]) -> type[Exception]:
    return _Mirrored if parent is Exception else type(parent.__name__, (_Mirrored, parent), {})


_STEER = ("__main__", "autograder", "unittest", "doctest", "hypothesis", "nose", "bdb", "pytest", "_pytest")
"""Modules whose exceptions tell a test what to do, such as to be skipped, or to leave an example out."""


def _pythons(name: Name) -> type[Exception] | None:
    """An exception class of Python's or of a library that this process has loaded, by its name."""
    kind = class_named(name)
    if kind is None or not issubclass(kind, Exception) or name[0].partition(".")[0] in _STEER:
        return None
    return kind


def _instance(kind: type[Exception], arguments: tuple[Any, ...] | None, message: str) -> Exception:
    if kind.__module__ == builtins.__name__ or issubclass(kind, _Mirrored):
        for given in (arguments, (message,)):
            try:
                if given is not None:
                    return kind(*given)
            except Exception:  # UnicodeError's subclasses want five arguments
                continue
    else:  # a library's own class may want any arguments
        try:
            return kind(message)
        except Exception:
            pass
    return StudentCodeError(f"{kind.__name__}: {message}")
