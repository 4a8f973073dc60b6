"""The oracle against known numbers, against Keras layer by layer, and against graphs that would cost too much."""

from __future__ import annotations

import json
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from keras import layers, ops

from autograder.graph import Graph, Node, parse_graph, shapes_of
from autograder.graph.oracle import OracleError, computable, forward
from autograder.references.references import Reference, ReferenceSet
from tests.shared.builders import Function, Tensor, convolutional_block, graph_of, identity_block
from tests.shared.exercises import CONVOLUTIONAL_BLOCK, IDENTITY_BLOCK

RELATIVE = 1e-5
PRINTED = 6e-7  # the known numbers are printed float32


def out(graph: Graph, weights: Mapping[str, tuple[Any, ...]], x: Any, training: bool = False) -> np.ndarray:
    return forward(graph, weights, x, training)[graph.output]


# --- known truths (DESIGN.md) -----------------------------------------------------------------------------------


def known_input() -> np.ndarray:
    np.random.seed(1)
    return np.random.randn(3, 4, 4, 6)


def test_keras_3s_numbers_of_the_identity_block(public: ReferenceSet) -> None:
    reference = public.of(IDENTITY_BLOCK)[0]
    found = out(reference.graph, reference.weights, known_input())[1][1][0]
    assert found == pytest.approx([0, 0, 1.3454674, 2.031818, 0, 1.3246754], abs=PRINTED)


def course_weights(graph: Graph, channels: int) -> dict[str, tuple[np.ndarray, ...]]:
    """Kernels as the course's TensorFlow 1 drew them; normalization and biases as they begin."""
    weights: dict[str, tuple[np.ndarray, ...]] = {}
    filters: dict[str, int] = {graph.nodes[0].id: channels}
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        for node in graph.nodes[1:]:
            fan_in = filters[node.inputs[0]]
            filters[node.id] = fan_in
            if node.kind == "Conv2D":
                filters[node.id] = fan_out = node.settings["filters"]
                shape = (*node.settings["kernel_size"], fan_in, fan_out)
                limit = np.sqrt(6 / ((fan_in + fan_out) * shape[0] * shape[1]))
                kernel = session.run(tf.compat.v1.random_uniform(shape, -limit, limit, seed=0))
                weights[node.weights] = (kernel, np.zeros(fan_out))
            if node.kind == "BatchNormalization":
                zeros, ones = np.zeros(fan_in), np.ones(fan_in)
                weights[node.weights] = (ones, zeros, zeros, ones)
    return weights


@pytest.mark.parametrize(
    ("block", "printed"),
    [
        (identity_block, [0.94822985, 0, 1.16101444, 2.747859, 0, 1.36677003]),
        (convolutional_block, [0.09018463, 1.23489773, 0.46822017, 0.0367176, 0, 0.65516603]),
    ],
)
def test_the_numbers_printed_in_the_course(block: Function, printed: list[float]) -> None:
    graph = graph_of(lambda X: block(X, 2, [2, 4, 6], 1, "a"))
    found = out(graph, course_weights(graph, 6), known_input())[1][1][0]
    assert found == pytest.approx(printed, abs=PRINTED)


def test_constant_kernels_give_the_exact_sum() -> None:
    """The later course's test: kernels of ones, images of -1, 1 and 3. 192 / 1.001**1.5 + 1, not 192.6542."""
    graph = graph_of(lambda X: identity_block(X, 2, [4, 4, 3], 1, "a"), (4, 4, 3))
    weights = {
        key: tuple(np.ones_like(array) if array.ndim == 4 else array for array in arrays)
        for key, arrays in course_weights(graph, 3).items()
    }
    x = np.ones((3, 4, 4, 3)) * np.array([-1, 1, 3]).reshape(3, 1, 1, 1)
    means = out(graph, weights, x)[:, (0, -1)].mean(axis=3)
    assert means[0] == pytest.approx(np.zeros((2, 4)))
    assert means[1, 0] == pytest.approx([192.71236] * 3 + [96.85618], abs=1e-5)
    assert means[1, 0, 0] == pytest.approx(192 / 1.001**1.5 + 1, rel=1e-12)
    assert means[2, 1] == pytest.approx(3 * np.array([96.85618] * 3 + [48.92809]), abs=1e-4)


