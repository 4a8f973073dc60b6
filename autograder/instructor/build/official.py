"""Prove a course by the way that students' work takes: every report drawn, every test cell run by official grading."""

from __future__ import annotations

import copy
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from ...base.course import Course
from ...base.messages import LANGUAGES
from ...base.notebooks import grade_id, is_test
from ...diagnosis import Diagnosis
from ...execution.execute import execute
from ...execution.record import CellRecord, FindingRecord
from ...execution.settings import Settings
from ...execution.submission.model import RestoredNotebook, Submission, TrustedCell
from ...exercises import Exercise
from ...nbgrader.calls import execution_settings
from ...references.notebook import Notebook
from ...references.references import ReferenceSet, save
from ...references.sets import ExerciseSet
from ...report import make_report
from ...report.html import render_html
from ...report.text import render_text
from .mistakes import MistakeError, Tried, written

STUDENT = "instructor"


def require_drawn(diagnosis: Diagnosis, where: str) -> None:
    """The report can be made, as text and as a page, in every language. Raises MistakeError with the traceback."""
    for language in LANGUAGES:
        report = make_report(diagnosis, language)
        render_text(report)
        render_html(report)
        if report.problems:
            raise MistakeError(
                f"{where}: its report can't be drawn in {language!r}. That is a mistake in autograder: please report "
                f"it, with these lines.\n{report.problems[0]}"
            )


@dataclass(frozen=True, slots=True)
class Answer:
    """A cell to be graded, and what it has to earn by official grading; `where` names it."""

    exercise: Exercise
    source: str
    points: float
    where: str


def require_graded(
    course: Course,
    assignment: str,
    notebook: Notebook,
    answers: Sequence[Answer],
    sets: tuple[ReferenceSet, ReferenceSet],
) -> None:
    """Official grading gives the notebook's solutions all points, and each answer what was found before.

    Raises MistakeError for the first that it doesn't, and what `execute` raises.
    """
    solutions = {name: cell.source for cell in notebook.node.cells if (name := grade_id(cell))}
    tests = _tests(notebook)
    asked: list[Answer] = []
    for answer in answers:
        whole = answer.exercise.max_points
        right = f"{notebook.path}, cell {answer.exercise.name}: the solution"
        # The solution again after each wrong answer, so that no answer is judged beside another one.
        asked += [answer, Answer(answer.exercise, solutions[answer.exercise.name], whole, right)]
    first = [
        Answer(one, solutions[one.name], one.max_points, f"{notebook.path}, cell {one.name}: the solution")
        for one in notebook.exercises
    ]
    wanted = [answer for answer in (*first, *asked) if answer.exercise.name in tests]
    if not wanted:
        return
    node = copy.deepcopy(notebook.node)
    node.cells = [cell for cell in node.cells if cell.cell_type == "code" and not is_test(cell)]
    for number, answer in enumerate(wanted):
        node.cells += [_solution_cell(answer), _test_cell(tests[answer.exercise.name], number)]
    settings = replace(execution_settings(course, unprotected=True), fork_server=False)
    records = _graded(course, assignment, notebook, node, sets, settings)
    for answer, record in zip(wanted, records, strict=True):
        if record.score is None:
            raise MistakeError(f"{answer.where} can't be graded: {record.why}")
        if abs(record.score - answer.points) > 1e-6:
            found = ", ".join(_told(one) for one in record.findings or ()) or "no finding"
            raise MistakeError(
                f"{answer.where} earns {record.score:g} points by official grading, and {answer.points:g} by the "
                f"build's own; there it gets: {found}."
            )


def _tests(notebook: Notebook) -> dict[str, NotebookNode]:
    """The test cells that hold `grade(...)` of an exercise that is compared with references."""
    cells = [cell for cell in notebook.node.cells if cell.cell_type == "code" and is_test(cell)]
    found = {}
    for exercise in notebook.exercises:
        mine = [cell for cell in cells if f"grade({exercise.function})" in cell.source]
        if mine and exercise.kind in ("block", "model", "function"):
            found[exercise.name] = mine[0]
    return found


def _solution_cell(answer: Answer) -> NotebookNode:
    marks = {"grade_id": answer.exercise.name, "grade": False, "solution": True, "locked": False, "task": False}
    cell: NotebookNode = new_code_cell(answer.source, metadata={"nbgrader": marks})  # type: ignore[no-untyped-call]
    return cell


def _test_cell(given: NotebookNode, number: int) -> NotebookNode:
    """The test cell once more, under a name of its own: what an answer gave is kept by the name of the cell."""
    cell = copy.deepcopy(given)
    cell.metadata.nbgrader.grade_id += f"_{number}"
    return cell


def _graded(
    course: Course,
    assignment: str,
    notebook: Notebook,
    node: NotebookNode,
    sets: tuple[ReferenceSet, ReferenceSet],
    settings: Settings,
) -> list[CellRecord]:
    """Have the notebook executed in a course of its own, whose references are those that are being made."""
    with tempfile.TemporaryDirectory(prefix="ag-build-", ignore_cleanup_errors=True) as folder:
        there = Course(Path(folder))
        shutil.copy(course.nbgrader_config, folder)
        exercises = ExerciseSet(there, notebook.exercise_set.name)
        save(exercises.public, sets[0])
        save(exercises.hidden, sets[1])
        trusted = list(_trusted(notebook))
        source = course.source / assignment
        handed_in = there.root / "handed-in"
        handed_in.mkdir()
        submission = Submission(there, STUDENT, assignment, handed_in, source, {notebook.path.stem: trusted})
        executed = execute(submission, RestoredNotebook(notebook.path.stem, node, trusted, {}), settings)
        if there.errors.is_file():
            raise MistakeError(
                f"{notebook.path}: grading meets an error in autograder itself: please report it, with these lines.\n"
                f"{there.errors.read_text().rstrip()}"
            )
        return [record for _, record in executed.tests()]


def _trusted(notebook: Notebook) -> Iterator[TrustedCell]:
    for cell in notebook.node.cells:
        marks = cell.metadata.get("nbgrader", {})
        yield TrustedCell(
            str(marks.get("grade_id", "")),
            cell.cell_type,
            cell.source,
            locked=bool(marks.get("locked")),
            grade=bool(marks.get("grade")),
            solution=bool(marks.get("solution")),
            points=marks.get("points"),
        )


def _told(found: FindingRecord) -> str:
    return " ".join(filter(None, (found.step, found.layer, found.kind, found.setting)))


def answers_of(tried: Sequence[Tried], solutions: dict[str, str], points: Sequence[float], path: Path) -> list[Answer]:
    """The wrong answers that an author lists, each with the points that it was found to earn."""
    return [
        Answer(
            one.exercise,
            written(one.mistake, solutions[one.exercise.name]),
            earned,
            f"{path}: the mistake {one.mistake.name} of {one.exercise.name}",
        )
        for one, earned in zip(tried, points, strict=True)
    ]
