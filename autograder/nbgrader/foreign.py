"""Which test cells of an assignment this kit can't run outside the student's kernel, found out with the solution."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from nbformat import NotebookNode

from ..base.course import Course
from ..base.errors import UserError
from ..base.notebooks import read_node
from ..execution.execute import run_solution
from ..execution.settings import Settings
from ..execution.solution import Solution, solution_of
from ..execution.submission.model import Submission, TrustedCell
from .calls import execution_settings, gradebook, has_gradebook
from .gradebook.queries import released_cells

ADVICE = (
    ("magics", "write the line in Python, or leave it out of the test"),
    ("which is not plain data", "hand over numbers, text, containers, arrays, tables or functions"),
    ("the course's own line", "import and define in that cell what it needs"),
    ("is not what the course's own solution imports", "import it in a locked cell, or in the test"),
    ("out of bounds", "give a number between 0 and the cell's points"),
)
"""What to write instead, by words of the reason."""
ELSE = "ask for plain data: numbers, text, containers, arrays, tables, and what they are compared with"


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to say of one test cell. `stops` says that no student gets points from it here."""

    notebook: str
    cell: str
    words: str
    stops: bool


def look_at(course: Course, assignment: str) -> Iterator[Found]:
    """Run the solutions of an assignment's notebooks, and say what of their tests does not work here, or can be forged.

    Raises UserError where there is no such assignment, and SandboxUnavailable.
    """
    source = course.source / assignment
    notebooks = sorted(source.glob("*.ipynb"))
    if not notebooks:
        raise UserError(f"There is no notebook in {source}: name an assignment of source/.")
    settings = execution_settings(course)
    cells = {path.stem: _cells(read_node(path)) for path in notebooks}
    if has_gradebook(course):
        with gradebook(course) as book:
            cells |= released_cells(book, assignment)
    submission = Submission(
        course, "solution", assignment, course.results.with_name("solutions") / "nothing-handed-in", source, cells
    )
    for name in cells:
        found = solution_of(submission, name, settings, partial(run_solution, settings))
        if found is not None:
            yield from _told(name, found, settings)


def _told(name: str, found: Solution, settings: Settings) -> Iterator[Found]:
    for cell, why in found.lacks.items():
        advice = next((one for words, one in ADVICE if words in why), ELSE)
        yield Found(
            name,
            cell,
            f"can't be run outside the student's kernel: {why}. Instead, {advice}; or add {cell!r} to "
            "c.Execute.in_students_kernel, where its points can be forged. Until then nobody gets a score from it.",
            stops=True,
        )
    for cell, how_much in found.partly.items():
        yield Found(name, cell, f"gives your own solution a part of its points: {how_much}.", stops=False)
    for cell in settings.there:
        yield Found(
            name, cell, "runs in the student's own kernel, as you asked: its points can be forged.", stops=False
        )
    asked: dict[str, set[str]] = {}
    for cell, _, what in found.places:
        if what != "changed" and cell not in found.lacks:
            asked.setdefault(cell, set()).add(what.removesuffix("_of"))
    for cell, whats in sorted(asked.items()):
        words = f"takes an object's own word ({', '.join(sorted(whats))}): compare plain data of it where that will do."
        yield Found(name, cell, words, stops=False)


def _cells(node: NotebookNode) -> tuple[TrustedCell, ...]:
    """The cells of an instructor's notebook as the gradebook would have them."""
    found = []
    for cell in node.cells:
        marks = cell.metadata.get("nbgrader")
        if isinstance(marks, dict) and marks.get("grade_id"):
            found.append(
                TrustedCell(
                    str(marks["grade_id"]),
                    cell.cell_type,
                    "" if marks.get("solution") else cell.source,  # what students will get of it is not known yet
                    locked=bool(marks.get("locked")) or bool(marks.get("grade") and not marks.get("solution")),
                    grade=bool(marks.get("grade")),
                    solution=bool(marks.get("solution")),
                    task=bool(marks.get("task")),
                    points=marks.get("points"),
                )
            )
    return tuple(found)
