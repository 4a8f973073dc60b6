"""The report: what a student, an instructor and the gradebook are told about one exercise."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from ..base.messages import Translate, translator
from ..diagnosis import Diagnosis, variants_in
from ..diagnosis.points import is_convention
from ..evidence.evidence import StudentError
from ..exercises import Exercise
from .causes import at_its_cause, code_notes, describe_failure, stranger_in
from .functions import CALL
from .picture import Picture, drawn, make_picture
from .problems import note_of, picture_or_none
from .record import ReportRecord, StepLine
from .sentences import describe, describe_step, describe_trouble, label_step
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
    reached = failure.reached if failure else None
    explained = bool(diagnosis.findings) and reached is None  # the whole graph is known, and shows the cause
    error = describe_trouble(failure, _) if failure is not None else None
    student_error: StudentError | None = None
    stands = ""
    if failure is not None and failure.error is not None:
        from . import errors  # all there is to say of them, which most reports do without

        raised = errors.located(failure.error, exercise)
        known = bool(failure.findings) and failure.script is not None and failure.script.complete
        told = errors.describe_error(raised, exercise, _, explained=known)
        error = describe_failure(failure, exercise, _) or told
        student_error = errors.at_call(at_its_cause(raised, failure, exercise))
        stands = "" if explained else errors.step_of(student_error, exercise, reached)
    looked_at = reached is not None or (failure is not None and failure.worthless and failure.script is not None)
    unknown = failure is not None and not diagnosis.findings and not looked_at
    in_steps = (finding for finding in diagnosis.findings if finding.setting not in CALL)
    wrong = {exercise.rubric_of(step).step for finding in in_steps for step in finding.touched}
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
        student_error=student_error,
        steps=_steps(exercise, None if unknown else wrong, reached, stands, _),
        notes=tuple(filter(None, (*_notes(diagnosis, _), note_of(problems, _)))),
        language=language,
        values=verdict.values if verdict is not None and not verdict.own_weights else (),
        picture=picture,
        python_says=_python_says(failure.error) if failure and failure.error else "",
        error_step=stands,
        problems=problems,
    )


def failed_report(exercise: Exercise, error: StudentError, language: str = "en") -> Report:
    """A report where nothing could be collected at all, such as a function that isn't there."""
    from . import errors

    _ = translator(language)
    error = errors.located(error, exercise)
    stands = errors.step_of(error, exercise)
    return Report(
        exercise=exercise.name,
        function=exercise.function,
        points=0.0,
        max_points=float(exercise.max_points),
        passed=False,
        findings=(),
        error=errors.describe_error(error, exercise, _),
        student_error=error,
        steps=_steps(exercise, None, None, stands, _),
        notes=(),
        language=language,
        python_says=_python_says(error),
        error_step=stands,
    )


def _steps(
    exercise: Exercise, wrong: Collection[str] | None, reached: Collection[str] | None, stands: str, _: Translate
) -> tuple[StepLine, ...]:
    """The rubric's lines.

    `wrong` are the steps that are, None where that can't be told. Where an error ended the function, `reached` are the
    steps built before it, and `stands` is the one that it stands in.
    """

    def right(step: str) -> bool | None:
        if step == stands or step in (wrong or ()):
            return False
        return None if wrong is None or (reached is not None and step not in reached) else True

    return tuple(
        StepLine(line.step, describe_step(line.step, _), line.points, right(line.step), label_step(line.step, _))
        for line in exercise.rubric
    )


def _notes(diagnosis: Diagnosis, _: Translate) -> Iterator[str]:
    yield from (_(sentence) for sentence in variants_in(diagnosis.exercise, diagnosis.findings))
    failure = diagnosis.first_failure
    shown = failure if failure is not None and failure.code else next((v for v in diagnosis.verdicts if v.code), None)
    if shown is not None:
        yield from code_notes(shown, diagnosis.exercise, _)
    if failure is not None and failure.error is not None and failure.error.line and failure.error.kind == "raised":
        if failure.reached is not None and stranger_in(failure) is None:
            yield _("What stands before this line was compared with what is asked; what follows it was not.")
        elif failure.reached is None and diagnosis.exercise.kind != "function" and not diagnosis.findings:
            yield _("Python came no further than this line, and nothing before it could be compared.")
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
