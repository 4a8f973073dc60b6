"""How source/ differs from what the gradebook got from it at the release.

Grading goes by what was released. An assignment with submissions in the gradebook can be released again: if tests,
points, solutions or texts have changed, nbgrader keeps the submissions and what people gave them. If cells were added,
removed or given another role, it refuses, but has removed the student version by then. So this module checks first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_locked, is_solution, is_task

from ..base.course import Course
from ..base.notebooks import NotebookError, read_node
from ..execution.submission.model import TrustedCell
from .calls import gradebook, has_gradebook
from .gradebook.queries import read_rows, released_cells

Kept = dict[str, tuple[bool, bool, bool]]
"""The cells that nbgrader keeps, by grade_id: whether each is graded, an answer, a task."""


def why_not_again(course: Course, assignment: str) -> str:
    """A sentence on the cells that can't become others, and what to do; "" where nothing stands in the way."""
    if not has_gradebook(course):
        return ""
    with gradebook(course) as book:
        released = {name: _of_gradebook(cells) for name, cells in released_cells(book, assignment).items()}
        if not read_rows(book, assignment).submissions:
            return ""
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


Test = tuple[str, float | None]
"""What counts of a test cell, or of a text that students are not to change: its source, and its points."""


def since_release(course: Course, assignment: str, cells: Mapping[str, Sequence[TrustedCell]]) -> str:
    """A sentence on how source/ differs from the gradebook's `cells`, and what to do; "" if it does not.

    `cells` are by notebook. A course whose source/ lies on another machine has nothing to compare with.
    """
    changed: list[str] = []
    for notebook, trusted in cells.items():
        path = course.source / assignment / f"{notebook}.ipynb"
        released = {cell.grade_id: (cell.source, cell.points) for cell in trusted if cell.locked}
        now = _tests(path)
        if now is not None:
            changed += [name for name in {**released, **now} if released.get(name) != now.get(name)]
    if not changed:
        return ""
    return (
        f"source/{assignment} has changed since it was released: {', '.join(changed)}. "
        "Grading goes by what was released. To grade by what is there now, "
        f"run `autograder build {assignment}` and grade again."
    )


def _tests(path: Path) -> dict[str, Test] | None:
    """The cells that students are not to change, by grade_id; None where the notebook can't be read."""
    try:
        node = read_node(path)
    except NotebookError:
        return None
    found = {}
    for cell in filter(is_locked, node.cells):
        marks = cell.metadata.nbgrader
        points = float(marks.get("points", 0)) if is_grade(cell) else None
        found[str(marks.grade_id)] = cell.source, points
    return found
