"""What a change of a test's score is worth, beside what a person gave."""

from __future__ import annotations

import pytest

from autograder.instructor.grade.score_changes import Change, Place, Standing, changes, summary, with_tests

KIM, LEE = Place("kim", "hw", "test_mean"), Place("lee", "hw", "test_mean")


@pytest.mark.parametrize(
    ("standing", "points"),
    [
        (Standing(None), None),
        (Standing(2.0), 2.0),
        (Standing(2.0, by_hand=0.5), 0.5),
        (Standing(None, by_hand=0.5, extra=1.0), 1.5),
        (Standing(2.0, extra=1.0), 3.0),
        (Standing(2.0, by_hand=0.0), 0.0),
    ],
)
def test_what_counts(standing: Standing, points: float | None) -> None:
    assert standing.points == points


def test_only_what_the_tests_give_otherwise_is_a_change() -> None:
    before = {KIM: Standing(0.0), LEE: Standing(2.0, by_hand=1.0)}
    after = {KIM: Standing(0.0, by_hand=1.0), LEE: Standing(None, by_hand=1.0), Place("new", "hw", "x"): Standing(1.0)}
    assert changes(before, after) == (Change(LEE, before[LEE], after[LEE]),)


def test_new_scores_leave_what_people_gave_and_other_students() -> None:
    before = {KIM: Standing(0.0, by_hand=1.0, extra=0.5), LEE: Standing(2.0)}
    assert with_tests(before, "kim", {"hw": {"test_mean": 2.0, "test_new": 1.0}, "other": {"test_mean": 9.0}}) == {
        KIM: Standing(2.0, by_hand=1.0, extra=0.5)
    }


def test_the_summary_counts_students_by_what_counts_for_them() -> None:
    found = (
        Change(KIM, Standing(0.0), Standing(2.0)),
        Change(Place("kim", "hw", "test_total"), Standing(5.0), Standing(4.5)),
        Change(LEE, Standing(0.0, by_hand=1.0), Standing(2.0, by_hand=1.0)),
        Change(Place("mia", "hw", "test_mean"), Standing(2.0), Standing(None)),
    )
    assert summary(found, frozenset({"ada", "kim", "lee", "mia"})) == (
        "Of 4 graded before: 1 with more points, 1 with fewer, 2 as before. Kept as graded by hand: lee (mean)."
    )
