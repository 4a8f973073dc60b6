"""Scores in the form of Gradescope's own downloads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from ...nbgrader.gradebook import StudentRow
from ...nbgrader.scores import ExportError, Grades, Score, Status
from .lms import LmsExport, require_plain
from .roster import Keys, Row
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
    Status.BY_HAND: "Ungraded",
    Status.NOT_GRADED: "Ungraded",
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
    points are missing or it could not be graded; Graded with 0 is a score of 0.
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
        maximum = grades.maximum[grades.assignments[0]]
        nothing = Score(Status.MISSING, maximum)
        found = list(self._people(grades))
        self.require_identity(
            "email address", [(student or _nobody(row["Email"]), row["Email"]) for student, row in found]
        )
        require_plain([row["SID"] for _, row in found])
        yield COLUMNS
        for student, row in found:
            score = grades.of(student, grades.assignments[0]) if student else nothing
            names = shown(row["First Name"]), shown(row["Last Name"])
            yield [*names, row["SID"], row["Email"], shown(row["Sections"]), *_cells(score)]

    def _people(self, grades: Grades) -> Iterator[tuple[StudentRow | None, Row]]:
        roster = self.read_roster()
        if roster is None:
            for student in grades.students:
                yield student, _row(student)
            return
        learners = [row for row in roster.rows if row.get("Role", "Student") in ("", "Student")]
        pairs = self.pair(grades, learners, "Email")
        for student in grades.students:
            if student.id in pairs.row_of:
                yield student, _row(student, pairs.row_of[student.id])
        for row in pairs.only_in_roster:
            yield None, _row(_nobody(row["Email"]), row)


def _row(student: StudentRow, theirs: Row | None = None) -> Row:
    """A student as this file names them, by the roster's row where there is one."""
    theirs = theirs or {}
    return {
        "First Name": theirs.get("First Name") or student.first_name,
        "Last Name": theirs.get("Last Name") or student.last_name,
        "SID": theirs.get("SID", student.id),
        "Email": theirs.get("Email") or student.email,
        "Sections": theirs.get("Sections") or theirs.get("Section") or "",
    }


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


def _nobody(email: str) -> StudentRow:
    """A row of the roster that is nobody in the gradebook."""
    return StudentRow(id=email, email=email)
