"""`autograder check NOTEBOOK`: every exercise of a notebook, from outside the notebook."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from traitlets.config import Config

from ..base.course import Course
from ..diagnosis import judge
from ..evidence.evidence import Evidence
from ..execution.kernel.client import RunningKernel
from ..execution.kernel.confined import remove, start_kernel
from ..execution.kernel.local import LocalKernel
from ..execution.kernel.notebookrun import NotebookRun, running
from ..execution.kernel.session import Times
from ..execution.trust import code_lines, weighed
from ..exercises import Exercise, TestCase
from ..exercises.train_signs import WEIGHTS_FILE
from ..graph import Setting
from ..lesson.signs.hidden import Pictures, load_hidden, pictures
from ..lesson.signs.sources import load_for
from ..lesson.training.judge import judge as judge_trained
from ..lesson.training.report import make_report as report_trained
from ..references.notebook import Notebook, read_notebook
from ..references.references import ReferenceSet, load
from ..references.sets import family_with
from ..report import Report, make_report

CELL_TIMEOUT = 120.0
"""Seconds that one cell, or the evidence of one exercise, may take."""
START_SECONDS = 90.0


@dataclass(frozen=True)
class NotebookReport:
    """The reports of all exercises of one notebook, and under what protection its code ran."""

    notebook: Notebook
    protection: str
    reports: tuple[Report, ...]

    @property
    def passed(self) -> bool:
        return all(report.passed for report in self.reports)


def check_notebook(path: Path, course: Course, hidden: bool = False, unprotected: bool = False) -> NotebookReport:
    """Run a notebook's cells and report on every exercise: on its public test cases, with `hidden` on all.

    Who knows the hidden test cases is checking somebody else's notebook: with `hidden` its code runs in a sandbox, or,
    with `unprotected`, in what this machine can give of one. Otherwise it runs like any notebook of one's own.

    A trained network's weights are those beside the notebook.

    Raises NotebookError, ReferencesError, SignsError, HiddenImagesError, SandboxUnavailable or SessionError.
    """
    notebook = read_notebook(path, course)
    known = _known(notebook, course, hidden)
    if not hidden:
        return _reports(notebook, known, lambda: LocalKernel(path.parent.resolve()), _as_given)
    config = Config()
    config.SandboxProvisioner.allow_unprotected = unprotected
    lines = code_lines(notebook.node)
    with tempfile.TemporaryDirectory(prefix="ag-", ignore_cleanup_errors=True) as folder:
        scratch = Path(folder)
        try:
            return _reports(
                notebook,
                known,
                lambda: start_kernel(scratch, course, config, START_SECONDS),
                lambda given, case: weighed(given, case, lines, course, config),
            )
        finally:
            remove(scratch)


@dataclass(frozen=True)
class _Known:
    """What a notebook's exercises are judged by: references, or images for a network that was trained."""

    sets: tuple[ReferenceSet, ...] = ()
    images: Pictures | None = None
    hidden: bool = False


def _known(notebook: Notebook, course: Course, hidden: bool) -> _Known:
    trained = any(exercise.kind == "trained" for exercise in notebook.exercises)
    if trained and hidden:
        return _Known(images=load_hidden(course.hidden_images), hidden=True)
    if trained:
        signs = load_for(course)
        return _Known(images=pictures(signs.test_set_x, signs.test_set_y))
    family = family_with(course, [exercise.name for exercise in notebook.exercises])
    assert family is not None  # for the notebook's exercises were found there
    sets = [load(family.public)]
    if hidden:
        sets.append(load(family.hidden))
    return _Known(tuple(sets), hidden=hidden)


def _as_given(given: Evidence, case: TestCase) -> Evidence:
    return given


def _reports(
    notebook: Notebook,
    known: _Known,
    launch: Callable[[], RunningKernel],
    weigh: Callable[[Evidence, TestCase], Evidence],
) -> NotebookReport:
    with running(notebook.node, launch, Times(cell=CELL_TIMEOUT)) as run:
        reports = tuple(_report(notebook, exercise, known, run, weigh) for exercise in notebook.exercises)
        return NotebookReport(notebook, run.protection, reports)


def _report(
    notebook: Notebook,
    exercise: Exercise,
    known: _Known,
    run: NotebookRun,
    weigh: Callable[[Evidence, TestCase], Evidence],
) -> Report:
    references = [reference for found in known.sets for reference in found.of(exercise)]
    cases = [reference.case for reference in references] or exercise.public_cases
    evidence = [weigh(given, case) for given, case in zip(run.collect(exercise, cases), cases, strict=True)]
    if known.images is None:
        return make_report(judge(exercise, evidence, references, known.sets[0].canary), notebook.language)
    weights = notebook.path.parent.resolve() / WEIGHTS_FILE
    return report_trained(judge_trained(exercise, evidence[0], weights, known.images, known.hidden), notebook.language)


class FindingRecord(BaseModel):
    """One finding in `autograder check --json`."""

    model_config = ConfigDict(frozen=True)

    step: str
    layer: str
    kind: str
    setting: str
    expected: Setting
    found: Setting
    message: str


class ExerciseRecord(BaseModel):
    """One exercise in `autograder check --json`."""

    model_config = ConfigDict(frozen=True)

    name: str
    points: float
    max_points: float
    error: str | None
    findings: tuple[FindingRecord, ...]


class NotebookRecord(BaseModel):
    """What `autograder check --json` prints."""

    model_config = ConfigDict(frozen=True)

    notebook: str
    language: str
    protection: str
    points: float
    max_points: float
    exercises: tuple[ExerciseRecord, ...]


def to_record(result: NotebookReport) -> NotebookRecord:
    """The result as the documented JSON object."""
    return NotebookRecord(
        notebook=str(result.notebook.path),
        language=result.notebook.language,
        protection=result.protection,
        points=sum(report.points for report in result.reports),
        max_points=sum(report.max_points for report in result.reports),
        exercises=tuple(
            ExerciseRecord(
                name=report.exercise,
                points=report.points,
                max_points=report.max_points,
                error=report.error,
                findings=tuple(
                    FindingRecord(
                        step=finding.step,
                        layer=finding.layer,
                        kind=finding.kind,
                        setting=finding.setting,
                        expected=finding.expected,
                        found=finding.found,
                        message=finding.message,
                    )
                    for finding in report.findings
                ),
            )
            for report in result.reports
        ),
    )
