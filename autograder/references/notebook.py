"""Reading notebooks from anywhere, and saying in one sentence what is wrong with one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from ..base.course import Course
from ..base.messages import Translate, translator
from ..base.notebooks import NotebookError, grade_id, language_of, read_node
from ..exercises import NOTEBOOKS, Exercise
from .sets import family_with


@dataclass(frozen=True)
class Notebook:
    """A notebook of this course, and the exercises that stand in it.

    `exercises` are those that it asks for. `doubts` are sentences on what looks odd but does not stop anything, such
    as a solution cell that is missing.
    """

    path: Path
    node: NotebookNode
    language: str
    doubts: tuple[str, ...]
    exercises: tuple[Exercise, ...]


def read_notebook(path: Path, course: Course | None = None, sets: Sequence[Sequence[Exercise]] = NOTEBOOKS) -> Notebook:
    """Read a notebook that a person named. Its exercises are one of these sets, or else those of the `course` itself.

    Raises:
        NotebookError: it is missing, too large, not JSON, not a notebook, older than nbformat 4, or holds none of
            this course's solution cells.
    """
    node = read_node(path)
    ids = [cell_id for cell_id in map(grade_id, node.cells) if cell_id]
    asked = exercises_in(node, sets)
    if not asked and course is not None:
        family = family_with(course, ids)
        in_order = {name: place for place, name in enumerate(ids)}
        asked = tuple(sorted(family.exercises if family else (), key=lambda one: in_order.get(one.name, len(ids))))
    if not asked:
        names = ", ".join(exercise.name for together in sets for exercise in together)
        raise NotebookError(
            f"{path} is not a notebook of this course: none of its cells is one of {names}. "
            "Start from the notebook in release/."
        )
    language = language_of(node)
    names_of = [exercise.name for exercise in asked]
    return Notebook(path, node, language, tuple(_doubts(ids, names_of, translator(language))), asked)


def exercises_in(node: NotebookNode, sets: Sequence[Sequence[Exercise]] = NOTEBOOKS) -> tuple[Exercise, ...]:
    """The exercises of the notebook that this one is, or is left of: those that stand in one with any of its cells."""
    ids = set(map(grade_id, node.cells))
    return tuple(next((together for together in sets if any(exercise.name in ids for exercise in together)), ()))


def _doubts(ids: Sequence[str], names: Sequence[str], _: Translate) -> Iterator[str]:
    for name in names:
        if name not in ids:
            yield _(
                "The cell {name} is missing: was it deleted or renamed? What the other cells define counts."
            ).format(name=name)
        elif ids.count(name) > 1:
            yield _("The cell {name} is there {count} times: the last one counts.").format(
                name=name, count=ids.count(name)
            )
