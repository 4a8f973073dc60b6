"""A whole notebook in a session: its cells run, errors and all, and then it can be asked for evidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from nbformat import NotebookNode

from ...base.notebooks import is_left_out, is_test
from ...evidence.evidence import MAX_SOURCE, Evidence, StudentError
from ...exercises import Exercise, TestCase
from ...kinds import kind_of
from .client import RunningKernel
from .outputs import Output
from .session import Cell, CellRun, Session, Times


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that failed: its grade_id, else its id, and what it raised."""

    cell: str
    error: StudentError


@dataclass(frozen=True)
class NotebookRun:
    """A session in which a notebook's cells have been run, and the errors that there were."""

    session: Session
    errors: tuple[CellError, ...]

    @property
    def protection(self) -> str:
        return self.session.protection_words

    def collect(
        self,
        exercise: Exercise,
        cases: Sequence[TestCase],
        with_weights: bool | None = None,
        of_blocks: bool = False,
    ) -> tuple[Evidence, ...]:
        """The evidence of one exercise, test case by test case. Whatever the kernel does, there is one for each.

        It is the graph alone where the exercise's kind asks for no more.
        """
        alone = kind_of(exercise).graph_alone
        found = self.session.collect(exercise, cases, with_weights, graph_alone=alone, of_blocks=of_blocks)
        return tuple(explained(one, exercise, self.errors) for one in found)


def explained(found: Evidence, exercise: Exercise, errors: Iterable[CellError]) -> Evidence:
    """If a function is missing because its cell failed before defining it, report the cell's own error."""
    raised = [failed.error for failed in errors if failed.cell == exercise.name]
    if found.error is None or found.error.kind != "undefined" or not raised:
        return found
    return replace(found, error=raised[-1].model_copy(update={"function": exercise.function}))


@contextmanager
def running(
    node: NotebookNode, launch: Callable[[], RunningKernel], times: Times | None = None
) -> Iterator[NotebookRun]:
    """Run the student's cells of a notebook; keep the kernel until the block ends.

    Raises SessionError where no kernel can be had, and what `launch` raises.
    """
    session = Session(launch, times or Times(cell=120.0))
    try:
        runs = run_cells(session, node.cells)
        yield NotebookRun(session, tuple(error for cell, done in runs for error in errors_of(cell, done)))
    finally:
        session.close()


def run_cells(session: Session, nodes: Iterable[NotebookNode]) -> Iterator[tuple[Cell, CellRun]]:
    """Run those of a notebook's cells that are the student's, in order; give each with what came of it.

    Raises SessionError where no kernel can be had.
    """
    for node in nodes:
        cell = student_cell(node)
        if cell is not None:
            yield cell, session.run(cell)


def student_cell(node: NotebookNode) -> Cell | None:
    """What the student's kernel runs of a notebook's cell: its code, unless it is a test, left out or blank."""
    if node.cell_type != "code" or is_test(node) or is_left_out(node) or not node.source.strip():
        return None
    marks = node.metadata.get("nbgrader")
    given = marks.get("grade_id") if isinstance(marks, dict) else None
    return Cell(str(given or node.get("id", "")), node.source)


def errors_of(cell: Cell, done: CellRun) -> Iterator[CellError]:
    """What a cell that was run raised, or how it brought its kernel down."""
    if done.trouble is not None:
        yield CellError(cell.name, done.trouble)
        return
    for output in done.run.outputs:
        if output.kind == "error":
            yield CellError(cell.name, cell_error(output, cell.source))


_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_LAST_LINE = re.compile(r"^-+> (\d+)", re.MULTILINE)
_SYNTAX_PLACE = re.compile(r" \([^()]*, line (\d+)\)$")


def cell_error(output: Output, source: str) -> StudentError:
    """An error output with the line of the cell that it came from, 0 where that can't be told."""
    message, line = output.text, 0
    place = _SYNTAX_PLACE.search(message)
    if place:
        message, line = message[: place.start()], int(place.group(1)) if len(place.group(1)) < 7 else 0
    else:
        frames = [_COLOUR.sub("", frame) for frame in output.frames]
        mine = next((frame for frame in frames if frame.startswith("Cell In[")), "")
        arrow = _LAST_LINE.search(mine)
        line = int(arrow.group(1)) if arrow and len(arrow.group(1)) < 7 else 0
    lines = source.splitlines()
    code = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    return StudentError(
        kind="raised",
        type=output.name[:200],
        message=message[:4000],
        line=line if code else 0,
        code=code[:500],
        source=source if len(source) <= MAX_SOURCE else "",
    )
