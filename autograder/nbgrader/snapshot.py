"""What grading writes into the gradebook: taken down before a run, and put back to undo it.

A run writes what the tests gave, its own comments, penalties and times of submission. People write points by hand,
extra credit, comments and flags: those are never touched here, so nothing that a person did since a run is lost.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from nbgrader.api import BaseCell, Comment, Grade, Gradebook, Notebook, Student, SubmittedAssignment, SubmittedNotebook
from pydantic import BaseModel, ConfigDict

Key = tuple[str, str, str]
"""A student, a notebook and a cell; the rows' own ids are random, and others after a submission was removed."""


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GradeRow(_Row):
    """What stood at one graded cell."""

    key: Key
    auto_score: float | None
    manual_score: float | None
    extra_credit: float | None
    needs_manual_grade: bool


class CommentRow(_Row):
    """What was said on one cell."""

    key: Key
    auto_comment: str | None
    manual_comment: str | None


class NotebookRow(_Row):
    """A student's notebook and its penalty."""

    key: tuple[str, str]
    late_submission_penalty: float | None
    flagged: bool | None


class SubmissionRow(_Row):
    """When a student handed in."""

    student: str
    timestamp: datetime | None


class Written(_Row):
    """All that the gradebook held of one assignment's submissions, and whom it knew."""

    students: tuple[str, ...]
    submissions: tuple[SubmissionRow, ...]
    notebooks: tuple[NotebookRow, ...]
    grades: tuple[GradeRow, ...]
    comments: tuple[CommentRow, ...]


def take(book: Gradebook, assignment: str) -> Written:
    """What the gradebook holds now."""
    of = book.find_assignment(assignment).id
    return Written(
        students=tuple(name for (name,) in book.db.query(Student.id)),
        submissions=tuple(
            SubmissionRow(student=found.student_id, timestamp=found.timestamp) for found in _submissions(book, of)
        ),
        notebooks=tuple(
            NotebookRow(key=key, late_submission_penalty=found.late_submission_penalty, flagged=found.flagged)
            for key, found in _notebooks(book, of)
        ),
        grades=tuple(
            GradeRow(
                key=key,
                auto_score=found.auto_score,
                manual_score=found.manual_score,
                extra_credit=found.extra_credit,
                needs_manual_grade=found.needs_manual_grade,
            )
            for key, found in _cells(book, of, Grade)
        ),
        comments=tuple(
            CommentRow(key=key, auto_comment=found.auto_comment, manual_comment=found.manual_comment)
            for key, found in _cells(book, of, Comment)
        ),
    )


def put_back(book: Gradebook, assignment: str, before: Written, whose: Collection[str]) -> tuple[str, ...]:
    """Let what grading wrote for these students be as it was; gives what people have written since, which stays."""
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
    book.db.commit()
    touched = {key[0] for key in by_people}
    for student in sorted(set(whose) - set(submissions) - touched):
        _forget(book, assignment, student, known=student in before.students)
    return tuple(f"{student} ({cell.removeprefix('test_')})" for student, _, cell in sorted(by_people))


def _put_back_grade(grade: Any, row: GradeRow | None) -> bool:
    """True where a person has graded since: what they did is as it is, also that nobody need look at it any more."""
    grade.auto_score = row.auto_score if row else None
    was = (row.manual_score, row.extra_credit) if row else (None, None)
    if (grade.manual_score, grade.extra_credit) != was:
        return True
    grade.needs_manual_grade = row.needs_manual_grade if row else True
    return False


def _forget(book: Gradebook, assignment: str, student: str, known: bool) -> None:
    """Take out a submission that a run put in, and a student whom nothing else in the gradebook speaks of."""
    if any(found.student_id == student for found in _submissions(book, book.find_assignment(assignment).id)):
        book.remove_submission(assignment, student)
    if known:
        return
    found = book.db.get(Student, student)
    if found is not None and not found.submissions and not (found.first_name or found.last_name or found.email):
        book.db.delete(found)
        book.db.commit()


def _submissions(book: Gradebook, of: str) -> list[Any]:
    return list(book.db.query(SubmittedAssignment).filter(SubmittedAssignment.assignment_id == of))


def _notebooks(book: Gradebook, of: str) -> Iterator[tuple[tuple[str, str], Any]]:
    rows = (
        book.db.query(SubmittedAssignment.student_id, Notebook.name, SubmittedNotebook)
        .select_from(SubmittedNotebook)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .filter(SubmittedAssignment.assignment_id == of)
    )
    for student, notebook, found in rows:
        yield (student, notebook), found


def _cells(book: Gradebook, of: str, table: Any) -> Iterator[tuple[Key, Any]]:
    rows = (
        book.db.query(SubmittedAssignment.student_id, Notebook.name, BaseCell.name, table)
        .select_from(table)
        .join(BaseCell, table.cell_id == BaseCell.id)
        .join(SubmittedNotebook, table.notebook_id == SubmittedNotebook.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .filter(SubmittedAssignment.assignment_id == of)
    )
    for student, notebook, cell, found in rows:
        yield (student, notebook, cell), found
