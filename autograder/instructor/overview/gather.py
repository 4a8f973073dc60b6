"""From the gradebook, the graded notebooks and the log to a `ClassSummary`. Nothing is run, and nothing is written."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from urllib.parse import quote

from sqlalchemy.exc import SQLAlchemyError

from ...base.course import Course
from ...base.notebooks import NotebookError, language_of, read_node
from ...execution.record import CellRecord
from ...execution.submission.model import TrustedCell
from ...kinds import kinds
from ...nbgrader.calls import gradebook
from ...nbgrader.gradebook.lateness import refresh
from ...nbgrader.gradebook.queries import Rows, StudentRow, handed_in_elsewhere, read_rows, released_cells, students
from ...nbgrader.gradebook.scores import score
from ...nbgrader.gradebook.standing import Standing
from .classroom import ClassSummary, Code, FileLink, GradedCell, GradingState, OverviewError, Slip, StudentSummary
from .graded_notebook import GradedNotebook, read_graded
from .log import seconds_taken

SLOW_TIMES, SLOW_SECONDS = 5.0, 20.0
"""A submission was slow if it took more than this many times the class's median, and more than this many seconds."""


def gather(course: Course, assignment: str, beside: Path) -> ClassSummary:
    """All that is known of the assignment's submissions; links are relative to the folder `beside`.

    Raises OverviewError where none has been graded.
    """
    nothing = OverviewError(
        f"Nothing of {assignment} has been graded in {course.root}: run `autograder grade {assignment}` first."
    )
    if not any(course.autograded.glob(f"*/{assignment}")):
        raise nothing  # without a look at the gradebook, which would make one
    try:
        with gradebook(course) as book:
            cells = released_cells(book, assignment)
            refresh(book, assignment)
            everything = read_rows(book, assignment)
            rows = everything.by_student()
            known = {one.id: one for one in students(book)}
            elsewhere = handed_in_elsewhere(book, assignment)
    except SQLAlchemyError as error:
        why = str(error).partition("\n")[0]
        raise OverviewError(
            f"The gradebook of {course.root} can't be read ({why:.200}): is it the right file?"
        ) from None
    handed_in = sorted({*rows, *course.handed_in(assignment)})
    if not cells or not handed_in:
        raise nothing
    reader = _SubmissionReader(course, assignment, beside, cells, everything.standing)
    found = [
        reader.graded(known[student], rows[student]) if student in rows else reader.ungraded(student)
        for student in handed_in
    ]
    return ClassSummary(
        assignment=assignment,
        cells=reader.graded_cells,
        submissions=tuple(_with_slow_ones(found, seconds_taken(course.log, assignment, handed_in))),
        absent=tuple(reader.absent(known[student]) for student in sorted(known.keys() - set(handed_in) - elsewhere)),
        given=tuple(_given(course, assignment)),
        language=_language(course, assignment),
    )


def _language(course: Course, assignment: str) -> str:
    """That of the assignment's notebooks."""
    for path in sorted((course.source / assignment).glob("*.ipynb")):
        with suppress(NotebookError):
            return language_of(read_node(path))
    return "en"


def _given(course: Course, assignment: str) -> Iterator[str]:
    """The code of the course's own notebooks, with solutions and without."""
    for folder in (course.source, course.release):
        for path in sorted((folder / assignment).glob("*.ipynb")):
            try:
                yield from (cell.source for cell in read_node(path).cells)
            except NotebookError:
                continue


