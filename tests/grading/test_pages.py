"""Feedback pages: written side by side once all is graded, each by itself, and gone on with after an interruption."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.faults.light import ASSIGNMENT
from tests.grading.light_class import CLASS, POINTS, exported, grade


def pages(course: Path) -> dict[str, str]:
    """The pages of all students, but for the folder that they were written in."""
    found = (course / "feedback").glob(f"*/{ASSIGNMENT}/*.html")
    return {path.parts[-3]: path.read_text() for path in found}


def graded_lines(course: Path) -> int:
    return len((course / ".autograder" / "grading.log").read_text().splitlines())


@pytest.fixture
def graded(course: Path) -> Path:
    grade(course, "--no-feedback")
    return course


def test_pages_are_the_same_for_any_number_of_processes(graded: Path, tmp_path: Path) -> None:
    copies = [Path(shutil.copytree(graded, tmp_path / str(number))) for number in (1, 3)]
    for copy, number in zip(copies, (1, 3), strict=True):
        grade(copy, "-j", str(number))
    one, three = map(pages, copies)
    assert one == three
    assert one.keys() == CLASS.keys()
    assert len(set(one.values())) == len(CLASS)  # each is the student's own


def test_one_page_that_cannot_be_written_keeps_no_other_from_it(graded: Path) -> None:
    (graded / "feedback").mkdir()
    (graded / "feedback" / "kim").write_text("in the way")
    done = subprocess.run(
        ["autograder", "grade"],
        cwd=graded,
        env=os.environ | {"COLUMNS": "300"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 1
    (line,) = (line for line in done.stdout.splitlines() if " kim " in line)
    *_, total, status = (part.strip() for part in line.strip("│ ").split("│"))
    assert (total, status.split(":")[0]) == ("8", "graded; no feedback")
    assert "Traceback" not in done.stdout + done.stderr
    assert pages(graded).keys() == CLASS.keys() - {"kim"}
    assert exported(graded) == POINTS

    before, lines = pages(graded), graded_lines(graded)
    (graded / "feedback" / "kim").unlink()
    grade(graded)
    assert pages(graded).keys() == CLASS.keys()
    assert {student: page for student, page in pages(graded).items() if student != "kim"} == before
    assert graded_lines(graded) == lines  # nobody was graded again for it


def test_killed_among_the_pages_it_goes_on_with_them(graded: Path, tmp_path: Path) -> None:
    undisturbed = Path(shutil.copytree(graded, tmp_path / "undisturbed"))
    grade(undisturbed)
    lines = graded_lines(graded)
    with subprocess.Popen(
        ["autograder", "grade", "-j", "1"], cwd=graded, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:
        while running.poll() is None and not pages(graded):
            time.sleep(0.01)
        running.kill()
    assert 0 < len(pages(graded)) < len(CLASS)
    grade(graded)
    assert pages(graded) == pages(undisturbed)
    assert graded_lines(graded) == lines
