"""Scores for Moodle: its grading worksheet, filled in, or a file for its grade import."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import ClassVar

from traitlets import Enum

from ...base.csvfile import Row, Table
from ...base.messages import translator
from ...nbgrader.gradebook.queries import StudentRow
from ...nbgrader.gradebook.scores import ExportError, Grades, Score
from ..roster import EMAIL, HOW_TO_IDENTIFY, ID_NUMBER, MOODLE_KEYS, USERNAME, WORKSHEET, Keys, differing_maximum
from .lms import LmsExport, Person, names_of
from .table import number, shown

COLUMNS = ("First name", "Last name", USERNAME, ID_NUMBER, EMAIL)
IDENTITIES = {"email": EMAIL, "username": USERNAME, "idnumber": ID_NUMBER}
COMMENTS = "Feedback comments"
_READ = ("Identifier", "Grade", "Last modified (grade)", COMMENTS)
"""Columns of the worksheet that Moodle reads again: nothing in them is altered."""
MOST = 100.0
"""A score above this ends a whole grade import, unless the site allows unlimited grades. It is a new item's maximum."""


class MoodleExport(LmsExport):
    """With a grading worksheet as the roster: that file with grades and comments, for Upload grading worksheet.

    From how Moodle writes and reads it (https://github.com/moodle/moodle, mod/assign/gradingtable.php,
    mod/assign/feedback/offline/importgradeslib.php and locallib.php; https://docs.moodle.org/en/Assignment_FAQ): a
    student is known by the participant's number in Identifier; an empty Grade is passed over, and so, in silence, is
    one above the assignment's maximum and one that may not be changed; comments are HTML.

    Without one, or with another list: a CSV file for Grades, Import, CSV file, from Moodle's documentation
    (https://docs.moodle.org/en/Grade_import) and grade/import/csv/classes/load_data.php: CSV in UTF-8 with commas; the
    import asks which column tells who a student is and which grade item or feedback a column is: headings are free. A
    student unknown to Moodle ends the import, and so does a score above 100; an email address is compared letter for
    letter; a row without an identity goes to the student of the row before it. So the identity must be there for
    everybody, and different. Nothing here was tried against a running Moodle.

    "-": no score. Moodle's own exports write it so; an empty cell of a new grade item is taken for a grade.
    """

    identify = Enum(sorted(IDENTITIES), "email", help="which of a student's fields Moodle is to know them by").tag(
        config=True
    )

    system = "Moodle"
    file_name = "grades-moodle.csv"
    no_score = "-"
    keys: ClassVar[Keys] = MOODLE_KEYS

    def table(self, grades: Grades) -> Iterator[Sequence[str]]:
        roster = self.read_roster()
        if roster and roster.has(*WORKSHEET):
            yield from self._worksheet(grades, roster)
        else:
            yield from self._import(grades, roster)

    # --- the grading worksheet -------------------------------------------------------------------------------------

    def _worksheet(self, grades: Grades, roster: Table) -> Iterator[Sequence[str]]:
        if len(grades.assignments) != 1:
            raise ExportError(f"A worksheet is of one assignment: name one of {', '.join(grades.assignments)}.")
        (assignment,) = grades.assignments
        if not any(column in roster.columns for column in self.keys):
            raise ExportError(f"The worksheet doesn't tell who is who but by name: {HOW_TO_IDENTIFY}.")
        theirs = next((row["Maximum grade"] for row in roster.rows if row.get("Maximum grade")), "")
        if told := differing_maximum("Moodle", assignment, theirs, grades.maximum[assignment]):
            self.notes = (*self.notes, told)
        people = self.people(grades, roster.rows, "Full name")
        passed = {student.id for student, row in people if student is not None and _passed_over(grades, student, row)}
        self._tell(
            sorted(passed),
            "Moodle would pass over their scores, above its maximum or not to be changed there; enter them by hand",
        )
        yield roster.columns
        for student, row in people:
            score = grades.of(student, assignment) if student is not None else None
            new = {}
            if student is not None and score is not None and score.points is not None and student.id not in passed:
                new = {"Grade": number(score.points), COMMENTS: shown(escape(remark(score, assignment), quote=False))}
            cells = {name: text if name in _READ else shown(text) for name, text in row.items()}
            yield [{**cells, **new}[name] for name in roster.columns]

    # --- the grade import ------------------------------------------------------------------------------------------

    def _import(self, grades: Grades, roster: Table | None) -> Iterator[Sequence[str]]:
        identity = IDENTITIES[self.identify]
        if roster and identity not in roster.columns:
            raise ExportError(f"The roster {self.roster} is not one that Moodle exports: it has no column {identity}.")
        people = self.people(grades, roster.rows if roster else None, identity)
        self.require_identity(identity, identity, people)
        whole = ", ".join(f"{number(grades.maximum[name])} for {name}" for name in grades.assignments)
        self.notes = (*self.notes, f"Set the maximum in Moodle: {whole}. A new grade item has {MOST:g}.")
        left_out = [person for person in people if self._too_many(grades, person)]
        self._tell(
            [student.id for student, _ in left_out if student],
            f"left out, since one score above {MOST:g} ends Moodle's whole import; enter them by hand",
        )
        yield [*COLUMNS, *grades.assignments, *(f"{name} feedback" for name in grades.assignments)]
        for student, row in people:
            if (student, row) in left_out:
                continue
            # What is not the identity is for people: Moodle is told to ignore it.
            cells = [row.get(name, "") if name == identity else shown(row.get(name, "")) for name in COLUMNS]
            yield [*cells, *self.points(grades, student), *self._remarks(grades, student)]

    def _remarks(self, grades: Grades, student: StudentRow | None) -> list[str]:
        names = grades.assignments
        return [shown(remark(grades.of(student, name), name)) if student is not None else "" for name in names]

    def _too_many(self, grades: Grades, person: Person) -> bool:
        student, _ = person
        return student is not None and any((grades.of(student, name).points or 0) > MOST for name in grades.assignments)

    def _tell(self, students: Sequence[str], what: str) -> None:
        if students:
            self.notes = (*self.notes, f"{names_of(students)}: {what}.")

    def alone(self, student: StudentRow) -> Row:
        fields = (student.first_name, student.last_name, student.id, student.lms_user_id, student.email)
        return dict(zip(COLUMNS, fields, strict=True))


def remark(score: Score, assignment: str) -> str:
    """What is said of a score in a line: the points of each part, what being late cost, and people's comments."""
    _ = translator("zh" if assignment.endswith("-zh") else "en")
    parts = [
        f"{part.cell.removeprefix('test_')} {number(part.points)}/{number(part.maximum)}"
        for part in score.parts
        if part.points is not None
    ]
    late = [_("{points} points are taken off for handing in late.").format(points=number(score.penalty))]
    comments = [f"{cell.removeprefix('test_')}: {comment}" for cell, comment in score.comments]
    return " | ".join(filter(None, (", ".join(parts), *(late if score.penalty else []), *comments)))


def _passed_over(grades: Grades, student: StudentRow, row: Row) -> bool:
    """Whether Moodle would leave the score out without a word."""
    points = grades.of(student, grades.assignments[0]).points
    try:
        most = float(row.get("Maximum grade", "").replace(",", "."))
    except ValueError:  # a scale, or none
        most = float("inf")
    return points is not None and (points > most or row.get("Grade can be changed", "Yes") == "No")
