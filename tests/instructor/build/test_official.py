"""A build draws every report, and has solutions and wrong answers graded as students' work is."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from tests.instructor.build.test_authoring import FUNCTION, NAME, _build, begun, files
from tests.shared.built import made_once
from tests.shared.helpers import autograder, cell, write
from tests.shared.kernels import forked_kernels

THREE = '''
"""A block with three branches, and steps of the author's own."""

from random import Random

from autograder.exercises import Exercise, Part, Rubric, TestCase, Text

HINTS = ("What?", "How?", "Nearly the answer.")


def hidden(random: Random):
    return tuple(
        TestCase(
            name=f"hidden-{n}",
            arguments={"growth": random.randint(2, 5)},
            input_shape=(2, 6, 8, random.randint(2, 4)),
            input_seed=random.randrange(2**32),
            hidden=True,
        )
        for n in (1, 2)
    )


BLOCK = Exercise(
    name="inception",
    function="inception",
    kind="block",
    signature=("X", "growth"),
    outline=(
        Part("first", ("Conv2D", "ReLU", "Conv2D", "ReLU")),
        Part("second", ("Conv2D", "ReLU")),
        Part("third", ("MaxPooling2D", "Conv2D")),
        Part("join", ("Concatenate",)),
    ),
    rubric=tuple(Rubric(step, 2.5, HINTS) for step in ("first", "second", "third", "join")),
    public_cases=(TestCase(name="public-1", arguments={"growth": 3}, input_shape=(2, 5, 6, 3), input_seed=3),),
    draw_hidden_cases=hidden,
)
EXERCISES = (BLOCK,)
'''
MISTAKES = """
from autograder.exercises import Mistake

MISTAKES = (
    Mistake("inception", "narrow", "first", "", "kernel_size", "", "wrong setting", (("growth, 3,", "growth, 1,"),)),
    Mistake("inception", "no ReLU", "second", "ReLU", kind="missing", changes=(("b = ReLU()(b)", "pass"),)),
    Mistake("inception", "unseeded", "third", "", "seed", kind="wrong setting", changes=(("seed=2", ""),)),
    Mistake("inception", "turned", "join", "Concatenate", kind="wrong wiring", changes=(("[a, b, c]", "[a, c, b]"),)),
)
"""
SOLUTION = """def inception(X, growth):
    ### BEGIN SOLUTION
    a = ReLU()(Conv2D(growth, 1, padding="same", kernel_initializer=glorot_uniform(seed=0), name="narrow")(X))
    a = ReLU()(Conv2D(growth, 3, padding="same", kernel_initializer=glorot_uniform(seed=0), name="wide")(a))
    b = Conv2D(growth, 1, padding="same", kernel_initializer=glorot_uniform(seed=1), name="point")(X)
    b = ReLU()(b)
    c = MaxPooling2D(3, strides=1, padding="same")(X)
    c = Conv2D(growth, 1, kernel_initializer=glorot_uniform(seed=2), name="pooled")(c)
    return Concatenate()([a, b, c])
    ### END SOLUTION
"""
TEST = "check(inception)\n### BEGIN HIDDEN TESTS\ngrade(inception)\n### END HIDDEN TESTS"
SETUP = """# language: en
from keras.layers import *
from keras.initializers import glorot_uniform

from autograder import check, grade, hint
"""


def marked(source: str, name: str, **marks: object) -> NotebookNode:
    roles = {"grade": False, "locked": False, "solution": False, "task": False, "schema_version": 3, "grade_id": name}
    return new_code_cell(source, metadata={"nbgrader": {**roles, **marks}})


def inception(root: Path) -> Path:
    folder = root / "source" / "inception"
    folder.mkdir(parents=True)
    (folder / "exercises.py").write_text(THREE)
    (folder / "mistakes.py").write_text(MISTAKES)
    cells = [
        marked(SETUP, "setup", locked=True),
        marked(SOLUTION, "inception", solution=True),
        marked(TEST, "test_inception", grade=True, locked=True, points=10),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), folder / "inception.ipynb")
    return root


@pytest.mark.slow
@forked_kernels()
def test_a_block_of_ones_own_is_built_and_graded(tmp_path: Path) -> None:
    """Right answers earn all points, and each slip its own, whatever the steps are called."""
    root = inception(begun(tmp_path / "course"))
    done = autograder("--course", root, "build", "inception", cwd=root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "grading inception.ipynb as students' work is graded" in done.stdout
    for student, edit in {
        "ada": ("", ""),
        "kim": ("growth, 3,", "growth, 1,"),
        "lee": ("b = ReLU()(b)", "pass"),
        "mia": ("[a, b, c]", "[a, c, b]"),
        "zoe": ("seed=1", "seed=7"),
    }.items():
        node = nbformat.read(root / "release" / "inception" / "inception.ipynb", as_version=4)
        cell(node, "inception").source = SOLUTION.replace("    ### BEGIN SOLUTION\n", "").replace(*edit)
        write(node, root / "submitted" / student / "inception" / "inception.ipynb")
    done = autograder("--course", root, "grade", cwd=root)
    assert done.returncode == 0, done.stdout + done.stderr
    with (root / "grades.csv").open() as file:
        points = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert points == {"ada": 10.0, "kim": 7.5, "lee": 7.5, "mia": 7.5, "zoe": 9.5}
    page = (root / "feedback" / "mia" / "inception" / "inception.html").read_text()
    assert "Concatenate gets its inputs in another order" in page


@pytest.fixture
def course(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    scaffold = made_once(tmp_path_factory, "authored", _build)
    return Path(shutil.copytree(scaffold / "course", tmp_path / "course"))


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("autograder.report.report.make_picture", "can't be drawn"),
        ("autograder.execution.official.weighed", "an error in autograder itself"),
        ("autograder.execution.official.exercise_called", "an error in autograder itself"),
    ],
)
def test_a_build_stops_where_students_would_meet_an_error(
    place: str, told: str, course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("first")

    before = files(course / "data")
    monkeypatch.setattr(place, broken)
    done = autograder("--course", course, "build", NAME, cwd=course)
    assert done.returncode != 0
    assert told in done.stdout + done.stderr
    assert files(course / "data") == before


def test_a_build_stops_where_official_grading_finds_otherwise(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from autograder.execution import official

    def lenient(*arguments: object) -> object:
        return [None for _ in arguments[1]]  # type: ignore[attr-defined]

    monkeypatch.setattr(official, "decisive", lenient)
    done = autograder("--course", course, "build", NAME, cwd=course)
    assert done.returncode != 0
    assert "by official grading" in done.stdout + done.stderr or "can't be graded" in done.stdout + done.stderr


def test_an_untouched_notebook_that_would_earn_points(course: Path) -> None:
    """Students are given the whole solution: what stands between the marks has no effect."""
    before = files(course / "data")
    path = course / "source" / NAME / f"{NAME}.ipynb"
    node = nbformat.read(path, as_version=4)
    answer = cell(node, FUNCTION)
    marks = "    ### BEGIN SOLUTION\n", "    ### END SOLUTION"
    assert all(mark in answer.source for mark in marks)
    bare = answer.source.replace(marks[0], "").replace(marks[1], "").rstrip()
    answer.source = f"{bare}\n### BEGIN SOLUTION\nprint()\n### END SOLUTION\n"
    write(node, path)
    done = autograder("--course", course, "build", NAME, cwd=course)
    assert done.returncode == 1
    assert f"release/{NAME}/{NAME}.ipynb, cell {FUNCTION}: untouched, it earns 10 points" in done.stderr
    assert files(course / "data") == before
