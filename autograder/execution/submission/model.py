"""A submission as it was found: each wanted notebook with its condition, and the cells that the gradebook knows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from ...base.course import Course

KERNELSPEC: Mapping[str, str] = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}


LANGUAGE_INFO: Mapping[str, str] = {"name": "python"}


CELL_TYPES = ("code", "markdown", "raw")


PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")


ROLES = ("grade", "solution", "locked", "task")


HIDDEN = ("HIDDEN TESTS", "MARK SCHEME")
"""What stands between BEGIN and END with these words is in the gradebook and not in what students get."""


UNRUN_TAGS = ("skip-execution", "raises-exception")
"""Tags that make an executor skip a cell, or look away from its error."""


class Condition(StrEnum):
    """How a wanted notebook was found; the first that holds, in this order."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too large"
    NOT_JSON = "not JSON"
    DAMAGED = "damaged"
    OLD_FORMAT = "old format"
    RENAMED = "renamed"
    WRONG_KERNEL = "wrong kernel"
    OK = "ok"


@dataclass(frozen=True, slots=True)
class Limits:
    """What is still taken. Sizes are in bytes."""

    file: int = 200 * 2**20
    """The largest file that is read at all: its outputs are dropped, and often they are all that is large."""
    notebook: int = 50 * 2**20
    """The largest notebook once its outputs are dropped."""
    code: int = 2**20
    """The longest source of a code cell that is still run."""
    cells: int = 5_000
    values: int = 10_000_000
    """How many values the JSON may hold: Python takes some 70 bytes for the smallest."""
    companions: int = 1_000
    companions_size: int = 100 * 2**20
    """How many files beside the notebooks, and how large all together."""


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Taken:
    """One wanted notebook: how it was found and, where it can be used, its clean cells.

    `sentences` are for the instructor; the first explains the condition.
    """

    name: str
    condition: Condition
    path: Path | None = None
    node: NotebookNode | None = None
    sentences: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        return self.node is not None


@dataclass(frozen=True, slots=True)
class Intake:
    """One student's folder: a `Taken` for each wanted notebook, in the order they were asked for."""

    folder: Path
    notebooks: tuple[Taken, ...]

    def __getitem__(self, name: str) -> Taken:
        return next(taken for taken in self.notebooks if taken.name == name)

    @property
    def usable(self) -> bool:
        """Whether every wanted notebook can be graded."""
        return all(taken.usable for taken in self.notebooks)

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(sentence for taken in self.notebooks for sentence in taken.sentences)


@dataclass(frozen=True, slots=True)
class TrustedCell:
    """A cell as the gradebook knows it, written there when the assignment was released."""

    grade_id: str
    cell_type: str
    source: str
    locked: bool
    grade: bool = False
    solution: bool = False
    task: bool = False
    points: float | None = None
    checksum: str | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """One student's work on one assignment: where it lies, and what it is graded by.

    `folder` is the student's own, `source` that of the instructor's notebooks; `notebooks` holds the gradebook's cells
    by the names of the assignment's notebooks.
    """

    course: Course
    student: str
    assignment: str
    folder: Path
    source: Path
    notebooks: Mapping[str, Sequence[TrustedCell]]


@dataclass(frozen=True, slots=True)
class RestoredNotebook:
    """A notebook in which every cell has the role that the gradebook says.

    `refused` says why what was handed in can't be graded, "" if it can be; then `node` holds the trusted cells alone.
    `doubts` are sentences for the instructor on what had to be changed. `handed_in` are all notebooks of the submission
    as they came in, cleaned, by name: what this one's code finds beside itself. No hidden test is in them.
    """

    name: str
    node: NotebookNode
    trusted: Sequence[TrustedCell]
    handed_in: Mapping[str, NotebookNode]
    refused: str = ""
    doubts: tuple[str, ...] = ()


class Refused(Exception):
    """The file can't be used; the condition and a sentence that follows the file's name."""

    def __init__(self, condition: Condition, why: str) -> None:
        super().__init__(why)
        self.condition = condition
        self.why = why


def megabytes(number: int) -> str:
    """A number of bytes in words."""
    return f"{number / 2**20:g} MB"


def metadata_of(holder: Mapping[str, Any]) -> Mapping[str, Any]:
    """The metadata of a cell or a notebook that anybody may have written; empty where it is no mapping."""
    found = holder.get("metadata")
    return found if isinstance(found, dict) else {}


def grade_id_of(cell: Mapping[str, Any]) -> str | None:
    """The grade_id that a cell claims, of whatever role; None where it claims none."""
    marks = metadata_of(cell).get("nbgrader")
    return marks.get("grade_id") if isinstance(marks, dict) else None


def belongs(node: NotebookNode, ids: Collection[str] | None) -> bool:
    """Whether a notebook holds any of these cells, or any graded cell at all where no `ids` are given."""
    found = {grade_id_of(cell) for cell in node.cells} - {None}
    return bool(found if ids is None else found & set(ids))
