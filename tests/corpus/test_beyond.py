"""The answers of beyond.py, judged on all public test cases as `check` does, and on drawn hidden ones."""

from __future__ import annotations

import pytest

from tests.corpus.beyond import RIGHT, SLIPS, Changes, diagnosed, exercises, is_named, is_right

pytestmark = pytest.mark.corpus

NAMED = 0.98


def test_single_faults_are_named() -> None:
    missed = [one for one in SLIPS if not is_named(one)]
    told = [(one.name, [f.message or f.key for f in diagnosed(one.exercise, one.changes).findings]) for one in missed]
    assert 1 - len(missed) / len(SLIPS) >= NAMED, told


@pytest.mark.parametrize("number", range(len(SLIPS)))
def test_a_slip_costs_points(number: int) -> None:
    one = SLIPS[number]
    diagnosis = diagnosed(one.exercise, one.changes)
    assert not diagnosis.passed
    assert diagnosis.points < exercises()[one.exercise].max_points


@pytest.mark.parametrize("answer", RIGHT)
def test_a_right_answer_earns_all(answer: tuple[str, Changes]) -> None:
    assert is_right(answer), [finding.key for finding in diagnosed(*answer).findings]
