"""`autograder grade`: results that are kept, submissions side by side, and going on after an interruption."""

from __future__ import annotations

import csv
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest
from nbformat import NotebookNode

from tests.faults.light import ASSIGNMENT, answered, make_course, released, write

CLASS: dict[str, NotebookNode] = {
    "ada": answered(),
    "kim": answered(double="def double(x):\n    return x + 2"),
    "lee": answered(mean="def mean(rows):\n    __import__('os')._exit(3)"),
    "mia": answered(total="def total(text):\n    return len(text.split()) + 1"),
    "zoe": released(),
}
POINTS = {"ada": "10.0", "kim": "8.0", "lee": "7.0", "mia": "9.0", "zoe": "0.0"}


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released course with a class that has handed in."""
    root = tmp_path_factory.mktemp("grading") / "course"
    make_course(root, ours=True)
    subprocess.run(["nbgrader", "generate_assignment", ASSIGNMENT], cwd=root, check=True, capture_output=True)
    for student, node in CLASS.items():
        folder = root / "submitted" / student / ASSIGNMENT
        folder.mkdir(parents=True)
        write(folder, node)
    return root


@pytest.fixture
def course(ready: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(ready, tmp_path / "course"))


def grade(course: Path, *options: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(["autograder", "grade", *options], cwd=course, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def exported(course: Path) -> dict[str, str]:
    with (course / "grades.csv").open(newline="") as file:
        return {row["student_id"]: row["score"] for row in csv.DictReader(file)}


def gradebook(course: Path) -> list[tuple[object, ...]]:
    """Every score with all that is said of it, but for the rows' random ids."""
    question = """
        SELECT submitted_assignment.student_id, base_cell.name, grade.auto_score, grade.manual_score,
               grade.needs_manual_grade
        FROM grade JOIN base_cell ON base_cell.id = grade.cell_id
        JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
        JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id ORDER BY 1, 2
    """
    with sqlite3.connect(course / "gradebook.db") as book:
        return list(book.execute(question))


def kept(course: Path) -> dict[str, int]:
    """The results that are kept, and when each was written."""
    return {path.name: path.stat().st_mtime_ns for path in (course / ".autograder" / "results").glob("*.json")}


def outputs(course: Path, student: str) -> str:
    return (course / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text()


def test_one_at_a_time_and_three_give_the_same_gradebook(course: Path, ready: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(ready, tmp_path / "other"))
    grade(course, "-j", "1")
    grade(other, "-j", "3")
    assert exported(course) == exported(other) == POINTS
    assert gradebook(course) == gradebook(other)


def test_only_what_has_changed_is_executed_again(course: Path) -> None:
    grade(course)
    first, said = kept(course), outputs(course, "kim")
    assert len(first) == len(CLASS)
    folder = course / ".autograder" / "results"
    assert all(path.stat().st_mode & 0o077 == 0 for path in (folder, *folder.iterdir()))  # the instructor's alone

    shutil.rmtree(course / "autograded")
    again = ["nbgrader", "autograde", ASSIGNMENT]
    done = subprocess.run(again, cwd=course, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    assert kept(course) == first  # nbgrader found the results ready
    assert outputs(course, "kim") == said
    assert "assert double(-7.5)" in said  # the failing test, in the instructor's copy

    write(course / "submitted" / "kim" / ASSIGNMENT, answered(double="def double(x):\n    return x * 2"))
    (course / "submitted" / "ada" / ASSIGNMENT / "numbers.txt").write_text("1 2 3")
    (folder / sorted(first)[0]).write_text('{"cells": [], "whole": {"protection": 5}}')
    grade(course)
    second = kept(course)
    assert len(set(second) - set(first)) == 2  # the new answer, and the new file beside an old one
    assert sum(second[name] != first[name] for name in first) == 1  # the damaged result
    assert exported(course) == POINTS | {"kim": "10.0"}

    with (course / "nbgrader_config.py").open("a") as config:
        config.write("\nc.Execute.timeout = 5\n")
    grade(course)
    assert len(set(kept(course)) - set(second)) == len(CLASS)  # another setting


def test_killed_at_any_point_it_goes_on(course: Path) -> None:
    """The parent is killed for good, twice; its workers and their sandboxes end with it; then it runs undisturbed."""
    for seconds in (4.5, 7.0):
        with subprocess.Popen(
            ["autograder", "grade"],
            cwd=course,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as running:
            time.sleep(seconds)
            running.kill()
        _wait_until_none_is_left(running.pid)
    grade(course)
    assert exported(course) == POINTS


def _wait_until_none_is_left(session: int) -> None:
    """Workers carry the session id of the process that was killed."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        left = [name for name in os.listdir("/proc") if name.isdigit() and _session(name) == session]
        if not left:
            return
        time.sleep(0.1)
    raise AssertionError(f"processes are left: {left}")


def _session(pid: str) -> int | None:
    try:
        return int(Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()[3])
    except (OSError, IndexError):
        return None


def test_ctrl_c_is_one_line(course: Path) -> None:
    with subprocess.Popen(
        ["autograder", "grade"], cwd=course, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as running:
        time.sleep(6)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=30)
    assert running.returncode in (0, 130)
    assert "Traceback" not in said
    if running.returncode == 130:
        assert "interrupted" in said
