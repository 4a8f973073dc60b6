"""Whether an assignment can be released once more when submissions of it are in the gradebook.

nbgrader keeps submissions, and what people gave them, when tests, points, solutions and texts change. It refuses when
the cells that it keeps become others, and by then has removed the student version. So this is asked first.
"""

from __future__ import annotations

from collections.abc import Iterable

from nbformat import NotebookNode
from nbgrader.api import MissingEntry
from nbgrader.utils import is_grade, is_locked, is_solution, is_task

from ..base.course import Course
from ..base.notebooks import read_node
from ..execution.submission.model import TrustedCell
from .calls import gradebook, has_gradebook
from .gradebook import trusted_cells

Kept = dict[str, tuple[bool, bool, bool]]
"""The cells that nbgrader keeps, by grade_id: whether each is graded, an answer, a task."""


def why_not_again(course: Course, assignment: str) -> str:
    """A sentence on the cells that can't become others, and what to do; "" where nothing stands in the way."""
    if not has_gradebook(course):
        return ""
    with gradebook(course) as book:
        try:
            found = book.find_assignment(assignment)
        except MissingEntry:
            return ""
        if not found.submissions:
            return ""
        released = {one.name: _of_gradebook(trusted_cells(book, assignment, one.name)) for one in found.notebooks}
    paths = sorted((course.source / assignment).glob("*.ipynb"))
    now = {path.stem: _of_notebook(read_node(path).cells) for path in paths}
    told = [f"the notebook {name} is {_where(name in now)}" for name in sorted(released.keys() ^ now.keys())]
    for notebook in sorted(released.keys() & now.keys()):
        old, new = released[notebook], now[notebook]
        told += [f"cell {name} is {_where(name in new)}" for name in sorted(old.keys() ^ new.keys())]
        told += [f"cell {name} has another role" for name in sorted(old) if name in new and old[name] != new[name]]
    if not told:
        return ""
    return (
        f"{assignment} has been graded, and nbgrader then takes no other cells: {', '.join(told)}. Undo that in "
        f"{course.source / assignment}, or use another name for a new assignment. Tests, points, solutions and texts "
        "may change. For a test that is not to count any more, leave its cell, and let its last line be its points."
    )


def _where(new: bool) -> str:
    return "new" if new else "gone"


def _of_gradebook(cells: Iterable[TrustedCell]) -> Kept:
    return {cell.grade_id: (cell.grade, cell.solution, cell.task) for cell in cells}


def _of_notebook(cells: Iterable[NotebookNode]) -> Kept:
    return {
        str(cell.metadata.nbgrader.grade_id): (is_grade(cell), is_solution(cell), is_task(cell))
        for cell in cells
        if is_grade(cell) or is_solution(cell) or is_locked(cell) or is_task(cell)
    }
