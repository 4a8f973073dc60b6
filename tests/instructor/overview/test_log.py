"""What the log of gradings tells of each student, whatever their ids look like."""

from __future__ import annotations

from pathlib import Path

from autograder.base.course import Course
from autograder.instructor.grade.progress import log
from autograder.instructor.overview.log import seconds_taken

STUDENTS = ("weili", "weili 900.0 s 1", "ada 1.0 s", "zoe")


def taken(path: Path, *lines: str) -> dict[str, float]:
    path.write_text("".join(f"2026-01-31 10:00:00 {line}\n" for line in lines))
    return dict(seconds_taken(path, "plain", STUDENTS))


def test_the_last_line_counts_and_kept_results_do_not(tmp_path: Path) -> None:
    lines = (
        "plain zoe 3.0 s 10 graded",
        "plain zoe 4.5 s 10 graded",
        "plain zoe 0.0 s 10 graded",
        "other zoe 9.0 s 1 graded",
    )
    assert taken(tmp_path / "log", *lines) == {"zoe": 4.5}


def test_an_id_that_looks_like_a_line_says_nothing_of_another(tmp_path: Path) -> None:
    lines = ("plain weili 4.0 s 10 graded", "plain weili 900.0 s 1 5.0 s 8 graded", "plain ada 1.0 s 6.0 s 8 graded")
    assert taken(tmp_path / "log", *lines) == {"weili": 4.0, "weili 900.0 s 1": 5.0, "ada 1.0 s": 6.0}


def test_words_of_a_line_say_nothing_either(tmp_path: Path) -> None:
    lines = ("plain zoe 4.0 s 10 graded (double: zoe 900.0 s 1)", "plain ben 900.0 s 10 graded", "plain", "")
    assert taken(tmp_path / "log", *lines) == {"zoe": 4.0}


def test_no_log_tells_nothing(tmp_path: Path) -> None:
    assert seconds_taken(tmp_path / "none", "plain", STUDENTS) == {}


def test_a_line_stays_one(tmp_path: Path) -> None:
    course = Course(tmp_path)
    with log(course) as write:
        write("plain zoe 4.0 s 10 graded (double: a\n2026-01-31 10:00:00 plain weili 900.0 s 1\x85\u2028b)")
    assert len(course.log.read_text().splitlines()) == 1
    assert dict(seconds_taken(course.log, "plain", STUDENTS)) == {"zoe": 4.0}
