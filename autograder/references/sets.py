"""Exercise sets: exercises that belong together, and where their references are kept.

An assignment that brings its exercises in `exercises.py` makes a set, to which its translations belong, too:
`blocks-beyond` and `blocks-beyond-zh`. The definitions lie with the set's references, so that nobody who checks or
grades has to run that file, or to have it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..base.course import HIDDEN, PUBLIC, Course
from ..base.messages import LANGUAGES
from ..evidence.evidence import Array
from ..exercises import Exercise
from .references import ReferencesError, ReferenceSet, load_again

DEFINITIONS = "exercises.py"
MISTAKES = "mistakes.py"


@dataclass(frozen=True, slots=True)
class ExerciseSet:
    """The exercises of an assignment and its translations, by the notebook in which they stand together.

    The name is that of the assignment that brings them.
    """

    course: Course
    name: str
    notebooks: tuple[tuple[Exercise, ...], ...] = ()

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        return tuple(exercise for together in self.notebooks for exercise in together)

    def before(self, exercise: Exercise) -> tuple[Exercise, ...]:
        """The exercises that its notebook asks for before this one."""
        together = next((found for found in self.notebooks if exercise in found), ())
        return together[: together.index(exercise)] if together else ()

    @property
    def folder(self) -> Path:
        """Where its references are kept, and whatever else its answers are judged by."""
        lone = self.course.lone_references
        return lone.parent if lone else self.course.references / self.name

    @property
    def public(self) -> Path:
        return self.folder / PUBLIC

    @property
    def hidden(self) -> Path:
        return self.folder / HIDDEN


def set_name(course: Course, assignment: str) -> str:
    """The assignment whose exercises this one asks for: itself, or the one it translates; "" where neither has any."""
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


def exercise_sets(course: Course) -> Iterator[ExerciseSet]:
    """Every exercise set of the course that has been built, in alphabetical order.

    Raises ReferencesError, but only after the last set, so that a caller who has found one can stop before it: where a
    set can't be used, or is older than its definitions; where references are of an older kit; or where there are none.
    """
    found = course.public_references()
    trouble: ReferencesError | None = None
    for path in found:
        try:
            usable = exercise_set(course, path.parent.name)
        except ReferencesError as error:
            trouble = trouble or error
        else:
            yield usable
    if trouble is not None:
        raise trouble
    before = course.references / PUBLIC
    if before.is_file():
        raise ReferencesError(
            f"{before} is of an older version of this kit, and can't be used any more: run `autograder build` in the "
            "course's folder, and delete it."
        )
    if not found:
        raise ReferencesError(
            f"There are no references at {course.references}: run `autograder build` in the course's folder."
        )


def exercise_set(course: Course, name: str) -> ExerciseSet:
    """The set of this name, as it was built. Raises ReferencesError."""
    path = ExerciseSet(course, name).public
    found = _current(course, name, path)
    if not found.definitions:
        raise ReferencesError(f"The references in {path} hold no exercises: run `autograder build {name}`.")
    together = tuple(tuple(found.definitions[one] for one in names) for names in found.notebooks)
    return ExerciseSet(course, name, together)


def require_current(course: Course, name: str) -> None:
    """Raises ReferencesError where a set's definitions were changed after it was built."""
    of_the_set = ExerciseSet(course, name)
    for path in (of_the_set.public, of_the_set.hidden):
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


def set_with(course: Course, cells: Iterable[str]) -> ExerciseSet | None:
    """The set one of whose exercises has one of these grade_ids, or None. Raises as `exercise_sets` does."""
    wanted = set(cells)
    return next((s for s in exercise_sets(course) if any(exercise.name in wanted for exercise in s.exercises)), None)


def canary_of(course: Course) -> Array | None:
    """What glorot_uniform(seed=0) drew where the references were made; None where that has not been asked."""
    for path in course.public_references():
        try:
            found = load_again(path).canary
        except ReferencesError:
            continue
        if found.size:  # where there are plain functions alone, none was drawn
            return found
    return None


def source_digest(course: Course, name: str) -> str:
    """Of the files that define a set; "" where they are not at hand, as with a student."""
    files = instructors_files(course.source / name)
    if not files:
        return ""
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes() if path.is_file() else b"")
        digest.update(b"\0")
    return digest.hexdigest()
