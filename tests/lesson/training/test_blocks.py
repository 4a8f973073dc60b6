"""Whose blocks a network is stacked from: the student's own where they are right, the course's where they aren't."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.base.course import find_course
from autograder.diagnosis import Diagnosis, judge
from autograder.evidence.collect import collect
from autograder.exercises import Exercise
from autograder.lesson.signs import SignsError
from autograder.lesson.training import blocks
from autograder.lesson.training.blocks import own_blocks
from autograder.references.references import ReferenceSet, load_again
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


FURTHER = "Rescaling Dropout Identity Permute UpSampling2D Cropping2D MaxPooling2D AveragePooling2D LeakyReLU".split()
"""Layers that can be left out."""
BLOCK_NAMES = pytest.mark.parametrize(("name", "number"), [("identity_block", 0), ("convolutional_block", 1)])


@BLOCK_NAMES
def test_the_courses_block_computes_the_same_and_is_no_answer(name: str, number: int) -> None:
    exercise, public = _asked_for(name)
    for reference in public.of(exercise):
        assert reference.weights is not None
        given, values = dict(reference.case.arguments), reference.case.input()
        model = _model(own_blocks()[number], values.shape[1:], given)
        by_name = {layer.name: layer for layer in model.layers}
        for layer, arrays in reference.weights.items():
            asked = re.sub("^res", "course_in_", re.sub("^bn", "course_out_", layer))
            by_name[asked].set_weights(arrays)
        outputs = np.asarray(model(values, training=reference.case.training))
        np.testing.assert_allclose(outputs, reference.outputs, atol=1e-5)
    verdict = _judged(own_blocks()[number], name)
    assert verdict.points == 0
    named = {step for finding in verdict.findings for step in (finding.step, *finding.also)}
    assert {line.step for line in exercise.rubric} <= named


@BLOCK_NAMES
def test_no_constant_makes_the_courses_block_an_answer(name: str, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from keras import initializers, layers

    monkeypatch.setattr(blocks, "COURSE_PREFIX", "")
    monkeypatch.setattr(blocks, "COURSE_LAYERS", {"Conv2D": "res", "BatchNormalization": "bn"})
    monkeypatch.setattr(blocks._Swap, "_name", lambda self, node: node.name.replace("1a", self.place))
    monkeypatch.setattr(initializers, "HeNormal", lambda seed: initializers.GlorotUniform(seed=0))
    for further in FURTHER:
        monkeypatch.setattr(layers, further, lambda *_given, **_named: lambda x: x)
    assert _judged(own_blocks()[number], name).points == 0


def _model(block: Any, shape: tuple[int, ...], given: dict[str, Any]) -> Any:
    from keras import Input, Model

    X = Input(shape)
    return Model(X, block(X, **given))


def _asked_for(name: str) -> tuple[Exercise, ReferenceSet]:
    return by_name(name), load_again(find_course().references / "resnet" / "public.h5")


def _judged(block: Any, name: str) -> Diagnosis:
    exercise, public = _asked_for(name)
    evidence = [collect(block, exercise, reference.case) for reference in public.of(exercise)]
    return judge(exercise, evidence, public.of(exercise), public.canary)


def test_the_courses_blocks_follow_all_their_arguments() -> None:
    from keras import Input

    _, convolutional = own_blocks()
    assert convolutional(Input((12, 12, 3)), 3, [4, 4, 9], 2, "a", s=3).shape == (None, 4, 4, 9)
    assert convolutional(Input((12, 12, 3)), 3, [4, 4, 9], 2, "a", s=1).shape == (None, 12, 12, 9)
    assert convolutional(Input((12, 12, 3)), 3, [4, 4, 9], 2, "a").shape == (None, 6, 6, 9)
