"""An exercise judged anew, test case by test case, hidden ones too, with what differs on each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ...base.course import Course
from ...base.messages import translator
from ...diagnosis import judge
from ...diagnosis.finding import Difference, Finding
from ...diagnosis.points import charges
from ...diagnosis.verdict import CaseVerdict
from ...evidence.evidence import Array, Evidence
from ...exercises import Exercise, TestCase
from ...references.references import Reference, load_again
from ...report import Report
from ...report.sentences import describe, describe_trouble
from ...student.check import NotebookReport, check_notebook

_ = translator("en")  # the instructor's
MOST_TOLD = 300
"""Characters of what a student's code says."""


@dataclass(frozen=True, slots=True)
class Case:
    """One test case: what was asked, what came, and how the two differ, in lines."""

    case: TestCase
    passed: bool
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Anew:
    """One exercise judged anew."""

    exercise: Exercise
    report: Report
    protection: str
    cases: tuple[Case, ...]

    def arithmetic(self) -> Iterator[str]:
        """How the points follow from the findings."""
        points, exercise = self.report.points, self.exercise
        left = exercise.max_points
        yield f"{left:g}  in all: " + ", ".join(f"{line.step} {line.points:g}" for line in exercise.rubric)
        if self.report.passed:
            return
        own = [one for one in self.report.findings if not one.counted_in]
        for what, worth in charges(exercise, own) if not self.report.error or own else ():
            yield f"−{worth:g}  {what}"
            left -= worth
        for one in self.report.findings:
            if one.counted_in:
                yield f"−0  {one.step}: {one.layer or one.setting or one.kind} has cost points in {one.counted_in}"
        if abs(left - points) > 1e-6:
            yield f"{points - left:+g}  {self._why_else()}".replace("-", "−")
        yield f"= {points:g}"

    def _why_else(self) -> str:
        if self.report.error:
            return "there is no answer that could be relied on, or calls of it fail"
        return (
            "other rules: what a slip inside a block costs at most, or how much of what was asked for is there at all"
        )


def judge_anew(path: Path, course: Course, exercise: str, unprotected: bool) -> Anew | None:
    """Run a notebook in the sandbox and judge one exercise; None where it is none of the kit's own.

    Raises as `check_notebook` does.
    """
    result = check_notebook(path, course, hidden=True, unprotected=unprotected)
    asked = next((one for one in result.notebook.exercises if one.name == exercise), None)
    if asked is None:
        return None
    report = next(one for one in result.reports if one.exercise == exercise)
    return Anew(asked, report, result.protection, tuple(_cases(asked, result)))


def _cases(exercise: Exercise, result: NotebookReport) -> Iterator[Case]:
    sets = result.notebook.exercise_set
    if not (exercise.public_cases and sets.hidden.is_file()):
        return
    public, hidden = load_again(sets.public), load_again(sets.hidden)
    for reference in (*public.of(exercise), *hidden.of(exercise)):
        given = result.evidence.get((exercise.name, reference.case.name))
        if given is None:
            yield Case(reference.case, False, ("was not asked for: others had decided",))
            continue
        # As if it were public: what is not told of hidden ones is told to nobody but the instructor.
        shown = replace(reference, case=reference.case.model_copy(update={"hidden": False}))
        verdict = judge(exercise, [given], [shown], public.canary).verdicts[0]
        yield Case(reference.case, verdict.passed, tuple(_differs(verdict, given, reference)))


def _differs(verdict: CaseVerdict, given: Evidence, reference: Reference) -> Iterator[str]:
    if verdict.error is not None:
        said = f"{verdict.error.type}: {verdict.error.message}"[:MOST_TOLD]
        yield "an exception, whose words are not kept on a hidden test case" if reference.case.hidden else said
    elif verdict.trouble is not None:
        yield describe_trouble(verdict, _)[:MOST_TOLD]
    for finding in verdict.findings:
        yield describe(finding, _)
        yield from _of_a_function(finding)
    wrong = [value for value in verdict.values if not value.agrees]
    if wrong:
        first = wrong[0]
        shapes = "" if first.shape == first.expected_shape else f", shape {first.shape} for {first.expected_shape}"
        largest = "" if first.largest is None else f", largest difference {first.largest:.4g}"
        yield (
            f"the first tensor that differs is the output of {first.layer} in step {first.step}{shapes}{largest}, "
            f"mean {first.mean:.4g} for {first.expected_mean:.4g}; {len(wrong)} of {len(verdict.values)} layers differ"
        )
    if given.outputs is not None:
        yield from _of_outputs(given.outputs, reference.outputs)


def _of_a_function(finding: Finding) -> Iterator[str]:
    told: Difference | None = finding.difference
    if told is not None:
        place = "".join(f"[{at}]" for at in told.index)
        yield (
            f"{finding.layer}{place} is {told.found}, {told.expected} is right; {told.number} of {told.of} elements "
            f"differ, by {told.largest:.4g} at most"
        )
    elif finding.expected is not None and finding.setting in ("shape", "dtype", "finite"):
        yield f"{finding.layer}: {finding.setting} {finding.found}, {finding.expected} is right"


def _of_outputs(given: Array, expected: Array) -> Iterator[str]:
    """Where the final output differs most."""
    if given.shape != expected.shape:
        yield f"the output has the shape {given.shape}, {expected.shape} is right"
        return
    apart = np.abs(np.asarray(given, np.float64) - expected)
    if not apart.size or np.allclose(given, expected, rtol=1e-4, atol=1e-5):
        return
    at = tuple(int(one) for one in np.unravel_index(int(np.argmax(apart)), apart.shape))
    place = "".join(f"[{one}]" for one in at)
    yield f"the output{place} is {given[at]:.6g}, {expected[at]:.6g} is right; no other differs more"
