"""What the kit asks nbgrader's gradebook and writes into it: every query is here.

Rows cross as frozen records. Their keys are names, since the gradebook's own ids are random, and others after a
submission was removed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import selectinload

from ...base.course import in_other_languages
from ...execution.submission.model import TrustedCell
from .standing import Standing, read_standing, write_standing

CellKey = tuple[str, str, str]
"""A student, a notebook and a cell."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StudentRow(_Record):
    """Who a student is; what the gradebook leaves out is ""."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""


class AssignmentRow(_Record):
    """An assignment, when it is due, and how many submissions of it there are."""

    name: str
    due: datetime | None
    submissions: int


class GradeRow(_Record):
    """What stands at one graded cell: what the tests gave, and what a person did."""

    key: CellKey
    auto_score: float | None
    manual_score: float | None
    extra_credit: float | None
    needs_manual_grade: bool

    @property
    def points(self) -> float | None:
        """What counts, as nbgrader has it: what a person gave before what the tests gave, and extra credit on top."""
        given = self.auto_score if self.manual_score is None else self.manual_score
        return None if given is None else given + (self.extra_credit or 0.0)


class CommentRow(_Record):
    """What was said on one cell."""

    key: CellKey
    auto_comment: str | None
    manual_comment: str | None


class NotebookRow(_Record):
    """A student's notebook and its penalty."""

    key: tuple[str, str]
    late_submission_penalty: float | None
    flagged: bool | None


class SubmissionRow(_Record):
    """When a student handed in, and how many seconds late that was, an extension taken into account."""

    student: str
    timestamp: datetime | None
    seconds_late: float = 0.0
    extension: timedelta | None = None


class Rows(_Record):
    """All that the gradebook holds of one assignment's submissions, and whom it knows."""

    students: tuple[str, ...]
    submissions: tuple[SubmissionRow, ...]
    notebooks: tuple[NotebookRow, ...]
    grades: tuple[GradeRow, ...]
    comments: tuple[CommentRow, ...]
    standing: Standing = Standing()

    def by_student(self) -> dict[str, Rows]:
        """Each student's own rows, for all who have handed in."""
        own: dict[str, dict[str, Any]] = {
            row.student: {"students": (), "submissions": [row], "notebooks": [], "grades": [], "comments": []}
            for row in self.submissions
        }
        for name in ("notebooks", "grades", "comments"):
            for row in getattr(self, name):
                own[row.key[0]][name].append(row)
        return {student: Rows(**found, standing=self.standing) for student, found in own.items()}


NO_ROWS = Rows(students=(), submissions=(), notebooks=(), grades=(), comments=())

# --- who and what there is -------------------------------------------------------------------------------------------


def students(book: Gradebook) -> tuple[StudentRow, ...]:
    """Everyone in the gradebook, in the order of their names: nbgrader sorts by them too, but they may be empty."""
    fields = ("first_name", "last_name", "email", "lms_user_id")
    found = (
        StudentRow(id=one.id, **{field: (getattr(one, field) or "").strip() for field in fields})
        for one in book.db.query(Student)
    )
    return tuple(sorted(found, key=lambda one: (one.last_name, one.first_name, one.id)))


def handed_in_elsewhere(book: Gradebook, assignment: str) -> frozenset[str]:
    """Who has handed in the same assignment in another language, as far as the gradebook knows it."""
    same = in_other_languages(assignment)
    found = book.db.query(SubmittedAssignment.student_id).join(SubmittedAssignment.assignment)
    return frozenset(student for (student,) in found.filter(Assignment.name.in_(same)).distinct())


def assignments(book: Gradebook) -> tuple[AssignmentRow, ...]:
    """All assignments, in nbgrader's order."""
    return tuple(
        AssignmentRow(name=one.name, due=one.duedate, submissions=one.num_submissions) for one in book.assignments
    )


# --- what was released -----------------------------------------------------------------------------------------------


def released_cells(book: Gradebook, assignment: str) -> dict[str, tuple[TrustedCell, ...]]:
    """The assignment's cells by notebook; none where it was never released."""
    try:
        found = book.find_assignment(assignment)
    except MissingEntry:
        return {}
    return {notebook.name: trusted_cells(book, assignment, notebook.name) for notebook in found.notebooks}


