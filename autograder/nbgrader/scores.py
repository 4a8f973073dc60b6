"""The gradebook's scores as every export sees them: what was earned, and where nothing was, why not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from nbgrader.api import Grade, Gradebook, SubmittedAssignment, SubmittedNotebook
from sqlalchemy.orm import selectinload, undefer

from ..base.errors import UserError


class ExportError(UserError):
    """Grades can't be exported as asked; the message says what to do. Nothing has been written."""


class Status(StrEnum):
    """What became of a student's assignment. A score of 0 is GRADED; the others have no score."""

    GRADED = "graded"
    MISSING = "missing"
    """Nothing was handed in."""
    BY_HAND = "to be graded by hand"
    """A person's points are missing, or are to be looked at again because what was handed in has changed."""
    NOT_GRADED = "could not be graded"


@dataclass(frozen=True, slots=True)
class Student:
    """A student's row in the gradebook; what it leaves out is ""."""

    id: str
    first_name: str
    last_name: str
    email: str
    lms_user_id: str


@dataclass(frozen=True, slots=True)
class Score:
    """One student's score in one assignment.

    `points` are what counts: points given by hand before the autograder's own, extra credit added, the penalty for
    being late taken off, never below 0; None for any status but GRADED.
    """

    status: Status
    points: float | None
    maximum: float
    penalty: float = 0.0
    submitted: datetime | None = None
    seconds_late: float = 0.0


@dataclass(frozen=True)
class Grades:
    """A class: its students in the order of their names, and every student's score in every assignment."""

    assignments: tuple[str, ...]
    maximum: dict[str, float]
    students: tuple[Student, ...]
    scores: dict[tuple[str, str], Score]
    """By student's id and assignment."""

    def of(self, student: Student, assignment: str) -> Score:
        return self.scores[student.id, assignment]


def read_grades(book: Gradebook, assignments: Sequence[str] = (), students: Sequence[str] = ()) -> Grades:
    """The scores of these assignments and students; by default of all assignments that are graded, and of everyone.

    Raises ExportError for an assignment or a student that the gradebook doesn't know, and where nothing is graded yet.
    """
    known = {str(one.name): one for one in book.assignments}
    graded = [name for name, one in known.items() if one.num_submissions]
    _require("assignment", assignments, known)
    people = sorted(book.students, key=place)
    _require("student", students, [one.id for one in people])
    wanted = [name for name in known if name in assignments] or graded
    if not set(wanted) & set(graded):
        raise ExportError(f"Nothing has been graded yet: run `autograder grade {' '.join(assignments)}`".rstrip() + ".")
    people = [one for one in people if not students or one.id in students]
    return Grades(
        tuple(wanted),
        {name: float(known[name].max_score) for name in wanted},
        tuple(_student(one) for one in people),
        {
            (one.id, name): read_score(handed_in.get(one.id), float(known[name].max_score))
            for name in wanted
            for handed_in in (submissions(book, known[name]),)
            for one in people
        },
    )


def submissions(book: Gradebook, assignment: Any) -> dict[str, Any]:
    """What was handed in for an assignment of the gradebook, by student, with all that a score depends on.

    One at a time, with every row asked for when it is used, a student costs a dozen queries.
    """
    rows = (
        book.db.query(SubmittedAssignment)
        .filter(SubmittedAssignment.assignment_id == assignment.id)
        .options(
            undefer(SubmittedAssignment.score),
            undefer(SubmittedAssignment.late_submission_penalty),
            undefer(SubmittedAssignment.needs_manual_grade),
            selectinload(SubmittedAssignment.notebooks).selectinload(SubmittedNotebook.grades).selectinload(Grade.cell),
        )
    )
    return {str(one.student_id): one for one in rows}


def place(student: Any) -> tuple[str, str, str]:
    """Where a student stands in a list: nbgrader sorts by names, which may all be empty."""
    return student.last_name or "", student.first_name or "", student.id


def _require(what: str, wanted: Sequence[str], known: Sequence[str] | dict[str, Any]) -> None:
    for name in wanted:
        if name not in known:
            there = ", ".join(known) if len(known) <= 10 else f"{len(known)} others"
            raise ExportError(f"There is no {what} {name!r} in the gradebook; there is: {there or 'none yet'}.")


def _student(row: Any) -> Student:
    fields = (row.id, row.first_name, row.last_name, row.email, row.lms_user_id)
    return Student(*(str(text or "").strip() for text in fields))


def read_score(submission: Any | None, maximum: float) -> Score:
    """The score of one submission, as the gradebook has it; None where nothing was handed in."""
    if submission is None:
        return Score(Status.MISSING, None, maximum)
    status = _status(submission)
    penalty = float(submission.late_submission_penalty or 0.0)
    points = max(0.0, float(submission.score) - penalty) if status is Status.GRADED else None
    return Score(status, points, maximum, penalty, submission.timestamp, float(submission.total_seconds_late))


def _status(submission: Any) -> Status:
    if _lacks(submission, by_hand=False):
        return Status.NOT_GRADED
    if _lacks(submission, by_hand=True) or submission.needs_manual_grade:
        return Status.BY_HAND
    return Status.GRADED


def _lacks(submission: Any, by_hand: bool) -> bool:
    """Whether a cell has no score, of those that a person grades or of those that the autograder does."""
    return any(by_hand == person for person in _without_score(submission))


def _without_score(submission: Any) -> Iterator[bool]:
    """For every cell without a score, whether a person grades it: then the answer is itself what carries points."""
    for notebook in submission.notebooks:
        answers = {cell.name for cell in notebook.notebook.solution_cells}
        for grade in notebook.grades:
            if grade.auto_score is None and grade.manual_score is None:
                yield grade.cell.name in answers
