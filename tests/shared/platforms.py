"""What Moodle and Canvas export and take back, re-enacted from their sources (see the exporters for the files)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

WORKSHEET = (
    "Identifier",
    "Full name",
    "Email address",
    "Status",
    "Grade",
    "Maximum grade",
    "Grade can be changed",
    "Last modified (submission)",
    "Last modified (grade)",
    "Feedback comments",
)


@dataclass
class Participant:
    """One participant of a Moodle assignment. Times are UTC; `extended` is until when an extension runs."""

    number: int
    name: str
    email: str
    submitted: datetime | None = None
    extended: datetime | None = None
    draft: bool = False
    locked: bool = False
    grade: float | None = None
    comment: str = ""


@dataclass
class Moodle:
    """A Moodle assignment, whose teacher's account has this time zone."""

    participants: Sequence[Participant]
    due: datetime
    maximum: float = 10.0
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Berlin"))

    def worksheet(self, path: Path) -> Path:
        """Download grading worksheet: mod/assign/gradingtable.php, col_recordid and the columns that follow."""
        lines = [
            [
                f"Participant {one.number}",
                one.name,
                one.email,
                self._status(one),
                "",
                f"{self.maximum:.2f}",
                "No" if one.locked else "Yes",
                self._userdate(one.submitted),
                "-",
                one.comment,
            ]
            for one in self.participants
        ]
        return written(path, [WORKSHEET, *lines])

    def _status(self, one: Participant) -> str:
        due = one.extended or self.due
        found = [
            "Draft (not submitted)" if one.draft else "Submitted for grading" if one.submitted else "No submission"
        ]
        if one.submitted and one.submitted > due:
            found.append(f"{_format_time(one.submitted - due)} late")
        if one.extended:
            found.append(f"Extension granted until: {self._userdate(one.extended)}")
        return " - ".join(found)

    def _userdate(self, when: datetime | None) -> str:
        """userdate() with strftimedaydatetime, which takes the zeros before days and hours off."""
        if when is None:
            return "-"
        there = when.replace(tzinfo=UTC).astimezone(self.zone)
        return f"{there:%A}, {there.day} {there:%B %Y}, {there.hour % 12 or 12}:{there:%M %p}"

    def take_worksheet(self, path: Path) -> None:
        """Upload grading worksheet: importgradeslib.php finds the columns, locallib.php process_import_grades reads."""
        heading, *lines = rows(path)
        by_number = {one.number: one for one in self.participants}
        at = {name: heading.index(name) for name in ("Identifier", "Grade", "Last modified (grade)")}
        for line in lines:
            one = by_number.get(int(line[at["Identifier"]][len("Participant ") :] or 0))
            if one is None:
                continue
            grade = line[at["Grade"]]
            if grade != "" and 0 <= float(grade) <= self.maximum and not one.locked:
                one.grade = float(grade)
            one.comment = line[heading.index("Feedback comments")]


def _format_time(span: timedelta) -> str:
    return f"{span.days} days {span.seconds // 3600} hours" if span.days else f"{span.seconds // 60} mins"


def canvas_gradebook(path: Path, students: Mapping[str, tuple[str, str]], column: str, possible: float) -> Path:
    """Canvas's Grades, Export (lib/gradebook_exporter.rb): `students` are sortable name and login by Canvas's id."""
    heading = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", column, "Final Score"]
    lines = [[name, one, "", login, "A", "", ""] for one, (name, login) in students.items()]
    whole = ["    Points Possible", "", "", "", "", f"{possible:g}", "(read only)"]
    return written(path, [heading, whole, *lines, ["Student, Test", "999", "", "abc0", "A", "", ""]])


def written(path: Path, lines: Iterable[Sequence[str]]) -> Path:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(lines)
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def rows(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file, strict=True))
