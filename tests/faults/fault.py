"""One broken submission, and what has to become of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from tests.shared.light_course import answered, find, write

Points = tuple[float | None, ...]
"""Points by test cell, in the order of the notebook; None where they can't be computed."""

ALL: Points = (2, 3, 5)
NOT_MEAN: Points = (2, 0, 5)
"""The faulty exercise earns nothing; the others what they are worth."""
NONE: Points = (None, None, None)


REFUSED: None = None
"""Instead of points: the folder's name is no student's id, and nothing of it gets into the gradebook."""


@dataclass(frozen=True)
class Fault:
    """A broken submission: how it is made, the points it has to get, a word that has to be said about it.

    `make` fills the student's folder. `word` is looked for in the log, the comments and the autograded notebook.
    """

    name: str
    story: str
    make: Callable[[Path], None]
    points: Points | None
    word: str = ""
    id: str = ""

    @property
    def student(self) -> str:
        return self.id or self.name.replace(" ", "_")


def in_mean(name: str, story: str, code: str, word: str = "", points: Points = NOT_MEAN) -> Fault:
    """The cell of `mean` holds this code."""
    return Fault(name, story, lambda folder: write(folder, answered(mean=code)), points, word)


def beside(name: str, story: str, code: str, word: str = "", points: Points = ALL) -> Fault:
    """A right submission with a cell more, before `mean`."""

    def make(folder: Path) -> None:
        node = answered()
        extra = new_code_cell(code, id="extra")
        node.cells.insert(node.cells.index(find(node, "mean")), extra)
        write(folder, node)

    return Fault(name, story, make, points, word)


def solved(name: str, story: str, word: str, points: Points, **cells: str) -> Fault:
    """The solution cells hold this."""
    return Fault(name, story, lambda folder: write(folder, answered(**cells)), points, word)


def changed(
    name: str, story: str, change: Callable[[NotebookNode], None], word: str = "", points: Points = ALL, **cells: str
) -> Fault:
    """A notebook that is right, or has these cells in it, and is then changed."""

    def make(folder: Path) -> None:
        node = answered(**cells)
        change(node)
        write(folder, node)

    return Fault(name, story, make, points, word)


def in_folder(name: str, story: str, fill: Callable[[Path], None], word: str = "", points: Points = NONE) -> Fault:
    """What lies in the folder is no ordinary notebook."""
    return Fault(name, story, fill, points, word)
