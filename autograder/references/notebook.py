"""Reading notebooks from anywhere, and saying in one sentence what is wrong with one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from ..base.course import Course
from ..base.messages import Translate, translator
from ..base.notebooks import NotebookError, grade_id, language_of, read_node
from ..exercises import Exercise
from .sets import ExerciseSet, exercise_sets


@dataclass(frozen=True)
class Notebook:
    """A notebook of this course, the exercises that it asks for, and the set that they belong to.

    `doubts` are sentences on what looks odd but does not stop anything, such as a solution cell that is missing.
    """

    path: Path
    node: NotebookNode
    language: str
    doubts: tuple[str, ...]
    exercises: tuple[Exercise, ...]
    exercise_set: ExerciseSet


def read_notebook(path: Path, course: Course) -> Notebook:
    """Read a notebook that a person named, for exercises of the course.

    Raises:
        NotebookError: it is missing, too large, not JSON, not a notebook, older than nbformat 4, or holds none of
            this course's solution cells.
        ReferencesError: the exercises are not known, since the course has not been built or has changed since.
    """
    node = read_node(path)
    known: list[ExerciseSet] = []
    for exercise_set in exercise_sets(course):
        if exercises_in(node, exercise_set):
            return notebook_of(path, node, exercise_set)
        known.append(exercise_set)
    raise _none_of(path, known)


def notebook_of(path: Path, node: NotebookNode, exercise_set: ExerciseSet) -> Notebook:
    """The notebook with the exercises of this set that it asks for. Raises NotebookError where there are none."""
    asked = exercises_in(node, exercise_set)
    if not asked:
        raise _none_of(path, [exercise_set])
    language = language_of(node)
    doubts = _doubts([name for name in map(grade_id, node.cells) if name], asked, translator(language))
    return Notebook(path, node, language, tuple(doubts), asked, exercise_set)


def exercises_in(node: NotebookNode, exercise_set: ExerciseSet) -> tuple[Exercise, ...]:
    """The exercises of the set's notebook that this one was made from: the first that has one of its solution cells."""
    ids = set(map(grade_id, node.cells))
    found = (together for together in exercise_set.notebooks if any(exercise.name in ids for exercise in together))
    return next(found, ())


def _none_of(path: Path, known: Sequence[ExerciseSet]) -> NotebookError:
    names = ", ".join(exercise.name for exercise_set in known for exercise in exercise_set.exercises)
    return NotebookError(
        f"{path} is not a notebook of this course: none of its cells is one of {names}. "
        "Start from the notebook in release/."
    )


def _doubts(ids: Sequence[str], asked: Sequence[Exercise], _: Translate) -> Iterator[str]:
    for name in (exercise.name for exercise in asked):
        if name not in ids:
            yield _(
                "The cell {name} is missing: was it deleted or renamed? What the other cells define counts."
            ).format(name=name)
        elif ids.count(name) > 1:
            yield _("The cell {name} is there {count} times: the last one counts.").format(
                name=name, count=ids.count(name)
            )
