"""From the gradebook, the graded notebooks and the log to a `Class`. Nothing is run, and nothing is written."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote

from nbformat import NotebookNode
from nbgrader.api import MissingEntry, SubmittedAssignment
from sqlalchemy.exc import SQLAlchemyError

from ...base.course import Course
from ...base.notebooks import NotebookError, is_test, read_node
from ...execution.record import CellRecord, FindingRecord, cell_record, notebook_record
from ...execution.submission.model import TrustedCell
from ...nbgrader.calls import gradebook
from ...nbgrader.gradebook import trusted_cells
from ..export.grades_csv import is_scored
from .classroom import Class, Code, Link, OverviewError, Part, Slip, State, Submission
from .log import seconds_taken

DENIED = re.compile(
    r"PermissionError|Permission denied|Operation not permitted|Read-only file system|Network is unreachable"
    r"|name resolution|Name or service not known|ConnectionRefusedError"
)
"""What an error says when the sandbox has kept code from something."""
SLOW_TIMES, SLOW_SECONDS = 5.0, 20.0
"""A submission is slow that took more than so many times the class's median, and more than so many seconds."""


def gather(course: Course, assignment: str, beside: Path) -> Class:
    """All that is known of the assignment's submissions; links are relative to the folder `beside`.

    Raises OverviewError where none has been graded.
    """
    nothing = OverviewError(
        f"Nothing of {assignment} has been graded in {course.root}: run `autograder grade {assignment}` first."
    )
    if not any(course.autograded.glob(f"*/{assignment}")):
        raise nothing  # without a look at the gradebook, which would make one
    try:
        reader, submissions, everyone = _from_gradebook(course, assignment, beside)
    except MissingEntry:
        raise nothing from None
    except SQLAlchemyError as error:
        why = str(error).partition("\n")[0]
        raise OverviewError(
            f"The gradebook of {course.root} can't be read ({why:.200}): is it the right file?"
        ) from None
    known = {one.student for one in submissions}
    submissions += [reader.ungraded(student) for student in course.handed_in(assignment) if student not in known]
    if not submissions:
        raise nothing
    submissions.sort(key=lambda one: one.student)
    return Class(
        assignment=assignment,
        parts=reader.parts,
        submissions=tuple(_with_slow_ones(submissions, seconds_taken(course.log, assignment))),
        without=len(everyone - {one.student for one in submissions}),
        given=tuple(_given(course, assignment)),
    )


def _from_gradebook(course: Course, assignment: str, beside: Path) -> tuple[_Reader, list[Submission], set[str]]:
    """A reader of this assignment, the submissions that the gradebook has, and the ids of all students it knows.

    Raises MissingEntry where it does not know the assignment.
    """
    with gradebook(course) as book:
        found = book.find_assignment(assignment)
        cells = {notebook.name: trusted_cells(book, assignment, notebook.name) for notebook in found.notebooks}
        reader = _Reader(course, assignment, beside, cells)
        entries = book.db.query(SubmittedAssignment).filter(SubmittedAssignment.assignment_id == found.id)
        return reader, [reader.read(entry) for entry in entries], {student.id for student in book.students}


def _given(course: Course, assignment: str) -> Iterator[str]:
    """The code of the course's own notebooks, with solutions and without."""
    for folder in (course.source, course.release):
        for path in sorted((folder / assignment).glob("*.ipynb")):
            try:
                yield from (cell.source for cell in read_node(path).cells if cell.cell_type == "code")
            except NotebookError:
                continue


@dataclass(frozen=True, slots=True)
class _Notebook:
    """What a graded notebook holds: the records by test cell, code by solution cell, and what was unusual."""

    records: Mapping[str, CellRecord]
    sources: Mapping[str, str]
    unusual: tuple[str, ...]
    protection: str


