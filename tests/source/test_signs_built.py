"""The course's own signs.ipynb, in both languages: what is released, what is tagged, and what the build relies on."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest

from autograder.base.course import Course
from autograder.base.notebooks import grade_id, is_left_out, is_test
from autograder.nbgrader.calls import generate_assignment
from autograder.references.notebook import exercises_in
from tests.shared.exercises import RESNET
from tests.shared.helpers import ASSIGNMENTS, ROOT

PAIR = [ROOT / "source" / assignment / "signs.ipynb" for assignment in ASSIGNMENTS]


@pytest.mark.parametrize("path", PAIR, ids=ASSIGNMENTS)
def test_what_trains_is_tagged_and_what_is_graded_is_not(path: Path) -> None:
    node = nbformat.read(path, as_version=4)
    assert [exercise.name for exercise in exercises_in(node, RESNET)] == ["train_signs"]
    for cell in node.cells:
        if cell.cell_type == "code":
            assert is_left_out(cell) or (".fit(" not in cell.source and "signs.train(" not in cell.source)
            assert not (is_left_out(cell) and (grade_id(cell) or is_test(cell)))


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_release_is_what_the_source_gives(assignment: str, tmp_path: Path) -> None:
    """If this is red: `make build`, and commit release/ with the sources."""
    course = Course(tmp_path / "course")
    shutil.copytree(ROOT / "source" / assignment, course.source / assignment)
    shutil.copy(ROOT / "nbgrader_config.py", course.root)
    generate_assignment(course, assignment)
    made = course.release / assignment / "signs.ipynb"
    assert made.read_bytes() == (ROOT / "release" / assignment / "signs.ipynb").read_bytes()
