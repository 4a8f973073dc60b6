"""What became of a submission, as the closing table of `autograder grade` says it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.markup import escape
from rich.table import Table

from ...execution.result import Troubles
from ...execution.submission.model import TrustedCell
from ...nbgrader.gradebook import Rows

_CROWDED = "time ran out while this machine was busy: grade again when it is not"


@dataclass(frozen=True, slots=True)
class GradedSubmission:
    """A student's row of the table: points by test cell, None where a score is not there."""

    student: str
    points: Mapping[str, float | None]
    max_points: Mapping[str, float]
    status: str

    @property
    def graded(self) -> bool:
        return self.status.startswith("graded")


def not_graded(student: str, why: str) -> GradedSubmission:
    """The row of a submission that has no points at all."""
    return GradedSubmission(student, {}, {}, f"not graded: {why}")


def graded(
    student: str, rows: Rows, cells: Mapping[str, Sequence[TrustedCell]], troubles: Troubles
) -> GradedSubmission:
    """The row of a submission, from what the gradebook holds on it and from what went wrong in it."""
    if not rows.submissions:
        return not_graded(student, "no entry in the gradebook")
    columns, there = _columns(cells), {row.key[1:]: row for row in rows.grades}
    points = {columns[key]: there[key].points if key in there else None for key in columns}
    maximum = {columns[name, cell.grade_id]: cell.points or 0.0 for name, cell in _graded_cells(cells)}
    if troubles.not_graded:
        return GradedSubmission(student, points, maximum, _why_not(troubles, points))
    late = any(row.seconds_late > 0 for row in rows.submissions)
    by_hand = any(row.needs_manual_grade for row in rows.grades)
    status = "graded" + (", late" if late else "") + (", to be graded by hand" if by_hand else "")
    told = (*troubles.stopped, *([_CROWDED] if troubles.crowded else []))
    status += f" ({'; '.join(told)})" if told else ""
    return GradedSubmission(student, points, maximum, status)


def _graded_cells(cells: Mapping[str, Sequence[TrustedCell]]) -> Iterator[tuple[str, TrustedCell]]:
    for notebook, found in cells.items():
        yield from ((notebook, cell) for cell in found if cell.grade or cell.task)


def _columns(cells: Mapping[str, Sequence[TrustedCell]]) -> dict[tuple[str, str], str]:
    """The cells' names, with the notebook's where two notebooks of an assignment have a cell of one name."""
    counts = Counter(cell.grade_id for _, cell in _graded_cells(cells))
    return {
        (notebook, cell.grade_id): cell.grade_id if counts[cell.grade_id] == 1 else f"{notebook}: {cell.grade_id}"
        for notebook, cell in _graded_cells(cells)
    }


def _why_not(found: Troubles, points: Mapping[str, float | None]) -> str:
    if all(score is None for score in points.values()):
        return f"not graded: {'; '.join(found.not_graded)}"
    parts = (f"{', '.join(cells)}: {why}" for why, cells in found.not_graded.items())
    return f"not graded in full: {'; '.join(parts)}"


def table(assignment: str, lines: Sequence[GradedSubmission]) -> Table:
    """The closing table of one assignment: a student a row, an exercise a column."""
    maximum = next((line.max_points for line in lines if line.max_points), {})
    shown = Table(title=assignment, title_justify="left")
    shown.add_column("student")
    for cell, points in maximum.items():
        notebook, colon, name = cell.rpartition(": ")
        shown.add_column(f"{notebook}{colon}{name.removeprefix('test_')}\n({points:g})", justify="right")
    shown.add_column(f"total\n({sum(maximum.values()):g})", justify="right")
    shown.add_column("status", overflow="fold")
    for line in lines:
        scores = [line.points.get(cell) for cell in maximum]
        cells = ["-" if score is None else f"{score:g}" for score in scores]
        total = f"{sum(score or 0.0 for score in scores):g}" if line.graded else "-"
        shown.add_row(escape(line.student), *cells, total, escape(line.status))
    return shown
