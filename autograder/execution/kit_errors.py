"""An error in the kit's own code is never a score: its traceback is written down, and a sentence says where.

Who meets one leaves the exercise ungraded, which is told in the closing table and exported as empty.
"""

from __future__ import annotations

import contextlib
import os
import traceback
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from ..base.course import Course
from ..base.plain import plain
from ..kinds.called import CheckError
from .testcell.thrown import BY_STUDENT

PACKAGE = Path(__file__).resolve().parents[1]
LESSON = PACKAGE / "lesson"
"""What the lesson's notebooks import; a test cell that calls it may well expect it to refuse what a student gives."""


def note(course: Course, what: str, error: BaseException, with_words: bool = True) -> str:
    """Write the error down in the course's errors.log; gives a sentence that says so, without the error's own words.

    These may hold what a hidden test knows, and students read the sentence. Not even the log has them where the
    student's code had been asked something hidden: then it is called without `with_words`.
    """
    kind, told = type(error).__name__, traceback.format_exception(error)
    if not with_words:
        told = ["Traceback (most recent call last):\n", *traceback.format_tb(error.__traceback__), kind]
    return note_text(course, what, kind, "".join(told))


def note_text(course: Course, what: str, kind: str, words: str) -> str:
    """As `note`, of an error whose traceback is at hand as text."""
    where = course.errors
    entry = plain(f"{datetime.now():%F %T} {what}\n{words.rstrip()}\n\n")
    with contextlib.suppress(OSError):  # a worker of a cluster may not be able to; the sentence counts all the same
        where.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(where, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with open(descriptor, "a", encoding="utf-8") as file:
            file.write(entry)
    return f"an error in autograder itself ({kind}), see {where.relative_to(course.root)}"


def is_the_kits(error: BaseException, cells: Collection[str]) -> bool:
    """Whether an error that ended a test cell came up in this kit's own code, not in the test or the student's.

    `cells` are the file names that stand in tracebacks for test cells: what they call by themselves, such as NumPy, is
    theirs.
    """
    if isinstance(error, CheckError) or BY_STUDENT in getattr(error, "__notes__", ()):
        return False
    called: list[Path] = []
    for frame, _ in traceback.walk_tb(error.__traceback__):
        name = frame.f_code.co_filename
        called = [] if name in cells else [*called, Path(name)]
    return any(path.is_relative_to(PACKAGE) and not path.is_relative_to(LESSON) for path in called)
