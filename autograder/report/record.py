"""What a report says, before it is rendered."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..diagnosis import Finding, StepValue
from ..evidence.evidence import StudentError
from .picture import Picture


@dataclass(frozen=True, slots=True)
class StepLine:
    """One line of the rubric: the step, its name in words, and whether it is right; None where it can't be told.

    `label` is the step's short name in the reader's language.
    """

    step: str
    title: str
    points: float
    right: bool | None
    label: str = ""


@dataclass(frozen=True)
class ReportRecord:
    """What a student, an instructor and the gradebook are told about one exercise.

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
        python_says: the words of the exception itself; of a hidden test case there are none.
        error_step: the rubric's step that the error stands in, "" where there is none or it can't be told.
        problems: tracebacks of errors in this kit's own code that cost no more than a picture. A report is made and
            shown without it then, and says so; whoever asked for the report can look here what to mend.
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
    error_step: str = ""
    problems: list[str] = field(default_factory=list, compare=False)

    @property
    def error_comes_first(self) -> bool:
        """Whether the error is about the first line of the function, which is read before all that follows."""
        return self.student_error is not None and self.student_error.kind == "signature"

    @property
    def first_divergence(self) -> StepValue | None:
        """The first layer whose output is not the expected one."""
        return next((value for value in self.values if not value.agrees), None)
