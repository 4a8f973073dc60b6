"""The course's own solution of an exercise, for who learns alone: out of the instructor's notebook, if that is here.

Nothing is shipped for it. Who has cloned the course has its solutions in source/, and may be shown one there; a package
for a class and a sandbox hold no source/, and an instructor can switch it off besides.
"""

from __future__ import annotations

import re

from ..base.course import Course, CourseError
from ..base.notebooks import NotebookError, grade_id, read_node
from ..exercises import Exercise

_MARKERS = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION[ \t]*\n?", re.MULTILINE)


def solution_of(course: Course, exercise: Exercise, language: str) -> str | None:
    """The text of the solution cell, without nbgrader's markers; None where it is not here, or must not be shown.

    Of several translations that in the reader's language is taken.
    """
    return _solved(course, exercise.name, "code", language)


def written_answer(course: Course, name: str, language: str) -> str | None:
    """The model answer to a question that is answered in words, as `solution_of`."""
    return _solved(course, name, "markdown", language)


def _solved(course: Course, name: str, kind: str, language: str) -> str | None:
    if not course.shows_solutions:
        return None
    found: dict[bool, str] = {}
    try:
        notebooks = sorted(course.source.glob("*/*.ipynb"))
    except CourseError:  # its configuration computes where the folder is
        return None
    for path in notebooks:
        try:
            cells = read_node(path).cells
        except (NotebookError, OSError):
            continue
        for cell in cells:
            if grade_id(cell) == name and cell.cell_type == kind and "### BEGIN SOLUTION" in cell.source:
                found.setdefault(path.parent.name.endswith(f"-{language}"), _MARKERS.sub("", cell.source).strip())
    return found.get(True) or found.get(False)
