"""Whether source/ is still what was released: grading goes by the gradebook, which got its cells at the release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from nbgrader.utils import is_grade, is_locked

from ..base.course import Course
from ..base.notebooks import NotebookError, read_node
from ..execution.submission.model import TrustedCell

Test = tuple[str, float | None]
"""What counts of a test cell, or of a text that students are not to change: its source, and its points."""


def since_release(course: Course, assignment: str, cells: Mapping[str, Sequence[TrustedCell]]) -> str:
    """A sentence on what is otherwise in source/ than in the gradebook's `cells`, and what to do; "" if nothing is.

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
