"""A class list that a learning system exported: who is who there, for students whom the gradebook names otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from ..base.csvfile import Row, Table, TableError, read_table, require_columns
from ..nbgrader.gradebook.queries import StudentRow

Keys = Mapping[str, Callable[[StudentRow], Iterable[str]]]
"""For a column of the roster, what a student may be called there. Names are not used: students choose them."""

WORKSHEET = ("Identifier", "Full name", "Status", "Grade", "Last modified (grade)")
"""Headings of Moodle's grading worksheet, in English (mod/assign/gradingtable.php)."""
GRADEBOOK = ("Student", "ID", "Section")
"""Headings of Canvas's export of its gradebook."""
USERNAME, ID_NUMBER, EMAIL = "Username", "ID number", "Email address"
"""Columns by which Moodle tells who a student is, as far as the site shows them."""
HOW_TO_IDENTIFY = (
    f"have Moodle show {EMAIL}, {USERNAME} or {ID_NUMBER} in it (Site administration, Users, User policies, Show user "
    "identity)"
)

MOODLE_KEYS: Keys = {
    USERNAME: lambda student: [student.id],
    ID_NUMBER: lambda student: [student.lms_user_id, student.id],
    EMAIL: lambda student: [student.email],
}
CANVAS_KEYS: Keys = {
    "ID": lambda student: [student.lms_user_id],
    "SIS User ID": lambda student: [student.lms_user_id, student.id],
    "SIS Login ID": lambda student: [student.id, student.email],
}


def read_roster(path: Path, needed: Sequence[str], system: str) -> Table:
    """Read the file; `needed` are headings that `system` gives every such file. Raises TableError where it is none."""
    table = read_table(path, f"The roster {path}")
    require_columns(table, needed, f"The roster {path} is not one that {system} exports")
    return table


def pair(students: Sequence[StudentRow], rows: Sequence[Row], keys: Keys) -> list[StudentRow | None]:
    """Whose each row is, by the columns of `keys` and whatever the case of letters; None for nobody of these students.

    Raises TableError where a student could be two rows, or a row two students.
    """
    places: dict[tuple[str, str], list[int]] = {}
    for at, row in enumerate(rows):
        for column in keys:
            if row.get(column):
                places.setdefault((column, row[column].casefold()), []).append(at)
    whose: list[StudentRow | None] = [None] * len(rows)
    for student in students:
        texts = {(column, text.casefold()) for column, found in keys.items() for text in found(student) if text}
        found = {at for key in texts for at in places.get(key, ())}
        if len(found) > 1:
            raise TableError(f"Student {student.id} could be {len(found)} rows of the roster: {_lines(found)}.")
        for at in found:
            if (other := whose[at]) is not None:
                raise TableError(
                    f"Students {other.id} and {student.id} are the same row of the roster: {_lines([at])}."
                )
            whose[at] = student
    return whose


def _lines(rows: Iterable[int]) -> str:
    return ", ".join(f"student {at + 1} of the file" for at in sorted(rows))


def is_person_in_canvas(row: Row) -> bool:
    """Not a line about the assignments, and not the student whom Canvas makes up for its student view."""
    made_up = row["Student"] == "Student, Test" and not row.get("SIS User ID")
    return bool(row["ID"]) and not made_up


def column_in_canvas(columns: Sequence[str], assignment: str) -> str:
    """The heading of the assignment's column, which bears Canvas's number of it; "" where there is none."""
    return next((one for one in columns if re.fullmatch(rf"{re.escape(assignment)}\s*\(\d+\)", one)), "")


def possible_in_canvas(table: Table, column: str) -> str:
    """What stands in the row of possible points under a heading, "" where nothing does."""
    rows = (row.get(column, "") for row in table.rows if row["Student"].casefold() == "points possible")
    return next(filter(None, rows), "")


def differing_maximum(system: str, assignment: str, theirs: str, ours: float) -> str:
    """A sentence where the system counts to other points than the course does, "" where to the same."""
    try:
        same = float(theirs.replace(",", ".")) == ours
    except ValueError:  # a scale, or "(read only)"
        return ""
    if same:
        return ""
    return (
        f"{assignment}: {system} counts to {theirs}, the course to {ours:g}. Set {ours:g} there, or a score means "
        "something else; no file of this kit's changes it."
    )
