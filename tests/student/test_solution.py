"""Where a solution may be shown from, and where not."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.base.course import Course
from autograder.student.solution import solution_of
from tests.shared.exercises import IDENTITY_BLOCK
from tests.shared.helpers import ROOT, write

SOLVED = "def identity_block(X):\n    ### BEGIN SOLUTION\n    return X\n    ### END SOLUTION\n"


def course(root: Path, config: str | None = None) -> Course:
    mark = {"nbgrader": {"grade_id": "identity_block", "solution": True, "grade": False, "schema_version": 3}}
    folder = root / "source" / "resnet"
    folder.mkdir(parents=True)
    write(new_notebook(cells=[new_code_cell(SOLVED, metadata=mark)]), folder / "resnet.ipynb")
    if config is not None:
        (root / "nbgrader_config.py").write_text(config)
    return Course(root)


def test_it_is_the_solution_cell_without_its_markers(tmp_path: Path) -> None:
    assert solution_of(course(tmp_path), IDENTITY_BLOCK, "en") == "def identity_block(X):\n    return X"


def test_there_is_none_without_the_instructor_s_notebook(tmp_path: Path) -> None:
    assert solution_of(Course(tmp_path), IDENTITY_BLOCK, "en") is None


@pytest.mark.parametrize(
    ("config", "shown"),
    [
        ("c.CourseKit.solutions = False\n", False),
        ("c.CourseKit.solutions = True\n", True),
        ("c.CourseKit.solutions = not True\n", False),
        ("c = get_config()\n", True),
        ("((", False),
    ],
)
def test_an_instructor_switches_it_off(config: str, shown: bool, tmp_path: Path) -> None:
    assert (solution_of(course(tmp_path, config), IDENTITY_BLOCK, "en") is not None) == shown


@pytest.mark.parametrize("language", ["en", "zh"])
def test_this_course_has_one_in_each_language(language: str) -> None:
    text = solution_of(Course(ROOT), IDENTITY_BLOCK, language)
    assert text is not None
    assert "return X" in text
    assert "SOLUTION" not in text
