"""nbgrader's execution step: what its configuration may say, and which notebooks it takes."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from traitlets.config import Config

from autograder.base.course import Course
from autograder.execution.execute import execute
from autograder.execution.settings import Settings
from autograder.execution.submission.model import RestoredNotebook, Submission
from autograder.nbgrader.steps.execute import Execute


def test_no_time_limit_for_a_cell_is_that_of_all_cells() -> None:
    """`c.Execute.timeout = None` is how nbgrader's documentation says it."""
    step = Execute(config=Config({"Execute": {"timeout": None, "submission_timeout": 700}}))
    assert step.settings().times.cell == 700


@pytest.mark.parametrize("language", ["R", "java", "julia"])
def test_a_notebook_for_another_kernel_is_refused_in_a_sentence(language: str, tmp_path: Path) -> None:
    marks = {"grade_id": "test_f", "grade": True, "locked": True, "solution": False, "points": 2, "schema_version": 3}
    node = new_notebook(cells=[new_code_cell("stopifnot(f(1) == 2)", metadata={"nbgrader": marks})])
    node.metadata["kernelspec"] = {"name": "ir", "display_name": language, "language": language}
    nbformat.write(node, tmp_path / "hw.ipynb")
    submission = Submission(Course(tmp_path), "ada", "hw", tmp_path / "submitted", tmp_path, {"hw": ()})
    done = execute(submission, RestoredNotebook("hw", node, (), {}), Settings())
    ((name, record),) = done.tests()
    assert (name, record.score) == ("test_f", None)
    assert record.why == f"hw.ipynb is a notebook for {language}, and this kit grades notebooks for Python"
