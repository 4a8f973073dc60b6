"""nbgrader's own commands, in a terminal, on a course built by this kit."""

from __future__ import annotations

import csv
import html
import re
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from nbgrader.api import Gradebook

from autograder.base.course import Course
from autograder.references.references import load
from tests.shared.built import BuiltCourse, files, made_once
from tests.shared.helpers import EXERCISES, handed_in, notebook, right, run, solution, write

pytestmark = pytest.mark.slow  # the class is graded for the first of them

NOISE = '    __import__("sys").stderr.write("noise " * 2000)\n    F1, F2, F3 = filters\n'
SHORTCUT_BN = '    X_shortcut = BatchNormalization(axis=3, name=bn_name_base + "1")(X_shortcut)\n'
FUNCTIONS = ("identity_block", "convolutional_block", "ResNet50")
STUDENTS = {
    "ada": right(),
    "alan": handed_in(
        identity_block=solution("identity_block", ("(f, f)", "(f if f < 4 else 3,) * 2")),  # public f are 2 and 3
        convolutional_block=solution("convolutional_block", (SHORTCUT_BN, "")),
    ),
    "ken": notebook("release"),
    "noor": handed_in(identity_block=solution("identity_block", ("    F1, F2, F3 = filters\n", NOISE))),
}
EXPECTED = {"ada": (10, 10, 10), "alan": (7.5, 8, 0), "ken": (0, 0, 0), "noor": (10, 0, 0)}


def nbgrader(course: Path, *arguments: str) -> CompletedProcess[str]:
    done = run("nbgrader", *arguments, cwd=course)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def graded(built: BuiltCourse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course whose class has gone through nbgrader's four commands."""
    return made_once(tmp_path_factory, "graded", lambda folder: grade(built, folder)) / "course"


def grade(built: BuiltCourse, folder: Path) -> None:
    root = built.copy(folder / "course")
    nbgrader(root, "generate_assignment", "resnet", "--force")
    for student, node in STUDENTS.items():
        write(node, root / "submitted" / student / "resnet" / "resnet.ipynb")
    done = nbgrader(root, "autograde", "resnet")
    assert "[AutogradeApp | ERROR]" not in done.stderr
    nbgrader(root, "generate_feedback", "resnet")
    nbgrader(root, "export")


def feedback(course: Path, student: str) -> str:
    """The page's text as a reader sees it: without tags, style and scripts."""
    page = (course / "feedback" / student / "resnet" / "resnet.html").read_text(encoding="utf-8")
    page = re.sub(r"(?s)<(style|script)\b.*?</\1>", "", page)
    return html.unescape(re.sub(r"<[^>]+>", "", page))


def test_generate_assignment_gives_what_build_gave(built: BuiltCourse, graded: Path) -> None:
    assert files(graded / "release") == files(built.root / "release")


def test_scores_in_the_gradebook(graded: Path) -> None:
    with Gradebook(f"sqlite:///{graded / 'gradebook.db'}", "residual-networks") as book:
        scores = {
            student: tuple(book.find_grade(f"test_{name}", "resnet", "resnet", student).score for name in EXERCISES)
            for student in STUDENTS
        }
        by_hand = [s for s in STUDENTS if book.find_submission("resnet", s).needs_manual_grade]
    assert scores == EXPECTED
    assert by_hand == []


def test_export_holds_them(graded: Path) -> None:
    with (graded / "grades.csv").open(newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file) if row["assignment"] == "resnet"}
    assert {student: float(row["score"]) for student, row in rows.items()} == {s: sum(p) for s, p in EXPECTED.items()}
    assert {float(row["max_score"]) for row in rows.values()} == {30}


def test_feedback_says_what_the_report_says(graded: Path) -> None:
    ada = feedback(graded, "ada")
    assert ada.count("Everything is as asked.") >= 3
    assert all(f"{function}: 10 of 10 points" in ada for function in FUNCTIONS)
    alan = feedback(graded, "alan")
    assert "Shortcut: BatchNormalization is missing." in alan
    assert "right in the public examples but not for other arguments" in alan
    assert "convolutional_block: 8 of 10 points" in alan
    assert "The cell of ResNet50 is still as it was given" in alan
    assert "identity_block: 10 of 10 points" in feedback(graded, "noor")


@pytest.mark.parametrize("student", STUDENTS)
def test_feedback_keeps_what_is_hidden(student: str, graded: Path) -> None:
    text = feedback(graded, student)
    assert "check(identity_block)" in text
    assert "HIDDEN TESTS" not in text
    assert "grade(" not in text
    assert str(graded) not in text
    hidden = load(Course(graded).references / "resnet" / "hidden.h5")
    for found in hidden.references.values():
        for reference in found:
            assert reference.case.name not in text
            assert str(reference.case.input_seed) not in text
    given = "".join(cell.source for cell in notebook("release").cells)  # which names some layers, as an example
    for name in ("identity_block", "convolutional_block"):
        for reference in hidden.references[name]:
            arguments = reference.case.arguments
            layer = f"{arguments['stage']}{arguments['block']}_branch"
            assert layer not in text or layer in given


def test_explain_judges_an_answer_anew(graded: Path) -> None:
    done = run("autograder", "explain", "alan", "identity_block", cwd=graded)
    assert done.returncode == 0, done.stdout + done.stderr
    shown = done.stdout
    same = "Judged anew just now, protection: the same"
    order = ("  7.5 of 10 points", same, "How the points come about", "    = 7.5")
    places = [shown.index(f"\n{line}\n") for line in order]
    assert places == sorted(places)
    assert shown.count("bubblewrap") == 1
    assert re.search(r"Public test case \S+: right", shown)
    assert re.search(r"Hidden test case \S+: wrong\n +asked: f=\d, filters=", shown)
    assert "The gradebook has other points" not in shown
