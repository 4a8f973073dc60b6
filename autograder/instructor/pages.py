"""Feedback pages, written side by side once a class is graded: they only read what the gradebook has.

A page takes nbconvert a quarter of a second, as long as all else that this process does for a submission.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, as_completed

from ..course import Course
from .nbgrader_calls import NbgraderError, generate_feedback


def write(course: Course, assignment: str, student: str) -> str:
    """Write one student's pages; what kept them from being written, "" as a rule."""
    try:
        generate_feedback(course, assignment, student)
    except NbgraderError as error:
        return str(error)
    return ""


def begin(executor: Executor, course: Course, assignment: str, students: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Have the pages of all these students written; each student, once that is done, and what `write` gave.

    Going on to the next raises BrokenExecutor where a process came to its end before its page.
    """
    return _done({executor.submit(write, course, assignment, student): student for student in students})


def _done(waiting: dict[Future[str], str]) -> Iterator[tuple[str, str]]:
    for future in as_completed(waiting):
        yield waiting.pop(future), future.result()
