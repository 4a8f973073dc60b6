"""A class list that a learning system exported: who is who there, for students whom the gradebook names otherwise."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...nbgrader.gradebook import StudentRow
from ...nbgrader.scores import ExportError

MOST_BYTES = 32 * 2**20

Row = Mapping[str, str]
Keys = Mapping[str, Callable[[StudentRow], Iterable[str]]]
"""By column of the roster, what of a student in the gradebook may stand there. Names never do: students choose them."""


@dataclass(frozen=True)
class Roster:
    """The file's headings in its order, and its rows."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_roster(path: Path, needed: Sequence[str], system: str) -> Roster:
    """Read the file; `needed` are headings that `system` gives every such file.

    Raises ExportError where it is no such file.
    """
    try:
        raw = path.read_bytes() if path.stat().st_size <= MOST_BYTES else b"\0"
    except OSError as error:
        raise ExportError(f"The roster {path} can't be read: {error.strerror}.") from None
    try:
        text = raw.decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=_delimiter(text)))
    except (UnicodeDecodeError, csv.Error):
        raise ExportError(f"The roster {path} is not a CSV file in UTF-8: export it from {system} again.") from None
    columns = tuple(heading.strip() for heading in lines[0]) if lines else ()
    lacking = [heading for heading in needed if heading not in columns]
    if lacking:
        raise ExportError(
            f"The roster {path} is not one that {system} exports: it has no column {' and no column '.join(lacking)}."
        )
    full = [line for line in lines[1:] if any(cell.strip() for cell in line)]
    rows = tuple(
        {heading: cell.strip() for heading, cell in zip(columns, [*line, *[""] * len(columns)], strict=False)}
        for line in full
    )
    return Roster(path, columns, rows)


def _delimiter(text: str) -> str:
    """A semicolon where a spreadsheet of a country with decimal commas has saved the file."""
    heading = text.partition("\n")[0]
    return ";" if heading.count(";") > heading.count(",") else ","


@dataclass(frozen=True)
class Pairs:
    """Which row of a roster is which student."""

    row_of: Mapping[str, Row]
    """By the student's id in the gradebook."""
    only_in_roster: tuple[Row, ...]
    only_in_gradebook: tuple[StudentRow, ...]


def pair(students: Sequence[StudentRow], rows: Sequence[Row], keys: Keys) -> Pairs:
    """Find every student's row by the columns of `keys`, whatever the case of letters.

    Raises ExportError where a student could be two rows, or a row two students.
    """
    places: dict[tuple[str, str], list[int]] = {}
    for at, row in enumerate(rows):
        for column in keys:
            if row.get(column):
                places.setdefault((column, row[column].casefold()), []).append(at)
    row_of: dict[str, Row] = {}
    taken: dict[int, str] = {}
    for student in students:
        found = {
            at
            for column, texts in keys.items()
            for text in texts(student)
            if text
            for at in places.get((column, text.casefold()), [])
        }
        if len(found) > 1:
            raise ExportError(f"Student {student.id} could be {len(found)} rows of the roster: {_lines(found)}.")
        for at in found:
            if at in taken:
                raise ExportError(
                    f"Students {taken[at]} and {student.id} are the same row of the roster: {_lines([at])}."
                )
            taken[at], row_of[student.id] = student.id, rows[at]
    return Pairs(
        row_of,
        tuple(row for at, row in enumerate(rows) if at not in taken),
        tuple(student for student in students if student.id not in row_of),
    )


def _lines(rows: Iterable[int]) -> str:
    return ", ".join(f"student {at + 1} of the file" for at in sorted(rows))