@dataclass(frozen=True, slots=True)
class _SubmissionReader:
    """Reads one submission after the other; `cells` are the gradebook's by notebook."""

    course: Course
    assignment: str
    beside: Path
    cells: Mapping[str, Sequence[TrustedCell]]
    standing: Standing

    @property
    def graded_cells(self) -> tuple[GradedCell, ...]:
        return tuple(
            GradedCell(notebook, cell.grade_id, cell.points or 0.0)
            for notebook, found in self.cells.items()
            for cell in found
            if cell.grade or cell.task
        )

    def graded(self, student: StudentRow, rows: Rows) -> StudentSummary:
        """From what the gradebook has of a submission, and the notebooks that belong to it."""
        scores = {row.key[1:]: row.points for row in rows.grades}
        points = {cell: scores.get((cell.notebook, cell.cell)) for cell in self.graded_cells}
        notebooks = {name: self._notebook(student.id, name) for name in self.cells}
        records = {
            cell: notebook.records[cell.cell]
            for cell in points
            if (notebook := notebooks[cell.notebook]) is not None and cell.cell in notebook.records
        }
        earned = score(rows, self.cells, self.standing, student.id)
        nothing = all(notebook is None for notebook in notebooks.values())
        return StudentSummary(
            student=student.id,
            name=_name(student),
            state=GradingState.NOT_GRADED if nothing else GradingState[earned.status.name],
            late=earned.seconds_late > 0,
            points=points,
            total=earned.total,
            penalty=earned.penalty,
            slips=tuple(sorted({slip for cell in points for slip in _slips(cell, points[cell], records.get(cell))})),
            unusual=tuple(dict.fromkeys(_unusual(notebooks, points, records))),
            links=self._links(student.id),
            codes=tuple(_codes(notebooks, points, records)),
            parts=_parts(self.course.submitted / student.id / self.assignment),
        )

    def ungraded(self, student: str) -> StudentSummary:
        """A folder of which the gradebook knows nothing."""
        return StudentSummary(
            student=student,
            name="",
            state=GradingState.NOT_GRADED,
            late=False,
            points=dict.fromkeys(self.graded_cells),
            total=None,
            slips=(),
            unusual=("handed in, but not in the gradebook",),
            links=self._links(student),
            codes=(),
        )

    def absent(self, student: StudentRow) -> StudentSummary:
        """Somebody who handed in nothing."""
        nothing = score(None, self.cells, self.standing, student.id)
        found = self.ungraded(student.id)
        state = GradingState[nothing.status.name]
        return replace(found, name=_name(student), state=state, total=nothing.total, unusual=())

    def _notebook(self, student: str, name: str) -> GradedNotebook | None:
        path = self.course.autograded / student / self.assignment / f"{name}.ipynb"
        return read_graded(path, self.cells[name])

    def _links(self, student: str) -> tuple[FileLink, ...]:
        course, several = self.course, len(self.cells) > 1
        steps = (
            ("submitted", course.submitted, ".ipynb"),
            ("autograded", course.autograded, ".ipynb"),
            ("feedback", course.feedback, ".html"),
        )
        return tuple(
            FileLink(f"{step} {name}" if several else step, quote(os.path.relpath(path, self.beside)))
            for name in self.cells
            for step, folder, ending in steps
            if (path := folder / student / self.assignment / f"{name}{ending}").is_file()
        )


def _name(student: StudentRow) -> str:
    return f"{student.first_name} {student.last_name}".strip()


def _parts(folder: Path) -> frozenset[str]:
    return frozenset().union(*(kind.parts_of(folder) for kind in kinds().values()))


Points = Mapping[GradedCell, float | None]
Records = Mapping[GradedCell, CellRecord]


def _unusual(notebooks: Mapping[str, GradedNotebook | None], points: Points, records: Records) -> Iterator[str]:
    for cell, record in records.items():
        if record.score is None and points[cell] is None:
            yield f"{cell.title}: {record.why}"
    for name, notebook in notebooks.items():
        yield from [f"there is no graded notebook {name}"] if notebook is None else notebook.unusual


def _slips(cell: GradedCell, points: float | None, record: CellRecord | None) -> Iterator[Slip]:
    found = (record.findings if record else None) or ()
    for one in found:
        layer = one.layer if one.kind != "wrong setting" else ""
        yield Slip(one.exercise, one.step, one.kind, one.setting, layer)
    if not found and points is not None and points < cell.max_points:
        yield Slip(cell.title, "", "points lost", "", "")


def _codes(notebooks: Mapping[str, GradedNotebook | None], points: Points, records: Records) -> Iterator[Code]:
    """What the student wrote, cell by cell, with what its own test made of it, or else all tests of its notebook."""
    for name, notebook in notebooks.items():
        in_notebook = [cell for cell in points if cell.notebook == name]
        for written, source in (notebook.sources if notebook else {}).items():
            own = [cell for cell in in_notebook if written and cell.cell == f"test_{written}"]
            outcome = [line for cell in own or in_notebook for line in _outcome(cell, points[cell], records.get(cell))]
            yield Code(name, written, source, tuple(outcome))
        for answer, text in (notebook.written if notebook else {}).items():
            yield Code(name, answer, text, (), in_words=True)


def _outcome(cell: GradedCell, points: float | None, record: CellRecord | None) -> Iterator[str]:
    yield f"{cell.cell} {points}"
    yield from sorted(found.model_dump_json() for found in (record.findings if record else None) or ())


def _with_slow_ones(found: Sequence[StudentSummary], seconds: Mapping[str, float]) -> Iterator[StudentSummary]:
    usual = median(seconds.values()) if seconds else 0.0
    for one in found:
        took = seconds.get(one.student, 0.0)
        if took > SLOW_SECONDS and took > SLOW_TIMES * usual:
            words = f"took {took:.0f} s; half of the class took less than {usual:.1f} s"
            yield replace(one, unusual=(*one.unusual, words))
        else:
            yield one
