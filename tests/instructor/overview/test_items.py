"""Difficulty and discrimination, worked out by hand for small classes."""

from __future__ import annotations

from dataclasses import replace
from statistics import correlation

import pytest

from autograder.instructor.overview.classroom import ClassSummary, GradedCell
from autograder.instructor.overview.items import EASY, FEWEST, HARD, WEAK, Item, discrimination, items
from tests.instructor.overview.large_class import CELLS, SLIPS, large_class

FIRST, SECOND = GradedCell("n", "test_first", 4.0), GradedCell("n", "test_second", 2.0)


def made(scores: list[tuple[float | None, float | None]], slips: list[bool] | None = None) -> ClassSummary:
    like = large_class(1).submissions[0]
    found = [
        replace(
            like,
            student=f"s{number}",
            points={FIRST: first, SECOND: second},
            slips=SLIPS[:1] if slips and slips[number] else (),
        )
        for number, (first, second) in enumerate(scores)
    ]
    return ClassSummary("a", (FIRST, SECOND), tuple(found), 0, ())


def test_a_class_worked_out_by_hand() -> None:
    scores: list[tuple[float | None, float | None]] = [(4, 2)] * 5 + [(2, 1)] * 3 + [(0, 2)] * 2 + [(None, 1)]
    first, second = items(made(scores))
    assert (first.scored, first.full, first.difficulty) == (10, 5, pytest.approx(26 / 40))
    both = [(a, b) for a, b in scores if a is not None and b is not None]
    assert first.discrimination == pytest.approx(correlation(*zip(*both, strict=True)))
    assert (second.scored, second.full, second.difficulty) == (11, 7, pytest.approx(18 / 22))
    assert second.discrimination == first.discrimination


def test_of_a_handful_and_where_all_have_the_same_nothing_is_said() -> None:
    few = made([(4, 2), (2, 1)] * (FEWEST // 2 - 1))
    assert [one.discrimination for one in items(few)] == [None, None]
    assert [one.discrimination for one in items(made([(4, 2)] * 20))] == [None, None]


@pytest.mark.parametrize(
    ("difficulty", "discrimination", "advice"),
    [
        (None, None, "no score yet"),
        (0.6, 0.5, ""),
        (0.6, None, ""),
        (0.6, -0.01, "who is good elsewhere does worse here"),
        (EASY + 0.01, 0.5, "nearly everybody"),
        (HARD - 0.01, 0.5, "hard:"),
        (0.6, WEAK - 0.01, "who is good elsewhere does hardly better"),
    ],
)
def test_advice(difficulty: float | None, discrimination: float | None, advice: str) -> None:
    found = Item(CELLS[0], 20, 5, difficulty, discrimination).advice
    assert found.startswith(advice)
    assert bool(found) == bool(advice)


def test_a_slip_of_the_weak_parts_them_from_the_strong() -> None:
    scores: list[tuple[float | None, float | None]] = [(4, 2)] * 6 + [(0, 0)] * 6
    assert discrimination(SLIPS[0], made(scores, [False] * 6 + [True] * 6)) == pytest.approx(1)
    assert discrimination(SLIPS[0], made(scores, [True] * 6 + [False] * 6)) == pytest.approx(-1)
    assert discrimination(SLIPS[0], made(scores, [True, False] * 6)) == pytest.approx(0)
    assert discrimination(SLIPS[0], made(scores, [True] * 12)) is None


def test_points_so_far_leave_out_what_nobody_has_a_score_in() -> None:
    waiting = made([(4, None), (1, None), (None, None)])
    assert waiting.scored_cells == (FIRST,)
    assert waiting.so_far == (4, 1, None)
    assert made([(None, None)]).so_far == (None,)
