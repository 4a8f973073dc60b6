"""What was graded before and has not changed since: nbgrader need not be asked again.

A note is kept of every submission that was graded: a digest of all that its grades come from, one of what is in the
gradebook, and the line of the closing table. Grading again passes over a submission whose digests are still the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import stat
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from nbgrader.api import Comment, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook
from pydantic import BaseModel, ConfigDict, ValidationError

from ...base.course import Course
from ...execution.cache import digest, source_files, versions
from ...execution.execute import Settings
from ...execution.submission.model import TrustedCell

LARGEST = 64 * 2**20
"""Bytes of a file whose content is looked at; of a larger one its size and last change say whether it is the same."""


class Line(BaseModel):
    """One student's line of the closing table: points by test cell, None where a score is not there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    student: str
    points: dict[str, float | None]
    max_points: dict[str, float]
    status: str

    @property
    def graded(self) -> bool:
        return self.status.startswith("graded")


class State(BaseModel):
    """Digests of what the gradebook holds on a submission: what grading wrote there, and all of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    automatic: str
    whole: str


class Note(BaseModel):
    """A submission that was graded; `feedback` is the gradebook's whole state that its feedback shows, "" for none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    inputs: str
    state: State
    graded: str
    feedback: str = ""
    line: Line


class Notes:
    """The notes on one assignment, and what they are compared with."""

    def __init__(
        self,
        course: Course,
        assignment: str,
        cells: Mapping[str, Sequence[TrustedCell]],
        settings: Settings,
        due: object,
    ) -> None:
        self._course, self._assignment = course, assignment
        self._of_the_course = _digest_of(
            [
                versions(),
                {name: [asdict(cell) for cell in found] for name, found in cells.items()},
                asdict(settings),
                str(due),
                dict(source_files(course.source / assignment)),
                [digest(path) for path in course.judged_by],
                digest(course.root / "nbgrader_config.py"),
            ]
        )

    def find(self, student: str, state: State | None) -> Note | None:
        """The note on a student's submission if it would be graded alike again. A person may have graded since."""
        try:
            note = Note.model_validate_json(self._path(student).read_bytes())
        except (OSError, ValidationError):
            return None
        same = state is not None and note.state.automatic == state.automatic and note.inputs == self._inputs(student)
        return note if same and note.graded == self._graded(student) else None

    def write(self, line: Line, state: State, with_feedback: bool) -> None:
        """Note that a submission has been graded, whole or not at all."""
        student = line.student
        note = Note(
            inputs=self._inputs(student),
            state=state,
            graded=self._graded(student),
            feedback=state.whole if with_feedback else "",
            line=line,
        )
        path = self._path(student)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{secrets.token_hex(6)}")
        with open(draft, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(note.model_dump_json().encode())
        draft.replace(path)

    def _path(self, student: str) -> Path:
        return note_file(self._course, self._assignment, student)

    def _inputs(self, student: str) -> str:
        folder = self._course.root / "submitted" / student / self._assignment
        return _digest_of([self._of_the_course, sorted(_files(folder))])

    def _graded(self, student: str) -> str:
        folder = self._course.root / "autograded" / student / self._assignment
        return _digest_of([(path.name, digest(path)) for path in sorted(folder.glob("*.ipynb"))])


def note_file(course: Course, assignment: str, student: str) -> Path:
    """Where the note on a submission is."""
    # An id may begin with a point, or be as long as a file's name can be.
    name = hashlib.sha256(student.encode("utf-8", "surrogateescape")).hexdigest()
    return course.notes(assignment) / f"{name}.json"


def states(book: Gradebook, assignment: str, student: str | None = None) -> dict[str, State]:
    """What the gradebook holds on each student's submission of an assignment, or on one's alone."""
    automatic: dict[str, list[object]] = defaultdict(list)
    whole: dict[str, list[object]] = defaultdict(list)
    of = book.find_assignment(assignment).id
    query = book.db.query
    for table, columns in (
        (Grade, (Grade.auto_score, Grade.manual_score, Grade.needs_manual_grade, Grade.extra_credit)),
        (Comment, (Comment.auto_comment, Comment.manual_comment)),
    ):
        rows = (
            query(SubmittedAssignment.student_id, table.cell_id, *columns, SubmittedNotebook.late_submission_penalty)
            .select_from(table)
            .join(SubmittedNotebook, table.notebook_id == SubmittedNotebook.id)
            .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .filter(SubmittedAssignment.assignment_id == of)
        )
        if student is not None:
            rows = rows.filter(SubmittedAssignment.student_id == student)
        for whose, cell, by_itself, *rest in rows:
            automatic[whose].append([table.__name__, cell, by_itself])
            whole[whose].append([table.__name__, cell, by_itself, *rest])
    return {
        whose: State(
            automatic=_digest_of(sorted(automatic[whose], key=repr)), whole=_digest_of(sorted(found, key=repr))
        )
        for whose, found in whole.items()
    }


def _files(folder: Path) -> Iterable[tuple[str, str]]:
    """Every file's path and what tells whether it is the same; no link is followed."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in names:
            path = Path(place, name)
            try:
                found = path.lstat()
            except OSError:
                continue
            plain = stat.S_ISREG(found.st_mode) and found.st_size <= LARGEST
            facts = digest(path) if plain else f"{found.st_mode} {found.st_size} {found.st_mtime_ns}"
            yield str(path.relative_to(folder)), facts


def _digest_of(facts: object) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()