@pytest.mark.parametrize("exercise", [IDENTITY_BLOCK, CONVOLUTIONAL_BLOCK], ids=lambda e: e.name)
def test_the_committed_references_follow_from_their_own_weights(exercise: Any, public: ReferenceSet) -> None:
    for reference in public.of(exercise):
        found = out(reference.graph, reference.weights, reference.case.input(), reference.case.training)
        assert_close(found, reference.outputs)


# --- every layer against Keras ----------------------------------------------------------------------------------


def assert_close(mine: np.ndarray, theirs: Any, relative: float = RELATIVE) -> None:
    theirs = np.asarray(theirs)
    assert mine.shape == theirs.shape
    assert np.max(np.abs(mine - theirs), initial=0.0) <= relative * max(np.max(np.abs(theirs), initial=0.0), 1e-6)


def against_keras(build: Function, shape: tuple[int, ...], seed: int, training: bool = False) -> None:
    """The same model, with drawn weights and on a drawn batch, in the oracle and in Keras."""
    draw = np.random.default_rng(seed)
    X = keras.Input(shape)
    model = keras.Model(X, build(X))
    weights = {}
    for layer in model.layers:
        if layer.weights:
            drawn = [draw.standard_normal(w.shape).astype("float32") for w in layer.get_weights()]
            if isinstance(layer, layers.BatchNormalization):
                drawn[-1] = np.abs(drawn[-1]) + np.float32(0.1)
            layer.set_weights(drawn)
            weights[layer.name] = tuple(drawn)
    x = draw.standard_normal((3, *shape)).astype("float32")
    graph = parse_graph(json.dumps(model.get_config()))
    assert computable(graph, training)
    shapes = shapes_of(graph)
    assert shapes.outputs[graph.output] == model.output.shape[1:]
    assert shapes.parameters == model.count_params()
    expected = model(x, training=training)  # before: it may change the moving averages
    assert_close(out(graph, weights, x, training), expected)


seeds = st.integers(0, 2**31)
pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))
images = st.tuples(st.integers(4, 9), st.integers(4, 9), st.sampled_from([2, 4]))
paddings = st.sampled_from(["valid", "same"])


def drawn(examples: int) -> Callable[[Function], Function]:
    return settings(max_examples=examples, suppress_health_check=list(HealthCheck))


@drawn(30)
@given(images, st.tuples(st.integers(1, 4), st.integers(1, 4)), pairs, pairs, paddings, st.booleans(), seeds, st.data())
def test_conv2d(
    image: tuple[int, int, int],
    kernel: tuple[int, int],
    strides: tuple[int, int],
    dilation: tuple[int, int],
    padding: str,
    bias: bool,
    seed: int,
    data: st.DataObject,
) -> None:
    if data.draw(st.booleans()):
        strides = (1, 1)  # Keras has no strides and dilation together
    else:
        dilation = (1, 1)
    assume(padding == "same" or all(n > (k - 1) * d for n, k, d in zip(image, kernel, dilation, strict=False)))
    groups = data.draw(st.sampled_from([1, 2]))
    layer = layers.Conv2D(4, kernel, strides, padding, dilation_rate=dilation, groups=groups, use_bias=bias)
    against_keras(layer, image, seed)


@drawn(30)
@given(
    st.sampled_from([layers.MaxPooling2D, layers.AveragePooling2D]),
    images,
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
    st.none() | pairs,
    paddings,
    seeds,
)
def test_pooling(
    kind: Function,
    image: tuple[int, int, int],
    window: tuple[int, int],
    strides: tuple[int, int] | None,
    padding: str,
    seed: int,
) -> None:
    against_keras(kind(window, strides, padding), image, seed)


@drawn(20)
@given(images, st.booleans(), st.booleans(), st.sampled_from([1, 2, 3, -1]), st.booleans(), seeds)
def test_batch_normalization(
    image: tuple[int, int, int], center: bool, scale: bool, axis: int, training: bool, seed: int
) -> None:
    layer = layers.BatchNormalization(axis=axis, center=center, scale=scale, epsilon=0.01)
    against_keras(layer, image, seed, training)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("baked_in", [False, True, None])
def test_what_a_model_is_called_with_wins_over_what_is_baked_in(baked_in: bool | None, training: bool) -> None:
    norm = layers.BatchNormalization()
    against_keras(lambda X: norm(X, training=baked_in), (5, 4, 3), 0, training)


