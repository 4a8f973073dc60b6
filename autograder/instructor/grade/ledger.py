"""The ledger: what was graded before, and from what, so that nbgrader need not be asked again where nothing changed.

A note is kept of every submission that was graded: a digest of all that its grades come from, one of what is in the
gradebook, and what came out. Grading again passes over a submission whose digests are still the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ...base.course import Course
from ...base.files import write_whole
from ...execution.fingerprint import digest, source_files, versions
from ...execution.result import Troubles
from ...execution.settings import Settings
from ...execution.submission.model import TrustedCell
from ...nbgrader.gradebook.queries import Rows

LARGEST = 64 * 2**20
"""Bytes of a file whose content is looked at; of a larger one its size and last change say whether it is the same."""


class Fingerprint(BaseModel):
    """Digests of what the gradebook holds on a submission: what grading wrote there, and all of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    automatic: str
    whole: str


class Note(BaseModel):
    """A submission that was graded: from what, and with what outcome.

    `inputs` and `graded` are digests of what was handed in and what it is graded by, and of the graded notebooks;
    `feedback` is the gradebook's whole fingerprint that the feedback pages show, "" where there are none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    inputs: str
    fingerprint: Fingerprint
    graded: str
    feedback: str = ""
    troubles: Troubles


class Ledger:
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
                [digest(path) for path in course.judged_by()],
                digest(course.nbgrader_config),
            ]
        )

    def inputs(self, student: str) -> str:
        """A digest of what a student has handed in by now, and of all that it is graded by."""
        folder = self._course.submitted / student / self._assignment
        return _digest_of([self._of_the_course, sorted(_files(folder))])

    def find(self, student: str, inputs: str, rows: Rows) -> Note | None:
        """The note on a submission that would be graded alike again, else None; a person may have graded it since."""
        try:
            note = Note.model_validate_json(self._path(student).read_bytes())
        except (OSError, ValidationError):
            return None
        there = fingerprint(rows)
        same = there is not None and note.fingerprint.automatic == there.automatic and note.inputs == inputs
        return note if same and note.graded == self._graded(student) else None

    def write(self, student: str, inputs: str, rows: Rows, troubles: Troubles, with_feedback: bool) -> None:
        """Note that a submission has been graded, whole or not at all. `inputs` are those that it was graded from."""
        there = fingerprint(rows)
        if there is None:
            return
        note = Note(
            inputs=inputs,
            fingerprint=there,
            graded=self._graded(student),
            feedback=there.whole if with_feedback else "",
            troubles=troubles,
        )
        path = self._path(student)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, note.model_dump_json(), private=True)

    def _path(self, student: str) -> Path:
        return note_file(self._course, self._assignment, student)

    def _graded(self, student: str) -> str:
        folder = self._course.autograded / student / self._assignment
        return _digest_of([(path.name, digest(path)) for path in sorted(folder.glob("*.ipynb"))])


def note_file(course: Course, assignment: str, student: str) -> Path:
    """Where the note on a submission is."""
    # An id may begin with a point, or be as long as a file's name can be.
    name = hashlib.sha256(student.encode("utf-8", "surrogateescape")).hexdigest()
    return course.notes(assignment) / f"{name}.json"


def fingerprint(rows: Rows) -> Fingerprint | None:
    """Of one student's rows; None where there are no grades."""
    if not rows.grades:
        return None
    automatic = [[row.key, row.auto_score] for row in rows.grades] + [
        [row.key, row.auto_comment] for row in rows.comments
    ]
    whole = [row.model_dump(mode="json") for row in (*rows.grades, *rows.comments)]
    penalties = [[row.key, row.late_submission_penalty] for row in rows.notebooks]
    return Fingerprint(
        automatic=_digest_of(sorted(automatic, key=repr)), whole=_digest_of(sorted([*whole, *penalties], key=repr))
    )


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
