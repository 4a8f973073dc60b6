"""`autograder check NOTEBOOK`: every exercise of a notebook, from outside the notebook."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from traitlets.config import Config

from ..base.course import Course
from ..diagnosis import Diagnosis
from ..evidence.evidence import Evidence
from ..execution.kernel.client import RunningKernel
from ..execution.kernel.confined import remove, start_kernel
from ..execution.kernel.local import LocalKernel
from ..execution.kernel.notebookrun import running
from ..execution.kernel.session import Times
from ..execution.trust import weighed
from ..exercises import Exercise, TestCase
from ..graph import Setting
from ..kinds import Attempt, kind_of
from ..references.notebook import Notebook, read_notebook
from ..report import Report

CELL_TIMEOUT = 120.0
"""Seconds that one cell, or the evidence of one exercise, may take."""
START_SECONDS = 90.0


@dataclass(frozen=True)
class NotebookReport:
    """The reports of all exercises of one notebook, and under what protection its code ran."""

    notebook: Notebook
    protection: str
    reports: tuple[Report, ...]
    evidence: Mapping[tuple[str, str], Evidence] = field(default_factory=dict)
    """What was given on each test case, by exercise and case."""

    @property
    def passed(self) -> bool:
        return all(report.passed for report in self.reports)


def check_notebook(path: Path, course: Course, hidden: bool = False, unprotected: bool = False) -> NotebookReport:
    """Run a notebook's cells and report on every exercise: on its public test cases, or with `hidden` on all.

    `hidden` is for instructors, who check somebody else's notebook: its code then runs in a sandbox, or, with
    `unprotected`, in as much of one as this machine can give. Without `hidden` it runs like any notebook of one's own.

    Other files that count, such as a trained network's weights, must lie in the notebook's folder.

    Raises NotebookError, CourseError, ReferencesError, SandboxUnavailable or SessionError.
    """
    notebook = read_notebook(path, course)
    for exercise in notebook.exercises:
        kind_of(exercise).require(notebook.exercise_set, hidden)
    if not hidden:
        return _reports(notebook, hidden, lambda: LocalKernel(path.parent.resolve()), _as_given)
    config = Config()
    config.SandboxProvisioner.allow_unprotected = unprotected
    with tempfile.TemporaryDirectory(prefix="ag-", ignore_cleanup_errors=True) as folder:
        scratch = Path(folder)
        try:
            return _reports(
                notebook,
                hidden,
                lambda: start_kernel(scratch, course, config, START_SECONDS),
                lambda given, case: weighed(given, case, course, config),
            )
        finally:
            remove(scratch)


def _as_given(given: Evidence, _case: TestCase) -> Evidence:
    return given


def _reports(
    notebook: Notebook,
    hidden: bool,
    launch: Callable[[], RunningKernel],
    weigh: Callable[[Evidence, TestCase], Evidence],
) -> NotebookReport:
    with running(notebook.node, launch, Times(cell=CELL_TIMEOUT)) as run:
        known: dict[tuple[str, str, bool], Evidence] = {}

        def collect(exercise: Exercise, cases: Sequence[TestCase], of_blocks: bool = False) -> Sequence[Evidence]:
            new = [case for case in cases if (exercise.name, case.name, of_blocks) not in known]
            for given, case in zip(run.collect(exercise, new, of_blocks=of_blocks), new, strict=True):
                known[exercise.name, case.name, of_blocks] = weigh(given, case)
            return [known[exercise.name, case.name, of_blocks] for case in cases]

        if hidden:
            # Of all exercises, before the student's code has seen anything hidden.
            for exercise in notebook.exercises:
                collect(exercise, exercise.public_cases)
                if exercise.blocks:
                    collect(exercise, exercise.public_cases, of_blocks=True)
            run.session.silence()
        folder = notebook.path.parent.resolve()
        attempts: list[Attempt] = []
        reached: dict[str, Diagnosis] = {}
        for one in notebook.exercises:
            earlier = partial(tuple, attempts[:])
            attempts.append(
                Attempt(
                    one,
                    notebook.exercise_set,
                    collect,
                    hidden,
                    hidden,
                    folder,
                    notebook.language,
                    earlier=earlier,
                    reached=reached,
                )
            )
        reports = tuple(kind_of(attempt.exercise).report(attempt) for attempt in attempts)
        given = {(exercise, case): one for (exercise, case, of_blocks), one in known.items() if not of_blocks}
        return NotebookReport(notebook, run.protection, reports, given)


class FindingEntry(BaseModel):
    """One finding in `autograder check --json`.

    `line` is the student's line in its cell, null where it isn't known; `function` is the function that the line
    stands in, "" for the exercise's own.
    """

    model_config = ConfigDict(frozen=True)

    step: str
    layer: str
    kind: str
    setting: str
    expected: Setting
    found: Setting
    message: str
    line: int | None
    function: str


class ExerciseEntry(BaseModel):
    """One exercise in `autograder check --json`."""

    model_config = ConfigDict(frozen=True)

    name: str
    points: float
    max_points: float
    error: str | None
    findings: tuple[FindingEntry, ...]


class NotebookEntry(BaseModel):
    """What `autograder check --json` prints."""

    model_config = ConfigDict(frozen=True)

    notebook: str
    language: str
    protection: str
    points: float
    max_points: float
    exercises: tuple[ExerciseEntry, ...]


def to_record(result: NotebookReport) -> NotebookEntry:
    """The result as the documented JSON object."""
    return NotebookEntry(
        notebook=str(result.notebook.path),
        language=result.notebook.language,
        protection=result.protection,
        points=sum(report.points for report in result.reports),
        max_points=sum(report.max_points for report in result.reports),
        exercises=tuple(
            ExerciseEntry(
                name=report.exercise,
                points=report.points,
                max_points=report.max_points,
                error=report.error,
                findings=tuple(
                    FindingEntry(
                        step=finding.step,
                        layer=finding.layer,
                        kind=finding.kind,
                        setting=finding.setting,
                        expected=finding.expected,
                        found=finding.found,
                        message=finding.message,
                        line=finding.line,
                        function=finding.function,
                    )
                    for finding in report.findings
                ),
            )
            for report in result.reports
        ),
    )
