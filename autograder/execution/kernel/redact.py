"""Take a student's own words out of an error on a hidden test case.

What went wrong and in which line may be told. What the student's code said may not: it knew the test case's arguments.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Collection

from ...evidence.evidence import StudentError

OWN_WORDS = frozenset({"CellTimeoutError", "SubmissionTimeoutError", "DeadKernelError", "LimitError"})
"""Errors that this side writes itself."""
RETURNED = re.compile(
    r"NoneType|nothing|EagerTensor|KerasTensor|ndarray|Functional|Model|Sequential|(tuple|list) of \d"
    r"|str|int|float|bool|dict|function"
)


def redacted(error: StudentError, lines: Collection[str]) -> StudentError:
    """The error without the student's own words. `lines` are those of their notebook, without indentation."""
    if error.type in OWN_WORDS:
        return error
    known = error.code in lines
    return StudentError(
        kind=error.kind,
        type=_type(error),
        line=error.line if known else 0,
        code=error.code if known else "",
        function=error.function if known and any(error.function in line for line in lines) else "",
    )


def _type(error: StudentError) -> str:
    if error.kind == "returned":
        return error.type if RETURNED.fullmatch(error.type) else "object"
    kind = getattr(builtins, error.type, None)
    return error.type if isinstance(kind, type) and issubclass(kind, BaseException) else "Exception"
