"""What of a submission is copied on, to where Formgrader, feedback and nbgrader's tools find it."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat.v4 import new_notebook

from autograder.base.course import find_course
from autograder.execution.submission.model import Submission
from autograder.nbgrader.steps.staging import WHY_LEFT_OUT, stage
from tests.shared.helpers import ROOT


@pytest.fixture
def submission(tmp_path: Path) -> Submission:
    folder = tmp_path / "handed in"
    folder.mkdir()
    return Submission(find_course(ROOT), "ada", "plain", folder, tmp_path / "source", {"plain": ()})


def staged(submission: Submission) -> tuple[set[str], tuple[str, ...]]:
    """The files that are copied on, and what is said."""
    to = submission.folder.parent / "staged"
    said = stage(submission, to, {"plain": new_notebook()})
    return {str(path.relative_to(to)) for path in to.rglob("*") if path.is_file()}, said


@pytest.mark.parametrize(
    "name",
    [
        "index.html", "INDEX.HTM", "a.xhtml", "a.xht", "drawn.svg", "drawn.SVGZ", "data.xml", "a.xsl", "a.mhtml",
        "a.shtml", "code.js", "code.mjs", "nbgrader_config.py", "nbgrader_config.json", "jupyter_config.py",
        "jupyter_server_config.json", "ipython_config.py", "ipython_kernel_config.py", "deep/er/nbgrader_config.py",
        "deep/page.html",
    ],
)  # fmt: skip
def test_what_a_browser_or_jupyter_would_run_stays_behind(name: str, submission: Submission) -> None:
    (submission.folder / name).parent.mkdir(parents=True, exist_ok=True)
    (submission.folder / name).write_text("x")
    files, said = staged(submission)
    assert files == {"plain.ipynb"}
    assert said == (f"1 files stay in submitted/, such as {name!r}: {WHY_LEFT_OUT}",)


@pytest.mark.parametrize("beginning", ["<html>", "\n <!DOCTYPE html>", "\ufeff<svg>", "<?xml version='1.0'?>"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_what_begins_as_a_page_is_one(beginning: str, encoding: str, submission: Submission) -> None:
    (submission.folder / "notes").write_text(beginning, encoding=encoding)
    assert staged(submission)[0] == {"plain.ipynb"}


def test_what_an_answer_needs_is_copied(submission: Submission) -> None:
    names = {"signs.safetensors", "helpers.py", "my_config.py", "data/a.csv", "me.png", "notes.txt", "paper.pdf", "a"}
    for name in names:
        (submission.folder / name).parent.mkdir(exist_ok=True)
        (submission.folder / name).write_bytes(b"1 < 2")
    (submission.folder / "timestamp.txt").write_text("2026-01-31 10:00:00 UTC")
    assert staged(submission) == ({*names, "plain.ipynb", "timestamp.txt"}, ())


@pytest.mark.parametrize("name", ["plain.html", "plain.ipynb", "timestamp.txt"])
def test_a_folder_called_like_a_file_that_is_needed_is_left_out(name: str, submission: Submission) -> None:
    (submission.folder / name).mkdir()
    (submission.folder / name / "a.txt").write_text("a")
    (submission.folder / "b.txt").write_text("b")
    files, said = staged(submission)
    assert files == {"plain.ipynb", "b.txt"}
    assert len(said) == 1
