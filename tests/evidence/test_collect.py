"""What `collect` makes of any function that a student can write: evidence, or the error that it ran into."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from autograder.evidence.collect import collect
from autograder.evidence.evidence import Evidence, from_json, to_json
from autograder.evidence.graphs.collect_graph import CANARY_SHAPE
from autograder.evidence.graphs.numbers import in_float32
from autograder.graph import GraphRefused, parse_graph, same
from autograder.report.errors import describe_error
from tests.evidence.same import assert_equal
from tests.shared.builders import convolutional_block, identity_block, student
from tests.shared.exercises import CONVOLUTIONAL_BLOCK, IDENTITY_BLOCK, RESNET50

CASE = IDENTITY_BLOCK.public_cases[0]


def test_evidence_of_a_right_answer() -> None:
    evidence = collect(identity_block, IDENTITY_BLOCK, CASE)
    assert evidence.error is None
    assert (evidence.function, evidence.case) == ("identity_block", "public-1")
    assert evidence.outputs is not None
    assert evidence.outputs.shape == (3, 4, 4, 6)
    assert evidence.canary is not None
    assert evidence.canary.shape == CANARY_SHAPE
    assert parse_graph(evidence.graph or "").linear[-1].kind == "ReLU"


def test_numbers_are_float32_whatever_the_notebook_has_set() -> None:
    usual = collect(identity_block, IDENTITY_BLOCK, CASE)
    keras.config.set_dtype_policy("mixed_float16")
    try:
        evidence = collect(identity_block, IDENTITY_BLOCK, CASE)
        assert keras.config.dtype_policy().name == "mixed_float16"
    finally:
        keras.config.set_dtype_policy("float32")
    assert np.array_equal(evidence.outputs, usual.outputs)
    assert same(parse_graph(evidence.graph or ""), parse_graph(usual.graph or ""))


def test_no_gpu_is_asked_to_round_more() -> None:
    rounding = tf.config.experimental.tensor_float_32_execution_enabled
    assert rounding()
    with in_float32():
        assert not rounding()
    assert rounding()


def test_weights_travel_with_a_block_unless_told_otherwise() -> None:
    assert collect(identity_block, IDENTITY_BLOCK, CASE, with_weights=False).weights is None
    assert collect(identity_block, IDENTITY_BLOCK, CASE).weights is not None


def test_s_is_left_out_where_the_case_leaves_it_out() -> None:
    first, second = CONVOLUTIONAL_BLOCK.public_cases[:2]
    strides = []
    for test_case in (first, second):
        graph = parse_graph(collect(convolutional_block, CONVOLUTIONAL_BLOCK, test_case).graph or "")
        strides.append(next(n.settings["strides"] for n in graph.linear if n.name.endswith("2a")))
    assert strides == [(2, 2), (3, 3)]


SIGNATURE = "def identity_block(X, f, filters, stage, block):"

RETURNS: dict[str, tuple[str, str]] = {
    "nothing": ("Conv2D(2, 1)(X)", "NoneType"),
    "None": ("return None", "NoneType"),
    "a tuple": ("return X, X", "tuple of 2"),
    "a list": ("return [X]", "list of 1"),
    "a model": ("return Model(X, Conv2D(2, 1)(X))", "Functional"),
    "a layer": ("return Conv2D(2, 1)", "Conv2D"),
    "a class": ("return Conv2D", "class Conv2D"),
    "an eager tensor": ("return keras.ops.ones((1, 2))", "EagerTensor"),
    "an array": ("return np.ones((1, 2))", "ndarray"),
    "text": ("return 'X'", "str"),
    "a function": ("return lambda X: X", "function"),
}


@pytest.mark.parametrize("case", RETURNS)
def test_a_result_that_is_no_tensor(case: str, tmp_path: Path) -> None:
    body, type_name = RETURNS[case]
    function = student(tmp_path, f"{SIGNATURE}\n    {body}\n").identity_block
    evidence = collect(function, IDENTITY_BLOCK, CASE)
    assert evidence.error is not None
    assert (evidence.error.kind, evidence.error.type, evidence.error.function) == (
        "returned",
        type_name,
        "identity_block",
    )
    assert body in evidence.error.source
    assert (evidence.weights, evidence.outputs) == (None, None)
    assert evidence.partial == (evidence.graph is not None)  # what had been built all the same
    assert_told(evidence)


def test_the_input_itself_is_a_graph_without_layers(tmp_path: Path) -> None:
    evidence = collect(student(tmp_path, f"{SIGNATURE}\n    return X\n").identity_block, IDENTITY_BLOCK, CASE)
    assert evidence.error is None
    assert parse_graph(evidence.graph or "").linear == ()
    assert np.array_equal(evidence.outputs, CASE.input())


def test_a_tensor_that_does_not_come_of_x(tmp_path: Path) -> None:
    source = f"{SIGNATURE}\n    Y = keras.Input((4, 4, 6))\n    return Conv2D(2, 1)(Y)\n"
    evidence = collect(student(tmp_path, source).identity_block, IDENTITY_BLOCK, CASE)
    assert evidence.error is not None
    assert (evidence.error.kind, evidence.error.type) == ("raised", "ValueError")
    assert "makes an `Input` of its own" in assert_told(evidence)


@pytest.mark.parametrize(
    ("signature", "problem"),
    [
        ("X, f, filters, stage", "too many positional arguments"),
        ("X", "too many positional arguments"),
        ("", "too many positional arguments"),
        ("X, f, filters, stage, block, s", "missing a required argument: 's'"),
        ("*, X, f, filters, stage, block", "too many positional arguments"),
    ],
)
def test_a_wrong_signature(signature: str, problem: str, tmp_path: Path) -> None:
    evidence = collect(
        student(tmp_path, f"def identity_block({signature}):\n    return 1\n").identity_block, IDENTITY_BLOCK, CASE
    )
    assert evidence.error is not None
    assert (evidence.error.kind, evidence.error.type) == ("signature", "TypeError")
    assert evidence.error.message == problem
    assert "identity_block(X, f, filters, stage, block)" in assert_told(evidence)


def assert_told(evidence: Evidence) -> str:
    """The error has a sentence for the student; gives it."""
    assert evidence.error is not None
    sentence = describe_error(evidence.error, IDENTITY_BLOCK, lambda text: text)
    assert sentence.strip()
    return sentence


# --- exceptions -------------------------------------------------------------------------------------------------

RAISES: dict[str, tuple[str, str, int, str, str]] = {
    # source after the signature; type, line, source line and function of the error
    "in the student's own code": ("    return 1 / 0", "ZeroDivisionError", 2, "return 1 / 0", "identity_block"),
    "not written yet": (
        "    # YOUR CODE HERE\n    raise NotImplementedError()",
        "NotImplementedError",
        3,
        "raise NotImplementedError()",
        "identity_block",
    ),
    "in a layer's making": (
        "    X = Conv2D(\n        filters, (1, 1))(X)",
        "*",
        2,
        "X = Conv2D(",
        "identity_block",
    ),
    "in a layer's call": (
        "    X = Conv2D(2, (9, 9))(X)\n    return X",
        "ValueError",
        2,
        "X = Conv2D(2, (9, 9))(X)",
        "identity_block",
    ),
    "in a helper": (
        "    return helper(X)\n\ndef helper(X):\n    Y = X\n    return Y + undefined",
        "NameError",
        6,
        "return Y + undefined",
        "helper",
    ),
    "numpy on a symbolic tensor": ("    return np.maximum(X, 0)", "*", 2, "return np.maximum(X, 0)", "identity_block"),
    "sys.exit()": ("    import sys\n    sys.exit(0)", "SystemExit", 3, "sys.exit(0)", "identity_block"),
    "exit without end": ("    return identity_block(X, f, filters, stage, block)", "RecursionError", 2, "*", "*"),
    "an exception without a message": (
        "    class E(Exception):\n        def __str__(self):\n            raise RuntimeError\n    raise E",
        "E",
        5,
        "raise E",
        "identity_block",
    ),
    "a message that is no Unicode": ("    raise ValueError('\\ud800')", "ValueError", 2, "*", "identity_block"),
    "an endless message": ("    raise ValueError('x' * 10**6)", "ValueError", 2, "*", "identity_block"),
    "duplicate names": (
        "    return Conv2D(2, 1, name='twin')(Conv2D(2, 1, name='twin')(X))",
        "ValueError",
        0,
        "",
        "",
    ),
}


@pytest.mark.parametrize("case", RAISES)
def test_an_exception_is_shown_at_the_students_own_line(case: str, tmp_path: Path) -> None:
    source, kind, line, code, function = RAISES[case]
    evidence = collect(student(tmp_path, f"{SIGNATURE}\n{source}\n").identity_block, IDENTITY_BLOCK, CASE)
    error = evidence.error
    assert error is not None
    assert error.kind == ("names" if case == "duplicate names" else "raised")
    assert kind in (error.type, "*")
    assert error.line == line
    assert code in (error.code, "*")
    assert function in (error.function, "*")
    assert (evidence.outputs is not None) == (case == "duplicate names")  # its layers are given names of their own
    assert_told(evidence)
    assert_equal(from_json(to_json(evidence)), evidence)


def test_an_exception_on_the_way_to_the_outputs(tmp_path: Path) -> None:
    source = """
