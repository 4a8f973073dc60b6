"""What may be told of hidden test cases: of each step whether it is right, and whether the function answers at all.

A student's function has seen a hidden test case's arguments by the time it answers. Whatever its answer can choose
freely, such as a layer's name, an error's text, or which of twenty settings is wrong, it can choose so as to tell what
it has seen. So all of that is dropped here, before points are counted and before anything is put into words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..exercises import Exercise
from .finding import Finding
from .verdict import CaseVerdict


def as_told(exercise: Exercise, verdicts: Sequence[CaseVerdict], told: Iterable[Finding]) -> tuple[CaseVerdict, ...]:
    """The verdicts, public ones first; those on hidden test cases are all alike, and say no more than what may be told.

    `told` are the findings of public test cases: a step that one of them is about is wrong anyway. Where there is no
    answer on a public test case, nothing is earned, and nothing is said of hidden ones.
    """
    public = tuple(verdict for verdict in verdicts if not verdict.case.hidden)
    hidden = tuple(verdict for verdict in verdicts if verdict.case.hidden)
    if any(is_no_answer(verdict) for verdict in public):
        return public
    if any(is_no_answer(verdict) for verdict in hidden):
        return (*public, *(CaseVerdict(verdict.case, passed=False, trouble="hidden") for verdict in hidden))
    known = {exercise.rubric_of(step).step for finding in told for step in finding.touched}
    known |= {exercise.rubric_of(step).step for step in _steps(public)}  # which one known mistake may stand for
    wrong = {exercise.rubric_of(step).step for step in _steps(hidden)} - known
    findings = tuple(of_step(line.step) for line in exercise.rubric if line.step in wrong)
    passed = all(verdict.passed for verdict in hidden)
    return (*public, *(CaseVerdict(verdict.case, passed, findings) for verdict in hidden))


def of_step(step: str) -> Finding:
    """The finding that hidden test cases show something wrong in a step."""
    return Finding(step, "", "wrong value", hidden=True)


def is_no_answer(verdict: CaseVerdict) -> bool:
    """Whether there is nothing that could be wrong in one step and right in another."""
    return verdict.trouble is not None or (not verdict.passed and not verdict.findings)


def _steps(verdicts: Iterable[CaseVerdict]) -> Iterator[str]:
    for verdict in verdicts:
        for finding in verdict.findings:
            yield from finding.touched