@pytest.mark.parametrize("training", [False, True])
def test_a_frozen_normalization_does_not_train(training: bool) -> None:
    against_keras(layers.BatchNormalization(trainable=False), (5, 4, 3), 0, training)


UNDEFINED: dict[str, Function] = {
    "float16": layers.Conv2D(2, 1, dtype="float16"),
    "an activation without a definition": layers.Activation("sparsemax"),
    "channels first": layers.Flatten(data_format="channels_first"),
    "attention along other axes": lambda X: layers.MultiHeadAttention(2, 3, attention_axes=2)(X, X),
    "a mask that Keras does not write down": lambda X: (lambda e: layers.MultiHeadAttention(2, 3)(e, e))(
        layers.Embedding(5, 3, mask_zero=True)(layers.Flatten()(X))
    ),
}


@pytest.mark.parametrize("case", UNDEFINED)
def test_what_the_oracle_has_no_definition_of(case: str) -> None:
    assert not computable(graph_of(UNDEFINED[case]))


@drawn(10)
@given(st.tuples(*[st.integers(0, 4)] * 4), seeds)
def test_zero_padding(edges: tuple[int, int, int, int], seed: int) -> None:
    against_keras(layers.ZeroPadding2D((edges[:2], edges[2:])), (4, 5, 2), seed)


@pytest.mark.parametrize(
    "relu",
    [
        layers.ReLU(),
        ops.relu,
        layers.ReLU(max_value=0.5),
        layers.ReLU(negative_slope=0.3),
        layers.ReLU(threshold=0.4),
        layers.ReLU(max_value=1.0, negative_slope=0.2, threshold=0.1),
    ],
)
def test_relu(relu: Function) -> None:
    against_keras(relu, (5, 4, 3), 1)


@pytest.mark.parametrize("axis", [-1, 1, 2, 3])
def test_softmax(axis: int) -> None:
    against_keras(layers.Softmax(axis=axis), (3, 4, 5), 2)


def test_softmax_of_large_numbers() -> None:
    graph = graph_of(layers.Softmax(), (3,))
    assert out(graph, {}, np.array([[1000.0, 1000.0, -1000.0]]))[0] == pytest.approx([0.5, 0.5, 0])


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "softmax", "linear"])
def test_dense_with_an_activation(activation: str) -> None:
    against_keras(layers.Dense(5, activation=activation), (4, 3, 6), 3)


@pytest.mark.parametrize("bias", [False, True])
def test_flatten_and_dense(bias: bool) -> None:
    dense = layers.Dense(7, use_bias=bias)
    against_keras(lambda X: dense(layers.Flatten()(X)), (3, 4, 5), 4)


MERGES: dict[str, Function] = {
    "Add": lambda a, b, c: layers.Add()([a, b, c]),
    "a + b": lambda a, b, c: a + b,
    "a - b": lambda a, b, c: a - b,
    "a * b": lambda a, b, c: a * b,
    "a * 0.5": lambda a, b, c: a * 0.5,
    "a + 1 - b": lambda a, b, c: a + 1.0 - b,
    "Subtract": lambda a, b, c: layers.Subtract()([a, b]),
    "Multiply": lambda a, b, c: layers.Multiply()([a, b, c]),
    "Average": lambda a, b, c: layers.Average()([a, b, c]),
    "Maximum": lambda a, b, c: layers.Maximum()([a, b, c]),
    "Minimum": lambda a, b, c: layers.Minimum()([a, b, c]),
    "Concatenate": lambda a, b, c: layers.Concatenate()([b, a]),
    "Concatenate, axis 1": lambda a, b, c: layers.Concatenate(axis=1)([a, b]),
    "broadcast": lambda a, b, c: a + layers.AveragePooling2D((4, 5))(b),
}


@pytest.mark.parametrize("merge", MERGES)
def test_merges(merge: str) -> None:
    def build(X: Tensor) -> Tensor:
        branches = [layers.Conv2D(3, 1)(X) for _ in range(3)]
        return MERGES[merge](*branches)

    against_keras(build, (4, 5, 2), 5)


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("pooling", [layers.GlobalAveragePooling2D, layers.GlobalMaxPooling2D])
def test_one_number_for_each_channel(pooling: Function, keepdims: bool) -> None:
    against_keras(lambda X: pooling(keepdims=keepdims)(X), (3, 4, 5), 7)


