"""Downloads, sorted: for each student the files that count. Pure: nothing is written here."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from ...nbgrader.staging import TIMESTAMP
from .known import KnownStudents, NotOneStudent
from .names import Name, is_a_platforms, read_name, target
from .unpack import Found


@dataclass(frozen=True, slots=True)
class Assignment:
    """What is collected: the names of its notebooks without `.ipynb`, and when it is due (UTC), if that is known."""

    name: str
    notebooks: tuple[str, ...]
    due: datetime | None = None


@dataclass
class HandedIn:
    """What counts of one student: files by where they belong in the student's folder, and when it was handed in."""

    student: str
    files: dict[PurePosixPath, Found] = field(default_factory=dict)
    when: datetime | None = None
    late: bool = False

    @property
    def notebooks(self) -> list[str]:
        return sorted(str(path) for path in self.files if path.suffix == ".ipynb")


@dataclass
class Sorted:
    """Everybody's work, in order of their ids, and a sentence for each thing that was left out or doubtful."""

    students: list[HandedIn] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Candidate:
    found: Found
    name: Name
    again: int

    @property
    def key(self) -> tuple[datetime, int, float, int, PurePosixPath]:
        """Higher for what was handed in later: by the platform's clock or numbers, else by the file's own."""
        return (self.name.when or datetime.min, self.name.order, self.found.modified, self.again, self.found.path)


def sort(files: Sequence[Found], assignment: Assignment, students: KnownStudents) -> Sorted:
    """Whose each file is, and which counts where a student handed in one twice."""
    result = Sorted()
    named = list(_named(_unwrapped(files), assignment, students, result))
    namesakes = _namesakes(name for _, name in named)
    work: dict[str, dict[PurePosixPath, list[_Candidate]]] = defaultdict(lambda: defaultdict(list))
    unknown: dict[str, list[PurePosixPath]] = defaultdict(list)
    for found, name in named:
        try:
            student = students.find(name, namesakes)
        except NotOneStudent as error:
            student = ""
            unknown[str(error)].append(found.path)
        path, again = target(name.file, assignment.notebooks)
        if path == PurePosixPath(TIMESTAMP):
            result.left_out.append(f"{found.path} is left out: a student could have written it.")
        elif ".." in path.parts or not path.parts:
            result.left_out.append(f"{found.path} is left out: it has no name of its own.")
        elif student:
            work[student][path].append(_Candidate(found, name, again))
    for why, paths in unknown.items():
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        result.left_out.append(f"{paths[0]}{more}: {why}.")
    for student in sorted(work):
        _choose(student, work[student], assignment, result)
    return result


def _named(
    files: Sequence[Found], assignment: Assignment, students: KnownStudents, result: Sorted
) -> Iterator[tuple[Found, Name]]:
    """Each file with what its path says. Where several folders may be the student's, the gradebook tells."""
    for found in files:
        candidates = read_name(found.path, assignment.name, assignment.notebooks)
        if not candidates:
            result.left_out.append(f"{found.path} is left out: its name says no student.")
            continue
        yield found, next((name for name in candidates if students.candidates(name)), candidates[0])


def _unwrapped(files: Sequence[Found]) -> Sequence[Found]:
    """The files without folders that hold the whole class, such as the one that a zip was unpacked into."""
    while True:
        outermost = {found.path.parts[0] for found in files}
        if len(outermost) != 1 or is_a_platforms(next(iter(outermost))):
            return files
        inner = [replace(found, path=PurePosixPath(*found.path.parts[1:])) for found in files]
        if any(len(found.path.parts) <= (found.path.suffix == ".ipynb") for found in inner):
            return files  # it was a student's: a notebook lies in it
        files = inner


def _namesakes(names: Iterator[Name]) -> frozenset[str]:
    """Names that a platform gives to more than one, told apart by its numbers."""
    numbers = Counter(student for student, _ in {(name.student, name.number) for name in names if name.number})
    return frozenset(student for student, count in numbers.items() if count > 1)


def _choose(student: str, files: dict[PurePosixPath, list[_Candidate]], assignment: Assignment, result: Sorted) -> None:
    handed_in = HandedIn(student)
    chosen = []
    for path, candidates in sorted(files.items()):
        *older, newest = sorted(candidates, key=lambda candidate: candidate.key)
        for candidate in older:
            result.notes.append(
                f"{student} handed in {path} more than once: {newest.found.path} is the newest and counts, "
                f"{candidate.found.path} doesn't."
            )
        handed_in.files[path] = newest.found
        chosen.append(newest)
    if not handed_in.notebooks:
        names = ", ".join(str(path) for path in list(handed_in.files)[:3])
        result.left_out.append(f"{student} is left out: there is no notebook among what they handed in ({names}).")
        return
    handed_in.late = any(candidate.name.late for candidate in chosen)
    handed_in.when = _time(student, chosen, handed_in.late, assignment, result)
    result.students.append(handed_in)


def _time(
    student: str, chosen: Sequence[_Candidate], late: bool, assignment: Assignment, result: Sorted
) -> datetime | None:
    """When it was handed in: as the platform says, or just too late where it says no more than that it was late."""
    when = max((candidate.name.when for candidate in chosen if candidate.name.when), default=None)
    if when is not None or not late:
        return when
    if assignment.due is None:
        result.notes.append(f"{student} handed in late, and the gradebook has no due date: it counts as in time.")
        return None
    result.notes.append(f"{student} handed in late; how late isn't said, so it counts as one second.")
    return assignment.due + timedelta(seconds=1)
