"""What may be told of hidden test cases: of each step whether it is right, and whether there is an answer at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from autograder.diagnosis import CaseVerdict, Finding, judge
from autograder.diagnosis.hidden import as_told
from autograder.evidence.evidence import Array, Evidence, StudentError
from autograder.exercises import TestCase
from autograder.references.references import Reference
from autograder.report import make_report
from tests.shared.builders import evidence_of, reference_of
from tests.shared.exercises import IDENTITY_BLOCK

PUBLIC = IDENTITY_BLOCK.public_cases[0]
HIDDEN = tuple(PUBLIC.model_copy(update={"name": f"hidden-{i}", "hidden": True}) for i in (1, 2))
STEPS = tuple(line.step for line in IDENTITY_BLOCK.rubric)
KINDS = ("missing", "extra", "wrong setting", "wrong order", "wrong wiring", "wrong value")


def finding(step: str, word: str, kind: str = "wrong setting", also: Iterable[str] = ()) -> Finding:
    """A finding that tells a word wherever it can."""
    return Finding(
        step,
        word,
        kind,
        word,
        word,
        word,
        also=tuple(also),
        sentence=word,  # type: ignore[arg-type]
    )


def verdict(case: TestCase, *findings: Finding, **more: object) -> CaseVerdict:
    return CaseVerdict(case, passed=not findings and not more, findings=findings, **more)  # type: ignore[arg-type]


def told(*hidden: CaseVerdict, public: tuple[Finding, ...] = ()) -> tuple[CaseVerdict, ...]:
    return as_told(IDENTITY_BLOCK, (verdict(PUBLIC, *public), *hidden), public)[1:]


def test_all_that_is_told_is_a_bit_for_each_step_and_one_more_outcome() -> None:
    """However many things the answers say."""
    outcomes = set()
    for wrong in product((False, True), repeat=len(STEPS)):
        for kind, word in product(KINDS, ("f is 5", "f is 7")):
            found = [finding(step, word, kind) for step, is_wrong in zip(STEPS, wrong, strict=True) if is_wrong]
            for several in ((found, found), (found, found[:1]), ([], found)):
                outcomes.add(repr(told(*(verdict(case, *some) for case, some in zip(HIDDEN, several, strict=True)))))
    for error in ("f is 5", "f is 7"):
        raised = StudentError(kind="raised", type=error, message=error, code=error, function=error)
        outcomes.add(repr(told(verdict(HIDDEN[0], error=raised), verdict(HIDDEN[1]))))
        refused = verdict(HIDDEN[0], trouble="refused", detail=error)
        outcomes.add(repr(told(refused, verdict(HIDDEN[1], finding("2a", error)))))
        outcomes.add(repr(told(verdict(HIDDEN[0], trouble="incoherent", detail=error), verdict(HIDDEN[1]))))
    assert len(outcomes) == 2 ** len(STEPS) + 1
    assert "f is" not in repr(outcomes)


def test_further_places_and_what_is_cut_off_are_steps_like_others() -> None:
    first = finding("2a", "a", also=("2c",))
    second = replace(finding("add", "b"), unseen=("2b",))
    for seen in told(verdict(HIDDEN[0], first, second), verdict(HIDDEN[1])):
        assert [one.step for one in seen.findings] == ["2a", "2b", "2c", "add"]


def test_a_step_that_is_wrong_in_public_is_not_told_again() -> None:
    public = (finding("2a", "epsilon"),)
    same, more = finding("2a", "strides"), finding("2b", "padding")
    assert [seen.findings for seen in told(verdict(HIDDEN[0], same), public=public)] == [()]
    (seen,) = told(verdict(HIDDEN[0], same, more), public=public)
    assert [one.step for one in seen.findings] == ["2b"]


def test_nor_is_one_that_a_known_mistake_in_another_step_stands_for() -> None:
    """One mistake may make several outputs wrong, and is told once."""
    public = verdict(PUBLIC, finding("2a", "out"), finding("2b", "averages"))
    (seen,) = as_told(
        IDENTITY_BLOCK, (public, verdict(HIDDEN[0], finding("2b", "averages"))), (finding("2a", "N - 1"),)
    )[1:]
    assert seen.findings == ()


def test_where_public_test_cases_have_no_answer_nothing_is_said_of_hidden_ones() -> None:
    broken = verdict(PUBLIC, error=StudentError(kind="raised", type="ValueError"))
    assert as_told(IDENTITY_BLOCK, (broken, verdict(HIDDEN[0], finding("2a", "a"))), ()) == (broken,)


@pytest.fixture(scope="module")
def references(identity_references: tuple[Reference, ...]) -> tuple[Reference, ...]:
    hidden = reference_of(IDENTITY_BLOCK, HIDDEN[0])
    return (identity_references[0], hidden)


def test_a_report_is_the_same_whatever_went_wrong_with_a_hidden_case(
    references: tuple[Reference, ...], canary: Array
) -> None:
    """Errors, unknown layers and numbers that don't fit look alike; another machine's random numbers look like none."""
    public, hidden = (evidence_of(IDENTITY_BLOCK, reference.case) for reference in references)
    assert hidden.graph is not None
    assert hidden.outputs is not None
    assert hidden.canary is not None

    def raised(word: str) -> Evidence:
        return replace(hidden, graph=None, error=StudentError(kind="raised", type=word, message=word, code=word))

    answers: list[Callable[[str], Evidence]] = [
        raised,
        lambda word: replace(hidden, graph=hidden.graph.replace("Activation", word)),  # type: ignore[union-attr]
        lambda word: replace(hidden, outputs=np.full_like(hidden.outputs, len(word))),
        lambda word: replace(hidden, graph=None),
        lambda word: replace(hidden, case=word),
    ]
    seen = set()
    for answer, word in product(answers, ("f is 5", "f is 77")):
        diagnosis = judge(IDENTITY_BLOCK, [public, answer(word)], references, canary)
        assert diagnosis.points == 0.0
        report = make_report(diagnosis)
        seen.add((str(report), report._repr_html_(), repr(report)))
    assert len(seen) == 1
    other = replace(hidden, canary=hidden.canary + 1)
    right = make_report(judge(IDENTITY_BLOCK, [public, hidden], references, canary))
    assert str(make_report(judge(IDENTITY_BLOCK, [public, other], references, canary))) == str(right)
