"""Scores in the form of Gradescope's own downloads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from ...base.csvfile import Row
from ...nbgrader.gradebook.queries import StudentRow
from ...nbgrader.gradebook.scores import ExportError, Grades, Score, Status
from ..roster import Keys
from .lms import LmsExport, require_plain
from .table import number, shown

COLUMNS = (
    "First Name",
    "Last Name",
    "SID",
    "Email",
    "Sections",
    "Total Score",
    "Max Points",
    "Status",
    "Submission ID",
    "Submission Time",
    "Lateness (H:M:S)",
)
STATUS = {
    Status.GRADED: "Graded",
    Status.MISSING: "Missing",
    Status.ELSEWHERE: "Excused",
    Status.BY_HAND: "Ungraded",
    Status.NOT_GRADED: "Ungraded",
    Status.EXCUSED: "Excused",
}


class GradescopeExport(LmsExport):
    """A CSV file as Gradescope's "Download Grades" gives for one assignment.

    No import of scores is documented for Gradescope: what it imports is a roster, whose headings one matches when
    uploading (https://guides.gradescope.com/hc/en-us/articles/21926598776333-Adding-Students-and-Staff: first and last
    name, email, which must be there and be unique, optionally SID and sections; UTF-8). The first five columns here are
    such a roster. With the rest it is what programs read that work on Gradescope's downloads; those headings are from
    such programs, not from a page of Gradescope's. Not tried against Gradescope.

    With a roster, which is Gradescope's own download of it, email, SID and section are spelt as there. Without one, SID
    is the gradebook's student id.

    An empty Total Score: no score. Status tells why: Missing where nothing was handed in, Ungraded where a person's
    points are missing or it could not be graded, Excused, also where it was handed in in another language; Graded with
    0 is a score of 0.
    """

    system = "Gradescope"
    file_name = "grades-gradescope.csv"
    needed = ("Email",)
    keys: ClassVar[Keys] = {
        "SID": lambda student: [student.id, student.lms_user_id],
        "Email": lambda student: [student.email],
    }

    def table(self, grades: Grades) -> Iterator[Sequence[str]]:
        if len(grades.assignments) != 1:
            known = ", ".join(grades.assignments)
            raise ExportError(f"A file for Gradescope holds one assignment: name one of {known}.")
        (assignment,) = grades.assignments
        nothing = Score(Status.MISSING, grades.maximum[assignment])  # of whom the gradebook doesn't know
        roster = self.read_roster()
        learners = [row for row in roster.rows if row.get("Role", "Student") in ("", "Student")] if roster else None
        people = [(student, self._filled(student, row)) for student, row in self.people(grades, learners, "Email")]
        self.require_identity("email address", "Email", people)
        require_plain([row["SID"] for _, row in people])
        yield COLUMNS
        for student, row in people:
            score = grades.of(student, assignment) if student else nothing
            names = shown(row["First Name"]), shown(row["Last Name"])
            yield [*names, row["SID"], row["Email"], shown(row["Sections"]), *_cells(score)]

    def alone(self, student: StudentRow) -> Row:
        names = {"First Name": student.first_name, "Last Name": student.last_name}
        return {**names, "SID": student.id, "Email": student.email, "Sections": ""}

    def _filled(self, student: StudentRow | None, row: Row) -> Row:
        """The row with what the gradebook knows where the roster has no such column, or nothing in it."""
        alone = self.alone(student or StudentRow(id=row["Email"], email=row["Email"]))
        theirs = {name: text for name, text in row.items() if text or name == "SID"}  # theirs may be empty
        return {**alone, "Sections": row.get("Section", ""), **theirs}


def _cells(score: Score) -> Iterator[str]:
    yield "" if score.points is None else number(score.points)
    yield number(score.maximum)
    yield STATUS[score.status]
    yield ""  # Gradescope's own number of a submission
    yield score.submitted.strftime("%Y-%m-%d %H:%M:%S +0000") if score.submitted else ""
    yield _clock(score.seconds_late) if score.submitted else ""


def _clock(seconds: float) -> str:
    minutes, rest = divmod(max(0, round(seconds)), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest:02}"
