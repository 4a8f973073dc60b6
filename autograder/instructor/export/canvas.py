"""Scores for Canvas's gradebook."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar

from traitlets import Unicode

from ...base.csvfile import Row, Table
from ...nbgrader.gradebook.queries import StudentRow
from ...nbgrader.gradebook.scores import ExportError, Grades
from ..roster import (
    CANVAS_KEYS,
    GRADEBOOK,
    Keys,
    column_in_canvas,
    differing_maximum,
    is_person_in_canvas,
    possible_in_canvas,
)
from .lms import LmsExport, require_plain
from .table import number, shown

BEFORE = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
POINTS_POSSIBLE = "    Points Possible"


class CanvasExport(LmsExport):
    """A CSV file for Grades, Import in Canvas.

    From Canvas's documentation (https://community.canvaslms.com/t5/Instructor-Guide, "How do I import grades in the
    Gradebook?"; https://teaching.resources.osu.edu/toolsets/carmencanvas/guides/calculating-final-grades has it with
    pictures) and from how Canvas reads the file (https://github.com/instructure/canvas-lms, lib/gradebook_importer.rb):
    columns Student, ID, SIS User ID, SIS Login ID, Section, then a column an assignment, `Title (id)` for one that
    exists, any other heading for a new one; a row `Points Possible` after the headings; UTF-8. A student is found by
    ID, else SIS User ID, else SIS Login ID, else by name. Not tried against a running Canvas.

    With a roster, which is Canvas's own export of its gradebook, those columns are the roster's. Without one, SIS Login
    ID is the gradebook's student id, and ID its lms_user_id where that is a number, as Canvas's ids are.

    An empty cell: no score (nothing handed in, to be graded by hand, or could not be graded). Canvas shows every change
    before it makes it, and an empty cell where it has a score is one. 0 is a score of 0, and EX (the importer reads it
    so) is excused.
    """

    column = Unicode("", help="the heading of the one assignment's column, such as 'Homework 3 (12345)'").tag(
        config=True
    )

    system = "Canvas"
    file_name = "grades-canvas.csv"
    excused = "EX"
    needed = GRADEBOOK
    keys: ClassVar[Keys] = CANVAS_KEYS

    def table(self, grades: Grades) -> Iterator[Sequence[str]]:
        roster = self.read_roster()
        headings = self._headings(grades, roster)
        before = roster.columns[: roster.columns.index("Section") + 1] if roster else BEFORE
        there = [row for row in roster.rows if is_person_in_canvas(row)] if roster else None
        people = self.people(grades, there, "Student")
        require_plain([row.get(name, "") for _, row in people for name in before[1:-1]])
        yield [*before, *headings]
        maximum = [self._possible(grades, *pair, roster) for pair in zip(grades.assignments, headings, strict=True)]
        yield [POINTS_POSSIBLE, *[""] * (len(before) - 1), *maximum]
        for student, row in people:
            identity = [row.get(name, "") for name in before]
            yield [_name(identity[0]), *identity[1:-1], shown(identity[-1]), *self.points(grades, student)]

    def alone(self, student: StudentRow) -> Row:
        names = ", ".join(filter(None, (student.last_name, student.first_name)))
        numeric = student.lms_user_id if student.lms_user_id.isdecimal() else ""
        return {"Student": names or student.id, "ID": numeric, "SIS Login ID": student.id}

    def _possible(self, grades: Grades, assignment: str, heading: str, roster: Table | None) -> str:
        """The points possible: Canvas's own where it has the column, which an upload is not to change."""
        ours = number(grades.maximum[assignment])
        theirs = possible_in_canvas(roster, heading) if roster else ""
        if theirs and (told := differing_maximum("Canvas", assignment, theirs, grades.maximum[assignment])):
            self.notes = (*self.notes, told)
        return theirs or ours

    def _headings(self, grades: Grades, roster: Table | None) -> list[str]:
        if self.column:
            if len(grades.assignments) != 1:
                raise ExportError("--column is for one assignment: name it, too.")
            return [self.column]
        theirs = roster.columns if roster else ()
        return [column_in_canvas(theirs, assignment) or assignment for assignment in grades.assignments]


def _name(name: str) -> str:
    """A student's name without the words by which Canvas knows the row of possible points."""
    return shown(re.sub(r"(?i)points\s+possible", "Points-Possible", name))
