"""Exercises that belong together, and where their references are kept.

The kit's own exercises are one family, without a name. An assignment that brings its own in `exercises.py` makes
another, to which its translations belong, too: `blocks-beyond` and `blocks-beyond-zh`. Its definitions lie with its
references, so that nobody who checks or grades has to run that file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..base.course import Course
from ..base.messages import LANGUAGES
from ..exercises import EXERCISES, TRAINED, Exercise
from .references import ReferencesError, ReferenceSet, load_again

DEFINITIONS = "exercises.py"
MISTAKES = "mistakes.py"


@dataclass(frozen=True, slots=True)
class Family:
    """Exercises and their references' files; the name is that of the assignment that brings them, "" for the kit's."""

    name: str
    exercises: tuple[Exercise, ...]
    public: Path
    hidden: Path


def family_name(course: Course, assignment: str) -> str:
    """The assignment whose exercises this one asks for: itself, the one it translates, or "" for the kit's own."""
    base, _, language = assignment.rpartition("-")
    candidates = (assignment, base) if language in LANGUAGES else (assignment,)
    return next((name for name in candidates if name and instructors_files(course.source / name)), "")


def instructors_files(folder: Path) -> tuple[Path, ...]:
    """The files beside an assignment's notebooks that are the instructor's alone: its definitions and wrong answers.

    Neither students nor their code get them. Empty where the assignment brings no exercises of its own; another
    course's module that happens to be called so is none.
    """
    definitions = folder / DEFINITIONS
    try:
        mine = b"autograder.exercises" in definitions.read_bytes()
    except OSError:
        mine = False
    return (definitions, folder / MISTAKES) if mine else ()


def family_files(course: Course, name: str) -> tuple[Path, Path]:
    """Where a family's public and hidden references are kept."""
    public = course.public_references
    folder = public.parent / name
    return folder / public.name, folder / course.hidden_references.name


def families(course: Course) -> Iterator[Family]:
    """The kit's own exercises, then those that the course brings and that have been built.

    Raises ReferencesError where a file of references can't be read, or is older than the definitions it was made from.
    """
    yield Family("", (*EXERCISES, *TRAINED), course.public_references, course.hidden_references)
    for path in course.own_references():
        name = path.parent.name
        yield Family(name, tuple(_current(course, name, path).definitions.values()), *family_files(course, name))


def require_current(course: Course, name: str) -> None:
    """Raises ReferencesError where a family that the course brings was changed after it was built."""
    for path in family_files(course, name):
        _current(course, name, path)


def _current(course: Course, name: str, path: Path) -> ReferenceSet:
    found = load_again(path)
    digest = source_digest(course, name)
    if digest and digest != found.source:
        raise ReferencesError(
            f"The references in {path} are stale: what is in {course.source / name} has changed since they were made. "
            f"Run `autograder build {name}`."
        )
    return found


def family_with(course: Course, cells: Iterable[str]) -> Family | None:
    """The family one of whose exercises has one of these grade_ids, or None. Raises as `families` does."""
    wanted = set(cells)
    return next((f for f in families(course) if any(exercise.name in wanted for exercise in f.exercises)), None)


def source_digest(course: Course, name: str) -> str:
    """Of the files that define a family; "" where they are not at hand, as with a student."""
    files = instructors_files(course.source / name) if name else ()
    if not files:
        return ""
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes() if path.is_file() else b"")
        digest.update(b"\0")
    return digest.hexdigest()
