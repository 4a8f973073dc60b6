"""`autograder check NOTEBOOK`: every exercise of a notebook, from outside the notebook."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from .course import Course
from .diagnosis import judge
from .exercises import EXERCISES, Exercise
from .graph import Setting
from .kernel import Session, running
from .notebook import Notebook, read_notebook
from .references import ReferenceSet, load
from .report import Report, make_report

NO_PROTECTION = "none: the notebook's code ran with your own rights"


@dataclass(frozen=True)
class NotebookReport:
    """The reports of all exercises of one notebook, and under what protection its code ran."""

    notebook: Notebook
    protection: str
    reports: tuple[Report, ...]

    @property
    def passed(self) -> bool:
        return all(report.passed for report in self.reports)


def check_notebook(path: Path, course: Course, hidden: bool = False) -> NotebookReport:
    """Run a notebook's cells and report on every exercise, on the public probes, with `hidden` on the hidden ones too.

    Raises NotebookError or ReferencesError.
    """
    notebook = read_notebook(path)
    sets = [load(course.public_references)]
    if hidden:
        sets.append(load(course.hidden_references))
    with running(notebook.node, path.parent.resolve()) as session:
        reports = tuple(_report(session, exercise, sets, notebook.language) for exercise in EXERCISES)
    return NotebookReport(notebook, NO_PROTECTION, reports)


def _report(session: Session, exercise: Exercise, sets: list[ReferenceSet], language: str) -> Report:
    references = [reference for found in sets for reference in found.of(exercise)]
    evidence = session.collect(exercise, [reference.probe for reference in references])
    return make_report(judge(exercise, evidence, references, sets[0].canary), language)


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
