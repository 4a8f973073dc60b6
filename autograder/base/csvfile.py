"""CSV files that people and learning platforms write, read with care: rosters, worksheets, extensions."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .errors import UserError

MOST_BYTES = 32 * 2**20

Row = Mapping[str, str]
"""A line of a file by its headings; what a short line lacks is ""."""


class TableError(UserError):
    """The file can't be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file's headings in its order, its rows without the empty ones, and the number of each row in the file."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    numbers: tuple[int, ...]

    def has(self, *columns: str) -> bool:
        """Whether it has all of these headings."""
        return set(columns) <= set(self.columns)


def read_table(path: Path, called: str) -> Table:
    """Read a CSV file in UTF-8, separated by commas, or by semicolons as spreadsheets of some countries save it.

    Cells lose the spaces around them. `called` is how sentences call the file. Raises TableError where it can't be
    read, is no such file, or is larger than `MOST_BYTES`.
    """
    try:
        raw = path.read_bytes() if path.stat().st_size <= MOST_BYTES else b"\xff"
    except OSError as error:
        raise TableError(f"{called} can't be read: {error.strerror}.") from None
    try:
        text = raw.decode("utf-8-sig")
        reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=_delimiter(text))
        lines = [(reader.line_num, [cell.strip() for cell in line]) for line in reader]
    except (UnicodeDecodeError, csv.Error):
        raise TableError(f"{called} is not a CSV file in UTF-8: save it as one, or export it again.") from None
    columns = tuple(lines[0][1]) if lines else ()
    full = [(number, line) for number, line in lines[1:] if any(line)]
    return Table(
        columns,
        tuple(dict.fromkeys(columns, "") | dict(zip(columns, line, strict=False)) for _, line in full),
        tuple(number for number, _ in full),
    )


def require_columns(table: Table, needed: Sequence[str], told: str) -> None:
    """Raise TableError, beginning with `told`, where a heading is not there, or there twice."""
    lacking = [heading for heading in needed if heading not in table.columns]
    if lacking:
        raise TableError(f"{told}: it has no column {' and no column '.join(lacking)}.")
    counted = Counter(table.columns)
    if twice := [heading for heading in needed if counted[heading] > 1]:
        raise TableError(f"{told}: it has the column {twice[0]} twice.")


def _delimiter(text: str) -> str:
    heading = text.partition("\n")[0]
    return ";" if heading.count(";") > heading.count(",") else ","
