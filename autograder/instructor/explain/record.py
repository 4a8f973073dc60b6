"""What is on record of one student's exercise: points and times from the gradebook, cells from the graded notebook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nbformat import NotebookNode

from ...base.course import Course, CourseError
from ...base.notebooks import NotebookError, read_node
from ...execution.record import CellRecord, cell_record, notebook_record
from ...execution.submission.model import TrustedCell
from ...nbgrader.calls import gradebook
from ...nbgrader.gradebook.queries import CommentRow, GradeRow, Rows, assignments, due_date, read_rows, released_cells


@dataclass(frozen=True, slots=True)
class OnRecord:
    """All that is kept of a graded cell of one student's; `answer` is the name of the cell that holds the answer."""

    student: str
    assignment: str
    notebook: str
    cell: TrustedCell
    answer: str
    rows: Rows
    due: datetime | None
    node: NotebookNode | None
    graded_at: datetime | None = None

    @property
    def grade(self) -> GradeRow | None:
        """Its points."""
        return next((row for row in self.rows.grades if row.key[1:] == (self.notebook, self.cell.grade_id)), None)

    @property
    def comments(self) -> tuple[CommentRow, ...]:
        """What was said on the answer, and on its test."""
        names = (self.answer, self.cell.grade_id)
        return tuple(row for row in self.rows.comments if row.key[1] == self.notebook and row.key[2] in names)

    @property
    def percent(self) -> float:
        """What handing in late costs."""
        return self.rows.standing.percent.get(self.student, 0.0)

    @property
    def extension(self) -> timedelta | None:
        return self.rows.submissions[0].extension if self.rows.submissions else None

    @property
    def protection(self) -> str:
        """What the code ran under when it was graded, "" where that isn't known."""
        return notebook_record(self.node).protection if self.node is not None else ""

    @property
    def record(self) -> CellRecord | None:
        cell = _cell(self.node, self.cell.grade_id)
        return cell_record(cell) if cell is not None else None

    def source(self, name: str) -> str:
        """The source of a cell as it was graded."""
        cell = _cell(self.node, name)
        return str(cell.source) if cell is not None else ""

    def printed(self) -> Iterator[str]:
        """What the test cell shows as text."""
        cell = _cell(self.node, self.cell.grade_id)
        for output in cell.get("outputs", ()) if cell is not None else ():
            if output.output_type == "error":
                yield f"{output.ename}: {output.evalue}"
            else:
                yield "".join(output.get("text", "") or output.get("data", {}).get("text/plain", ""))


def _cell(node: NotebookNode | None, name: str) -> NotebookNode | None:
    for cell in node.cells if node is not None else ():
        marks = cell.metadata.get("nbgrader")
        if isinstance(marks, dict) and marks.get("grade_id") == name:
            found: NotebookNode = cell
            return found
    return None


def find(course: Course, student: str, exercise: str, assignment: str | None) -> OnRecord:
    """What is on record. Raises CourseError where there is no such student, exercise or submission."""
    with gradebook(course) as book:
        known = [one.name for one in assignments(book)]
        wanted = [assignment] if assignment else known
        cells = {name: released_cells(book, name) for name in wanted}
        named = [(name, *place) for name, found in cells.items() for place in _graded(found)]
        there = [one for one in named if exercise in (one[2].grade_id, one[3])]
        if not there:
            names = ", ".join(dict.fromkeys(one[3] or one[2].grade_id for one in named))
            raise CourseError(f"There is no exercise {exercise!r}; there is: {names or 'none yet'}.")
        rows = {one[0]: read_rows(book, one[0], student) for one in there}
        handed_in = [one for one in there if rows[one[0]].submissions]
        if not handed_in:
            raise CourseError(f"The gradebook has no {' and no '.join(rows)} of {student!r}: grade it first.")
        if len({one[0] for one in handed_in}) > 1:
            raise CourseError(f"Say which assignment: {' or '.join(one[0] for one in handed_in)}.")
        name, notebook, cell, answer = handed_in[0]
        due = due_date(book, name)
    path = course.autograded / student / name / f"{notebook}.ipynb"
    graded = datetime.fromtimestamp(path.stat().st_mtime, UTC) if path.is_file() else None
    return OnRecord(student, name, notebook, cell, answer, rows[name], due, _read(path), graded)


def _graded(cells: dict[str, tuple[TrustedCell, ...]]) -> Iterator[tuple[str, TrustedCell, str]]:
    """Each cell with points, and the name of the cell with the answer: the same, or the last solution before it."""
    for notebook, found in cells.items():
        for at, cell in enumerate(found):
            if cell.grade or cell.task:
                yield notebook, cell, cell.grade_id if cell.solution or cell.task else _before(found[:at])


def _before(cells: Sequence[TrustedCell]) -> str:
    return next((cell.grade_id for cell in reversed(cells) if cell.solution), "")


def _read(path: Path) -> NotebookNode | None:
    try:
        return read_node(path)
    except NotebookError:
        return None


def earlier(course: Course, record: OnRecord) -> Path | None:
    """The notebook that the student handed in before this one, as `collect` has kept it; None where there is none."""
    kept = course.root / "downloaded" / record.assignment / "replaced"
    stamp = len(" 2026-01-01 00.00.00.000000")
    folders = [path for path in kept.glob("*") if path.name[:-stamp] == record.student]
    places = (path / f"{record.notebook}.ipynb" for path in sorted(folders, reverse=True))
    return next((path for path in places if path.is_file()), None)


def answer_in(path: Path, name: str) -> str:
    """The source of a cell in a notebook that was handed in, "" where it has none."""
    cell = _cell(_read(path), name)
    return str(cell.source) if cell is not None else ""
