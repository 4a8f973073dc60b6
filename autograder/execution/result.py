"""What running a notebook left in it, as plain data: it goes from a worker to the gradebook's writer, and to disk."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass

from nbformat import NotebookNode, from_dict
from pydantic import BaseModel, ConfigDict, JsonValue

from . import record
from .record import CellRecord, NotebookRecord
from .submission.model import RestoredNotebook


class CellResult(BaseModel):
    """What running one code cell left in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outputs: tuple[JsonValue, ...] = ()
    execution_count: int | None = None
    record: CellRecord | None = None


class NotebookResult(BaseModel):
    """What running a notebook left in it, a code cell at a time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cells: tuple[CellResult, ...]
    whole: NotebookRecord

    @property
    def complete(self) -> bool:
        """Whether every test has a score that it would have alone on a machine: else it is worth another try."""
        return not self.whole.crowded and all(
            cell.record is None or cell.record.score is not None for cell in self.cells
        )


@dataclass(frozen=True, slots=True)
class ExecutedNotebook:
    """A restored notebook and what running it left in it; `doubts` are sentences for the instructor.

    `silent_seconds` is how long its code ran where nobody heard it: for whoever waits, and for no page and no log.
    """

    restored: RestoredNotebook
    result: NotebookResult
    doubts: tuple[str, ...] = ()
    silent_seconds: float = 0.0

    def tests(self) -> Iterator[tuple[str, CellRecord]]:
        """The test cells that were run, by grade_id."""
        cells = (cell for cell in self.restored.node.cells if cell.cell_type == "code")
        for cell, found in zip(cells, self.result.cells, strict=True):
            if found.record is not None:
                yield str(cell.metadata.nbgrader.grade_id), found.record

    def node(self) -> NotebookNode:
        """A copy of the notebook with its outputs and records."""
        node = copy.deepcopy(self.restored.node)
        write_into(node, self.result)
        return node


class Troubles(BaseModel):
    """What went wrong in a submission.

    By reason, the test cells without a score; sentences on what cost points, and on what it took from others; and
    whether time ran out for something that had to wait for the processor.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    not_graded: dict[str, tuple[str, ...]] = {}
    stopped: tuple[str, ...] = ()
    crowded: bool = False


@dataclass(frozen=True, slots=True)
class ExecutedSubmission:
    """One student's notebooks of one assignment by name, all executed; and the seconds that it took.

    These are without what code took that knew hidden arguments: it could tell them by how long it takes.
    `greedy_before` says that an earlier try of the same submission took more than its share of the processor.
    """

    student: str
    notebooks: dict[str, ExecutedNotebook]
    seconds: float
    greedy_before: bool = False

    @property
    def greedy(self) -> bool:
        """Whether it took more than its share of the processor, in this try or before."""
        return self.greedy_before or any(notebook.result.whole.greedy for notebook in self.notebooks.values())

    @property
    def troubles(self) -> Troubles:
        """What went wrong in its notebooks."""
        not_graded: dict[str, tuple[str, ...]] = {}
        stopped: dict[str, None] = {}
        for notebook in self.notebooks.values():
            for name, cell in notebook.tests():
                if cell.score is None:
                    not_graded[cell.why] = (*not_graded.get(cell.why, ()), name)
            stopped |= {f"{cell}: {why}": None for cell, why in notebook.result.whole.troubles}
        if self.greedy:
            stopped["took more than its share of the processor, and was held back"] = None
        crowded = any(notebook.result.whole.crowded for notebook in self.notebooks.values())
        return Troubles(not_graded=not_graded, stopped=tuple(stopped), crowded=crowded)


def taken_from(node: NotebookNode) -> NotebookResult:
    """The result that stands in an executed notebook."""
    return NotebookResult(
        cells=tuple(
            CellResult(
                outputs=tuple(json.loads(json.dumps(cell.outputs))),
                execution_count=cell.execution_count,
                record=record.cell_record(cell),
            )
            for cell in node.cells
            if cell.cell_type == "code"
        ),
        whole=record.notebook_record(node),
    )


def write_into(node: NotebookNode, result: NotebookResult) -> None:
    """Put a result into the notebook that it is of. Raises ValueError where it is another's."""
    cells = [cell for cell in node.cells if cell.cell_type == "code"]
    for cell, found in zip(cells, result.cells, strict=True):
        cell.outputs = [from_dict(output) for output in found.outputs]  # type: ignore[no-untyped-call]
        cell.execution_count = found.execution_count
        if found.record is not None:
            record.write(cell, found.record)
    record.write(node, result.whole)
