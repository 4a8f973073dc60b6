"""The corpus as a test: every header is sound, and official grading gives every answer for the blocks its due.

`make corpus` collects values on all test cases, as `check` does, tries all of ResNet-50's cases, prints the table, and
compares with the course's old ways.
"""

from __future__ import annotations

import pytest

from tests.corpus import cases
from tests.corpus.measure import answer, in_words, known_now

pytestmark = pytest.mark.corpus

BLOCKS = ("identity_block", "convolutional_block")
SOME_NETWORKS = 12
"""One case in so many of ResNet-50's is tried here; each takes seconds."""


def chosen(group: str) -> list[cases.Case]:
    found = list(cases.load(group))
    networks = [case for case in found if case.exercise == "resnet50"]
    return [case for case in found if case.exercise in BLOCKS] + networks[::SOME_NETWORKS]


def test_there_are_as_many_cases_as_promised() -> None:
    counts = {group: len(list(cases.load(group))) for group in cases.GROUPS}
    assert counts["mistakes"] >= 100
    assert counts["several"] >= 40
    assert counts["right"] >= 40
    assert {case.exercise for case in cases.load("mistakes")} == set(cases.EXERCISES)


@pytest.mark.parametrize("case", chosen("mistakes") + chosen("several"), ids=lambda case: case.id)
def test_a_mistake_is_detected_and_named(case: cases.Case) -> None:
    found = answer(case, known_now(), as_graded=True)
    assert not found.accepted
    if any(finding.hidden for finding in found.report.findings):
        # Of the network only one public test case is tried here; of a hidden one nothing but the step is told.
        steps = {reading.step for expected in case.expected for reading in expected.readings}
        assert {finding.step for finding in found.report.findings} == steps
        return
    assert not found.missed, str(found.report)
    assert not found.surplus, str(found.report)


@pytest.mark.parametrize("case", chosen("right"), ids=lambda case: case.id)
def test_a_right_answer_earns_all(case: cases.Case) -> None:
    found = answer(case, known_now(), as_graded=True)
    assert found.report.findings == ()
    assert found.accepted, str(found.report)


@pytest.mark.parametrize("case", chosen("errors"), ids=lambda case: case.id)
def test_a_slip_that_raises_is_put_into_words(case: cases.Case) -> None:
    found = answer(case, known_now(), as_graded=True)
    assert found.report.error
    assert in_words(found), found.report.error
