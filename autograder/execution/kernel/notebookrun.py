"""A whole notebook in a session: its cells run, errors and all, and then it can be asked for evidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from nbformat import NotebookNode

from ...base.notebooks import grade_id, is_left_out, is_test
from ...evidence.evidence import Evidence, StudentError
from ...exercises import Exercise, TestCase
from ...kinds import kind_of
from .outputs import Output
from .session import Cell, Kernel, Session, Times


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
        self, exercise: Exercise, cases: Sequence[TestCase], with_weights: bool | None = None
    ) -> tuple[Evidence, ...]:
        """The evidence of one exercise, test case by test case. Whatever the kernel does, there is one for each.

        It is the graph alone where the exercise's kind asks for no more.
        """
        found = self.session.collect(exercise, cases, with_weights, graph_alone=kind_of(exercise).graph_alone)
        return tuple(self._explained(one, exercise) for one in found)

    def _explained(self, found: Evidence, exercise: Exercise) -> Evidence:
        """A function is not there where its cell failed before defining it; then that is what to tell."""
        raised = [failed.error for failed in self.errors if failed.cell == exercise.name]
        if found.error is None or found.error.kind != "undefined" or not raised:
            return found
        return replace(found, error=raised[-1].model_copy(update={"function": exercise.function}))


@contextmanager
def running(node: NotebookNode, launch: Callable[[], Kernel], times: Times | None = None) -> Iterator[NotebookRun]:
    """Run the cells that are neither tests nor left out; keep the kernel until the block ends.

    Raises SessionError where no kernel can be had, and what `launch` raises.
    """
    session = Session(launch, times or Times(cell=120.0))
    try:
        errors: list[CellError] = []
        for cell in node.cells:
            if cell.cell_type == "code" and not is_test(cell) and not is_left_out(cell):
                errors += _run(session, cell)
        yield NotebookRun(session, tuple(errors))
    finally:
        session.close()


def _run(session: Session, cell: NotebookNode) -> Iterator[CellError]:
    marks = cell.metadata.get("nbgrader")
    given = marks.get("grade_id") if isinstance(marks, dict) else None
    name = str(grade_id(cell) or given or cell.get("id", ""))
    done = session.run(Cell(name, cell.source))
    if done.trouble is not None:
        yield CellError(name, done.trouble)
        return
    for output in done.run.outputs:
        if output.kind == "error":
            yield CellError(name, cell_error(output, cell.source))


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
    )