class Breaks(keras.layers.Layer):
    def compute_output_shape(self, shape):
        return shape

    def call(self, X):
        if not isinstance(X, keras.KerasTensor) and X.shape[0] is not None:
            raise ValueError("broken")
        return X

def identity_block(X, f, filters, stage, block):
    return Breaks()(X)
"""
    evidence = collect(student(tmp_path, source).identity_block, IDENTITY_BLOCK, CASE)
    assert evidence.error is not None
    assert "broken" in evidence.error.message
    assert (evidence.error.line, evidence.error.function) == (8, "call")


def test_a_callable_object_is_as_good_as_a_function() -> None:
    class Block:
        def __call__(self, X: Any, f: int, filters: list[int], stage: int, block: str) -> Any:
            return identity_block(X, f, filters, stage, block)

    evidence = collect(Block(), IDENTITY_BLOCK, CASE)
    assert (evidence.function, evidence.error) == ("identity_block", None)


# --- paths that don't meet --------------------------------------------------------------------------------------

MEETINGS: dict[str, Callable[[str], str]] = {
    "Add()": lambda a: f"Add()([{a}, X])",
    "layers.add": lambda a: f"keras.layers.add([{a}, X])",
    "a + b": lambda a: f"{a} + X",
    "keras.ops.add": lambda a: f"keras.ops.add({a}, X)",
}


@pytest.mark.parametrize("meeting", MEETINGS)
def test_the_graph_is_recovered_where_the_shapes_do_not_meet(meeting: str, tmp_path: Path) -> None:
    line = f"return {MEETINGS[meeting]('Y')}"
    source = f"{SIGNATURE}\n    Y = Conv2D(5, 2, name='narrow')(X)\n    {line}\n"
    evidence = collect(student(tmp_path, source).identity_block, IDENTITY_BLOCK, CASE)
    assert evidence.error is not None
    assert (evidence.error.line, evidence.error.code) == (3, line)
    graph = parse_graph(evidence.graph or "")
    assert [node.kind for node in graph.linear] == ["Conv2D", "Add"]
    assert graph.linear[0].settings["filters"] == 5
    assert evidence.outputs is None


def test_after_a_recovery_shapes_must_meet_again(tmp_path: Path) -> None:
    test_the_graph_is_recovered_where_the_shapes_do_not_meet("Add()", tmp_path)
    with pytest.raises(ValueError, match="shape"):
        student(tmp_path, "import keras\nkeras.layers.Add()([keras.Input((4, 4, 6)), keras.Input((3, 3, 5))])\n")


# --- models -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind", "type_name"),
    [
        ("return keras.Input(input_shape)", "returned", "KerasTensor"),
        ("return None", "returned", "NoneType"),
        ("return Model", "returned", "class Model"),
        ("class Mine(Model):\n        pass\n    return Mine()", "graph", "Mine"),
    ],
)
def test_a_result_that_is_no_functional_model(body: str, kind: str, type_name: str, tmp_path: Path) -> None:
    function = student(tmp_path, f"def ResNet50(input_shape=(64, 64, 3), classes=6):\n    {body}\n").ResNet50
    evidence = collect(function, RESNET50, RESNET50.public_cases[0])
    assert evidence.error is not None
    assert (evidence.error.kind, evidence.error.type) == (kind, type_name)


def test_a_models_weights_stay_where_they_are(tmp_path: Path) -> None:
    source = """
