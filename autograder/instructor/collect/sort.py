"""Downloads, sorted: for each student the files that count. Pure: nothing is written here."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from ...nbgrader.steps.staging import TIMESTAMP
from .class_list import ClassList
from .known import KnownStudents, NotOneStudent
from .level import Level, Reader, levels
from .names import Name, NoName, TypedIn
from .places import Candidate, Wanted, place
from .platforms import MOODLE
from .unpack import Found

MOST_TOLD = 10
"""So many sentences of a kind are about one student, or nobody would find the others'."""
CONFIGURATIONS = ("nbgrader_config.py", "nbgrader_config.json")
"""nbgrader runs what it finds under these names in the folder that a command is given in."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """What is collected: the assignment's name, what it wants, and when it is due (UTC), if that is known.

    `listed` is the platform's list of the class, where there is one: it says when each handed in.
    """

    name: str
    wanted: Wanted
    due: datetime | None = None
    listed: ClassList | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was handed in: by the platform's clock, by its numbers, or by the date of the file."""

    when: datetime | None = None
    order: int = 0
    modified: float = 0.0

    def is_before(self, other: Moment) -> bool:
        """Whether this is the older of two, by what both tell best."""
        if self.when and other.when:
            return self.when < other.when
        if self.order and other.order:
            return self.order < other.order
        return bool(self.modified and other.modified) and self.modified < other.modified


@dataclass
class HandedIn:
    """What counts of one student: files by where they belong in the student's folder, and when it was handed in.

    `when` is the time to be noted with it, None where there is none; `moment` tells older from newer. `sent_as` is what
    the platform wrote before the student's own file name, by notebook.
    """

    student: str
    files: dict[PurePosixPath, Found] = field(default_factory=dict)
    when: datetime | None = None
    late: bool = False
    moment: Moment = field(default_factory=Moment)
    sent_as: dict[str, str] = field(default_factory=dict)

    @property
    def notebooks(self) -> list[str]:
        return sorted(str(path) for path in self.files if path.suffix == ".ipynb")


@dataclass
class Sorted:
    """Everybody's work, in order of their ids, and a sentence for each thing that was left out or doubtful."""

    students: list[HandedIn] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def sort(files: Sequence[Found], assignment: Assignment, students: KnownStudents, called: str = "") -> Sorted:
    """Whose each file is, and which counts where a student handed in one twice.

    `called` is the name of the zip that all the files are from, "" where they are from a folder: a zip that is named
    as a student is that student's, whatever is in it.
    """
    result = Sorted()
    named = _without_groups(list(_named(files, assignment, students, result, called)))
    namesakes = _namesakes(name for _, name in named)
    work: dict[str, list[tuple[Found, Name]]] = defaultdict(list)
    unknown: dict[str, list[PurePosixPath]] = defaultdict(list)
    grouped: dict[str, set[str]] = defaultdict(set)
    for found, name in named:
        try:
            student = students.find(name, namesakes)
        except NotOneStudent as error:
            unknown[str(error)].append(found.path)
        else:
            work[student].append((found, name))
            grouped[student] |= {name.student} if students.is_in_a_group(name, student) else set()
    for student, theirs in _participants(work).items():
        paths = [found.path for found, _ in work.pop(student)]
        unknown[f"{student} may be any of {' and '.join(theirs)}, who are two students to the platform"] += paths
    for student in sorted(grouped):
        result.notes.extend(f"{one} is taken for {student}, with a group's name before it." for one in grouped[student])
    for why, paths in unknown.items():
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        result.left_out.append(f"{paths[0]}{more}: {why}.")
    for student in sorted(work):
        _choose(student, work[student], assignment, result)
    return result


def _named(
    files: Sequence[Found], assignment: Assignment, students: KnownStudents, result: Sorted, called: str
) -> Iterator[tuple[Found, Name]]:
    """Each file with what its name says at the level where the students' names stand."""
    reader = Reader(assignment.name, assignment.wanted.notebooks, students.means_somebody, students.takes_new)
    if called and (known := _called_like(called, reader)):
        yield from ((found, replace(known, file=found.path)) for found in files)
        return
    level: Mapping[Found, Level] = levels(files, reader)
    for found in files:
        try:
            yield found, reader.name(found, level[found])
        except TypedIn as typed:
            result.notes.append(f"{found.path} {typed}.")
        except NoName as none:
            result.left_out.append(f"{found.path} {none}.")


def _without_groups(named: list[tuple[Found, Name]]) -> list[tuple[Found, Name]]:
    """Moodle writes groups before all names or before none. So a hyphen in one of them is no group's."""
    if all(name.others for _, name in named if name.platform == MOODLE):
        return named
    return [(found, replace(name, others=()) if name.platform == MOODLE else name) for found, name in named]


