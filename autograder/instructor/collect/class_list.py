"""The list that a platform exports beside its download: who is who there, when each handed in, and until when they may.

- Moodle's grading worksheet (mod/assign/gradingtable.php): the Identifier is `Participant 101`, the number in the names
  of the download; times are written as the account that downloads reads them, to the minute, without a time zone; an
  extension stands in the Status, a date of one's own in `Due date`.
- Canvas's export of its gradebook (lib/gradebook_exporter.rb): ids, logins and names; no times.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from ...base.course import CourseError
from ...base.csvfile import Row, Table, read_table, require_columns
from ...nbgrader.gradebook.queries import StudentRow
from ...nbgrader.steps.staging import why_not_an_id
from ..roster import (
    CANVAS_KEYS,
    EMAIL,
    GRADEBOOK,
    HOW_TO_IDENTIFY,
    ID_NUMBER,
    MOODLE_KEYS,
    USERNAME,
    WORKSHEET,
    column_in_canvas,
    is_person_in_canvas,
    pair,
    possible_in_canvas,
)
from .names import bare
from .platforms import CANVAS, MOODLE

SUBMITTED = "Last modified (submission)"
_EXTENSION = re.compile(r"Extension granted until: (?P<when>.+?)(?: - |$)")
_TIMES = ("%d %B %Y, %I:%M %p", "%d %B %Y, %H:%M", "%B %d, %Y, %I:%M %p")
"""Behind the day of the week: Moodle's English, with a clock of 24 hours, and of the United States."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One student as the list has them. `submitted` and `due` are UTC; `handed_in` says that there is work of theirs.

    `number` is the platform's: of the participant in Moodle, of the user in Canvas.
    """

    row: StudentRow
    name: str
    number: str
    submitted: datetime | None = None
    due: datetime | None = None
    handed_in: bool = False
    draft: bool = False


@dataclass(frozen=True, slots=True)
class ClassList:
    """A list with each of its students as the gradebook knows them, or is going to.

    `added` are new to the gradebook, `filled` are those about whom the list knows more. `notes` are doubts.
    """

    platform: str
    students: tuple[Listed, ...]
    maximum: str = ""
    added: tuple[StudentRow, ...] = ()
    filled: tuple[StudentRow, ...] = ()
    notes: list[str] = field(default_factory=list)

    @property
    def by_number(self) -> Mapping[str, Listed]:
        """Moodle's participants. Canvas's numbers stand in the gradebook."""
        return {one.number: one for one in self.students} if self.platform == MOODLE else {}

    @property
    def submitted(self) -> Mapping[str, datetime]:
        """When each student handed in, by the gradebook's id; of none whose time the list doesn't have."""
        return {one.row.id: one.submitted for one in self.students if one.submitted}


def read_class_list(path: Path, assignment: str, known: Sequence[StudentRow], zone: tzinfo | None) -> ClassList:
    """Read a list, and find its students in the gradebook: by e-mail address, user name or number, never by name alone.

    `zone` is where the times were written, None for this machine's own. Raises TableError where it is no such list,
    and CourseError where it can't tell who is who.
    """
    table = read_table(path, f"The list {path}")
    if table.has("Identifier") or not table.has("Student"):
        told = f"The list {path} is neither Moodle's grading worksheet in English nor Canvas's export of its gradebook"
        require_columns(table, WORKSHEET, told)
        return _recognised(MOODLE, table, list(_participants(table, zone)), table.rows, known, assignment)
    require_columns(table, GRADEBOOK, f"The list {path} is not one that Canvas exports")
    rows = [row for row in table.rows if is_person_in_canvas(row)]
    return _recognised(CANVAS, table, [_of_canvas(row) for row in rows], rows, known, assignment)


def _participants(table: Table, zone: tzinfo | None) -> Iterator[Listed]:
    for row in table.rows:
        number = re.sub(r"\D", "", row["Identifier"])
        first, _, last = row["Full name"].rpartition(" ")
        extension = _EXTENSION.search(row["Status"])
        yield Listed(
            StudentRow(
                id=row.get(USERNAME, ""),
                first_name=first,
                last_name=last,
                email=row.get(EMAIL, ""),
                lms_user_id=row.get(ID_NUMBER, ""),
            ),
            row["Full name"],
            number,
            _time(row.get(SUBMITTED, ""), zone),
            _time(extension["when"] if extension else row.get("Due date", ""), zone),
            not row["Status"].startswith(("No submission", "Draft")) and row.get(SUBMITTED, "-") != "-",
            row["Status"].startswith("Draft"),
        )


def _of_canvas(row: Row) -> Listed:
    last, _, first = row["Student"].partition(", ")
    login = row.get("SIS Login ID", "")
    email = login if "@" in login else ""
    who = StudentRow(id=login, first_name=first, last_name=last, email=email, lms_user_id=row["ID"])
    return Listed(who, row["Student"], row["ID"])


def _time(text: str, zone: tzinfo | None) -> datetime | None:
    """UTC, without saying so, as the gradebook keeps its times. Raises CourseError for a time in another form."""
    plain = " ".join(text.split())
    if plain in ("", "-"):
        return None
    for form in _TIMES:
        try:
            found = datetime.strptime(plain.partition(", ")[2], form)
        except ValueError:
            continue
        return found.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
    raise CourseError(f"{text!r:.80} is no time as Moodle writes them in English: download the worksheet in English.")


def _recognised(
    platform: str, table: Table, found: list[Listed], rows: Sequence[Row], known: Sequence[StudentRow], assignment: str
) -> ClassList:
    """The students of a list, each with the gradebook's id where it has them, or with one of their own."""
    keys = MOODLE_KEYS if platform == MOODLE else CANVAS_KEYS
    whose = pair(known, rows, keys)
    by_name = _by_name(whose, found, known)
    taken = {one.id.casefold() for one in known}
    local = Counter(one.row.email.partition("@")[0].casefold() for one in found)
    result = ClassList(platform, (), _maximum(platform, table, assignment))
    students, added, filled = [], [], []
    for there, one, row in zip(whose, found, rows, strict=True):
        if there is None and one.number in by_name:
            who, told = _more(by_name[one.number], one.row)
            result.notes.append(f"{one.name} in the list is taken for {who.id}, by name.")
            filled.append(who)
        elif there is None:
            who = one.row.model_copy(update={"id": _id(one.row, row, local, taken)})
            added.append(who)
            taken.add(who.id.casefold())
        else:
            who, told = _more(there, one.row)
            result.notes.extend(told)
            filled += [who] if who != there else []
        students.append(replace(one, row=who))
    return replace(result, students=tuple(students), added=tuple(added), filled=tuple(filled))


