"""The report: what a student, an instructor and the gradebook are told about one exercise."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..base.messages import translator
from ..diagnosis import Diagnosis, Finding, StepValue
from ..evidence.evidence import StudentError
from ..exercises import Exercise
from .picture import Picture, drawn, make_picture
from .sentences import describe, describe_error, describe_step, describe_trouble


@dataclass(frozen=True, slots=True)
class StepLine:
    """One line of the rubric: the step, its name in words, and whether it is right; None where it can't be told."""

    step: str
    title: str
    points: float
    right: bool | None


@dataclass(frozen=True)
class Report:
    """One exercise's result.

    Attributes:
        exercise: the exercise's name; `function` is the student's function.
        points, max_points: plain floats, 0 <= points <= max_points.
        findings: what is wrong, in the order of the steps, each with its message.
        error: one sentence where there is no evidence to compare, or none that can be relied on; None otherwise.
        student_error: the exception behind `error`, with the student's own line.
        steps: the rubric's lines.
        notes: further sentences, such as what an unusual machine means for the verdict.
        values: for the public test case that is drawn, each layer's output beside the expected one.
        picture: what the student built, with the faults marked; None where nothing can be shown.
        python_says: the words of the exception itself, "" where a hidden test case raised it.
        protection: under what protection the student's code ran, where it was graded officially; "" otherwise.
    """

    exercise: str
    function: str
    points: float
    max_points: float
    passed: bool
    findings: tuple[Finding, ...]
    error: str | None
    student_error: StudentError | None
    steps: tuple[StepLine, ...]
    notes: tuple[str, ...]
    language: str
    values: tuple[StepValue, ...] = ()
    picture: Picture | None = None
    python_says: str = ""
    protection: str = ""

    @property
    def first_divergence(self) -> StepValue | None:
        """The first layer whose output is not the expected one."""
        return next((value for value in self.values if not value.agrees), None)

    def __str__(self) -> str:
        from .text import render_text

        return render_text(self)

    def __repr__(self) -> str:
        return f"<Report {self.exercise}: {self.points:g} of {self.max_points:g} points>"

    def _repr_html_(self) -> str:
        from .html import render_html

        return render_html(self)


def make_report(diagnosis: Diagnosis, language: str = "en") -> Report:
    """The diagnosis in the reader's language."""
    _ = translator(language)
    exercise = diagnosis.exercise
    found = tuple(replace(finding, message=describe(finding, _)) for finding in diagnosis.findings)
    failure = diagnosis.first_failure
    error = None
    if failure is not None and failure.error is not None:
        error = describe_error(failure.error, exercise, _)
    elif failure is not None:
        error = describe_trouble(failure, _)
    notes = []
    if failure is not None and failure.case.hidden and len(diagnosis.verdicts) > 1:
        notes.append(_("The public examples worked; this happened with other arguments."))
    if any(verdict.own_weights for verdict in diagnosis.verdicts):
        notes.append(
            _(
                "On this machine the same seed gives other numbers than on the one that made the reference, so your "
                "function was checked with its own weights. `autograder doctor` tells more."
            )
        )
    if any(v.script is not None and not v.script.complete and v.findings for v in diagnosis.verdicts):
        notes.append(_("Something else is wrong, too: correct what is named here, then check again."))
    return Report(
        exercise=exercise.name,
        function=exercise.function,
        points=float(diagnosis.points),
        max_points=float(exercise.max_points),
        passed=diagnosis.passed,
        findings=found,
        error=error,
        student_error=failure.error if failure else None,
        steps=_steps(diagnosis, language),
        notes=tuple(notes),
        language=language,
        values=_values(diagnosis),
        picture=make_picture(diagnosis, _),
        python_says=_python_says(failure.error) if failure and failure.error and not failure.case.hidden else "",
    )


def failed_report(exercise: Exercise, error: StudentError, language: str = "en") -> Report:
    """A report where nothing could be collected at all, such as a function that isn't there."""
    _ = translator(language)
    return Report(
        exercise=exercise.name,
        function=exercise.function,
        points=0.0,
        max_points=float(exercise.max_points),
        passed=False,
        findings=(),
        error=describe_error(error, exercise, _),
        student_error=error,
        steps=tuple(StepLine(line.step, describe_step(line.step, _), line.points, None) for line in exercise.rubric),
        notes=(),
        language=language,
        python_says=_python_says(error),
    )


def _python_says(error: StudentError) -> str:
    return f"{error.type}: {error.message[:1500]}" if error.message and error.kind in ("raised", "names") else ""


def _values(diagnosis: Diagnosis) -> tuple[StepValue, ...]:
    """The values of the test case that is drawn. Where a seed gives other numbers than the reference's: none."""
    verdict = drawn(diagnosis)
    return verdict.values if verdict is not None and not verdict.own_weights else ()


def _steps(diagnosis: Diagnosis, language: str) -> tuple[StepLine, ...]:
    _ = translator(language)
    exercise = diagnosis.exercise
    wrong = {exercise.rubric_of(step).step for f in diagnosis.findings for step in (f.step, *f.also, *f.unseen)}
    unknown = diagnosis.first_failure is not None and not diagnosis.findings
    return tuple(
        StepLine(line.step, describe_step(line.step, _), line.points, None if unknown else line.step not in wrong)
        for line in exercise.rubric
    )