def ResNet50(input_shape=(64, 64, 3), classes=6):
    X = keras.Input(input_shape)
    return Model(X, Dense(classes)(Flatten()(X)))
"""
    function = student(tmp_path, source).ResNet50
    evidence = collect(function, RESNET50, RESNET50.public_cases[1])
    assert evidence.error is None
    assert evidence.weights is None
    assert evidence.outputs is not None
    assert evidence.outputs.shape == (1, 4)


def test_a_network_in_a_sequential_has_its_connections(tmp_path: Path) -> None:
    source = """
def ResNet50(input_shape=(64, 64, 3), classes=6):
    X = keras.Input(input_shape)
    Y = Model(X, keras.layers.Add()([Dense(3)(X), X]))
    return keras.Sequential([keras.Input(input_shape), Y, Flatten(), Dense(classes)])
"""
    evidence = collect(student(tmp_path, source).ResNet50, RESNET50, RESNET50.public_cases[1])
    found = parse_graph(evidence.graph or "")
    assert [node.kind for node in found.linear] == ["Dense", "Add", "Flatten", "Dense"]


WEIGHTS = {
    "as drawn": "",
    "doubled": "model.set_weights([2 * one for one in model.get_weights()])",
    "one kernel assigned": "model.layers[1].kernel.assign(model.layers[1].kernel + 1)",
    "moving averages of a training step": "model(np.ones((2, *input_shape), 'float32'), training=True)",
    "an initializer that is changed once the layers are built": "seeded.seed = 1",
    "as drawn, twice what comes out": "model.call = (lambda call: lambda *a, **k: 2 * call(*a, **k))(model.call)",
}


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("change", WEIGHTS.values(), ids=WEIGHTS.keys())
def test_a_hidden_test_case_has_the_outputs_that_the_model_gives(change: str, training: bool, tmp_path: Path) -> None:
    source = f"""
