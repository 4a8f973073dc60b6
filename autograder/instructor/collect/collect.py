"""`autograder collect`: downloads into submitted/STUDENT/ASSIGNMENT/, where nbgrader looks for them."""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from ...base.course import Course, CourseError
from ...execution.submission.whose import grade_ids_in
from ...kinds.registry import kinds
from ...nbgrader.calls import gradebook
from ...nbgrader.gradebook.lateness import EXTENSIONS, extend
from ...nbgrader.gradebook.queries import due_date, enter_students, released_cells, students
from ...nbgrader.gradebook.scores import maximum
from ...nbgrader.steps.staging import TIMESTAMP
from ...report.console import PlainConsole
from ..roster import differing_maximum
from .class_list import ClassList, read_class_list
from .known import KnownStudents
from .places import Wanted
from .receipts import Receipts, digest_of
from .sort import Assignment, HandedIn, Moment, Sorted, sort
from .unpack import NO_ROOM, hand_over, unpack


@dataclass(frozen=True, slots=True)
class Collected:
    """What became of one student's work. `outcome` is "new", "as before", "newer" or "older, kept out"."""

    work: HandedIn
    outcome: str


def collect(
    course: Course,
    downloads: Path,
    assignment: str,
    new_students: bool = False,
    console: Console | None = None,
    roster: Path | None = None,
    zone: tzinfo | None = None,
) -> bool:
    """Sort a folder or a zip of downloads into submitted/; True where nothing had to be left out.

    What was collected before and is other than what is collected now goes to downloaded/ASSIGNMENT/replaced/.
    `new_students` takes those, too, that a gradebook with students in it doesn't know. `roster` is the class list that
    the platform exported with the download: whoever is on it goes into the gradebook, and into extensions.csv with a
    due date of their own. `zone` is where its times were written, None for this machine's.

    Raises CourseError where there is nothing to collect, or the assignment has no notebook, and TableError where the
    class list can't be used.
    """
    if not downloads.exists():
        raise CourseError(f"There is no folder or zip {downloads}.")
    if not downloads.is_dir() and downloads.suffix.lower() != ".zip":
        raise CourseError(f"{downloads} is no folder and no zip: name what the learning platform gave you.")
    listed = _listed(course, roster, assignment, zone) if roster else None
    with sorted_out(course, downloads, assignment, new_students, listed) as found:
        if not (found.students or found.left_out):
            raise CourseError(f"There is nothing in {downloads}.")
        done = _hand_over(course, assignment, found)
    _tell(console or PlainConsole(soft_wrap=True), course, assignment, found, done)
    return not found.left_out


def _listed(course: Course, roster: Path, assignment: str, zone: tzinfo | None) -> ClassList:
    """The class list, whose students are in the gradebook from now on, with what it says of them."""
    with gradebook(course) as book:
        cells, due = released_cells(book, assignment), due_date(book, assignment)
        listed = read_class_list(roster, assignment, students(book), zone)
        enter_students(book, (*listed.added, *listed.filled))
    notes = listed.notes
    if listed.added:
        notes.append(f"{len(listed.added)} students are new in the gradebook.")
    if listed.maximum and (told := differing_maximum(listed.platform, assignment, listed.maximum, maximum(cells))):
        notes.append(told)
    own = {one.row.id: one.due for one in listed.students if one.due and one.due != due}
    if own and due is None:
        notes.append(
            f"{listed.platform} has a due date of their own for {', '.join(sorted(own))}, and the gradebook has none "
            "for the class: set it (Formgrader, the pencil), and collect again."
        )
    elif due is not None:
        later = {student: when - due for student, when in own.items() if when > due}
        notes += extend(course.root / EXTENSIONS, assignment, later)
    return listed


@contextmanager
def sorted_out(
    course: Course, downloads: Path, assignment: str, new_students: bool = False, listed: ClassList | None = None
) -> Iterator[Sorted]:
    """Whose each file of a folder or a zip is, and which of them count; zips are unpacked until the block ends.

    They are unpacked on the course's own disk, which is to take them anyway. Raises CourseError for an assignment
    without notebooks.
    """
    with gradebook(course) as book:
        cells = {name: [cell.grade_id for cell in found] for name, found in released_cells(book, assignment).items()}
        due, people = due_date(book, assignment), students(book)
    wanted = Assignment(assignment, _wanted(course, assignment, cells), due, listed)
    place = course.results.parent
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="collect-", dir=place, ignore_cleanup_errors=True) as store:
        unpacked = unpack(downloads, Path(store))
        called = downloads.stem if downloads.is_file() else ""
        participants = listed.by_number if listed else {}
        found = sort(unpacked.files, wanted, KnownStudents(people, new_students, participants), called)
        found.left_out[:0] = unpacked.left_out
        if listed:
            found.notes[:0] = listed.notes
            found.notes += _against(listed, found)
        if found.students and not people:
            found.notes.append("There are no students in the gradebook yet: each is called as the downloads call them.")
        yield found


