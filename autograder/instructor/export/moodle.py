"""Scores for Moodle's grade import."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from traitlets import Enum

from ...nbgrader.gradebook import StudentRow
from ...nbgrader.scores import Grades
from .lms import LmsExport
from .roster import Keys, Row
from .table import shown

COLUMNS = ("First name", "Last name", "Username", "ID number", "Email address")
IDENTITIES = {"email": "Email address", "username": "Username", "idnumber": "ID number"}


class MoodleExport(LmsExport):
    """A CSV file for Grades, Import, CSV file in Moodle.

    From Moodle's documentation (https://docs.moodle.org/en/Grade_import) and from how Moodle reads the file
    (https://github.com/moodle/moodle, grade/import/csv/classes/load_data.php): CSV in UTF-8 with commas; the import
    asks which column tells who a student is and which grade item a column is, so headings are free, and these are the
    ones of Moodle's own exports. A student unknown to Moodle ends the import; an email address is compared letter for
    letter; a row without an identity goes to the student of the row before it. So the identity must be there for
    everybody, and different. Not tried against a running Moodle.

    With a roster, which is Moodle's own grade export or list of participants, the identity is spelt as there. Without
    one, Username is the gradebook's student id, and ID number its lms_user_id.

    "-": no score (nothing handed in, to be graded by hand, or could not be graded). Moodle's own exports write it so;
    an empty cell of a new grade item is taken for a grade. 0 is a score of 0.
    """

    identify = Enum(sorted(IDENTITIES), "email", help="which of a student's fields Moodle is to know them by").tag(
        config=True
    )

    system = "Moodle"
    file_name = "grades-moodle.csv"
    no_score = "-"
    keys: ClassVar[Keys] = {
        "Username": lambda student: [student.id],
        "ID number": lambda student: [student.lms_user_id, student.id],
        "Email address": lambda student: [student.email],
    }

    @property
    def needed(self) -> tuple[str, ...]:  # type: ignore[override]
        """The column that tells who a student is; the others of Moodle's export depend on what was ticked."""
        return (IDENTITIES[self.identify],)

    def table(self, grades: Grades) -> Iterator[Sequence[str]]:
        identity = IDENTITIES[self.identify]
        roster = self.read_roster()
        people = self.people(grades, roster.rows if roster else None, identity)
        self.require_identity(identity, identity, people)
        yield [*COLUMNS, *grades.assignments]
        for student, row in people:
            # What is not the identity is for people: Moodle is told to ignore it.
            cells = [row.get(name, "") if name == identity else shown(row.get(name, "")) for name in COLUMNS]
            yield [*cells, *self.points(grades, student)]

    def alone(self, student: StudentRow) -> Row:
        fields = (student.first_name, student.last_name, student.id, student.lms_user_id, student.email)
        return dict(zip(COLUMNS, fields, strict=True))
