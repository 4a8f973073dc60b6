"""`progress()` and the model answer to a question in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.kinds.called import CheckError
from autograder.student.notebook_api import solution
from autograder.student.progress import lines
from tests.shared.helpers import ROOT, write


def notebook(*cells: Any, following: str = "") -> nbformat.NotebookNode:
    node = nbformat.v4.new_notebook(cells=list(cells))
    node.metadata.autograder = {"language": "en", **({"next": following} if following else {})}
    return node


def checked(name: str, points: float | None = None) -> Any:
    """A test cell, with the output that a check leaves in it."""
    marks = {"nbgrader": {"grade": True, "grade_id": f"test_{name}", "points": 10}}
    cell = nbformat.v4.new_code_cell(f"check({name})", metadata=marks)
    if points is not None:
        mark = {"autograder": {"points": points, "max_points": 10.0}}
        cell.outputs = [nbformat.v4.new_output("display_data", {"text/plain": "a report"}, metadata=mark)]
    return cell


def essay(text: str) -> Any:
    marks = {"nbgrader": {"grade": True, "solution": True, "grade_id": "the_trap", "points": 5}}
    return nbformat.v4.new_markdown_cell(text, metadata=marks)


def test_what_is_done_is_read_from_saved_checks_along_the_path(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    write(notebook(checked("a", 10), checked("b", 7.5), following="../two/b.ipynb"), tmp_path / "one" / "a.ipynb")
    write(notebook(checked("c"), essay("YOUR ANSWER HERE"), following="../one/a.ipynb"), tmp_path / "two" / "b.ipynb")
    (tmp_path / "one" / "broken.ipynb").write_text("{")
    found = list(lines(tmp_path / "one"))
    assert [line.split(": ")[1] for line in found if ": " in line] == [
        "10 of 10 points",
        "7.5 of 10 points",
        "not checked yet",
        "not written yet",
    ]
    assert found[-1].startswith("1 of 4 are done")
    write(notebook(checked("c", 10), essay("Batch statistics ...")), tmp_path / "two" / "b.ipynb")
    assert list(lines(tmp_path / "one"))[-1].startswith("3 of 4 are done")


def test_the_model_answer_comes_after_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTOGRADER_COURSE", str(ROOT))
    write(notebook(essay("YOUR ANSWER HERE")), tmp_path / "signs.ipynb")
    with pytest.raises(CheckError, match="First write an answer of your own"):
        solution("the_trap")
    write(notebook(essay("Evaluate on the training images.")), tmp_path / "signs.ipynb")
    solution("the_trap")
    shown = capsys.readouterr().out
    assert "Model answer" in shown
    assert "BEGIN SOLUTION" not in shown
    with pytest.raises(CheckError, match="your course keeps it"):
        solution("identity_block")  # no question in words
    with pytest.raises(CheckError, match="your course keeps it"):
        solution("no_such_question")