def _against(listed: ClassList, found: Sorted) -> Iterator[str]:
    """What the list says of handing in, where that is not what the download says."""
    there = {work.student for work in found.students}
    absent = sorted(one.row.id for one in listed.students if one.handed_in and one.row.id not in there)
    drafts = sorted(one.row.id for one in listed.students if one.draft and one.row.id in there)
    if absent:
        yield f"{listed.platform} says that they have handed in, and nothing of theirs is here: {', '.join(absent)}."
    if drafts:
        yield f"Drafts, which were never submitted for grading: {', '.join(drafts)}."


def _wanted(course: Course, assignment: str, released: Mapping[str, Iterable[str]]) -> Wanted:
    """What the assignment asks for: by the gradebook, which knows what was released, else by source/."""
    paths = sorted((course.source / assignment).glob("*.ipynb"))
    if not paths:
        raise CourseError(f"There is no notebook in {course.source / assignment}.")
    cells = {path.stem: frozenset(released.get(path.stem, ())) or grade_ids_in(path) for path in paths}
    given = course.release / assignment
    beside = {path.name for path in given.glob("*") if path.is_file() and path.suffix != ".ipynb"}
    counted = {name for kind in kinds().values() for name in kind.beside}
    return Wanted(tuple(cells), cells, frozenset(beside | counted))


def write_work(work: HandedIn, folder: Path) -> None:
    """Write what counts of a student's files into a folder, with the time of handing in. Raises OSError."""
    for path, file in work.files.items():
        hand_over(file, folder / path)
    if work.when is not None:
        (folder / TIMESTAMP).write_text(f"{work.when:%Y-%m-%d %H:%M:%S} UTC\n")


def _hand_over(course: Course, assignment: str, found: Sorted) -> list[Collected]:
    """Put everybody's files into place, each student's all at once: the smallest first, should the disk become full."""
    done = []
    receipts = Receipts(course, assignment)
    with tempfile.TemporaryDirectory(
        prefix="collecting-", dir=course.results.parent, ignore_cleanup_errors=True
    ) as folder:
        for work in sorted(found.students, key=_size):
            fresh = Path(folder) / "fresh"
            try:
                write_work(work, fresh)
                outcome = _hand_over_one(course, assignment, work, fresh, receipts, found.notes)
                done.append(Collected(work, outcome))
            except OSError as error:
                found.left_out.append(f"{work.student} is left out: {_why(error, course)}.")
            shutil.rmtree(fresh, ignore_errors=True)
    return sorted(done, key=lambda collected: collected.work.student)


def _why(error: OSError, course: Course) -> str:
    if error.errno in NO_ROOM:
        return f"there is no room for it on the disk of {course.root}; make room and collect again"
    if error.filename:
        return f"{error.filename} can't be written, {error.strerror}"
    return error.strerror or "its files can't be written"


def _size(work: HandedIn) -> int:
    return sum(file.content.stat().st_size for file in work.files.values())


def _hand_over_one(
    course: Course, assignment: str, work: HandedIn, fresh: Path, receipts: Receipts, notes: list[str]
) -> str:
    """Put the folder `fresh` into a student's place; what lay there is kept elsewhere if it is other work.

    Returns the outcome. Raises OSError.
    """
    student, place = work.student, course.submitted / work.student / assignment
    digest = digest_of(fresh)
    before = digest_of(place) if place.exists() else ""
    moment = receipts.moment(student, place, before) if before else Moment()
    if before == digest and (work.when is None or (fresh / TIMESTAMP).read_bytes() == _bytes(place / TIMESTAMP)):
        if not work.moment.is_before(moment):
            receipts.write(student, digest, work.moment, work.sent_as)
        return "as before"
    if before and work.moment.is_before(moment):
        notes.append(
            f"{student}: what was collected before is newer and stays. To take the older one, move "
            f"{place.relative_to(course.root)} away first."
        )
        return "older, kept out"
    if before:
        kept = course.root / "downloaded" / assignment / "replaced"
        kept = kept / f"{student} {datetime.now(UTC):%Y-%m-%d %H.%M.%S.%f}"
        kept.parent.mkdir(parents=True, exist_ok=True)
        _move(place, kept)
        notes.append(f"{student}: what was collected before is now in {kept.relative_to(course.root)}.")
    place.parent.mkdir(parents=True, exist_ok=True)
    _move(fresh, place)
    receipts.write(student, digest, work.moment, work.sent_as)
    return "newer" if before else "new"


def _move(folder: Path, to: Path) -> None:
    """Move a folder whole or not at all, also onto another disk. Raises OSError."""
    try:
        folder.rename(to)
        return
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
    draft = to.with_name(f".{to.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        shutil.copytree(folder, draft, symlinks=True)
        draft.rename(to)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    shutil.rmtree(folder)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _tell(console: Console, course: Course, assignment: str, found: Sorted, done: list[Collected]) -> None:
    for collected in done:
        work = collected.work
        late = ", late" if work.late else f", {work.when:%F %T}" if work.when else ""
        console.print(f"{escape(work.student):<20} {escape(', '.join(work.notebooks))}{late}  ({collected.outcome})")
    for title, sentences in (("note", found.notes), ("left out", found.left_out)):
        for sentence in sentences:
            console.print(f"[bold]{title}[/bold]: {escape(sentence)}", highlight=False)
    console.print(
        f"{len(done)} in {course.submitted.name}/, {len(found.left_out)} left out. Next: autograder grade {assignment}"
    )
