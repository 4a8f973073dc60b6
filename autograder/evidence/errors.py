"""What went wrong when a student's function was called, in a form that can be written down.

The collectors use this beside the student's code, so nothing here trusts an object of theirs: its message may raise,
and its text may hold what cannot be encoded.
"""

from __future__ import annotations

import inspect
import linecache
import os
import re
import sys
import sysconfig
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, FunctionType
from typing import Any

from ..exercises import Task
from .evidence import MAX_SOURCE, ErrorKind, SourceLine, StudentError

SAME_NAMES = "All operation names should be unique"
"""What Keras says when a name stands twice in a model."""

OWN_FOLDER = str(Path(__file__).parents[1]) + os.sep
_LIBRARIES = tuple(
    {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    | {path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")}  # a user's, or lent ones
    | {OWN_FOLDER, "<frozen"}
)
"""How the file names of code begin that is not the student's: Python's, the installed packages', this package's."""


def is_students(file: str) -> bool:
    """Whether code of a file of this name is the student's own."""
    return not file.startswith(_LIBRARIES)


class Unusable(Exception):
    """A student's function can't be called, or what it returned can't be looked at; `error` tells the student why."""

    def __init__(self, task: Task, kind: ErrorKind, type: str, message: str = "") -> None:
        super().__init__(message)
        self.error = StudentError(kind=kind, type=type[:200], message=message, function=task.function)

    def in_text_of(self, function: object) -> StudentError:
        """The error with the text of the function that returned what can't be used."""
        if self.error.kind != "returned":
            return self.error
        source, first = source_of(function)
        return self.error.model_copy(update={"source": source, "source_line": first})


@dataclass(frozen=True, slots=True)
class Called:
    """What a function returned, and which of the names by which it was to be given arguments it does not know."""

    result: Any
    misnamed: tuple[str, ...] = ()


def call(
    function: Callable[..., Any],
    task: Task,
    first: Sequence[Any],
    arguments: Mapping[str, Any],
    by_keyword: bool = False,
) -> Called:
    """Call the student's function with the tensors `first` and the arguments, in order or by their names.

    One that knows other names is called in order all the same. Raises Unusable where it doesn't take so many.
    """
    signature = inspect.signature(function)
    misnamed: tuple[str, ...] = ()
    if by_keyword:
        try:
            signature.bind(*first, **arguments)
        except TypeError:
            misnamed = tuple(name for name in arguments if name not in signature.parameters) or tuple(arguments)
        else:
            return Called(function(*first, **arguments))
    try:
        signature.bind(*first, *arguments.values())
    except TypeError as problem:
        raise Unusable(task, "signature", "TypeError", str(problem)[:1000]) from None
    return Called(function(*first, *arguments.values()), misnamed)


def function_name(function: object, task: Task) -> str:
    """The function's own name; the one that the exercise asks for where it has none."""
    return plain(str(getattr(function, "__name__", task.function)), 200)


def type_name(value: object) -> str:
    """The value's type as a student would call it: `ndarray`, `tuple of 2`, `class Add`."""
    kind = type(value)
    if kind is type:
        return f"class {value.__name__}"  # type: ignore[attr-defined]
    return f"{kind.__name__} of {len(value)}" if isinstance(value, tuple | list) else kind.__name__


def student_error(raised: BaseException, function: object = None) -> StudentError:
    """The exception, with the innermost line that is the student's own. `function` is the one that was called."""
    frames = student_frames(raised)
    frame, line = frames[-1] if frames else (None, 0)
    file = frame.f_code.co_filename if frame else ""
    if isinstance(raised, SyntaxError) and raised.lineno and raised.filename:
        frame, line, file = None, raised.lineno, raised.filename
    try:
        message = str(raised)
    except Exception:
        message = ""
    source, first = "".join(linecache.getlines(file))[: MAX_SOURCE + 1], 1
    if frame or not file:
        source, first = source_of(frame.f_code if frame else function)
    return StudentError(
        kind="names" if SAME_NAMES in message else "raised",
        type=plain(type(raised).__name__, 200),
        message=plain(message, 4000),
        line=line,
        code=plain(linecache.getline(file, line).strip(), 500),
        function=plain(frame.f_code.co_name, 200) if frame else "",
        source=plain(source, MAX_SOURCE) if len(source) <= MAX_SOURCE else "",
        source_line=first,
        called_from=_called_from(frames, function),
        parameters=_parameters(frame, message) if frame and type(raised) is TypeError else "",
    )


def student_frames(raised: BaseException) -> list[tuple[FrameType, int]]:
    """The frames of the student's own code that the exception passed, the outermost first, each with its line."""
    passed = traceback.walk_tb(raised.__traceback__)
    return [(frame, line) for frame, line in passed if is_students(frame.f_code.co_filename)]


def _parameters(frame: FrameType, message: str) -> str:
    """The parameters of the student's function that the message of a TypeError says was called wrongly."""
    name = re.match(r"(\w+)\(\) (?:got|missing|takes)", message)
    called = frame.f_globals.get(name[1]) if name else None
    if type(called) is not FunctionType:
        return ""
    code = called.__code__
    return plain(", ".join(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]), 300)


def source_of(function: object) -> tuple[str, int]:
    """The text of a student's function and the number of its first line; "" and 1 where it can't be had."""
    try:
        lines, first = inspect.getsourcelines(function)  # type: ignore[arg-type]
    except Exception:
        return "", 1
    source = "".join(lines)
    return (plain(source, MAX_SOURCE), max(first, 1)) if len(source) <= MAX_SOURCE else ("", 1)


def _called_from(frames: Sequence[tuple[FrameType, int]], function: object) -> SourceLine | None:
    """The line of `function` that led to the error, where the error came up further inside."""
    code = getattr(function, "__code__", None)
    for frame, line in frames[:-1]:
        if frame.f_code is code and frames[-1][0].f_code is not code:
            text = linecache.getline(frame.f_code.co_filename, line).strip()
            source, first = source_of(code)
            name = plain(frame.f_code.co_name, 200)
            return SourceLine(function=name, line=line, code=plain(text, 500), source=source, source_line=first)
    return None


def plain(text: str, limit: int) -> str:
    """The first `limit` characters of the text, with a question mark for each that cannot be encoded."""
    return text[:limit].encode("utf-8", "replace").decode()
