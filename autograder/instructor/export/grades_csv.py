"""grades.csv in which a score that is not there is empty, never 0."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin

from ...nbgrader.scores import place, read_grades, read_score, submissions
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
TEXTS = ("student_id", "last_name", "first_name", "email")
"""Columns that are not this program's own words: no spreadsheet is to compute them."""


class CsvExport(ExportPlugin):
    """nbgrader's CSV, but quoted where a name needs it, and with empty scores where one could not be computed.

    Who handed nothing in has 0 points, as nbgrader has it, and the status "missing"; see `Status` for the others.
    """

    notes: tuple[str, ...] = ()

    def write(self, gradebook: Gradebook) -> Path:
        """Write the file and return its path. Raises ExportError for names that the gradebook doesn't know."""
        grades = read_grades(gradebook, [str(a) for a in self.assignment], [str(s) for s in self.student])
        self.notes = tuple(without_score(grades))
        self.export(gradebook)
        return Path(self.to or "grades.csv")

    def export(self, gradebook: Gradebook) -> None:
        rows = (["" if row[key] is None else str(row[key]) for key in COLUMNS] for row in self._rows(gradebook))
        write_table(Path(self.to or "grades.csv"), [COLUMNS, *rows])

    def _rows(self, gradebook: Gradebook) -> Iterator[dict[str, Any]]:
        wanted, students = {str(name) for name in self.assignment}, {str(name) for name in self.student}
        for assignment in gradebook.assignments:
            if wanted and assignment.name not in wanted:
                continue
            handed_in, maximum = submissions(gradebook, assignment), float(assignment.max_score)
            for student in sorted(gradebook.students, key=place):
                if not students or student.id in students:
                    yield _row(assignment, maximum, student, handed_in.get(student.id))


def _row(assignment: Any, maximum: float, student: Any, submission: Any | None) -> dict[str, Any]:
    row = {
        "assignment": assignment.name,
        "duedate": assignment.duedate,
        "student_id": student.id,
        "last_name": student.last_name,
        "first_name": student.first_name,
        "email": student.email,
        "max_score": maximum,
        "status": read_score(submission, maximum).status,
    }
    row |= {key: shown(row[key] or "") for key in TEXTS}
    if submission is None:
        return row | {"timestamp": None, "raw_score": 0.0, "late_submission_penalty": 0.0, "score": 0.0}
    row["timestamp"] = submission.timestamp
    if not is_scored(submission):
        return row | {"raw_score": None, "late_submission_penalty": None, "score": None}
    penalty = submission.late_submission_penalty or 0.0
    return row | {
        "raw_score": submission.score,
        "late_submission_penalty": penalty,
        "score": max(0.0, submission.score - penalty),
    }


def is_scored(submission: Any) -> bool:
    """Whether every cell of the submission has a score, by the autograder or by hand."""
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    return all(grade.auto_score is not None or grade.manual_score is not None for grade in grades)