def test_rescaling() -> None:
    against_keras(lambda X: layers.Rescaling(1 / 127.5, offset=-1)(X), (3, 4, 5), 8)


def test_dropout_does_nothing_outside_of_training() -> None:
    against_keras(lambda X: layers.Dropout(0.5)(X), (3, 4, 5), 9)
    X = keras.Input((3, 4, 5))
    graph = parse_graph(json.dumps(keras.Model(X, layers.Dropout(0.5)(X)).get_config()))
    assert not computable(graph, training=True)
    with pytest.raises(OracleError, match="Dropout"):
        forward(graph, {}, np.zeros((1, 3, 4, 5), np.float32), training=True)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("block", [identity_block, convolutional_block])
def test_whole_blocks(block: Function, training: bool) -> None:
    against_keras(lambda X: block(X, 3, [4, 3, 6], 2, "b"), (7, 5, 6), 6, training)


def test_every_intermediate_is_kept(identity_references: tuple[Reference, ...]) -> None:
    reference = identity_references[0]
    values = forward(reference.graph, reference.weights, reference.case.input())
    assert set(values) == set(reference.graph.by_id)
    assert all(value.dtype == np.float64 for value in values.values())


# --- what costs too much, or doesn't fit ------------------------------------------------------------------------


def one(kind: str, **settings: Any) -> Graph:
    """A graph of one layer, as no student would write it."""
    return Graph((Node("in", "InputLayer", "", {}, ()), Node("x", kind, "", settings, ("in",), "x")), "x")


def many(kind: str, times: int, **settings: Any) -> Graph:
    nodes = [Node("0", "InputLayer", "", {}, ())]
    nodes += [Node(str(i + 1), kind, "", settings, (str(i),), "x") for i in range(times)]
    return Graph(tuple(nodes), str(times))


CONV = {
    "filters": 1,
    "kernel_size": (1, 1),
    "strides": (1, 1),
    "padding": "valid",
    "dilation_rate": (1, 1),
    "groups": 1,
    "data_format": "channels_last",
    "use_bias": False,
}
POOL = {"pool_size": (2, 2), "strides": (1, 1), "padding": "valid"}


@contextmanager
def cheap(megabytes: int = 100, seconds: float = 2.0) -> Iterator[None]:
    tracemalloc.start()
    begun = time.process_time()
    try:
        yield
        assert time.process_time() - begun < seconds
        assert tracemalloc.get_traced_memory()[1] < megabytes * 2**20
    finally:
        tracemalloc.stop()


def zeros(*shape: int) -> np.ndarray:
    return np.zeros(shape, np.float32)


TOO_MUCH: dict[str, tuple[Graph, tuple[np.ndarray, ...], np.ndarray]] = {
    "padding": (one("ZeroPadding2D", padding=((10**5, 10**5), (10**5, 10**5))), (), zeros(1, 4, 4, 1)),
    "padding again and again": (many("ZeroPadding2D", 400, padding=((64, 64), (64, 64))), (), zeros(3, 1, 1, 3)),
    "filters": (one("Conv2D", **{**CONV, "filters": 10**8}), (zeros(1, 1, 1, 1),), zeros(1, 4, 4, 1)),
    "a window far apart": (
        one("Conv2D", **{**CONV, "kernel_size": (64, 64), "dilation_rate": (64, 64), "padding": "same"}),
        (zeros(64, 64, 4, 1),),
        zeros(3, 4, 4, 4),
    ),
    "products": (
        one("Conv2D", **{**CONV, "kernel_size": (64, 64), "filters": 256}),
        (np.broadcast_to(np.float32(0), (64, 64, 1, 256)),),
        zeros(1, 300, 300, 1),
    ),
    "a pool's products": (one("MaxPooling2D", **{**POOL, "pool_size": (1000, 1000)}), (), zeros(1, 1300, 1300, 1)),
    "a wide matrix": (one("Dense", use_bias=False), (zeros(4, 10**6),), zeros(1, 10, 10, 4)),
    "broadcasting": (
        Graph(
            (
                Node("in", "InputLayer", "", {}, ()),
                Node("row", "Flatten", "", {}, ("in",)),
                Node("sum", "Add", "", {}, ("in", "row")),
            ),
            "sum",
        ),
        (),
        zeros(9000, 9000, 1, 1)[:, :1],
    ),
}


