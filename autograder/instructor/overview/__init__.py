"""`autograder report`: the class on one page, for the instructor.

What a class's gradebook, graded notebooks and log hold is gathered (`gather`) into plain data (`classroom`), looked
through for answers that look alike (`alike`), and shown (`plots`, `words`, `page`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from ...base.course import Course
from ...base.files import write_whole
from .classroom import OverviewError

__all__ = ["OverviewError", "overview", "overviews"]


def overviews(course: Course, assignment: str | None, to: Path | None) -> Iterator[Path]:
    """Write the pages that were asked for, by default one of each graded assignment, and give their paths.

    Raises OverviewError as `overview` does, and where one file is to hold several pages.
    """
    wanted = (assignment,) if assignment is not None else _graded(course)
    if to is not None and len(wanted) > 1:
        raise OverviewError(
            f"--to names one file, and there are {len(wanted)} assignments: name one of {', '.join(wanted)}."
        )
    made = f"{datetime.now():%F %H:%M}"
    for name in wanted:
        yield overview(course, name, to or course.root / f"report-{name}.html", made)


def overview(course: Course, assignment: str, to: Path, made: str) -> Path:
    """Write the assignment's page to the file `to`, whole or not at all; `made` is the date that it bears.

    It is for the instructor's eyes only, as the gradebook is: it holds names, points and what hidden tests found.

    Raises OverviewError where nothing has been graded, or the file can't be written.
    """
    from .gather import gather  # with nbgrader, which takes a second to import
    from .page import render

    to = to.absolute()
    try:
        if to.is_dir():
            raise OverviewError(f"{to} is a folder: name a file in it, such as {to / f'report-{assignment}.html'}.")
        if not to.parent.is_dir():
            raise OverviewError(f"There is no folder {to.parent}: make it first, or name another file with --to.")
        page = render(gather(course, assignment, to.parent.resolve()), made)
        write_whole(to, page.encode("utf-8", "replace"), private=True)
    except OSError as error:
        raise OverviewError(f"{to} can't be written ({error.strerror}): name another file with --to.") from None
    return to


def _graded(course: Course) -> tuple[str, ...]:
    graded = [name for name in course.assignments() if any(course.autograded.glob(f"*/{name}"))]
    if not graded:
        raise OverviewError(f"Nothing has been graded in {course.root}: run `autograder grade` first.")
    return tuple(graded)
