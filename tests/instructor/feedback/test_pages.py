"""Feedback pages: written side by side once all is graded, each by itself, and gone on with after an interruption."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell

from autograder.base.course import Course
from autograder.instructor.feedback.pages import PAGE_SECONDS, write
from tests.shared.light_class import CLASS, POINTS, exported, grade
from tests.shared.light_course import ASSIGNMENT


def pages(course: Path) -> dict[str, str]:
    """The pages of all students, but for the folder that they were written in."""
    found = (course / "feedback").glob(f"*/{ASSIGNMENT}/*.html")
    return {path.parts[-3]: path.read_text() for path in found}


def rows(shown: str) -> dict[str, tuple[str, str]]:
    """Each student's total in the closing table, and what is unusual."""
    parts = [[part.strip() for part in line.strip()[1:-1].split("│")] for line in shown.splitlines() if "│" in line]
    return {row[0]: (row[-2], row[-1]) for row in parts}


def graded_lines(course: Path) -> int:
    return len((course / ".autograder" / "grading.log").read_text().splitlines())


def test_pages_are_the_same_for_any_number_of_processes(graded: Path, tmp_path: Path) -> None:
    copies = [Path(shutil.copytree(graded, tmp_path / str(number))) for number in (1, 3)]
    for copy, number in zip(copies, (1, 3), strict=True):
        grade(copy, "-j", str(number))
    one, three = map(pages, copies)
    assert one == three
    assert one.keys() == CLASS.keys()
    assert len(set(one.values())) == len(CLASS)  # each is the student's own


def test_a_page_that_was_deleted_is_written_again(graded: Path) -> None:
    grade(graded)
    before, lines = pages(graded), graded_lines(graded)
    shutil.rmtree(graded / "feedback" / "kim")
    grade(graded)
    assert pages(graded) == before
    assert graded_lines(graded) == lines  # and nobody is graded again for it


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
    assert rows(done.stdout)["kim"] == ("8", "see below")
    assert "\nkim: no feedback: " in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert pages(graded).keys() == CLASS.keys() - {"kim"}
    assert exported(graded) == POINTS

    before, lines = pages(graded), graded_lines(graded)
    (graded / "feedback" / "kim").unlink()
    grade(graded)
    assert pages(graded).keys() == CLASS.keys()
    assert {student: page for student, page in pages(graded).items() if student != "kim"} == before
    assert graded_lines(graded) == lines  # nobody was graded again for it


KILLER = """
import os, signal
from jinja2 import pass_context
from autograder.plugins import safe_markdown

@pass_context
def markdown(context, source):
    if "too much for this machine" in source:
        os.kill(os.getpid(), signal.SIGKILL)
    return safe_markdown(context, source)
"""
"""A filter of the pages' templates that a certain text kills, as one does that takes all memory."""


def add_markdown(course: Path, student: str, *sources: str) -> None:
    path = course / "submitted" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    node = nbformat.read(path, as_version=4)
    node.cells += [new_markdown_cell(source) for source in sources]
    nbformat.write(node, path)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_page_that_kills_its_process_costs_no_other(graded: Path, workers: int) -> None:
    (graded / "killer.py").write_text(KILLER)
    with (graded / "nbgrader_config.py").open("a") as file:
        file.write('c.HTMLExporter.filters = {"markdown2html": "killer.markdown"}\n')
    for student in ("ada", "kim"):
        add_markdown(graded, student, "too much for this machine")
    done = subprocess.run(
        ["autograder", "grade", "-j", str(workers)],
        cwd=graded,
        env=os.environ | {"COLUMNS": "300", "PYTHONPATH": str(graded)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (done.returncode, done.stderr) == (1, "")
    found = rows(done.stdout)
    assert found["ada"][1] == found["kim"][1] == "see below"
    killed = "no feedback: the process that wrote the page was killed, perhaps because memory ran out"
    assert f"\nada, kim: {killed}\n" in done.stdout
    assert pages(graded).keys() == CLASS.keys() - {"ada", "kim"}
    assert exported(graded) == POINTS


def test_a_page_that_never_ends_is_given_up(graded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_markdown(graded, "mia", *["\\\\(" * 20_000] * 50)  # nbconvert's time for these grows with the square
    grade(graded, "--no-feedback")
    assert PAGE_SECONDS == 60
    monkeypatch.setattr("autograder.instructor.feedback.pages.PAGE_SECONDS", 0.3)
    begun = time.process_time()
    assert "writing the page took more than 0.3 seconds" in write(Course(graded), ASSIGNMENT, "mia")
    assert time.process_time() - begun < 30
    monkeypatch.undo()
    assert write(Course(graded), ASSIGNMENT, "ada") == ""
    assert pages(graded).keys() == {"ada"}


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
