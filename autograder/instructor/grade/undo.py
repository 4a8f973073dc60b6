"""`autograder undo`: take back what a grading run wrote.

Before a run's first write the gradebook's rows of the assignment are taken down, and before each submission's the
files that are going to be replaced: as hard links, since nbgrader removes files and writes new ones. Runs that write
nothing keep nothing.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import os
import secrets
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError
from rich.console import Console

from ...base.course import Course, CourseError
from ...base.files import write_whole
from ...nbgrader.calls import gradebook
from ...nbgrader.gradebook.queries import Rows, put_back, read_rows
from ...nbgrader.steps.staging import BeingGradedError, none_being_graded
from ...report.console import PlainConsole
from ..export.grades_csv import export_grades
from .ledger import note_file
from .score_changes import changes, render

RUNS = 3
"""How many runs of an assignment can be taken back."""

_ROWS, _CSV, _STUDENTS, _WHO = "rows.json", "grades.csv", "students", "student"


def new_run() -> str:
    """The name of a run that begins now; names sort by time."""
    return f"{datetime.now():%Y-%m-%d %H.%M.%S.%f}"


class KeptRun:
    """What one run replaces of one assignment."""

    def __init__(self, course: Course, assignment: str, run: str) -> None:
        self.course, self.assignment, self.run = course, assignment, run
        self.folder = _of(course, assignment) / run

    def keep(self, student: str) -> None:
        """Keep what the run is going to replace of a student's; call this before anything of theirs is written."""
        self.begin()
        kept = self.folder / _STUDENTS / hashlib.sha256(student.encode("utf-8", "surrogateescape")).hexdigest()
        if kept.exists():
            return
        draft = self.folder / f".{secrets.token_hex(6)}"
        draft.mkdir(mode=0o700)
        (draft / _WHO).write_text(student, encoding="utf-8")
        for name, place in _written(self.course, self.assignment, student).items():
            if place.is_dir():
                _link_tree(place, draft / name)
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(note_file(self.course, self.assignment, student), draft / "note.json")
        draft.rename(kept)

    def begin(self) -> None:
        """Keep the gradebook's rows as they are before the run; call this before anything is written there."""
        if (self.folder / _ROWS).exists():
            return
        with gradebook(self.course) as book:
            rows = read_rows(book, self.assignment)
        (self.folder / _STUDENTS).mkdir(mode=0o700, parents=True)
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(self.course.root / _CSV, self.folder / _CSV)
        write_whole(self.folder / _ROWS, rows.model_dump_json(), private=True)
        for old in _runs(self.course, self.assignment)[:-RUNS]:
            shutil.rmtree(_of(self.course, self.assignment) / old)

    def rows(self) -> Rows:
        """The gradebook's rows that were kept. Raises CourseError where they are damaged."""
        try:
            return Rows.model_validate_json((self.folder / _ROWS).read_bytes())
        except (OSError, ValidationError):
            raise CourseError(f"What was kept in {self.folder} is damaged: that run can't be taken back.") from None

    def students(self) -> Iterator[tuple[str, Path]]:
        """Whose files were kept, and where."""
        for folder in sorted((self.folder / _STUDENTS).iterdir()):
            yield (folder / _WHO).read_text(encoding="utf-8"), folder

    def covered(self) -> frozenset[str]:
        """The assignments that grades.csv was of."""
        try:
            text = (self.folder / _CSV).read_text(encoding="utf-8")
        except FileNotFoundError:
            return frozenset()
        return frozenset(row["assignment"] for row in csv.DictReader(io.StringIO(text)) if row.get("assignment"))


def undo(course: Course, assignment: str | None = None, console: Console | None = None) -> None:
    """Take back the last run, or the last of one assignment, and say what changed.

    Points by hand, extra credit, comments and flags that people have given since stay. Each step puts things as they
    were, whatever they are, so that an undo that was interrupted can be done again.

    Raises CourseError where there is no such assignment, no run to take back, or the gradebook can't be used, or where
    another process goes on grading the assignment.
    """
    console = console or PlainConsole()
    known = (course.require(assignment),) if assignment else _graded(course)
    last = max((run for one in known for run in _runs(course, one)), default="")
    found = [KeptRun(course, one, last) for one in known if last in _runs(course, one)]
    if not last:
        raise CourseError(
            f"There is no grading run{f' of {assignment}' if assignment else ''} to take back: "
            f"the last {RUNS} of an assignment can be, each once."
        )
    for snapshot in found:
        try:
            with none_being_graded(course, snapshot.assignment, console.print):
                _take_back(snapshot, console)
        except BeingGradedError as error:
            raise CourseError(f"{error}.") from None
    _export(course, last, found)
    for snapshot in found:
        shutil.rmtree(snapshot.folder)


def _take_back(run: KeptRun, console: Console) -> None:
    course, assignment = run.course, run.assignment
    rows, kept = run.rows(), dict(run.students())
    with gradebook(course) as book:
        before = read_rows(book, assignment).grades
        by_people = put_back(book, assignment, rows, kept)
        after = read_rows(book, assignment).grades
    for student, folder in kept.items():
        for name, place in _written(course, assignment, student).items():
            _put_back(folder / name, place)
        _put_back_note(folder / "note.json", note_file(course, assignment, student))
    console.print(
        f"Took back the grading of {assignment} of {run.run[:19].replace('.', ':')}: "
        f"{len(kept)} submission{'s' if len(kept) != 1 else ''}.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    found = changes(before, after)
    if found:
        console.print(render("points that changed back", found))
    if by_people:
        told = f"Kept what people have given since: {', '.join(by_people)}."
        console.print(told, markup=False, highlight=False, soft_wrap=True)


def _export(course: Course, run: str, undone: list[KeptRun]) -> None:
    """Write grades.csv of the same assignments as before, with what people have given since; none if there was none."""
    gone = {snapshot.assignment for snapshot in undone}
    others = {one for one in _graded(course) if one not in gone and run in _runs(course, one)}
    of = others.union(*(snapshot.covered() for snapshot in undone))
    if of:
        export_grades(course, sorted(of))
    else:
        (course.root / _CSV).unlink(missing_ok=True)


def _written(course: Course, assignment: str, student: str) -> dict[str, Path]:
    """Where a run writes of a student's, by the name that it is kept under."""
    return {
        "autograded": course.autograded / student / assignment,
        "feedback": course.feedback / student / assignment,
    }


def _of(course: Course, assignment: str) -> Path:
    return course.undo / assignment


def _graded(course: Course) -> tuple[str, ...]:
    return tuple(sorted(path.name for path in course.undo.glob("*") if path.is_dir()))


def _runs(course: Course, assignment: str) -> list[str]:
    """The runs that can be taken back, oldest first: one without rows ended before it wrote anything."""
    return sorted(path.parent.name for path in _of(course, assignment).glob(f"*/{_ROWS}"))


def _put_back(kept: Path, place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    if kept.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        _link_tree(kept, place)
    else:
        with contextlib.suppress(OSError):
            place.parent.rmdir()  # a student's folder that has nothing else in it


def _put_back_note(kept: Path, place: Path) -> None:
    place.unlink(missing_ok=True)
    if kept.is_file():
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(kept, place)
        place.chmod(0o600)


def _link_tree(source: Path, target: Path) -> None:
    shutil.copytree(source, target, copy_function=_link, symlinks=True)


def _link(source: str, target: str) -> str:
    """A file once more under another name; a copy where the file system has no hard links."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)
    return target
