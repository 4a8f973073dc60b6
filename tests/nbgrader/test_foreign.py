"""What `autograder doctor ASSIGNMENT` says of a course that knows nothing of this kit, found out with its solution."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from autograder.base.course import Course
from autograder.base.errors import UserError
from autograder.doctor import examine_assignment
from autograder.nbgrader.foreign import look_at
from tests.shared.helpers import ROOT

SOLUTION = """
### BEGIN SOLUTION
class Box:
    def __init__(self, x): self.x = x
    def __eq__(self, other): return self.x == other.x


def same(value):
    return value
### END SOLUTION
"""
TESTS = {
    "test_data": "assert same([1]) == [1]",
    "test_box": "assert Box(1) == Box(1)\nassert Box(2).x == 2",
    "test_shell": "files = !ls\nassert same(1) == 1",
    "test_handed": "assert same(object()) is not None",
    "test_broken": "assert same(1) == 2",
    "test_partly": "0.5",
}


def cell(name: str, source: str, **roles: object) -> NotebookNode:
    marks = {"grade": False, "locked": False, "solution": False, "task": False, "schema_version": 3, "grade_id": name}
    return new_code_cell(source, metadata={"nbgrader": marks | roles})


@pytest.fixture
def course(tmp_path: Path) -> Course:
    cells = [cell("answer", SOLUTION, solution=True)]
    cells += [cell(name, text, grade=True, locked=True, points=2) for name, text in TESTS.items()]
    (tmp_path / "source" / "hw").mkdir(parents=True)
    nbformat.write(new_notebook(cells=cells), tmp_path / "source" / "hw" / "hw.ipynb")
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    return Course(tmp_path)


def test_cells_that_cannot_be_run_outside_are_named(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    found = {one.cell: one for one in look_at(course, "hw")}
    assert {name for name, one in found.items() if one.stops} == {"test_shell", "test_handed", "test_broken"}
    assert "test_data" not in found
    assert "takes an object's own word (eq)" in found["test_box"].words
    assert "write the line in Python" in found["test_shell"].words
    assert "given an object of type object" in found["test_handed"].words
    assert "in_students_kernel" in found["test_handed"].words
    assert "0.5 of 2 points" in found["test_partly"].words
    # The solution is not run again.
    assert len(list((course.root / ".autograder" / "solutions").glob("*.json"))) == 1
    assert not examine_assignment(course, "hw")
    assert capsys.readouterr().out.count("BAD") == 3
    assert len(list((course.root / ".autograder" / "solutions").glob("*.json"))) == 1


def test_an_assignment_that_is_not_there(course: Course) -> None:
    with pytest.raises(UserError, match="no notebook"):
        list(look_at(course, "other"))
