"""grades.csv in which a score that is not there is empty, never 0."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin

from ...base.course import Course
from ...nbgrader.calls import gradebook
from ...nbgrader.gradebook.lateness import refresh_all
from ...nbgrader.gradebook.queries import AssignmentRow, StudentRow, assignments
from ...nbgrader.gradebook.scores import Score, Status, read_grades, require_grades
from .lms import without_score
from .table import shown, write_table

COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
    "status",
)
"""The columns of nbgrader's own CsvExportPlugin, in its order, and why there is no score."""


class CsvExport(ExportPlugin):
    """nbgrader's CSV, but quoted where a name needs it, and with empty scores where one could not be computed.

    A student who handed nothing in has the status "missing", and 0 points where that is settled; see `Status`.
    """

    notes: tuple[str, ...] = ()

    def write(self, gradebook: Gradebook) -> Path:
        """Write the file and return its path. Raises ExportError for names that the gradebook doesn't know."""
        refresh_all(gradebook)
        self.notes = tuple(without_score(require_grades(gradebook, self.assignment, self.student)))
        self.export(gradebook)
        return Path(self.to or "grades.csv")

    def export(self, gradebook: Gradebook) -> None:
        refresh_all(gradebook)
        rows = (["" if cell is None else str(cell) for cell in row] for row in self._rows(gradebook))
        write_table(Path(self.to or "grades.csv"), [COLUMNS, *rows])

    def _rows(self, gradebook: Gradebook) -> Iterator[Sequence[object]]:
        wanted = [one for one in assignments(gradebook) if not self.assignment or one.name in self.assignment]
        grades = read_grades(gradebook, [one.name for one in wanted], self.student)
        for assignment in wanted:
            for student in grades.students:
                yield _row(assignment, student, grades.of(student, assignment.name))


def _row(assignment: AssignmentRow, student: StudentRow, score: Score) -> Sequence[object]:
    # No spreadsheet is to compute what is not this program's own words.
    who = map(shown, (student.id, student.last_name, student.first_name, student.email))
    points = (None, None, None) if score.earned is None else (score.earned, score.penalty, score.total)
    return [assignment.name, assignment.due, score.submitted, *who, *points, score.maximum, score.status]


def export_grades(course: Course, names: Sequence[str]) -> tuple[str, ...]:
    """Write grades.csv of these assignments in the course's folder, as `nbgrader export` does.

    Returns sentences on who is excused, and who handed in nothing.
    """
    with gradebook(course) as book:
        plugin = CsvExport()
        plugin.to = str(course.root / "grades.csv")
        plugin.assignment = list(names)
        plugin.export(book)
        return tuple(without_score(read_grades(book, names), (Status.MISSING, Status.EXCUSED)))
