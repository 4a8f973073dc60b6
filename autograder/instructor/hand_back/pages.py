"""What there is to give back: each student's feedback pages, and as what the platform knows the student's work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...base.course import Course, CourseError
from ...nbgrader.calls import gradebook
from ...nbgrader.gradebook.queries import StudentRow, read_rows, students
from ..collect.receipts import Receipts


@dataclass(frozen=True, slots=True)
class Feedback:
    """One student's pages of an assignment.

    `sent_as` is what the platform's download wrote before the student's own file name, by notebook: `Ada
    Lovelace_101_assignsubmission_file`, or `lovelaceada_101_2345`; empty where the work wasn't collected from one.
    """

    student: StudentRow
    pages: tuple[Path, ...]
    sent_as: Mapping[str, str]


def find(course: Course, assignment: str) -> tuple[list[Feedback], list[str]]:
    """The feedback of all who have some, and who has handed in and has none.

    Raises CourseError where nobody has any.
    """
    with gradebook(course) as book:
        known = {one.id: one for one in students(book)}
        handed_in = {row.student for row in read_rows(book, assignment).submissions}
    found, receipts = [], Receipts(course, assignment)
    for student in sorted(handed_in | set(course.handed_in(assignment))):
        pages = tuple(sorted((course.feedback / student / assignment).glob("*.html")))
        if pages:
            row = known.get(student) or StudentRow(id=student)
            found.append(Feedback(row, pages, receipts.sent_as(student)))
    if not found:
        raise CourseError(f"There is no feedback on {assignment} yet: run `autograder grade {assignment}` first.")
    without = (handed_in | set(course.handed_in(assignment))) - {one.student.id for one in found}
    return found, sorted(without)


def names_of(feedback: Sequence[Feedback]) -> str:
    """Their ids, for a sentence."""
    return ", ".join(one.student.id for one in feedback)
