"""A test that is changed after the release does not count, and grading says so."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.base.course import Course
from autograder.nbgrader.calls import generate_assignment, gradebook
from autograder.nbgrader.gradebook.queries import trusted_cells
from autograder.nbgrader.release import since_release
from tests.shared.light_class import grade
from tests.shared.light_course import ASSIGNMENT


def say(course: Path) -> str:
    with gradebook(Course(course)) as book:
        found = {n.name: trusted_cells(book, ASSIGNMENT, n.name) for n in book.find_assignment(ASSIGNMENT).notebooks}
    return since_release(Course(course), ASSIGNMENT, found)


def edit(course: Path, change: Callable[[NotebookNode], None]) -> None:
    path = course / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    node = nbformat.read(path, as_version=4)
    change(node)
    nbformat.write(node, path)


def marked(node: NotebookNode, name: str) -> NotebookNode:
    return next(c for c in node.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def other_test(node: NotebookNode) -> None:
    marked(node, "test_mean").source += "\nassert True"


def other_points(node: NotebookNode) -> None:
    marked(node, "test_mean").metadata.nbgrader.points = 4


def gone(node: NotebookNode) -> None:
    node.cells.remove(marked(node, "test_mean"))


def another(node: NotebookNode) -> None:
    copy = nbformat.from_dict(marked(node, "test_mean"))
    copy = nbformat.v4.new_code_cell(
        "assert 1", metadata={"nbgrader": {**copy.metadata.nbgrader, "grade_id": "test_new"}}
    )
    node.cells.append(copy)


@pytest.fixture
def released(light_class: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(light_class, tmp_path / "course"))


@pytest.mark.parametrize(
    ("change", "name"),
    [(other_test, "test_mean"), (other_points, "test_mean"), (gone, "test_mean"), (another, "test_new")],
)
def test_what_has_changed_is_named(released: Path, change: Callable[[NotebookNode], None], name: str) -> None:
    assert say(released) == ""
    edit(released, change)
    assert say(released) == (
        f"source/plain has changed since it was released: {name}. Grading goes by what was released. To grade by "
        "what is there now, run `autograder build plain` and grade again."
    )


def test_solutions_and_prose_may_change(released: Path) -> None:
    def change(node: NotebookNode) -> None:
        marked(node, "mean").source += "\n# said better"
        node.cells.insert(0, nbformat.v4.new_markdown_cell("# A title"))

    edit(released, change)
    assert say(released) == ""
    (released / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").unlink()
    assert say(released) == ""


def test_grading_says_it_until_it_is_released_again(light_class_graded: Path, tmp_path: Path) -> None:
    course = Path(shutil.copytree(light_class_graded, tmp_path / "course"))
    edit(course, lambda node: marked(node, "test_mean").__setitem__("source", "assert callable(mean)"))
    said = grade(course, "--no-feedback").stdout
    assert "source/plain has changed since it was released: test_mean." in said
    generate_assignment(Course(course), ASSIGNMENT)
    assert "has changed since" not in grade(course, "--no-feedback").stdout
