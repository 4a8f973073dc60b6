"""What each student has earned in each assignment, and where there is no score, why not."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from nbgrader.api import Gradebook

from ...base.errors import UserError
from ...execution.submission.model import TrustedCell
from .queries import Rows, StudentRow, assignments, handed_in_elsewhere, read_rows, released_cells, students
from .standing import Standing


class ExportError(UserError):
    """Grades can't be exported as asked; the message says what to do. Nothing has been written."""


class Status(StrEnum):
    """What became of a student's assignment. A score of 0 is GRADED; the others have no score."""

    GRADED = "graded"
    MISSING = "missing"
    """Nothing was handed in."""
    ELSEWHERE = "handed in in another language"
    """Nothing was handed in here, but the same assignment in another language was: it counts there."""
    BY_HAND = "to be graded by hand"
    """A person's points are missing, or are to be looked at again because what was handed in has changed."""
    NOT_GRADED = "could not be graded"
    EXCUSED = "excused"
    """It does not count, whether something was handed in or not."""


@dataclass(frozen=True, slots=True)
class PartScore:
    """One graded cell of a student's: its points, None where there are none yet."""

    cell: str
    points: float | None
    maximum: float


@dataclass(frozen=True, slots=True)
class Score:
    """One student's score in one assignment.

    `earned` is the sum over all cells: points given by hand before the tests' own, extra credit added. It is None where
    a cell has none, and 0 where nothing was handed in and that counts. `penalty` is taken off for being late.
    `comments` are what people wrote, with the cell that it is about.
    """

    status: Status
    maximum: float
    earned: float | None = None
    penalty: float = 0.0
    submitted: datetime | None = None
    seconds_late: float = 0.0
    parts: tuple[PartScore, ...] = ()
    comments: tuple[tuple[str, str], ...] = ()

    @property
    def total(self) -> float | None:
        """What was earned without the penalty, never below 0."""
        return None if self.earned is None else max(0.0, self.earned - self.penalty)

    @property
    def points(self) -> float | None:
        """The total where it counts already; None where there is no score."""
        return self.total if self.status in (Status.GRADED, Status.MISSING) else None


@dataclass(frozen=True)
class Grades:
    """A class: its students in the order of their names, and every student's score in every assignment."""

    assignments: tuple[str, ...]
    maximum: Mapping[str, float]
    students: tuple[StudentRow, ...]
    scores: Mapping[tuple[str, str], Score]
    """By student's id and assignment."""

    def of(self, student: StudentRow, assignment: str) -> Score:
        return self.scores[student.id, assignment]


def require_grades(book: Gradebook, wanted: Sequence[str] = (), whose: Sequence[str] = ()) -> Grades:
    """The scores of these assignments and students; by default of all assignments that are graded, and of everyone.

    Raises ExportError for an assignment or a student that the gradebook doesn't know, and where nothing is graded yet.
    """
    known = assignments(book)
    graded = [one.name for one in known if one.submissions]
    _require("assignment", wanted, [one.name for one in known])
    _require("student", whose, [one.id for one in students(book)])
    names = [one.name for one in known if one.name in wanted] or graded
    if not set(names) & set(graded):
        raise ExportError(f"Nothing has been graded yet: run `autograder grade {' '.join(wanted)}`".rstrip() + ".")
    return read_grades(book, names, whose)


def read_grades(book: Gradebook, wanted: Sequence[str], whose: Collection[str] = ()) -> Grades:
    """The scores of these assignments, of these students or by default of everyone."""
    people = tuple(one for one in students(book) if not whose or one.id in whose)
    cells = {name: released_cells(book, name) for name in wanted}
    found = {name: read_rows(book, name) for name in wanted}
    rows = {name: there.by_student() for name, there in found.items()}
    elsewhere = {name: handed_in_elsewhere(book, name) for name in wanted}
    return Grades(
        assignments=tuple(wanted),
        maximum={name: maximum(cells[name]) for name in wanted},
        students=people,
        scores={
            (one.id, name): score(
                rows[name].get(one.id), cells[name], found[name].standing, one.id, one.id in elsewhere[name]
            )
            for name in wanted
            for one in people
        },
    )


def _require(what: str, wanted: Sequence[str], known: Sequence[str]) -> None:
    for name in wanted:
        if name not in known:
            there = ", ".join(known) if len(known) <= 10 else f"{len(known)} others"
            raise ExportError(f"There is no {what} {name!r} in the gradebook; there is: {there or 'none yet'}.")


Cells = Mapping[str, Sequence[TrustedCell]]
"""An assignment's cells by notebook."""


def maximum(cells: Cells) -> float:
    """The points that there are for an assignment."""
    return sum((cell.points or 0.0 for found in cells.values() for cell in found), 0.0)


def score(rows: Rows | None, cells: Cells, standing: Standing, student: str, elsewhere: bool = False) -> Score:
    """The score of one student, from what the gradebook holds of the submission; None where nothing was handed in.

    `elsewhere` says that the student has handed in the assignment in another language.
    """
    if student in standing.excused:
        return Score(Status.EXCUSED, maximum(cells), submitted=rows.submissions[0].timestamp if rows else None)
    if rows is None and elsewhere:
        return Score(Status.ELSEWHERE, maximum(cells))
    if rows is None:
        return Score(Status.MISSING, maximum(cells), earned=0.0 if standing.missing_is_zero else None)
    points = {row.key[1:]: row.points for row in rows.grades}
    (submission,) = rows.submissions
    return Score(
        status=_status(rows, cells),
        maximum=maximum(cells),
        earned=None if None in points.values() else sum((each or 0.0 for each in points.values()), 0.0),
        penalty=sum((row.late_submission_penalty or 0.0 for row in rows.notebooks), 0.0),
        submitted=submission.timestamp,
        seconds_late=submission.seconds_late,
        parts=tuple(
            PartScore(cell.grade_id, points.get((notebook, cell.grade_id)), cell.points or 0.0)
            for notebook, found in cells.items()
            for cell in found
            if cell.grade or cell.task
        ),
        comments=tuple((row.key[2], row.manual_comment) for row in rows.comments if row.manual_comment),
    )


def _status(rows: Rows, cells: Cells) -> Status:
    """A person grades the cells in which the answer is itself what carries points; the tests grade the others."""
    unscored = {row.key[1:] for row in rows.grades if row.points is None}
    answers = {(notebook, cell.grade_id) for notebook, found in cells.items() for cell in found if cell.solution}
    if unscored - answers:
        return Status.NOT_GRADED
    if unscored or any(row.needs_manual_grade for row in rows.grades):
        return Status.BY_HAND
    return Status.GRADED
