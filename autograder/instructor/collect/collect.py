"""`autograder collect`: downloads into submitted/STUDENT/ASSIGNMENT/, where nbgrader looks for them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.utils import parse_utc
from rich.console import Console
from rich.markup import escape

from ...base.course import Course, CourseError
from ...nbgrader.calls import gradebook
from ...nbgrader.gradebook import due_date, students
from ...nbgrader.staging import TIMESTAMP
from .known import KnownStudents
from .sort import Assignment, HandedIn, Sorted, sort
from .unpack import copy_content, unpack


@dataclass(frozen=True, slots=True)
class Collected:
    """What became of one student's work. `outcome` is "new", "as before", "newer" or "older, kept out"."""

    work: HandedIn
    outcome: str


def collect(
    course: Course, downloads: Path, assignment: str, new_students: bool = False, console: Console | None = None
) -> bool:
    """Sort a folder or a zip of downloads into submitted/; True where nothing had to be left out.

    What was collected before and is other than what is collected now goes to downloaded/ASSIGNMENT/replaced/.
    `new_students` takes those, too, that a gradebook with students in it doesn't know.

    Raises CourseError where there is nothing to collect, or the assignment has no notebook.
    """
    if not downloads.exists():
        raise CourseError(f"There is no folder or zip {downloads}.")
    if not downloads.is_dir() and downloads.suffix.lower() != ".zip":
        raise CourseError(f"{downloads} is no folder and no zip: name what the learning platform gave you.")
    with sorted_out(course, downloads, assignment, new_students) as found:
        if not (found.students or found.left_out):
            raise CourseError(f"There is nothing in {downloads}.")
        done = _hand_over(course, assignment, found)
    _tell(console or Console(soft_wrap=True), course, assignment, found, done)
    return not found.left_out


@contextmanager
def sorted_out(course: Course, downloads: Path, assignment: str, new_students: bool = False) -> Iterator[Sorted]:
    """Whose each file of a folder or a zip is, and which of them count; zips are unpacked until the block ends.

    Raises CourseError for an assignment without notebooks.
    """
    notebooks = tuple(sorted(path.stem for path in (course.source / assignment).glob("*.ipynb")))
    if not notebooks:
        raise CourseError(f"There is no notebook in {course.source / assignment}.")
    with gradebook(course) as book:
        wanted, people = Assignment(assignment, notebooks, due_date(book, assignment)), students(book)
    with tempfile.TemporaryDirectory(prefix="collect-") as store:
        unpacked = unpack(downloads, Path(store))
        found = sort(unpacked.files, wanted, KnownStudents(people, new_students))
        found.left_out[:0] = unpacked.left_out
        if found.students and not people:
            found.notes.append("There are no students in the gradebook yet: each is called as the downloads call them.")
        yield found


def write_work(work: HandedIn, folder: Path) -> None:
    """Write what counts of a student's files into a folder, with the time of handing in. Raises OSError."""
    for path, file in work.files.items():
        copy_content(file, folder / path)
    if work.when is not None:
        (folder / TIMESTAMP).write_text(f"{work.when:%Y-%m-%d %H:%M:%S} UTC\n")


def _hand_over(course: Course, assignment: str, found: Sorted) -> list[Collected]:
    """Put everybody's files into place, each student's all at once."""
    done = []
    fresh = course.results.with_name("collecting")
    for work in found.students:
        shutil.rmtree(fresh, ignore_errors=True)
        try:
            write_work(work, fresh)
            done.append(Collected(work, _hand_over_one(course, assignment, work.student, fresh, found.notes)))
        except OSError as error:
            found.left_out.append(f"{work.student} is left out: {error.filename} can't be written, {error.strerror}.")
        shutil.rmtree(fresh, ignore_errors=True)
    return done


def _hand_over_one(course: Course, assignment: str, student: str, fresh: Path, notes: list[str]) -> str:
    """Put the folder `fresh` into a student's place; what lay there is kept elsewhere if it is other work.

    Returns the outcome. Raises OSError.
    """
    place = course.submitted / student / assignment
    outcome = _compare(fresh, place)
    if outcome == "newer":
        kept = course.root / "downloaded" / assignment / "replaced"
        kept = kept / f"{student} {datetime.now(UTC):%Y-%m-%d %H.%M.%S.%f}"
        kept.parent.mkdir(parents=True, exist_ok=True)
        place.rename(kept)
        notes.append(f"{student}: what was collected before is now in {kept.relative_to(course.root)}.")
    if outcome in ("new", "newer"):
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh.rename(place)
    elif outcome == "older, kept out":
        notes.append(f"{student}: what was collected before is newer and stays.")
    return outcome


def _compare(fresh: Path, place: Path) -> str:
    if not place.exists():
        return "new"
    if _contents(fresh) == _contents(place):
        return "as before"
    times = _time(fresh), _time(place)
    return "older, kept out" if times[0] and times[1] and times[0] < times[1] else "newer"


def _contents(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _time(folder: Path) -> datetime | None:
    try:
        found: datetime = parse_utc((folder / TIMESTAMP).read_text().strip())
    except Exception:  # dateutil raises what it likes
        return None
    return found


def _tell(console: Console, course: Course, assignment: str, found: Sorted, done: list[Collected]) -> None:
    for collected in done:
        work = collected.work
        late = ", late" if work.late else f", {work.when:%F %T}" if work.when else ""
        console.print(f"{escape(work.student):<20} {', '.join(work.notebooks)}{late}  ({collected.outcome})")
    for title, sentences in (("note", found.notes), ("left out", found.left_out)):
        for sentence in sentences:
            console.print(f"[bold]{title}[/bold]: {escape(sentence)}", highlight=False)
    console.print(
        f"{len(done)} in {course.submitted.name}/, {len(found.left_out)} left out. Next: autograder grade {assignment}"
    )