def _called_like(called: str, reader: Reader) -> Name | None:
    """The student whom a zip's own name means, by hand or as a platform names one student's."""
    whole = Found(PurePosixPath(called, "all"), content=None, modified=0.0)  # type: ignore[arg-type]
    return reader.name(whole, Level(0)) if reader.means_somebody(whole, 0) else None


def _namesakes(names: Iterable[Name]) -> frozenset[str]:
    """Names that a platform gives to more than one, told apart by its numbers."""
    numbers = Counter(student for student, _ in {(name.student, name.number) for name in names if name.number})
    return frozenset(student for student, count in numbers.items() if count > 1)


def _participants(work: Mapping[str, Sequence[tuple[Found, Name]]]) -> dict[str, list[str]]:
    """The students for whom a platform's names of several others were taken, with those names."""
    several: dict[str, list[str]] = {}
    for student, files in work.items():
        whose = {name.number: f"{name.student}_{name.number}" for _, name in files if name.number}
        if len(whose) > 1:
            several[student] = sorted(whose.values())
    return several


def _choose(student: str, files: Sequence[tuple[Found, Name]], assignment: Assignment, result: Sorted) -> None:
    handed_in = HandedIn(student)
    chosen: list[Candidate] = []
    left_out: list[str] = []
    placed = place(files, assignment.wanted)
    for path, candidates in sorted(placed.places.items()):
        *older, newest = sorted(candidates, key=lambda candidate: candidate.key)
        if why := _not_taken(path, assignment.wanted):
            left_out += [f"{one.found.path} is left out: {why}." for one in candidates]
            continue
        if path.name.casefold() in CONFIGURATIONS:
            result.notes.append(f"{newest.found.path} is left behind: a course's configuration is the instructor's.")
            continue
        if len(older) > MOST_TOLD:
            result.notes.append(f"{student} handed in {path} {len(older) + 1} times: {newest.found.path} counts.")
        for candidate in older if len(older) <= MOST_TOLD else ():
            result.notes.append(
                f"{student} handed in {path} more than once: {newest.found.path} is the newest and counts, "
                f"{candidate.found.path} doesn't."
            )
        if str(path) in {f"{name}.ipynb" for name in placed.by_cells}:
            result.notes.append(f"{student}: {newest.found.path} holds the cells of {path}, and is taken for it.")
        handed_in.files[path] = newest.found
        chosen.append(newest)
        if newest.name.mark and path.suffix == ".ipynb":
            handed_in.sent_as[str(path)] = newest.name.mark
    result.left_out += left_out[:MOST_TOLD]
    if len(left_out) > MOST_TOLD:
        result.left_out.append(f"{student}: {len(left_out) - MOST_TOLD} more files are left out.")
    if not chosen:
        return
    if not handed_in.notebooks:
        names = ", ".join(str(path) for path in list(handed_in.files)[:3])
        result.left_out.append(f"{student} is left out: there is no notebook among what they handed in ({names}).")
        return
    handed_in.late = any(candidate.name.late for candidate in chosen)
    clock = _clock(student, chosen, assignment.listed)
    handed_in.when = clock or (_just_late(student, assignment, result) if handed_in.late else None)
    handed_in.moment = Moment(
        clock,
        max(one.name.order for one in chosen),
        max(one.found.modified for one in chosen),
    )
    result.students.append(handed_in)


def _not_taken(path: PurePosixPath, wanted: Wanted) -> str:
    """Why a file can't stand at this place in a student's folder, "" if it can."""
    # Some systems take capitals and small letters for the same.
    if str(path).casefold() == TIMESTAMP:
        return "a student could have written it"
    if ".." in path.parts or not path.parts:
        return "it has no name of its own"
    needed = {TIMESTAMP, *(f"{name}.ipynb".casefold() for name in wanted.notebooks)}
    if len(path.parts) > 1 and path.parts[0].casefold() in needed:
        return f"{path.parts[0]} is a file's name, and here a folder's"
    return ""


def _clock(student: str, chosen: Sequence[Candidate], listed: ClassList | None) -> datetime | None:
    """When it was handed in, as the platform's list or its names say."""
    if listed and (when := listed.submitted.get(student)):
        return when
    return max((candidate.name.when for candidate in chosen if candidate.name.when), default=None)


def _just_late(student: str, assignment: Assignment, result: Sorted) -> datetime | None:
    """Just too late, where a platform says no more than that it was late."""
    if assignment.due is None:
        result.notes.append(f"{student} handed in late, and the gradebook has no due date: it counts as in time.")
        return None
    result.notes.append(f"{student} handed in late; how late isn't said, so it counts as one second.")
    return assignment.due + timedelta(seconds=1)