def due_date(book: Gradebook, assignment: str) -> datetime | None:
    """When the assignment is due; None where it never is, or was never released."""
    try:
        due: datetime | None = book.find_assignment(assignment).duedate
    except MissingEntry:
        return None
    return due


def trusted_cells(book: Gradebook, assignment: str, notebook: str) -> tuple[TrustedCell, ...]:
    """The cells that the gradebook keeps of a notebook, in the order in which they were released."""
    found = book.find_notebook(notebook, assignment)
    graded = {cell.name: float(cell.max_score) for cell in found.grade_cells}
    tasks = {cell.name: float(cell.max_score) for cell in found.task_cells}
    solutions = {cell.name for cell in found.solution_cells}
    return tuple(
        TrustedCell(
            grade_id=cell.name,
            cell_type=cell.cell_type,
            source=cell.source or "",
            locked=bool(cell.locked),
            grade=cell.name in graded,
            solution=cell.name in solutions,
            task=cell.name in tasks,
            points=graded.get(cell.name, tasks.get(cell.name)),
            checksum=cell.checksum,
        )
        for cell in found.source_cells
    )


# --- what stands there -----------------------------------------------------------------------------------------------


def read_rows(book: Gradebook, assignment: str, student: str | None = None) -> Rows:
    """What the gradebook holds of all submissions of an assignment, or of one student's; nothing of an unknown one."""
    try:
        of = book.find_assignment(assignment).id
    except MissingEntry:
        return NO_ROWS
    return Rows(
        students=() if student else tuple(name for (name,) in book.db.query(Student.id)),
        submissions=tuple(
            SubmissionRow(
                student=found.student_id,
                timestamp=found.timestamp,
                seconds_late=float(found.total_seconds_late),
                extension=found.extension,
            )
            for found in _submissions(book, of, student)
        ),
        notebooks=tuple(
            NotebookRow(key=key, late_submission_penalty=found.late_submission_penalty, flagged=found.flagged)
            for key, found in _notebooks(book, of, student)
        ),
        grades=tuple(
            GradeRow(
                key=key,
                auto_score=found.auto_score,
                manual_score=found.manual_score,
                extra_credit=found.extra_credit,
                needs_manual_grade=found.needs_manual_grade,
            )
            for key, found in _cells(book, of, Grade, student)
        ),
        comments=tuple(
            CommentRow(key=key, auto_comment=found.auto_comment, manual_comment=found.manual_comment)
            for key, found in _cells(book, of, Comment, student)
        ),
        standing=read_standing(book, assignment),
    )


def submissions_with_notebooks(book: Gradebook, assignment: str) -> tuple[SubmittedAssignment, ...]:
    """The gradebook's own rows of all submissions, with their notebooks: in two queries for any number."""
    of = book.find_assignment(assignment).id
    return tuple(_submissions(book, of).options(selectinload(SubmittedAssignment.notebooks)))


# --- what is written -------------------------------------------------------------------------------------------------


def enter_students(book: Gradebook, rows: Iterable[StudentRow]) -> None:
    """Add these students, or give those who are there already these fields; what is "" stays as it is."""
    for row in rows:
        fields = {name: value for name, value in row.model_dump(exclude={"id"}).items() if value}
        book.update_or_create_student(row.id, **fields)


def unscore(book: Gradebook, assignment: str, notebook: str, student: str) -> None:
    """Take back what the gradebook says of a notebook, so that no old score stands where grading now fails."""
    for grade in book.find_submission_notebook(notebook, assignment, student).grades:
        grade.auto_score, grade.needs_manual_grade = None, True
    book.db.commit()


def enter_ungraded(book: Gradebook, assignment: str, student: str) -> None:
    """Note a submission that can't be graded, without a score: nbgrader would export it as 0, or not have it at all."""
    book.update_or_create_student(student)
    for notebook in book.update_or_create_submission(assignment, student).notebooks:
        unscore(book, assignment, notebook.name, student)


