"""Late hand-ins: what they cost is the same in table, grades.csv and exports, and changing the rule is a regrade."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.base.course import Course
from autograder.nbgrader.calls import generate_assignment
from tests.instructor.grade.formgrader import formgrader
from tests.instructor.grade.test_grade import line_of
from tests.shared.helpers import autograder
from tests.shared.light_class import exported
from tests.shared.light_course import ASSIGNMENT, answered, make_course, write

WORK = {
    "ada": (answered(), "2026-11-20 11:59:00 UTC"),
    "kim": (answered(double="def double(x):\n    return x + 2"), "2026-11-21 18:00:00 UTC"),  # 8 points, 1.25 days late
    "zoe": (answered(), "2026-11-20 12:10:00 UTC"),
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("late") / "course"
    make_course(root, ours=True)
    generate_assignment(Course(root), ASSIGNMENT)
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "light") as book:
        book.update_or_create_assignment(ASSIGNMENT, duedate="2026-11-20 12:00:00 UTC")
    for student, (node, when) in WORK.items():
        folder = root / "submitted" / student / ASSIGNMENT
        folder.mkdir(parents=True)
        write(folder, node)
        (folder / "timestamp.txt").write_text(when)
    return root


def grade(course: Path, *options: str) -> str:
    done = autograder("--course", course, "grade", *options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def to_moodle(course: Path) -> dict[str, str]:
    done = autograder("--course", course, "export", ASSIGNMENT, "--format", "moodle", "--identify", "username")
    assert done.returncode == 0, done.stderr
    with (course / "grades-moodle.csv").open(newline="") as file:
        return {row["Username"]: row[ASSIGNMENT] for row in csv.DictReader(file)}


def test_the_rule_the_extension_and_the_way_back(course: Path, tmp_path: Path) -> None:
    said = grade(course, "--no-feedback")
    assert line_of("kim", said)[-2:] == ["8", "late"]
    assert exported(course) == {"ada": "10.0", "kim": "8.0", "zoe": "10.0"}

    with (course / "nbgrader_config.py").open("a") as file:
        file.write("\nc.LatePolicy.percent_a_day = 10\nc.LatePolicy.grace_minutes = 15\n")
    said = autograder("--course", course, "grade", "--preview").stdout
    assert "kim: 1.6 would be taken off for being late, 0 until now" in said
    assert "zoe: " not in said
    assert exported(course)["kim"] == "8.0"

    said = grade(course)
    assert line_of("kim", said)[-2:] == ["6.4", "late -1.6"]
    assert line_of("zoe", said)[-2:] == ["10", "late"]
    assert exported(course) == {"ada": "10.0", "kim": "6.4", "zoe": "10.0"}
    assert to_moodle(course) == {"ada": "10", "kim": "6.4", "zoe": "10"}

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "light") as book, formgrader(course, tmp_path / "run") as at:
        at.grade(book.find_grade("test_double", ASSIGNMENT, ASSIGNMENT, "kim").id, 1.5)
        book.db.expire_all()
        assert book.find_submission(ASSIGNMENT, "kim").late_submission_penalty == pytest.approx(1.9)
        book.find_grade("test_double", ASSIGNMENT, ASSIGNMENT, "kim").manual_score = 2.0
        book.db.commit()
    assert to_moodle(course)["kim"] == "8"  # without grading again
    assert line_of("kim", grade(course, "--no-feedback"))[-2:] == ["8", "late -2"]

    (course / "extensions.csv").write_text(f"student,assignment,days\nkim,{ASSIGNMENT},1\n")
    said = autograder("--course", course, "grade", "--preview").stdout
    assert "kim: 1 would be taken off for being late, 2 until now" in said
    assert line_of("kim", grade(course, "--no-feedback"))[-2:] == ["9", "late -1"]
    done = autograder("--course", course, "undo")
    assert done.returncode == 0, done.stderr
    assert exported(course)["kim"] == "8.0"

    (course / "extensions.csv").write_text(f"student,assignment,days\nkim,{ASSIGNMENT},2\n")
    assert line_of("kim", grade(course, "--no-feedback"))[-2:] == ["10", ""]
    (course / "extensions.csv").write_text(f"student,assignment,days\nkim,{ASSIGNMENT},excused\nmai,{ASSIGNMENT},1\n")
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "light") as book:
        book.add_student("abe")
        book.update_or_create_student("zed")
    with (course / "nbgrader_config.py").open("a") as file:
        file.write(f"c.LatePolicy.missing_is_zero = ['{ASSIGNMENT}']\n")
    before = {**exported(course), "abe": "", "zed": ""}
    said = autograder("--course", course, "grade", "--preview").stdout
    assert "kim: would be excused" in said
    assert "handed in nothing, and would count 0: abe, zed" in said
    assert "extensions.csv names whom the gradebook doesn't know: mai" in said
    said = grade(course)
    assert line_of("kim", said)[-2:] == ["-", "excused"]
    assert "plain: counts 0, missing: abe, zed." in said
    assert "plain: no score, excused: kim." in said
    assert exported(course) == {"ada": "10.0", "kim": "", "zoe": "10.0", "abe": "0.0", "zed": "0.0"}
    assert to_moodle(course) == {"ada": "10", "kim": "-", "zoe": "10", "abe": "0", "zed": "0"}
    page = (course / "feedback" / "kim" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text()
    assert "You are excused: this assignment does not count for you." in page
    done = autograder("--course", course, "report", ASSIGNMENT)
    assert done.returncode == 0, done.stderr
    report = (course / f"report-{ASSIGNMENT}.html").read_text()
    assert re.search(r'>abe</th>.*<b>0</b></td><td class="state">nothing handed in<', report)
    assert re.search(r'>kim</th>.*<b>–</b></td><td class="state">excused<', report)
    done = autograder("--course", course, "undo")
    assert done.returncode == 0, done.stderr
    assert exported(course) == before

    (course / "extensions.csv").write_text("who\n")
    done = autograder("--course", course, "grade")
    assert (done.returncode, "The first line of extensions.csv" in done.stderr) == (2, True)
    assert "Traceback" not in done.stderr
