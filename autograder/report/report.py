"""The report: what a student, an instructor and the gradebook are told about one exercise."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from ..base.messages import Translate, translator
from ..diagnosis import Diagnosis
from ..diagnosis.points import is_convention
from ..evidence.evidence import StudentError
from ..exercises import Exercise
from .picture import Picture, drawn, make_picture
from .problems import note_of, picture_or_none
from .record import ReportRecord, StepLine
from .sentences import describe, describe_error, describe_step, describe_trouble
from .text import render_text


class Report(ReportRecord):
    """One exercise's result, which shows itself: as a page in a notebook, as text where it is printed."""

    def __str__(self) -> str:
        return render_text(self)

    def __repr__(self) -> str:
        return f"<Report {self.exercise}: {self.points:g} of {self.max_points:g} points>"

    def _repr_html_(self) -> str:
        from .html import render_html  # which loads a template engine: a terminal does without

        return render_html(self)


def make_report(diagnosis: Diagnosis, language: str = "en") -> Report:
    """The diagnosis in the reader's language."""
    _ = translator(language)
    exercise, failure = diagnosis.exercise, diagnosis.first_failure
    error = None
    if failure is not None:
        error = describe_error(failure.error, exercise, _) if failure.error else describe_trouble(failure, _)
    unknown = failure is not None and not diagnosis.findings
    wrong = {exercise.rubric_of(step).step for finding in diagnosis.findings for step in finding.touched}
    verdict = drawn(diagnosis)
    problems: list[str] = []
    picture: Picture | None = picture_or_none(lambda: make_picture(diagnosis, _), problems)
    return Report(
        exercise=exercise.name,
        function=exercise.function,
        points=float(diagnosis.points),
        max_points=float(exercise.max_points),
        passed=diagnosis.passed,
        findings=tuple(replace(finding, message=describe(finding, _)) for finding in diagnosis.findings),
        error=error,
        student_error=failure.error if failure else None,
        steps=_steps(exercise, None if unknown else wrong, _),
        notes=tuple(filter(None, (*_notes(diagnosis, _), note_of(problems, _)))),
        language=language,
        values=verdict.values if verdict is not None and not verdict.own_weights else (),
        picture=picture,
        python_says=_python_says(failure.error) if failure and failure.error and not failure.case.hidden else "",
        problems=problems,
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
        steps=_steps(exercise, None, _),
        notes=(),
        language=language,
        python_says=_python_says(error),
    )


def _steps(exercise: Exercise, wrong: Collection[str] | None, _: Translate) -> tuple[StepLine, ...]:
    """The rubric's lines; `wrong` are the steps that are, None where that can't be told."""
    return tuple(
        StepLine(line.step, describe_step(line.step, _), line.points, None if wrong is None else line.step not in wrong)
        for line in exercise.rubric
    )


def _notes(diagnosis: Diagnosis, _: Translate) -> Iterator[str]:
    failure = diagnosis.first_failure
    if failure is not None and failure.case.hidden and len(diagnosis.verdicts) > 1:
        yield _("The public examples worked; this happened with other arguments.")
    if any(verdict.own_weights for verdict in diagnosis.verdicts):
        yield _(
            "On this machine the same seed gives other numbers than on the one that made the reference, so your "
            "function was checked with its own weights. `autograder doctor` tells more."
        )
    yield from _what_counted(diagnosis, _)
    if any(v.script is not None and not v.script.complete and v.findings for v in diagnosis.verdicts):
        yield _("Something else is wrong, too: correct what is named here, then check again.")


def _what_counted(diagnosis: Diagnosis, _: Translate) -> Iterator[str]:
    """Why a slip, or a whole block, costs less than its step is worth."""
    exercise = diagnosis.exercise
    if diagnosis.without:
        yield _(
            "Not right yet, and counted in its own exercise: {blocks}. So {function} was judged with the course's in "
            "its place."
        ).format(blocks=", ".join(diagnosis.without), function=exercise.function)
    if any(is_convention(exercise, finding) and not finding.counted_in for finding in diagnosis.findings):
        yield _("A slip in a convention, such as a name or a seed, costs {points} points, and once only.").format(
            points=f"{exercise.conventions.each:g}"
        )


def _python_says(error: StudentError) -> str:
    return f"{error.type}: {error.message[:1500]}" if error.message and error.kind in ("raised", "names") else ""