import numpy as np
def ResNet50(input_shape=(64, 64, 3), classes=6):
    seeded = keras.initializers.GlorotUniform(seed=0)
    X = keras.Input(input_shape)
    Y = keras.layers.Conv2D(3, 3, kernel_initializer=seeded)(X)
    Y = BatchNormalization(axis=3)(Y)
    model = Model(X, Dense(classes, kernel_initializer=seeded)(Flatten()(Y)))
    {change}
    return model
"""
    function = student(tmp_path, source).ResNet50
    case = RESNET50.public_cases[1].model_copy(update={"hidden": True, "training": training})
    found = collect(function, RESNET50, case)
    asked = np.asarray(function(**case.arguments)(case.input(), training=training))
    assert found.outputs is not None
    np.testing.assert_allclose(found.outputs, asked, rtol=1e-5, atol=1e-6)
    assert from_json(to_json(found)).graph == found.graph


def test_after_a_hidden_test_case_layers_have_their_weights_again() -> None:
    collect(lambda input_shape, classes: 1 / 0, RESNET50, RESNET50.public_cases[1].model_copy(update={"hidden": True}))
    import keras

    layer = keras.layers.Dense(2)
    layer.build((None, 3))
    layer.kernel.assign(np.ones((3, 2)))
    assert np.asarray(layer.kernel).sum() == 6
    assert layer.kernel._value is not None


# --- how a function takes its arguments -------------------------------------------------------------------------

BY_NAME = CASE.model_copy(update={"by_keyword": True})


def test_arguments_are_given_by_name_where_the_case_says_so() -> None:
    seen: list[tuple[int, set[str]]] = []

    def identity_block_(*given: Any, **named: Any) -> Any:
        seen.append((len(given), set(named)))
        return identity_block(*given, **named)

    collect(identity_block_, IDENTITY_BLOCK, BY_NAME)
    collect(identity_block_, IDENTITY_BLOCK, CASE)
    assert seen == [(1, {"f", "filters", "stage", "block"}), (5, set())]


@pytest.mark.parametrize("graph_alone", [False, True])
def test_names_that_a_function_does_not_know_are_noted(graph_alone: bool) -> None:
    def other(X: Any, f: int, numbers: list[int], stage: int, letter: str) -> Any:
        return identity_block(X, f, numbers, stage, letter)

    found = collect(other, IDENTITY_BLOCK, BY_NAME, graph_alone=graph_alone)
    assert (found.misnamed, found.error) == (("filters", "block"), None)
    assert found.graph
    assert collect(other, IDENTITY_BLOCK, CASE, graph_alone=graph_alone).misnamed == ()
    assert_equal(from_json(to_json(found)), found)


@pytest.mark.parametrize("graph_alone", [False, True])
def test_a_list_that_comes_back_changed_is_noted(graph_alone: bool) -> None:
    def greedy(X: Any, f: int, filters: list[int], stage: int, block: str) -> Any:
        return identity_block(X, f, [filters.pop(0) for _ in range(3)], stage, block)

    assert collect(greedy, IDENTITY_BLOCK, CASE, graph_alone=graph_alone).changed == ("filters",)
    assert collect(identity_block, IDENTITY_BLOCK, CASE, graph_alone=graph_alone).changed == ()


def test_an_activation_of_ones_own_says_where_it_comes_from() -> None:
    def relu(x: Any) -> Any:
        return -x

    def block(X: Any, f: int, filters: list[int], stage: int, block: str) -> Any:
        from keras import layers

        return layers.Activation(relu)(X)

    graph = collect(block, IDENTITY_BLOCK, CASE).graph or ""
    with pytest.raises(GraphRefused, match="activation: relu"):
        parse_graph(graph)
