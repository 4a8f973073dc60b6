"""`autograder explain` on exercises whose test cells are all there is."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from tests.shared.helpers import autograder
from tests.shared.light_course import ASSIGNMENT, answered, write


@pytest.fixture(scope="module")
def course(light_class_graded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Kim handed in twice, got points by hand, and was late; mia is graded as she stands."""
    root = Path(shutil.copytree(light_class_graded, tmp_path_factory.mktemp("explain") / "course"))
    before = root / "downloaded" / ASSIGNMENT / "replaced" / "kim 2026-11-19 10.00.00.000000"
    before.mkdir(parents=True)
    write(before, answered(double="def double(x):\n    return x ** 3"))
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "light") as book:
        grade = book.find_grade("test_double", ASSIGNMENT, ASSIGNMENT, "kim")
        grade.manual_score, grade.extra_credit = 1.0, 0.5
        book.find_comment("double", ASSIGNMENT, ASSIGNMENT, "kim").manual_comment = "The idea is right."
        book.update_or_create_assignment(ASSIGNMENT, duedate="2026-11-20 12:00:00 UTC")
        book.find_submission(ASSIGNMENT, "kim").timestamp = datetime(2026, 11, 21, 18)
        book.db.commit()
    return root


def said(course: Path, *arguments: str) -> str:
    done = autograder("--course", course, "explain", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_points_people_times_and_cells(course: Path) -> None:
    text = said(course, "kim", "double")
    for line in (
        "kim, plain, plain, double:\n  1.5 of 2 points",
        "  by the tests: 0",
        "  by a person, whose word counts: 1",
        "  extra credit: 0.5",
        "  a person says: The idea is right.",
        "  handed in: 2026-11-21 18:00:00 UTC; due: 2026-11-20 12:00:00 UTC",
        "  late by 30.0 hours: 0 % are taken off",
        "    return x + 2",
        "    assert double(-7.5) == -15",
        "Failed here:\n      <test_double>, line 3",
        "HiddenTestFailed: A hidden test failed.",
        "The same once more: autograder explain kim double plain",
    ):
        assert line in text, line
    assert text.count("rotection: ") == 1, text
    assert "protection: bubblewrap" in text


def test_what_changed_since_the_submission_before(course: Path) -> None:
    text = said(course, "kim", "test_double", ASSIGNMENT)
    assert "Since the submission before (kim 2026-11-19 10.00.00.000000)" in text
    assert "    -    return x ** 3\n    +    return x + 2\n" in text
    assert "Since the submission before" not in said(course, "mia", "double")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("kim", "nothing"), "There is no exercise 'nothing'; there is: double, mean, total."),
        (("nobody", "double"), "The gradebook has no plain of 'nobody': grade it first."),
        (("kim", "double", "vgg"), "There is no assignment 'vgg'"),
    ],
)
def test_what_is_not_there_is_told_in_a_sentence(arguments: tuple[str, ...], told: str, course: Path) -> None:
    done = autograder("--course", course, "explain", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr
