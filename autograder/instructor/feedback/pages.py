"""Feedback pages, written side by side once a class is graded: they only read what the gradebook has.

A page takes nbconvert a quarter of a second, as long as all else that this process does for a submission. What a
student handed in can make it take much longer, or more memory than there is: that costs this student's page alone.
"""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed
from contextlib import suppress

from ...base.course import Course
from ...base.timelimit import at_most
from ...nbgrader.calls import NbgraderError, generate_feedback
from ..processes import WorkerLostError, processes

PAGE_SECONDS = 60.0
"""Seconds that one student's pages of one assignment may take."""


def write(course: Course, assignment: str, student: str) -> str:
    """Write one student's pages; what kept them from being written, "" as a rule."""
    try:
        with at_most(PAGE_SECONDS, _too_long):
            generate_feedback(course, assignment, student)
    except (NbgraderError, TimeoutError) as error:
        return str(error)
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:500]
    return ""


def _too_long() -> TimeoutError:
    return TimeoutError(f"writing the page took more than {PAGE_SECONDS:g} seconds")


def begin(executor: Executor, course: Course, assignment: str, students: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Have these students' pages written side by side; each student, once that is done, and what `write` gave.

    Where a process is killed, nobody knows for whose page: those that are left are written one after the other.
    """
    waiting: dict[Future[str], str] = {}
    with suppress(BrokenExecutor):  # then the rest is left
        for student in students:
            waiting[executor.submit(write, course, assignment, student)] = student
    return _done(waiting, course, assignment, students)


def _done(
    waiting: dict[Future[str], str], course: Course, assignment: str, students: Sequence[str]
) -> Iterator[tuple[str, str]]:
    left = list(students)
    with suppress(BrokenExecutor):
        for future in as_completed(waiting):
            trouble, student = future.result(), waiting.pop(future)
            left.remove(student)
            yield student, trouble
    yield from _one_by_one(course, assignment, left)


def _one_by_one(course: Course, assignment: str, students: Sequence[str]) -> Iterator[tuple[str, str]]:
    left = deque(students)
    while left:
        try:
            with processes(1) as executor:
                while left:
                    trouble = executor.submit(write, course, assignment, left[0]).result()
                    yield left.popleft(), trouble
        except WorkerLostError:
            student = left.popleft()
            shutil.rmtree(course.feedback / student / assignment, ignore_errors=True)  # half a page
            yield student, "the process that wrote the page was killed, perhaps because memory ran out"
