"""`autograder new --from NOTEBOOK`: from a solved notebook to an assignment that builds."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.base.course import Course, CourseError
from autograder.instructor.build.authoring import read_exercises
from autograder.instructor.build.build import build
from autograder.instructor.build.new import new_assignment
from autograder.student.check import check_notebook
from tests.shared.helpers import ROOT

BLOCK = """
def gated(X, memory, units):
    ### BEGIN SOLUTION
    attended = layers.MultiHeadAttention(2, units, kernel_initializer=glorot_uniform(seed=0))(X, memory)
    X = layers.LayerNormalization()(X + attended)
    gate = layers.Dense(X.shape[-1], activation="sigmoid", kernel_initializer=glorot_uniform(seed=1))(X)
    return layers.Multiply()([gate, X])
    ### END SOLUTION
"""
FUNCTION = """
def scaled(x, factor):
    ### BEGIN SOLUTION
    total = x.sum()
    return x * factor, total
    ### END SOLUTION
"""
MODEL = """
def same_word(words=50, length=4):
    ### BEGIN SOLUTION
    inputs = [keras.Input((length,), dtype="int32"), keras.Input((length,), dtype="int32")]
    embedding = layers.Embedding(words, 3, embeddings_initializer=glorot_uniform(seed=0))
    X = layers.Flatten()(layers.Subtract()([embedding(one) for one in inputs]))
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid", kernel_initializer=glorot_uniform(seed=0))(X))
    ### END SOLUTION
"""
GRADIENTS = """
def gradients(w, rate, X, power=2):
    ### BEGIN SOLUTION
    return {"dw": rate * X @ (w.T @ X).T, "db": np.mean(w) ** power}
    ### END SOLUTION
"""
NETWORK = (
    """
def bottleneck(X, filters, stride=1):
    ### BEGIN SOLUTION
    shortcut = X
    X = layers.Conv1D(filters, 3, stride, padding="same", kernel_initializer=glorot_uniform(seed=0))(X)
    X = layers.BatchNormalization()(X)
    if stride > 1 or shortcut.shape[-1] != filters:
        shortcut = layers.Conv1D(filters, 1, stride, kernel_initializer=glorot_uniform(seed=0))(shortcut)
    return layers.ReLU()(layers.Add()([X, shortcut]))
    ### END SOLUTION
""",
    """
def network(length=12, classes=3):
    ### BEGIN SOLUTION
    inputs = keras.Input((length, 4))
    X = bottleneck(inputs, 4)
    X = bottleneck(X, 8, stride=2)
    X = bottleneck(X, filters=8)
    X = layers.GlobalAveragePooling1D()(X)
    return keras.Model(inputs, layers.Dense(classes, kernel_initializer=glorot_uniform(seed=0))(X))
    ### END SOLUTION
