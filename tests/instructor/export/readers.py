"""The files read as the systems' documentation and sources say that they are read. See the exporters for the pages."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path


def rows(path: Path) -> list[list[str]]:
    raw = path.read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf")
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file, strict=True))


@dataclass
class Canvas:
    """A Canvas course: its users by Canvas id, by SIS user id and by login."""

    ids: dict[str, str]
    sis: dict[str, str]
    logins: dict[str, str]

    def read(self, path: Path) -> tuple[dict[str, dict[str, str]], dict[str, str], list[str]]:
        """Scores by student and column, possible points by column, and rows that would be new students."""
        table = rows(path)
        heading = table[0]
        assert "Student" in heading[0]
        assert "ID" in heading[1]
        first = heading.index("Section") + 1
        assert first in (3, 4, 5, 6)
        possible: dict[str, str] = {}
        scores: dict[str, dict[str, str]] = {}
        strangers: list[str] = []
        for row in table[1:]:
            assert len(row) == len(heading)
            cells = dict(zip(heading[first:], row[first:], strict=True))
            if "Points Possible" in row[0]:
                possible = cells
                continue
            cell = dict(zip(heading[:first], row[:first], strict=True))
            who = (
                self.ids.get(cell["ID"])
                or self.sis.get(cell.get("SIS User ID", ""))
                or self.logins.get(cell.get("SIS Login ID", ""))
            )
            if who is None:
                strangers.append(row[0])
                continue
            scores[who] = cells
        return scores, possible, strangers


class MoodleRefusal(Exception):
    """Moodle takes nothing of the file."""


def moodle(path: Path, column: str, users: dict[str, str], item: str) -> dict[str, float | None]:
    """Grades by user, for a new grade item: `users` by what the identity column holds, letter for letter."""
    table = rows(path)
    heading = [cell.strip() for cell in table[0]]
    found: dict[str, float | None] = {}
    current: str | None = None  # Moodle keeps the student of the row before where the identity is empty
    for row in table[1:]:
        if len(row) <= 1:
            continue
        identity = row[heading.index(column)].strip()
        if identity:
            if identity not in users:
                raise MoodleRefusal(identity)
            current = users[identity]
        assert current is not None
        assert current not in found
        value = row[heading.index(item)].strip()
        if value == "-":
            found[current] = None
        elif re.fullmatch(r"\d+(\.\d+)?", value):
            found[current] = float(value)
        else:
            raise MoodleRefusal(value)
    return found


def formulas(path: Path, numeric: tuple[str, ...] = ("-",)) -> list[str]:
    """Cells that a spreadsheet would compute, whichever separator it takes."""
    cells = [cell for row in rows(path) for cell in row]
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        cells += [cell for separator in ";,\t" for cell in next(csv.reader([line], delimiter=separator), [])]
        cells += [cell.strip(' "') for cell in re.split(r"[;,\t]", line)]
    return [c for c in cells if c not in numeric and c[:1] in tuple("=+-@\t\r＝＋－＠") and c]