def _by_name(
    whose: Sequence[StudentRow | None], found: Sequence[Listed], known: Sequence[StudentRow]
) -> Mapping[str, StudentRow]:
    """Students whom only a name tells, since the gradebook lacks what the list has, by the list's number for them.

    Raises CourseError where several may be meant.
    """
    paired = {one.id for one in whose if one is not None}
    left = [one for one in known if one.id not in paired]
    strange = [one for there, one in zip(whose, found, strict=True) if there is None]
    meant = {one.number: [who for who in left if _may_be(who, one.row)] for one in strange}
    chosen = {number: candidates[0] for number, candidates in meant.items() if len(candidates) == 1}
    counted = Counter(who.id for candidates in meant.values() for who in candidates)
    for one in strange:
        candidates = meant[one.number]
        if candidates and (len(candidates) > 1 or counted[candidates[0].id] > 1):
            ids = " or ".join(sorted(who.id for who in candidates))
            raise CourseError(
                f"{one.name} in the list may be {ids}: give the gradebook their e-mail addresses first "
                "(`nbgrader db student add ID --email=ADDRESS`)."
            )
    return chosen


def _may_be(who: StudentRow, listed: StudentRow) -> bool:
    return bool(_names(who) & _names(listed)) and not list(_contradictions(who, listed))


def _contradictions(who: StudentRow, listed: StudentRow) -> Iterator[tuple[str, str, str]]:
    """What gradebook and list have otherwise: the field, the gradebook's text and the list's."""
    for name in ("email", "lms_user_id"):
        mine, theirs = getattr(who, name), getattr(listed, name)
        if mine and theirs and mine.casefold() != theirs.casefold():
            yield name, mine, theirs


def _names(who: StudentRow) -> set[str]:
    names = (f"{who.first_name}{who.last_name}", who.id, who.email.partition("@")[0])
    return {bare(name) for name in names if name}


def _id(who: StudentRow, row: Row, local: Mapping[str, int], taken: set[str]) -> str:
    """The id of a student who is new: the user's name, else what stands before the @ where it is nobody else's.

    Raises CourseError where the list has nothing to tell them by.
    """
    before = who.email.partition("@")[0]
    short = before if local[before.casefold()] == 1 else ""
    name = "" if "@" in who.id else who.id
    wanted = (name, short, who.email, row.get(ID_NUMBER, ""), who.lms_user_id)
    for one in filter(None, wanted):
        if one.casefold() not in taken and not one.startswith(".") and not why_not_an_id(one):
            return one
    if any(wanted):
        raise CourseError(f"{row_name(row)} would get an id that another student has: add them to the gradebook first.")
    raise CourseError(f"The list names {row_name(row)}, and doesn't tell who that is: {HOW_TO_IDENTIFY}.")


def row_name(row: Row) -> str:
    """A student's name as the list writes it."""
    return row.get("Full name") or row.get("Student", "")


def _more(there: StudentRow, listed: StudentRow) -> tuple[StudentRow, list[str]]:
    """The gradebook's row with what it lacked, and sentences on what it has otherwise, which stays."""
    fields: tuple[str, ...] = ("email", "lms_user_id")
    if not (there.first_name or there.last_name):
        fields = (*fields, "first_name", "last_name")
    new = {name: value for name in fields if (value := getattr(listed, name)) and not getattr(there, name)}
    told = [
        f"{there.id}: the gradebook has {mine} for {name}, the list has {theirs}; the gradebook's stays."
        for name, mine, theirs in _contradictions(there, listed)
    ]
    return there.model_copy(update=new), told


def _maximum(platform: str, table: Table, assignment: str) -> str:
    """How many points the platform has for the assignment, "" where the list doesn't say."""
    if platform == MOODLE:
        return next((row["Maximum grade"] for row in table.rows if row.get("Maximum grade")), "")
    column = column_in_canvas(table.columns, assignment)
    return possible_in_canvas(table, column) if column else ""
