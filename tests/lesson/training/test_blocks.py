"""Whose blocks a network is stacked from: the student's own where they are right, the course's where they aren't."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from autograder.base.course import find_course
from autograder.diagnosis import judge
from autograder.evidence.collect import collect
from autograder.lesson.signs import SignsError
from autograder.lesson.training.blocks import own_blocks
from autograder.references.references import load_again
from tests.shared.exercises import by_name
from tests.shared.helpers import ROOT, cell, handed_in, notebook, right, solution, write


@pytest.fixture(autouse=True)
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tests stand where the notebook lies, in a course of this kit's."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTOGRADER_COURSE", str(ROOT))
    return tmp_path


def said(capsys: pytest.CaptureFixture[str]) -> str:
    (line,) = capsys.readouterr().out.splitlines()
    return line


def test_both_are_the_students(beside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(right(), beside / "resnet.ipynb")
    identity, convolutional = own_blocks()
    assert said(capsys) == "identity_block: yours; convolutional_block: yours"
    assert (identity.__name__, convolutional.__name__) == ("identity_block", "convolutional_block")


def test_only_the_wrong_one_is_replaced(beside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = solution("convolutional_block", ("strides=(s, s)", "strides=(1, 1)"))
    write(handed_in(identity_block=solution("identity_block"), convolutional_block=wrong), beside / "resnet.ipynb")
    identity, convolutional = own_blocks()
    line = said(capsys)
    assert line.startswith("identity_block: yours; convolutional_block: the course's (")
    assert "check(convolutional_block)" in line
    assert (identity.__name__, convolutional.__name__) == ("identity_block", "course_convolutional_block")


CASES = {
    "untouched": (lambda: notebook("release"), "not written yet"),
    "a cell with a syntax error": (lambda: handed_in(identity_block="def identity_block(X:"), "SyntaxError"),
    "a cell that raises": (lambda: handed_in(identity_block="1 / 0"), "ZeroDivisionError"),
    "a cell that exits": (lambda: handed_in(identity_block="import sys\nsys.exit()"), "SystemExit"),
    "no function": (lambda: handed_in(identity_block="identity_block = 3"), "none in the notebook"),
    "a function that raises": (lambda: handed_in(identity_block="def identity_block(*a, **k): 1 / 0"), "check("),
    "a function of no arguments": (lambda: handed_in(identity_block="def identity_block(): pass"), "check("),
}


@pytest.mark.parametrize("case", CASES)
def test_what_does_not_work_is_said_in_one_line(case: str, beside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make, words = CASES[case]
    write(make(), beside / "resnet.ipynb")
    identity, _ = own_blocks()
    assert words in said(capsys)
    assert identity.__name__ == "course_identity_block"


@pytest.mark.parametrize("content", [None, "", "no notebook", "[]", '{"nbformat": 3}'])
def test_without_a_notebook_both_are_the_courses(
    content: str | None, beside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (beside / "resnet.ipynb").write_text(content)
    assert [block.__name__ for block in own_blocks()] == ["course_identity_block", "course_convolutional_block"]
    assert said(capsys).count("the course's") == 2


def test_nothing_else_of_the_notebook_runs(beside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    node = right()
    for other in node.cells:
        marks = other.metadata.get("nbgrader", {})
        if other.cell_type == "code" and marks.get("grade_id") not in (
            "setup",
            "identity_block",
            "convolutional_block",
        ):
            other.source = "open('ran', 'w').close()"
    cell(node, "identity_block").source += "\nprint('hello')"
    write(node, beside / "resnet.ipynb")
    own_blocks()
    assert not (beside / "ran").exists()
    assert said(capsys) == "identity_block: yours; convolutional_block: yours"


def test_imports_of_ones_own_count(beside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    node = right()
    cell(node, "setup").source += "\ndel Add"
    from nbformat.v4 import new_code_cell

    node.cells.insert(
        1 + node.cells.index(cell(node, "setup")), new_code_cell("%matplotlib inline\nfrom keras.layers import Add")
    )
    write(node, beside / "resnet.ipynb")
    own_blocks()
    assert said(capsys).count("yours") == 2


def test_the_line_is_in_the_notebooks_language(
    beside: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOGRADER_LANGUAGE", "zh")
    own_blocks()
    line = said(capsys)
    assert "course" not in line
    assert "课程" in line


def test_without_references_ones_own_are_taken_unchecked(
    beside: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOGRADER_COURSE", str(beside))
    write(right(), beside / "resnet.ipynb")
    assert [block.__name__ for block in own_blocks()] == ["identity_block", "convolutional_block"]
    assert "could not be checked" in said(capsys)
    (beside / "resnet.ipynb").unlink()
    with pytest.raises(SignsError, match="autograder build"):
        own_blocks()


@pytest.mark.parametrize(("name", "number"), [("identity_block", 0), ("convolutional_block", 1)])
def test_the_courses_block_computes_the_same_and_is_no_answer(name: str, number: int) -> None:
    block = own_blocks()[number]
    exercise = by_name(name)
    public = load_again(find_course().references / "resnet" / "public.h5")
    references = public.of(exercise)
    evidence = [collect(block, exercise, reference.case) for reference in references]
    for given, reference in zip(evidence, references, strict=True):
        assert given.outputs is not None
        np.testing.assert_allclose(given.outputs, reference.outputs, atol=1e-5)
    verdict = judge(exercise, evidence, references, public.canary)
    assert verdict.points == 0
    named = {step for finding in verdict.findings for step in (finding.step, *finding.also)}
    assert {line.step for line in exercise.rubric} <= named


def test_the_courses_blocks_follow_all_their_arguments() -> None:
    from keras import Input

    _, convolutional = own_blocks()
    assert convolutional(Input((12, 12, 3)), 3, [4, 4, 9], 2, "a", s=3).shape == (None, 4, 4, 9)
    assert convolutional(Input((12, 12, 3)), 3, [4, 4, 9], 2, "a", s=1).shape == (None, 12, 12, 9)
    assert convolutional(Input((12, 12, 3)), 3, [4, 4, 9], 2, "a").shape == (None, 6, 6, 9)
