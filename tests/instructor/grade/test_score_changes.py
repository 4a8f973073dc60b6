"""What a change of a test's score is worth, beside what a person gave."""

from __future__ import annotations

import pytest

from autograder.instructor.grade.score_changes import ScoreChange, changes, summary, with_tests
from autograder.nbgrader.gradebook.queries import GradeRow


def row(
    student: str,
    tests: float | None,
    by_hand: float | None = None,
    extra: float | None = None,
    cell: str = "test_mean",
) -> GradeRow:
    return GradeRow(
        key=(student, "hw", cell),
        auto_score=tests,
        manual_score=by_hand,
        extra_credit=extra,
        needs_manual_grade=False,
    )


@pytest.mark.parametrize(
    ("standing", "points"),
    [
        (row("kim", None), None),
        (row("kim", 2.0), 2.0),
        (row("kim", 2.0, by_hand=0.5), 0.5),
        (row("kim", None, by_hand=0.5, extra=1.0), 1.5),
        (row("kim", 2.0, extra=1.0), 3.0),
        (row("kim", 2.0, by_hand=0.0), 0.0),
    ],
)
def test_what_counts(standing: GradeRow, points: float | None) -> None:
    assert standing.points == points


def test_only_what_the_tests_give_otherwise_is_a_change() -> None:
    before = row("kim", 0.0), row("lee", 2.0, by_hand=1.0)
    after = row("kim", 0.0, by_hand=1.0), row("lee", None, by_hand=1.0), row("new", 1.0, cell="x")
    assert changes(before, after) == (ScoreChange(before[1], after[1]),)


def test_new_scores_leave_what_people_gave_and_other_students() -> None:
    before = row("kim", 0.0, by_hand=1.0, extra=0.5), row("lee", 2.0)
    after = with_tests(before, "kim", {"hw": {"test_mean": 2.0, "test_new": 1.0}, "other": {"test_mean": 9.0}})
    assert after == (row("kim", 2.0, by_hand=1.0, extra=0.5), before[1])


def test_the_summary_counts_students_by_what_counts_for_them() -> None:
    found = (
        ScoreChange(row("kim", 0.0), row("kim", 2.0)),
        ScoreChange(row("kim", 5.0, cell="test_total"), row("kim", 4.5, cell="test_total")),
        ScoreChange(row("lee", 0.0, by_hand=1.0), row("lee", 2.0, by_hand=1.0)),
        ScoreChange(row("mia", 2.0), row("mia", None)),
    )
    assert summary(found, frozenset({"ada", "kim", "lee", "mia"})) == (
        "Of 4 graded before: 1 with more points, 1 with fewer, 2 as before. Kept as graded by hand: lee (mean)."
    )