""",
)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    (tmp_path / "source").mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    return Course(tmp_path)


def solved(folder: Path, *sources: str) -> Path:
    setup = "# language: en\nimport numpy as np\nimport keras\nfrom keras import layers"
    setup += "\nfrom keras.initializers import glorot_uniform"
    cells = [new_code_cell(source.strip()) for source in (setup, *sources)]
    path = folder / "solved.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata={"autograder": {"language": "en"}}), path)
    return path


CALLS = (
    BLOCK,
    "gated(keras.Input((5, 4)), keras.Input((7, 6)), 3)",
    FUNCTION,
    "scaled(np.arange(6.0).reshape(2, 3), 2.5)",
    MODEL,
    "same_word().summary()",
    GRADIENTS,
    "gradients(np.ones((2, 1)), 0.5, np.ones((2, 3)))",
)


def test_the_definitions_are_read_off_the_notebook(course: Course, tmp_path: Path) -> None:
    new_assignment(course, "my-week", "en", solved(tmp_path, *CALLS))
    block, function, model, gradients = read_exercises(course, "my-week")
    assert (block.kind, block.signature, block.tensors) == ("block", ("X", "memory", "units"), 2)
    assert [part.layers for part in block.outline] == [
        ("MultiHeadAttention",), ("Add", "LayerNormalization"), ("Dense", "Sigmoid"), ("Multiply",)
    ]  # fmt: skip
    assert block.public_cases[0].input_shapes == ((2, 5, 4), (2, 7, 6))
    assert block.public_cases[0].arguments == {"units": 3}
    assert block.max_points == function.max_points == 10
    assert (function.kind, function.signature, len(function.outputs)) == ("function", ("x", "factor"), 2)
    assert function.public_cases[0].values()["x"].shape == (2, 3)
    assert (model.kind, model.defaults) == ("model", {"words": 50, "length": 4})
    assert (model.public_cases[0].input_shapes, model.public_cases[0].below) == (((2, 4), (2, 4)), 50)
    assert gradients.outputs == ("dw", "db")
    assert tuple(gradients.public_cases[0].arguments) == ("w", "rate", "X", "power")


@pytest.mark.slow
def test_it_builds_as_it_is_and_says_what_is_left_to_do(course: Course, tmp_path: Path) -> None:
    new_assignment(course, "my-week", "en", solved(tmp_path, *CALLS))
    said: list[str] = []
    build(course, ("my-week",), "seed", said.append)
    assert (course.release / "my-week" / "my-week.ipynb").is_file()
    notes = [line for line in said if "note:" in line]
    assert any("gated: hints are still to be written" in line for line in notes)


def test_a_function_that_nobody_calls_is_named(course: Course, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="no cell calls scaled"):
        new_assignment(course, "my-week", "en", solved(tmp_path, FUNCTION))
    assert not (course.source / "my-week").exists()


def test_a_notebook_without_marks_is_refused(course: Course, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="BEGIN SOLUTION"):
        new_assignment(course, "my-week", "en", solved(tmp_path, "def f(x):\n    return x"))


@pytest.mark.parametrize(
    ("written", "call", "words"),
    [
        ("    return x, (x, 1)", "f(np.ones(2), 1)", "f returns something else than arrays and numbers"),
        ("    return x['W']", "f({'W': np.ones(2)})", "calls f with a dict as x"),
        ("    return x if y is None else y", "f(np.ones(2))", "calls f without y"),
        (
            "    class Own(keras.Model):\n        pass\n    return Own()",
            "f(2, 3)",
            "f must return a model made with Model",
        ),
        ("    return x[0]", "f([np.ones(2), np.ones(2)], 1)", "calls f with a list as x"),
        (
            "    return layers.Lambda(lambda one: one)(layers.RandomFlip()(x))",
            "f(keras.Input((4, 4, 3)), 1)",
            "RandomFlip",
        ),
    ],
)
def test_what_no_exercise_can_be_is_refused(
    course: Course, tmp_path: Path, written: str, call: str, words: str
) -> None:
    source = f"def f(x, y=None):\n    ### BEGIN SOLUTION\n{written}\n    ### END SOLUTION"
    with pytest.raises(CourseError, match=words):
        new_assignment(course, "my-week", "en", solved(tmp_path, source, call))
    assert not (course.source / "my-week").exists()


def test_a_model_s_test_case_says_the_size_of_its_input(course: Course, tmp_path: Path) -> None:
    new_assignment(course, "my-week", "en", solved(tmp_path, MODEL, "same_word().summary()"))
    path = course.source / "my-week" / "exercises.py"
    path.write_text(
        path.read_text().replace("            input_shape=(2, 4),\n            more_inputs=((2, 4),),\n", "")
    )
    with pytest.raises(CourseError, match="needs an input_shape"):
        read_exercises(course, "my-week")


def test_a_network_s_own_blocks_are_found(course: Course, tmp_path: Path) -> None:
    """Each call's steps are those that it takes with its own arguments."""
    new_assignment(course, "my-week", "en", solved(tmp_path, *NETWORK, "network().summary()"))
    block, network = read_exercises(course, "my-week")
    assert (block.kind, network.kind) == ("block", "model")
    (called,) = network.blocks
    assert (called.function, called.channels, called.strides) == ("bottleneck", "filters", "stride")
    assert called.defaults == {"stride": 1}
    steps = {part.step: part.layers for part in network.outline if part.block == "bottleneck"}
    assert steps == {
        "bottleneck 1, conv1d 1": ("Conv1D", "BatchNormalization"),
        "bottleneck 1, add 1": ("Add", "ReLU"),
        "bottleneck 2, conv1d 1": ("Conv1D", "BatchNormalization"),
        "bottleneck 2, conv1d 2": ("Conv1D",),
        "bottleneck 2, add 1": ("Add", "ReLU"),
        "bottleneck 3, conv1d 1": ("Conv1D", "BatchNormalization"),
        "bottleneck 3, add 1": ("Add", "ReLU"),
    }
    assert [line.step for line in network.rubric][:3] == ["bottleneck 1", "bottleneck 2", "bottleneck 3"]
    assert network.max_points == 10


NESTED = """
def inner(X, units):
    ### BEGIN SOLUTION
    return layers.Dense(units, kernel_initializer=glorot_uniform(seed=0))(X)
    ### END SOLUTION
""", """
def outer(X, units):
    ### BEGIN SOLUTION
    return layers.ReLU()(inner(X, units))
    ### END SOLUTION
""", """
def weighted(X, model):
    ### BEGIN SOLUTION
    return layers.Multiply()([X, layers.Dense(4, kernel_initializer=glorot_uniform(seed=0), name=model)(X)])
    ### END SOLUTION
""", """
def network(units):
    ### BEGIN SOLUTION
    inputs = keras.Input((4,))
    X = weighted(outer(inputs, units), "a")
    assert "Multiply" in type(X._keras_history.operation).__name__
    return keras.Model(inputs, X)
    ### END SOLUTION
"""  # fmt: skip


def test_blocks_of_blocks_and_what_no_stand_in_can_be(course: Course, tmp_path: Path) -> None:
    """A block that calls another is described whole, and a network that looks into its blocks, too."""
    new_assignment(course, "my-week", "en", solved(tmp_path, *NESTED, "network(4).summary()"))
    _inner, outer, _weighted, network = read_exercises(course, "my-week")
    assert (outer.blocks, [part.layers for part in outer.outline]) == ((), [("Dense", "ReLU")])
    assert network.blocks == ()
    assert [layer for part in network.outline for layer in part.layers] == ["Dense", "ReLU", "Dense", "Multiply"]


@pytest.mark.slow
def test_a_network_is_judged_without_its_wrong_blocks(course: Course, tmp_path: Path) -> None:
    path = solved(tmp_path, *NETWORK, "network().summary()")
    new_assignment(course, "my-week", "en", path)
    build(course, ("my-week",), "seed", lambda line: None)
    handed_in = course.release / "my-week" / "my-week.ipynb"
    node = nbformat.read(handed_in, as_version=4)
    answers = dict(zip(("bottleneck", "network"), NETWORK, strict=True))
    for cell in node.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in answers:
            cell.source = answers[name].strip().replace("layers.Add()", "layers.Multiply()")
    nbformat.write(node, handed_in)
    block, network = check_notebook(handed_in, course).reports
    assert not block.passed
    assert network.points == network.max_points