@pytest.mark.parametrize("case", TOO_MUCH)
def test_too_much_is_not_begun(case: str) -> None:
    graph, weights, x = TOO_MUCH[case]
    with cheap(megabytes=200), pytest.raises(OracleError):
        forward(graph, {"x": weights}, x)


@pytest.mark.parametrize("kind", ["MaxPooling2D", "AveragePooling2D"])
def test_a_wide_pool_costs_little_memory(kind: str) -> None:
    with cheap(megabytes=20):
        forward(one(kind, pool_size=(48, 48), strides=(1, 1), padding="valid"), {}, zeros(3, 75, 75, 6))


DOES_NOT_FIT: dict[str, tuple[Graph, tuple[Any, ...], tuple[int, ...]]] = {
    "no kernel": (one("Conv2D", **CONV), (), (1, 4, 4, 1)),
    "a kernel of other channels": (one("Conv2D", **CONV), (zeros(1, 1, 2, 1),), (1, 4, 4, 1)),
    "a kernel of another window": (one("Conv2D", **CONV), (zeros(2, 2, 1, 1),), (1, 4, 4, 1)),
    "a kernel of two axes": (one("Conv2D", **CONV), (zeros(1, 1),), (1, 4, 4, 1)),
    "a kernel that is one number": (one("Conv2D", **CONV), (zeros(),), (1, 4, 4, 1)),
    "no bias": (one("Conv2D", **{**CONV, "use_bias": True}), (zeros(1, 1, 1, 1),), (1, 4, 4, 1)),
    "a bias too long": (one("Conv2D", **{**CONV, "use_bias": True}), (zeros(1, 1, 1, 1), zeros(3, 2)), (1, 4, 4, 1)),
    "groups that don't divide": (one("Conv2D", **{**CONV, "groups": 2}), (zeros(1, 1, 1, 1),), (1, 4, 4, 3)),
    "channels first": (one("Conv2D", **{**CONV, "data_format": "channels_first"}), (zeros(1, 1, 1, 1),), (1, 4, 4, 1)),
    "an image of two axes": (one("Conv2D", **CONV), (zeros(1, 1, 1, 1),), (4, 4)),
    "a window larger than the image": (one("MaxPooling2D", **{**POOL, "pool_size": (9, 9)}), (), (1, 4, 4, 1)),
    "no averages": (
        one("BatchNormalization", axis=3, scale=True, center=True, epsilon=0.1),
        (zeros(1),),
        (1, 4, 4, 1),
    ),
    "averages of other channels": (
        one("BatchNormalization", axis=3, scale=False, center=False, epsilon=0.1),
        (zeros(5), zeros(5)),
        (1, 4, 4, 3),
    ),
    "a matrix of other features": (one("Dense", use_bias=False), (zeros(3, 2),), (1, 4)),
    "an unknown layer": (one("Resizing"), (), (1, 4)),
    "softmax along no axis": (one("Softmax", axis=10**30), (), (1, 4)),
    "renorm": (
        one("BatchNormalization", axis=3, scale=False, center=False, epsilon=0.1, renorm=True),
        (zeros(3), zeros(3)),
        (1, 4, 4, 3),
    ),
}


@pytest.mark.parametrize("case", DOES_NOT_FIT)
def test_what_does_not_fit_is_an_oracle_error(case: str) -> None:
    graph, weights, shape = DOES_NOT_FIT[case]
    with pytest.raises(OracleError):
        forward(graph, {"x": weights}, zeros(*shape))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_weights_that_are_no_numbers_pass_through(value: float, identity_references: tuple[Reference, ...]) -> None:
    for reference in identity_references:
        weights = {key: tuple(np.full_like(a, value) for a in arrays) for key, arrays in reference.weights.items()}
        found = out(reference.graph, weights, reference.case.input(), reference.case.training)
        assert found.shape == reference.outputs.shape
        assert not np.isfinite(found).all()


@pytest.mark.parametrize("kind", ["MaxPooling2D", "AveragePooling2D"])
def test_a_pool_hides_no_nan(kind: str) -> None:
    x = zeros(1, 2, 2, 1)
    x[0, 0, 0, 0] = np.nan
    assert np.isnan(out(one(kind, **POOL), {}, x)).all()
