"""What the exporters for learning systems share: an nbgrader plugin that is given grades and writes a table.

Each is a plugin for stock nbgrader, as in

    nbgrader export --exporter=autograder.plugins.CanvasExport --to grades.csv

and what `autograder export --format` calls.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Unicode

from ...base.csvfile import Row, Table
from ...base.errors import UserError
from ...base.plain import plain
from ...nbgrader.gradebook.lateness import refresh_all
from ...nbgrader.gradebook.queries import StudentRow
from ...nbgrader.gradebook.scores import ExportError, Grades, Score, Status, require_grades
from ..roster import Keys, pair, read_roster
from .table import is_formula, number, shown, write_table

NAMED = 10
"""How many students a sentence names."""


Person = tuple[StudentRow | None, Row]
"""A student, None for one whom the gradebook doesn't know, and the row that the learning system has for them."""


class LmsExport(ExportPlugin):
    """Scores in the form that one learning system reads. A subclass says what the table is.

    `notes` are sentences for the instructor about what was written: who has no score, and why.
    """

    roster = Unicode("", help="a class list exported from the learning system, whose rows are filled in").tag(
        config=True
    )
    incomplete = Bool(
        False,
        help="with a roster: go on although some students are only in the gradebook (who are left out) or only in the "
        "roster (who get no score)",
    ).tag(config=True)

    system: ClassVar[str]
    """What the system is called."""
    file_name: ClassVar[str]
    """The file to write unless `to` names one."""
    needed: ClassVar[tuple[str, ...]] = ()
    """Headings that a roster of the system has."""
    keys: ClassVar[Keys] = {}
    no_score: ClassVar[str] = ""
    """What the system reads as no score at all; 0 would be a score."""
    excused: ClassVar[str] = ""
    """What it reads as excused; where it has no word for that, as no score."""

    notes: tuple[str, ...] = ()

    def export(self, gradebook: Gradebook) -> None:
        """What nbgrader calls: one sentence and exit status 2 where the grades can't be exported as asked."""
        try:
            self.write(gradebook)
        except UserError as error:
            self.log.error("%s", plain(str(error)))
            raise SystemExit(2) from None
        for note in self.notes:
            self.log.warning("%s", plain(note))

    def write(self, gradebook: Gradebook) -> Path:
        """Write the file and return its path. Raises UserError; then nothing is written."""
        refresh_all(gradebook)
        grades = require_grades(gradebook, self.assignment, self.student)
        self.notes = tuple(without_score(grades))
        path = Path(self.to or self.file_name)
        write_table(path, list(self.table(grades)))
        return path

    def table(self, grades: Grades) -> Iterator[Sequence[str]]:
        """The rows of the file, headings first."""
        raise NotImplementedError

    def read_roster(self) -> Table | None:
        """The roster, where one is given."""
        return read_roster(Path(self.roster), self.needed, self.system) if self.roster else None

    def alone(self, student: StudentRow) -> Row:
        """What of the gradebook stands for a student's row of the roster, where none is given."""
        raise NotImplementedError

    def people(self, grades: Grades, rows: Sequence[Row] | None, name: str) -> list[Person]:
        """Whom the file is about: everyone in the gradebook, or the roster's `rows` in their order.

        `name` is the column to name a row by. Raises ExportError for students whom only one side knows, unless
        `incomplete` says that this is as it should be. With nbgrader's --student the others' rows are left alone.
        """
        if rows is None:
            return [(student, self.alone(student)) for student in grades.students]
        whose = pair(grades.students, rows, self.keys)
        placed = {student.id for student in whose if student}
        unknown = [student.id for student in grades.students if student.id not in placed]
        strange = [] if self.student else [row[name] for student, row in zip(whose, rows, strict=True) if not student]
        told = []
        if unknown:
            told.append(f"the roster doesn't know {names_of(unknown)} of the gradebook")
        if strange:
            told.append(f"the gradebook doesn't know {names_of(strange)} of the roster")
        if told and not self.incomplete:
            sentence = "; ".join(told)
            raise ExportError(
                f"{sentence[0].upper()}{sentence[1:]}. Add who is missing (by `nbgrader db student add`, or a newer "
                "roster), or pass --incomplete: who is not in the roster is left out, who is only there has no score."
            )
        if told:
            self.notes = (*self.notes, f"Passed over: {'; '.join(told)}.")
        return [(student, row) for student, row in zip(whose, rows, strict=True) if student or not self.student]

    def points(self, grades: Grades, student: StudentRow | None) -> list[str]:
        """What stands in the assignments' columns for a student."""
        return [self.cell(grades.of(student, name) if student else None) for name in grades.assignments]

    def cell(self, score: Score | None) -> str:
        """A score as the system reads it."""
        if score is None or score.points is None:
            return self.excused if score and score.status is Status.EXCUSED and self.excused else self.no_score
        return number(score.points)

    def require_identity(self, what: str, column: str, people: Sequence[Person]) -> None:
        """Raise ExportError unless all have an identity of their own in the column, safe in a spreadsheet."""
        named = [(student.id if student else row[column], row[column]) for student, row in people]
        nobody = [name for name, identity in named if not identity]
        if nobody:
            raise ExportError(
                f"{names_of(nobody)}: no {what} in the gradebook. Add it there, or give --roster {self.system}'s list."
            )
        counted = Counter(identity.casefold() for _, identity in named)
        shared = [name for name, identity in named if counted[identity.casefold()] > 1]
        if shared:
            raise ExportError(f"{names_of(shared)} have the same {what}: {self.system} could not tell them apart.")
        require_plain([identity for _, identity in named])


def require_plain(identities: Sequence[str]) -> None:
    """Raise ExportError for an identity that a spreadsheet would compute: altered, it would be nobody's."""
    odd = [shown(identity) for identity in identities if is_formula(identity)]
    if odd:
        raise ExportError(
            f"A spreadsheet would take {names_of(odd)} for a formula: change the id, or leave the student out."
        )


def names_of(found: Sequence[str]) -> str:
    """Some students by name, and how many more; what a student wrote can't reach the terminal as a control code."""
    printable = ["".join(c if c.isprintable() else "?" for c in name) or "(no name)" for name in found[:NAMED]]
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return ", ".join(printable) + more


def without_score(grades: Grades, statuses: Iterable[Status] = Status) -> Iterator[str]:
    """Sentences on who has no score, and why, or 0 for having handed in nothing."""
    for assignment in grades.assignments:
        for status in statuses:
            found = [student.id for student in grades.students if grades.of(student, assignment).status is status]
            if found and status is not Status.GRADED:
                zero = status is Status.MISSING and _counts_zero(grades, assignment)
                yield f"{assignment}: {'counts 0' if zero else 'no score'}, {status}: {names_of(found)}."


def _counts_zero(grades: Grades, assignment: str) -> bool:
    scores = (grades.of(student, assignment) for student in grades.students)
    return any(one.status is Status.MISSING and one.points is not None for one in scores)
