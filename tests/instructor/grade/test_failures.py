"""Where grading fails, no older score is left to be taken for this submission's."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from autograder.nbgrader.steps import sanitize
from tests.shared.helpers import autograder, run
from tests.shared.light_class import POINTS, exported
from tests.shared.light_course import ASSIGNMENT, answered, write


@pytest.fixture
def course(light_class_graded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(light_class_graded, tmp_path / "course"))


def hand_in_again(course: Path, student: str) -> Path:
    folder = course / "submitted" / student / ASSIGNMENT
    write(folder, answered(double="def double(x):\n    return x * 2"))
    return folder


def test_a_failure_before_the_notebook_is_restored(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = sanitize.stage

    def stage(submission: Any, *rest: Any) -> Any:
        if submission.student == "ada":
            raise IsADirectoryError("[Errno 21] Is a directory: 'timestamp.txt'")
        return real(submission, *rest)

    monkeypatch.setattr(sanitize, "stage", stage)
    for student in ("ada", "kim"):
        hand_in_again(course, student)
    done = autograder("--course", course, "grade", "--no-feedback", COLUMNS="200")
    assert done.returncode == 1
    assert "not graded: autograding failed: [Errno 21]" in done.stdout
    assert exported(course) == {**POINTS, "ada": "", "kim": "10.0"}
    assert not (course / "autograded" / "ada" / ASSIGNMENT).exists()


def test_folders_with_the_names_of_files(course: Path) -> None:
    ada = hand_in_again(course, "ada")
    (ada / "timestamp.txt").mkdir()
    (ada / "timestamp.txt" / "x").touch()
    kim = course / "submitted" / "kim" / ASSIGNMENT
    (kim / f"{ASSIGNMENT}.ipynb").unlink()
    (kim / f"{ASSIGNMENT}.ipynb").mkdir()
    (kim / f"{ASSIGNMENT}.ipynb" / "notes.txt").touch()
    done = autograder("--course", course, "grade", COLUMNS="200")
    assert done.returncode == 1
    assert "Errno" not in done.stdout
    assert exported(course) == {**POINTS, "kim": ""}
    assert (course / "feedback" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.html").is_file()


def test_nbgraders_own_autograde(course: Path) -> None:
    ada = hand_in_again(course, "ada")
    (ada / "timestamp.txt").mkdir()
    (ada / "timestamp.txt" / "x").touch()
    done = run("nbgrader", "autograde", ASSIGNMENT, "--student", "ada", "--force", cwd=course)
    assert done.returncode == 0, done.stderr
    assert "IsADirectoryError" not in done.stderr