class _Reader:
    """Reads one submission after the other."""

    def __init__(
        self, course: Course, assignment: str, beside: Path, cells: Mapping[str, Sequence[TrustedCell]]
    ) -> None:
        self.course, self.assignment, self.beside, self.cells = course, assignment, beside, cells
        self.parts = tuple(
            Part(notebook, cell.grade_id, float(cell.points or 0.0))
            for notebook, found in cells.items()
            for cell in found
            if cell.grade or cell.task
        )

    def read(self, entry: Any) -> Submission:
        """From an entry of the gradebook and the notebooks that belong to it."""
        student = str(entry.student_id)
        grades = {(one.name, grade.cell.name): grade for one in entry.notebooks for grade in one.grades}
        points = {part: _score(grades.get((part.notebook, part.cell))) for part in self.parts}
        read = {name: self._notebook(student, name) for name in self.cells}
        records = {
            part: record
            for part in self.parts
            if (notebook := read[part.notebook]) is not None and (record := notebook.records.get(part.cell))
        }
        failed = [part for part, record in records.items() if record.score is None and points[part] is None]
        unusual = [f"{part.title}: {records[part].why}" for part in failed]
        unusual += [line for name in self.cells for line in self._unusual(name, read[name])]
        state = State.GRADED
        if failed or all(one is None for one in read.values()):
            state = State.NOT_GRADED
        elif any(grade.needs_manual_grade for grade in grades.values()):
            state = State.BY_HAND
        penalty = entry.late_submission_penalty or 0.0
        return Submission(
            student=student,
            name=" ".join(filter(None, (entry.student.first_name, entry.student.last_name))),
            state=state,
            late=entry.total_seconds_late > 0,
            points=points,
            total=max(0.0, float(entry.score) - penalty) if is_scored(entry) else None,
            slips=tuple(
                sorted({slip for part in self.parts for slip in _slips(part, points[part], records.get(part))})
            ),
            unusual=tuple(dict.fromkeys(unusual)),
            links=self._links(student),
            codes=tuple(self._codes(read, points, records)),
        )

    def ungraded(self, student: str) -> Submission:
        """A folder of which the gradebook knows nothing."""
        return Submission(
            student=student,
            name="",
            state=State.NOT_GRADED,
            late=False,
            points=dict.fromkeys(self.parts),
            total=None,
            slips=(),
            unusual=("handed in, but not in the gradebook",),
            links=self._links(student),
            codes=(),
        )

    def _notebook(self, student: str, name: str) -> _Notebook | None:
        path = self.course.autograded / student / self.assignment / f"{name}.ipynb"
        try:
            node = read_node(path)
        except NotebookError:
            return None
        tests = {cell.grade_id for cell in self.cells[name] if cell.grade}
        solutions = {cell.grade_id for cell in self.cells[name] if cell.solution and cell.cell_type == "code"}
        records: dict[str, CellRecord] = {}
        sources: dict[str, str] = {}
        denied: list[str] = []
        for cell in node.cells:
            if cell.cell_type != "code":
                continue
            marks = cell.metadata.get("nbgrader", {})
            grade_id = str(marks.get("grade_id", ""))
            if is_test(cell):
                record = cell_record(cell)
                if record is not None and grade_id in tests:
                    records[grade_id] = record
                continue
            denied += _denials(grade_id or "a cell of their own", cell)
            if grade_id in solutions:
                sources[grade_id] = cell.source
            elif not grade_id:
                sources[""] = "\n".join(filter(None, (sources.get("", ""), cell.source)))
        whole = notebook_record(node)
        stopped = [f"{where}: {sentence}" for where, sentence in whole.troubles]
        return _Notebook(records, sources, (*stopped, *denied), whole.protection)

    def _unusual(self, name: str, found: _Notebook | None) -> Iterator[str]:
        if found is None:
            yield f"there is no graded notebook {name}"
            return
        yield from found.unusual
        if found.protection.startswith("none") or "; without " in found.protection:
            yield f"ran under less protection than there is elsewhere: {found.protection}"

    def _codes(
        self,
        read: Mapping[str, _Notebook | None],
        points: Mapping[Part, float | None],
        records: Mapping[Part, CellRecord],
    ) -> Iterator[Code]:
        for name, found in read.items():
            for cell, source in (found.sources if found else {}).items():
                mine = [part for part in self.parts if part.notebook == name]
                tests = [part for part in mine if cell and part.cell == f"test_{cell}"] or mine
                outcome = tuple(line for part in tests for line in _outcome(part, points[part], records.get(part)))
                yield Code(name, cell, source, outcome)

    def _links(self, student: str) -> tuple[Link, ...]:
        course = self.course
        steps = (
            ("submitted", course.submitted, ".ipynb"),
            ("autograded", course.autograded, ".ipynb"),
            ("feedback", course.feedback, ".html"),
        )
        several = len(self.cells) > 1
        return tuple(
            Link(f"{step} {name}" if several else step, quote(os.path.relpath(path, self.beside)))
            for name in self.cells
            for step, folder, ending in steps
            if (path := folder / student / self.assignment / f"{name}{ending}").is_file()
        )


def _score(grade: Any) -> float | None:
    if grade is None or (grade.auto_score is None and grade.manual_score is None):
        return None
    return float(grade.score or 0.0)


def _slips(part: Part, points: float | None, record: CellRecord | None) -> Iterator[Slip]:
    found = (record.findings if record else None) or ()
    yield from (_slip(one) for one in found)
    if not found and points is not None and points < part.max_points:
        yield Slip(part.title, "", "points lost", "", "")


def _slip(found: FindingRecord) -> Slip:
    layer = found.layer if found.kind != "wrong setting" else ""
    return Slip(found.exercise, found.step, found.kind, found.setting, layer)


def _outcome(part: Part, points: float | None, record: CellRecord | None) -> Iterator[str]:
    yield f"{part.cell} {points}"
    yield from sorted(found.model_dump_json() for found in (record.findings if record else None) or ())


def _denials(where: str, cell: NotebookNode) -> Iterator[str]:
    for output in cell.get("outputs", ()):
        if output.output_type == "error":
            words = f"{output.get('ename', '')}: {output.get('evalue', '')}"
            if DENIED.search(words):
                yield f"{where}: {words[:300]}"


def _with_slow_ones(submissions: Sequence[Submission], seconds: Mapping[str, float]) -> Iterator[Submission]:
    usual = median(seconds.values()) if seconds else 0.0
    for one in submissions:
        took = seconds.get(one.student, 0.0)
        if took > SLOW_SECONDS and took > SLOW_TIMES * usual:
            words = f"took {took:.0f} s; half of the class took less than {usual:.1f} s"
            one = replace(one, unusual=(*one.unusual, words))
        yield one


def slip_counts(submissions: Sequence[Submission]) -> Sequence[tuple[Slip, int]]:
    """How many made each slip, the most frequent first."""
    counted = Counter(slip for one in submissions for slip in one.slips)
    return sorted(counted.items(), key=lambda entry: (-entry[1], entry[0]))
