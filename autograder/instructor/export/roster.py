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
"""A line of the file by its headings."""
Keys = Mapping[str, Callable[[StudentRow], Iterable[str]]]
"""For a column of the roster, what a student may be called there. Names are not used: students choose them."""


@dataclass(frozen=True)
class Roster:
    """The file's headings in its order, and its rows."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_roster(path: Path, needed: Sequence[str], system: str) -> Roster:
    """Read the file; `needed` are headings that `system` gives every such file.

    Raises ExportError where it is no such file.
    """
    try:
        raw = path.read_bytes() if path.stat().st_size <= MOST_BYTES else b"\xff"
    except OSError as error:
        raise ExportError(f"The roster {path} can't be read: {error.strerror}.") from None
    try:
        text = raw.decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=_delimiter(text)))
    except (UnicodeDecodeError, csv.Error):
        raise ExportError(f"The roster {path} is not a CSV file in UTF-8: export it from {system} again.") from None
    stripped = [[cell.strip() for cell in line] for line in lines]
    columns = tuple(stripped[0]) if stripped else ()
    lacking = [heading for heading in needed if heading not in columns]
    if lacking:
        raise ExportError(
            f"The roster {path} is not one that {system} exports: it has no column {' and no column '.join(lacking)}."
        )
    full = filter(any, stripped[1:])
    return Roster(columns, tuple(dict.fromkeys(columns, "") | dict(zip(columns, line, strict=False)) for line in full))


def _delimiter(text: str) -> str:
    """A semicolon where a spreadsheet of a country with decimal commas has saved the file."""
    heading = text.partition("\n")[0]
    return ";" if heading.count(";") > heading.count(",") else ","


def pair(students: Sequence[StudentRow], rows: Sequence[Row], keys: Keys) -> list[StudentRow | None]:
    """Whose each row is, by the columns of `keys` and whatever the case of letters; None for nobody of these students.

    Raises ExportError where a student could be two rows, or a row two students.
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
            raise ExportError(f"Student {student.id} could be {len(found)} rows of the roster: {_lines(found)}.")
        for at in found:
            if (other := whose[at]) is not None:
                raise ExportError(
                    f"Students {other.id} and {student.id} are the same row of the roster: {_lines([at])}."
                )
            whose[at] = student
    return whose


def _lines(rows: Iterable[int]) -> str:
    return ", ".join(f"student {at + 1} of the file" for at in sorted(rows))