def put_back(book: Gradebook, assignment: str, before: Rows, whose: Collection[str]) -> tuple[str, ...]:
    """Give these students' rows the values that they had in `before`, but for what people have written since.

    A run writes what the tests gave, its own comments, penalties and times of submission. People write points by hand,
    extra credit, comments and flags: those are never touched here. Returns "STUDENT (CELL)" of each that changed.
    """
    of = book.find_assignment(assignment).id
    grades = {row.key: row for row in before.grades}
    comments = {row.key: row for row in before.comments}
    notebooks = {row.key: row for row in before.notebooks}
    submissions = {row.student: row for row in before.submissions}
    by_people = set()
    for key, grade in _cells(book, of, Grade):
        if key[0] in whose and _put_back_grade(grade, grades.get(key)):
            by_people.add(key)
    for key, comment in _cells(book, of, Comment):
        if key[0] in whose:
            row = comments.get(key)
            comment.auto_comment = row.auto_comment if row else None
            if comment.manual_comment != (row.manual_comment if row else None):
                by_people.add(key)
    for place, notebook in _notebooks(book, of):
        if place[0] in whose:
            found = notebooks.get(place)
            notebook.late_submission_penalty = found.late_submission_penalty if found else None
            if bool(notebook.flagged) != bool(found and found.flagged):
                by_people.add((*place, "flag"))
    for submission in _submissions(book, of):
        if submission.student_id in submissions and submission.student_id in whose:
            submission.timestamp = submissions[submission.student_id].timestamp
            submission.extension = submissions[submission.student_id].extension
    book.db.commit()
    write_standing(book, assignment, before.standing)
    touched = {key[0] for key in by_people}
    for student in sorted(set(whose) - set(submissions) - touched):
        _forget(book, assignment, student, known=student in before.students)
    return tuple(f"{student} ({cell.removeprefix('test_')})" for student, _, cell in sorted(by_people))


def _put_back_grade(grade: Any, row: GradeRow | None) -> bool:
    """Give a grade the automatic score of `row`; True where a person has graded it since, whose points then stay."""
    grade.auto_score = row.auto_score if row else None
    was = (row.manual_score, row.extra_credit) if row else (None, None)
    if (grade.manual_score, grade.extra_credit) != was:
        return True
    grade.needs_manual_grade = row.needs_manual_grade if row else True
    return False


def _forget(book: Gradebook, assignment: str, student: str, known: bool) -> None:
    """Take out a submission that a run put in, and a student whom nothing else in the gradebook speaks of."""
    if any(_submissions(book, book.find_assignment(assignment).id, student)):
        book.remove_submission(assignment, student)
    if known:
        return
    found = book.db.get(Student, student)
    if found is not None and not found.submissions and not (found.first_name or found.last_name or found.email):
        book.db.delete(found)
        book.db.commit()


# --- the gradebook's own rows ----------------------------------------------------------------------------------------


def _submissions(book: Gradebook, of: str, student: str | None = None) -> Any:
    return _of(book.db.query(SubmittedAssignment), of, student)


def _notebooks(book: Gradebook, of: str, student: str | None = None) -> Iterator[tuple[tuple[str, str], Any]]:
    rows = (
        book.db.query(SubmittedAssignment.student_id, Notebook.name, SubmittedNotebook)
        .select_from(SubmittedNotebook)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
    )
    for whose, notebook, found in _of(rows, of, student):
        yield (whose, notebook), found


def _cells(book: Gradebook, of: str, table: Any, student: str | None = None) -> Iterator[tuple[CellKey, Any]]:
    rows = (
        book.db.query(SubmittedAssignment.student_id, Notebook.name, BaseCell.name, table)
        .select_from(table)
        .join(BaseCell, table.cell_id == BaseCell.id)
        .join(SubmittedNotebook, table.notebook_id == SubmittedNotebook.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
    )
    for whose, notebook, cell, found in _of(rows, of, student):
        yield (whose, notebook, cell), found


def _of(rows: Any, assignment: str, student: str | None) -> Any:
    found = rows.filter(SubmittedAssignment.assignment_id == assignment)
    return found if student is None else found.filter(SubmittedAssignment.student_id == student)
