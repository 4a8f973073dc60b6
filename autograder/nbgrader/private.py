"""What on a shared machine only the instructor may read: scores, hidden tests, students' work, notes of grading.

nbgrader makes these with whatever the umask leaves, which is mostly everybody's right to read them. Here the owner
alone keeps rights; in a course whose folder hands on its group (nbgrader's `groupshared`), so does the group.
"""

from __future__ import annotations

import atexit
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..base.course import Course

_FOLDERS = (".autograder", "downloaded", "returned", ".ipynb_checkpoints")
_FILES = (".nbgrader.log", "gradebook.db*", "grades*.csv", "report-*.html", "extensions.csv")


def rights_of_others(root: Path) -> int:
    """The rights that nobody else gets, as a umask: those of all, or of all but the folder's group."""
    try:
        return 0o007 if root.stat().st_mode & stat.S_ISGID else 0o077
    except OSError:
        return 0o077


def close(course: Course) -> None:
    """Take others' rights from what the course has of such files and folders."""
    taken = rights_of_others(course.root)
    for path in _private(course):
        with suppress(OSError):  # another's, or gone
            found = path.lstat()
            if not stat.S_ISLNK(found.st_mode) and stat.S_IMODE(found.st_mode) & taken:
                path.chmod(stat.S_IMODE(found.st_mode) & ~taken)


def _private(course: Course) -> Iterator[Path]:
    yield from (course.submitted, course.autograded, course.feedback, *(course.root / name for name in _FOLDERS))
    for pattern in _FILES:
        yield from course.root.glob(pattern)
    for path in course.references.glob("*"):
        yield from (path,) if path.is_file() else path.glob("hidden*")


@contextmanager
def private(course: Course) -> Iterator[None]:
    """What is made in the block is the instructor's alone, and so is what lay open before."""
    before = os.umask(rights_of_others(course.root))
    try:
        yield
    finally:
        os.umask(before)
        close(course)


_kept: set[Course] = set()


def keep_private(root: str) -> None:
    """For nbgrader_config.py: `close` now, when one of the kit's steps has written, and when the command ends."""
    course = Course(Path(root))
    close(course)
    if course not in _kept:
        _kept.add(course)
        atexit.register(close, course)


def close_kept() -> None:
    """Close what has come into being in a process that goes on, such as the server of Formgrader."""
    for course in _kept:
        close(course)


def before_a_page(of: Path) -> None:
    """Have the folder of feedback there, and closed, before nbgrader writes a page of the notebook `of` into it."""
    for course in _kept:
        if of.is_relative_to(course.root):
            course.feedback.mkdir(mode=0o777 & ~rights_of_others(course.root), exist_ok=True)
