"""Every entry of the table against Keras: settings as Keras writes them down, shapes, weights, and the numbers.

Settings and sizes are generated from a seed, several for each entry, and the same on every run.
"""

from __future__ import annotations

import inspect
import json
import time
import tracemalloc
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from keras import activations, layers, ops
from keras.src.ops.numpy import Abs

from autograder.evidence.graphs.collect_graph import weights_of
from autograder.graph import Graph, GraphRefused, Node, ShapeError, parse_graph, shapes_of
from autograder.graph.layers import ACTIVATIONS, CLASSES, FOREIGN, KINDS, OPERATIONS
from autograder.graph.layers.activations import OPERATIONS as ACTIVATION_OPERATIONS
from autograder.graph.oracle import MAX_SCRATCH, OracleError, computable, forward
from autograder.graph.shapes import plan_of
from tests.shared.builders import mutated
from tools import layer_table

Tensor = Any
Build = Callable[..., Any]
Sizes = tuple[int, ...]
RELATIVE = 2e-5
TIMES = 3
"""Settings that are tried for each entry."""


def made(build: Build, *shapes: Sizes, dtype: str = "float32") -> keras.Model:
    inputs = [keras.Input(shape, dtype=dtype) for shape in shapes]
    return keras.Model(inputs if len(inputs) > 1 else inputs[0], build(*inputs))


def graph_of(model: keras.Model) -> Graph:
    return parse_graph(json.dumps(model.get_config()))


def against_keras(
    build: Build, *shapes: Sizes, seed: int = 0, whole: int = 0, positive: bool = False, training: bool = False
) -> Graph:
    """The same model in the oracle and in Keras, with drawn weights and on a drawn batch; `whole`: numbers below it."""
    draw = np.random.default_rng(seed)
    model = made(build, *shapes, dtype="int32" if whole else "float32")
    for layer in model.layers:
        drawn = [draw.standard_normal(w.shape).astype("float32") for w in layer.get_weights()]
        if isinstance(layer, layers.BatchNormalization):
            drawn[-1] = np.abs(drawn[-1]) + np.float32(0.1)
        layer.set_weights(drawn)
    batch = [
        draw.integers(0, whole, (3, *shape)) if whole else draw.standard_normal((3, *shape)).astype("float32")
        for shape in shapes
    ]
    batch = [np.abs(x) + np.float32(0.1) for x in batch] if positive else batch
    graph = graph_of(model)
    assert computable(graph, training), [node.kind for node in graph.nodes]
    weights = weights_of(model)
    found = forward(graph, weights, batch, training)[graph.output]
    expected = model(batch if len(batch) > 1 else batch[0], training=training)
    flat = expected if isinstance(expected, list | tuple) else [expected]
    if len(flat) > 1:
        wanted = np.concatenate([np.asarray(x).reshape(3, -1) for x in flat], axis=1)
    else:
        wanted = np.asarray(flat[0])
    assert found.shape == wanted.shape
    assert np.max(np.abs(found - wanted), initial=0) <= RELATIVE * max(np.max(np.abs(wanted), initial=0), 1e-6)
    if any(node.kind in ("ReshapeAll", "BroadcastTo") for node in graph.nodes):  # these say how large a batch is
        return graph
    shaped = shapes_of(graph)
    if not whole and len(flat) == 1:
        assert shaped.outputs[graph.output] == wanted.shape[1:]
    assert shaped.parameters == model.count_params()
    for key, arrays in weights.items():
        assert [shape for _, shape in shaped.weights[key]] == [array.shape for array in arrays]
    return graph


# --- layers: how to make each, drawn ------------------------------------------------------------------------------

Made = tuple[Build, tuple[Sizes, ...], dict[str, Any]]


def on(layer: Any, *shapes: Sizes, **how: Any) -> Made:
    return layer, shapes, how


def image(rank: int, random: Random, channels: int, least: int = 5) -> Sizes:
    return (*(random.randint(least, least + 3) for _ in range(rank)), channels)


def convolution(name: str, random: Random) -> Made:
    rank = next(int(c) for c in name if c.isdigit())
    window = tuple(random.randint(1, 3) for _ in range(rank))
    settings: dict[str, Any] = {"padding": random.choice(("valid", "same")), "use_bias": random.random() < 0.7}
    if random.random() < 0.5:
        settings["strides"] = (
            random.randint(1, 2)
            if "Depth" in name or "Sep" in name
            else tuple(random.randint(1, 3) for _ in range(rank))
        )
    elif "Transpose" not in name:
        settings["dilation_rate"] = 2
    if name == "Conv1D" and random.random() < 0.4:
        settings["padding"] = "causal"
    if "Transpose" in name and random.random() < 0.3:
        settings["strides"], settings["output_padding"] = 3, 1
    first: tuple[Any, ...] = () if name.startswith("Depthwise") else (4,)
    if name.startswith(("Depthwise", "Separable")):
        settings["depth_multiplier"] = random.randint(1, 2)
    if name in ("Conv1D", "Conv2D", "Conv3D") and not settings.get("dilation_rate"):
        settings["groups"] = random.choice((1, 2)) if rank < 3 else 1
    settings["activation"] = random.choice((None, "relu", "gelu"))
    return on(getattr(layers, name)(*first, window, **settings), image(rank, random, 4))


def pooling(name: str, random: Random) -> Made:
    rank = int(name[-2])
    shape = image(rank, random, 3)
    if name.startswith("Global"):
        return on(getattr(layers, name)(keepdims=random.random() < 0.5), shape)
    window = tuple(random.randint(1, 3) for _ in range(rank))
    strides = random.choice((None, tuple(random.randint(1, 2) for _ in range(rank))))
    padding = random.choice(("valid", "same"))
    if rank == 3 and padding == "same":  # TensorFlow wants equal ones there
        window = (2, 2, 2)
    return on(getattr(layers, name)(window, strides, padding), shape)


def shaping(name: str, random: Random) -> Made:
    digits = [int(c) for c in name if c.isdigit()]
    rank = digits[0] if digits else 2
    shape = image(rank, random, 3)
    around = tuple((random.randint(0, 2), random.randint(0, 2)) for _ in range(rank))
    if name.startswith("UpSampling"):
        more = {"interpolation": random.choice(("nearest", "bilinear"))} if rank == 2 else {}
        size = tuple(random.randint(1, 3) for _ in range(rank))
        return on(getattr(layers, name)(size if rank > 1 else size[0], **more), shape)
    if name.startswith(("ZeroPadding", "Cropping")):
        return on(getattr(layers, name)(around if rank > 1 else around[0]), shape)
    if name == "Reshape":
        return on(layers.Reshape(random.choice(((4, 6), (-1, 2), (2, 3, 4), (8, -1)))), (4, 3, 2))
    if name == "Permute":
        return on(layers.Permute(random.choice(((2, 1, 3), (3, 1, 2), (1, 3, 2)))), (4, 3, 2))
    if name == "RepeatVector":
        return on(layers.RepeatVector(random.randint(1, 4)), (5,))
    if name == "Rescaling":
        return on(layers.Rescaling(random.random(), random.random()), shape)
    return on(layers.Flatten(), shape)


def normalization(name: str, random: Random) -> Made:
    epsilon = random.choice((1e-3, 0.1))
    affine = {"center": random.random() < 0.7, "scale": random.random() < 0.7}
    if name == "BatchNormalization":
        return on(
            layers.BatchNormalization(axis=random.choice((1, -1)), epsilon=epsilon, **affine),
            random.choice(((4, 5), (3, 4, 5), (6,))),
            training=random.random() < 0.5,
        )
    if name == "LayerNormalization":
        return on(layers.LayerNormalization(axis=random.choice((-1, 1, (1, 2))), epsilon=epsilon, **affine), (4, 5))
    if name == "GroupNormalization":
        return on(layers.GroupNormalization(random.choice((1, 2, 4, -1)), epsilon=epsilon, **affine), (3, 4))
    if name == "UnitNormalization":
        return on(layers.UnitNormalization(axis=random.choice((-1, 1))), (3, 4))
    return on(layers.RMSNormalization(axis=random.choice((-1, (1, 2))), epsilon=epsilon), (3, 4))


def merging(name: str, random: Random) -> Made:
    if name == "Dot":
        axes = random.choice((-1, 1, (2, 1), (1, 2)))
        first, second = {-1: ((4, 3), (5, 3)), 1: ((3, 4), (3, 5)), (2, 1): ((4, 3), (3, 5)), (1, 2): ((3, 4), (5, 3))}[
            axes
        ]
        layer = layers.Dot(axes, normalize=random.random() < 0.4)
        return on(lambda a, b: layer([a, b]), first, second)
    if name == "Concatenate":
        axis = random.choice((-1, 1, 2))
        shapes = {-1: ((3, 4, 2), (3, 4, 5)), 1: ((3, 4, 2), (1, 4, 2)), 2: ((3, 4, 2), (3, 6, 2))}[axis]
        return on(lambda *given: layers.Concatenate(axis)(list(given)), *shapes)
    number = 2 if name == "Subtract" else random.randint(2, 3)
    shapes = random.choice((((4, 5),) * number, ((4, 5), (1, 5), (4, 1))[:number], ((5,), (4, 5), (4, 5))[:number]))
    return on(lambda *given: getattr(layers, name)()(list(given)), *shapes)


def attention(name: str, random: Random) -> Made:
    causal = random.random() < 0.5
    if name == "Attention":
        layer = layers.Attention(use_scale=random.random() < 0.5)
        return on(lambda q, v: layer([q, v], use_causal_mask=causal), (4, 3), (5, 3))
    if name == "MultiHeadAttention":
        layer = layers.MultiHeadAttention(
            2, 3, value_dim=random.choice((None, 5)), use_bias=random.random() < 0.7,
            output_shape=random.choice((None, 7)), use_gate=random.random() < 0.3,
            sliding_window=random.choice((None, 2)),
        )  # fmt: skip
    else:
        layer = layers.GroupQueryAttention(3, 4, 2, use_bias=random.random() < 0.7, use_gate=random.random() < 0.3)
    if random.random() < 0.4:
        return on(
            lambda q, v, k: layer(q, v, key=k, use_causal_mask=causal),
            (4, 3),
            *(((5, 6), (5, 2)) if name == "MultiHeadAttention" else ((5, 3), (5, 3))),
        )
    if random.random() < 0.4:
        return on(lambda x: layer(x, x, x, return_attention_scores=True), (4, 3))
    return on(lambda q, v: layer(query=q, value=v), (4, 3), (5, 3))


def recurrent(name: str, random: Random) -> Made:
    settings: dict[str, Any] = {"return_sequences": random.random() < 0.5, "use_bias": random.random() < 0.7}
    inner = random.choice(("LSTM", "GRU", "SimpleRNN")) if name == "Bidirectional" else name
    if inner == "GRU":
        settings["reset_after"] = random.random() < 0.5
    if inner != "SimpleRNN":
        settings["recurrent_activation"] = random.choice(("sigmoid", "hard_sigmoid"))
    settings["activation"] = random.choice(("tanh", "relu", None))
    if name == "Bidirectional":
        mode = random.choice(("concat", "sum", "mul", "ave"))
        return on(layers.Bidirectional(getattr(layers, inner)(3, **settings), merge_mode=mode), (5, 4))
    settings |= {"go_backwards": random.random() < 0.5, "return_state": random.random() < 0.4}
    return on(getattr(layers, name)(3, **settings), (5, 4))


def other(name: str, random: Random) -> Made:
    if name == "Dense":
        return on(
            layers.Dense(4, use_bias=random.random() < 0.5, activation=random.choice((None, "silu"))),
            random.choice(((3,), (2, 3))),
        )
    if name == "EinsumDense":
        equation, shape, bias = random.choice(
            (("abc,cd->abd", (None, 4), "d"), ("abc,cde->abde", (None, 2, 4), "e"), ("abc,cd->abd", (None, 4), None),
             ("...x,xy->...y", 4, "y"), ("abc,bd->adc", (4, None), "dc"), ("ab...,bc->ac...", 4, "c"))
        )  # fmt: skip
        return on(layers.EinsumDense(equation, output_shape=shape, bias_axes=bias), (5, 3))
    if name == "Embedding":
        return on(layers.Embedding(7, 4, mask_zero=random.random() < 0.5), (5,), whole=7)
    if name == "PReLU":
        return on(layers.PReLU(shared_axes=random.choice((None, [1], [1, 2]))), (4, 5, 3))
    if name == "Activation":
        return on(layers.Activation(random.choice(sorted(set(ACTIVATIONS) - {"threshold", "sparsemax"}))), (4, 6))
    arguments = {
        "ReLU": {"max_value": random.choice((None, 1.0)), "negative_slope": 0.2, "threshold": random.random()},
        "LeakyReLU": {"negative_slope": random.random()},
        "ELU": {"alpha": random.random() + 0.5},
        "Softmax": {"axis": random.choice((-1, 1, (1, 2)))},
        "GaussianNoise": {"stddev": 0.3},
    }.get(name, {"rate": 0.4} if "Drop" in name else {})  # fmt: skip
    rank = int(name[-2]) if name[-1] == "D" else 2
    return on(getattr(layers, name)(**arguments), image(rank, random, 3))


def drawn(name: str, random: Random) -> Made:
    if "Conv" in name:
        return convolution(name, random)
    if "Pooling" in name:
        return pooling(name, random)
    if name.startswith(("UpSampling", "ZeroPadding", "Cropping")) or name in (
        "Reshape",
        "Permute",
        "RepeatVector",
        "Flatten",
        "Rescaling",
    ):
        return shaping(name, random)
    if name.endswith("Normalization"):
        return normalization(name, random)
    if name in ("Add", "Subtract", "Multiply", "Maximum", "Minimum", "Average", "Concatenate", "Dot"):
        return merging(name, random)
    if name.endswith("Attention"):
        return attention(name, random)
    if name in ("LSTM", "GRU", "SimpleRNN", "Bidirectional"):
        return recurrent(name, random)
    return other(name, random)


@pytest.mark.parametrize("name", CLASSES)
def test_a_layer_computes_what_keras_does(name: str) -> None:
    if not hasattr(layers, name):
        pytest.skip(f"this Keras has no {name}")
    for number in range(TIMES if name != "Activation" else 12):
        random = Random(f"{name}/{number}")
        build, shapes, how = drawn(name, random)
        graph = against_keras(build, *shapes, seed=number, **how)
        expected = {"Activation", "Reshape"} if name in ("Activation", "Reshape") else set()
        kinds = {node.kind for node in graph.nodes}
        assert name in kinds or expected or (name.startswith("ZeroPadding") and len(graph.nodes) == 1)


def test_every_layer_of_keras_is_in_the_table_or_known_to_be_left_out() -> None:
    left_out = {
        "Layer", "InputLayer", "Input", "InputSpec", "Identity", "Lambda", "Wrapper", "RNN", "StackedRNNCells",
        "LSTMCell", "GRUCell", "SimpleRNNCell", "TimeDistributed", "Pipeline", "GroupedQueryAttention",
    }  # fmt: skip
    beginning = ("Random", "Conv", "Dense", "Max", "Min", "Average", "Global", "Up", "Zero", "Crop", "Re", "Layer")
    wanted = [n for n, c in vars(layers).items() if inspect.isclass(c) and c.__name__ == n and n.startswith(beginning)]
    other = [n for n in wanted if n not in CLASSES and n not in left_out and not n.startswith(("Random", "ConvLSTM"))]
    assert set(other) <= {"Resizing", "ReversibleEmbedding", "MaxNumBoundingBoxes"}


# --- activations by name and as functions -------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(set(ACTIVATIONS) - {"threshold", "sparsemax"}))
def test_an_activation_by_its_name_is_keras_s(name: str) -> None:
    if not hasattr(activations, name):
        pytest.skip(f"this Keras has no {name}")
    graph = against_keras(layers.Activation(name), (5, 6), seed=3)
    assert graph.linear[-1].kind == ACTIVATIONS[name]


@pytest.mark.parametrize("name", ["leaky_relu", "elu", "gelu", "silu", "softplus", "softmax", "log_softmax", "tanh"])
def test_an_activation_is_the_same_however_it_is_called(name: str) -> None:
    named = against_keras(layers.Activation(name), (5, 6)).linear[-1]
    for function in (getattr(activations, name), layers.Activation(getattr(activations, name))):
        called = against_keras(function, (5, 6)).linear[-1]
        assert (called.kind, called.settings) == (named.kind, named.settings)


def number(x: Tensor) -> Tensor:
    return ops.cast(x, "float32")


# --- operations ------------------------------------------------------------------------------------------------------

X, Y = (3, 4), (4, 5)
OPS: dict[str, Made] = {
    "a @ b": on(lambda a, b: a @ b, X, Y),
    "matmul of heads": on(ops.matmul, (2, 3, 4), (2, 4, 5)),
    "einsum": on(lambda a, b: ops.einsum("bij,bjk->bki", a, b), X, Y),
    "einsum of one": on(lambda a: ops.einsum("bij->bji", a), X),
    "2 - a": on(lambda a: 2.0 - a, X),
    "a - 2": on(lambda a: a - 2.0, X),
    "a / b": on(lambda a, b: a / b, X, X, positive=True),
    "1 / a": on(lambda a: 1.0 / a, X, positive=True),
    "a ** 2": on(lambda a: a**2, X),
    "2 ** a": on(lambda a: ops.power(2.0, a), X),
    "-a": on(lambda a: -a, X),
    "constant": on(lambda a: a + np.arange(12, dtype="float32").reshape(1, 3, 4), X),
    "constant first": on(lambda a: ops.subtract(np.ones((3, 4), "float32"), a), X),
    "a[:, 0]": on(lambda a: a[:, 0], X),
    "a[:, -1]": on(lambda a: a[:, -1], X),
    "a[:, 1:3, ::2]": on(lambda a: a[:, 1:3, ::2], X),
    "a[..., None]": on(lambda a: a[..., None], X),
    "mean": on(lambda a: ops.mean(a, axis=1), X),
    "mean kept": on(lambda a: ops.mean(a, axis=(1, 2), keepdims=True), X),
    "sum, max, min, prod": on(lambda a: ops.sum(a, -1) + ops.max(a, 2) * ops.min(a, -1) - ops.prod(a, 2), X),
    "var, std": on(lambda a: ops.var(a, 1) + ops.std(a, axis=1), X),
    "moments": on(lambda a: [*ops.moments(a, axes=[1])], X),
    "sqrt, log, rsqrt": on(lambda a: ops.sqrt(a) + ops.log(a) * ops.rsqrt(a), X, positive=True),
    "abs, sign, square, exp": on(lambda a: ops.abs(a) * ops.sign(a) + ops.square(a) * ops.exp(a), X),
    "sin, cos, erf": on(lambda a: ops.sin(a) + ops.cos(a) * ops.erf(a), X),
    "reshape": on(lambda a: ops.reshape(a, (-1, 2, 6)), X),
    "reshape of the batch": on(lambda a: ops.reshape(a, (-1, 4)), X),
    "transpose": on(lambda a: ops.transpose(a, (0, 2, 1)), X),
    "swapaxes": on(lambda a: ops.swapaxes(a, 1, 2), X),
    "expand, squeeze": on(lambda a: ops.squeeze(ops.expand_dims(a, 1) * 2.0, 1), X),
    "concatenate": on(lambda a, b: ops.concatenate([a, b], axis=1), X, (2, 4)),
    "stack": on(lambda a, b: ops.stack([a, b], axis=1), X, X),
    "split": on(lambda a: ops.split(a, 2, axis=-1)[1], X),
    "split, all": on(lambda a: ops.split(a, 2, axis=-1)[::-1], X),
    "repeat, tile": on(lambda a: ops.repeat(a, 2, axis=1) + ops.tile(a, (1, 2, 1)), X),
    "pad": on(lambda a: ops.pad(a, [[0, 0], [1, 2], [0, 0]]), X),
    "pad with": on(lambda a: ops.pad(a, [[0, 0], [1, 2], [0, 0]], constant_values=3.0), X),
    "clip": on(lambda a: ops.clip(a, -0.5, 0.5), X),
    "where": on(lambda a: ops.where(a > 0, a, 0.1), X),
    "where of two": on(lambda a, b: ops.where(a > b, a, b), X, X),
    "cast": on(lambda a: a * ops.cast(a > 0, "float32"), X),
    "one hot": on(lambda a: ops.one_hot(a, 5), (4,), whole=5),
    "flip, roll": on(lambda a: ops.flip(a, axis=1) + ops.roll(a, 1, axis=1), X),
    "logsumexp, norm": on(lambda a: ops.logsumexp(a, axis=-1) + ops.norm(a, axis=-1), X),
    "cumsum, normalize": on(lambda a: ops.cumsum(a, axis=1) + ops.normalize(a), X),
    "maximum with a number": on(lambda a: ops.maximum(a, 0.2), X),
    "gelu, approximate": on(lambda a: ops.gelu(a, approximate=True), X),
    "leaky relu": on(lambda a: ops.leaky_relu(a, 0.4), X),
    "divide, minimum": on(lambda a, b: ops.divide(a, b) + ops.minimum(a, b), X, X, positive=True),
    "amax, amin": on(lambda a: ops.amax(a, axis=1) + ops.amin(a, axis=1), X),
    "any, all": on(lambda a: number(ops.any(a > 1.0, axis=1)) + 2.0 * number(ops.all(a > -1.0, axis=1)), X),
    "log1p, expm1": on(lambda a: ops.log1p(a) + ops.expm1(a) * ops.reciprocal(a), X, positive=True),
    "floor, ceil": on(lambda a: ops.floor(a) + 3.0 * ops.ceil(a), X),
    "zeros, ones": on(lambda a: ops.stop_gradient(a) * ops.ones_like(a) + ops.zeros_like(a), X),
    "floor divide, mod": on(lambda a: ops.floor_divide(a, 0.3) + ops.mod(a, 0.7), X),
    "a // b, a % b": on(lambda a, b: a // b + a % b, X, X, positive=True),
    "less, greater or equal": on(lambda a, b: number(ops.less(a, b)) + 2.0 * number(ops.greater_equal(a, b)), X, X),
    "less or equal": on(lambda a: number(a <= 0.3) + 2.0 * number(a >= 0.3), X),
    "equal": on(lambda a: number(ops.equal(a, 2)) + 2.0 * number(ops.not_equal(a, 3)), (6,), whole=5),
    "and, or, not": on(
        lambda a, b: number(ops.logical_and(a > 0.0, b > 0.0))
        + 2.0 * number(ops.logical_or(a > 0.0, ops.logical_not(b > 0.0))),
        X,
        X,
    ),
    "broadcast": on(lambda a: ops.broadcast_to(ops.expand_dims(a, 1), (3, 2, 3, 4)), X),
    "threshold": on(lambda a: ops.threshold(a, 0.1, -1.0), X),
    "absolute": on(lambda a: Abs()(a), X),
}  # fmt: skip


@pytest.mark.parametrize("operation", OPS)
def test_an_operation_computes_what_keras_does(operation: str) -> None:
    build, shapes, how = OPS[operation]
    against_keras(build, *shapes, **how)


def test_each_operation_is_tried() -> None:
    seen = set(ACTIVATION_OPERATIONS)
    for build, shapes, how in OPS.values():
        model = made(build, *shapes, dtype="int32" if how.get("whole") else "float32")
        seen |= {entry["class_name"] for entry in model.get_config()["layers"]}
        seen |= {node.kind for node in graph_of(model).nodes}
    assert not set(OPERATIONS) - seen


# --- whole models ---------------------------------------------------------------------------------------------------


def encoder(x: Tensor) -> Tensor:
    attended = layers.MultiHeadAttention(2, 4)(x, x)
    x = layers.LayerNormalization(epsilon=1e-6)(layers.Add()([x, layers.Dropout(0.1)(attended)]))
    inner = layers.Dense(4)(layers.Dense(16, activation="relu")(x))
    return layers.LayerNormalization(epsilon=1e-6)(x + inner)


def masked(x: Tensor) -> Tensor:
    words = layers.Embedding(9, 4, mask_zero=True)(x)
    words = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(words)
    return layers.GlobalAveragePooling1D()(layers.GRU(3, return_sequences=True)(layers.Dropout(0.2)(words)))


def seq2seq(x: Tensor, y: Tensor) -> Tensor:
    _, h, c = layers.LSTM(3, return_state=True)(x)
    return layers.LSTM(3, return_sequences=True)(y, initial_state=[h, c])


def shared(x: Tensor, y: Tensor) -> list[Tensor]:
    dense = layers.Dense(3)
    return [dense(x), layers.Subtract()([dense(y), dense(x)])]


def nested(x: Tensor) -> Tensor:
    a, b = made(lambda z: [z + 1.0, layers.Dense(4)(z)], (3, 4))(x)
    return layers.Concatenate()([b, a])


WHOLE: dict[str, Made] = {
    "a Transformer's encoder": on(encoder, (5, 4)),
    "masks": on(masked, (6,), whole=3),
    "from one sequence to another": on(seq2seq, (5, 4), (6, 4)),
    "a shared layer, two inputs, two outputs": on(shared, (4,), (4,)),
    "a model of two outputs within": on(nested, (3, 4)),
    "each step": on(lambda x: layers.TimeDistributed(layers.Conv2D(2, 2, activation="relu"))(x), (3, 4, 5, 2)),
    "an attention mask": on(lambda x: layers.MultiHeadAttention(2, 3)(x, x, attention_mask=np.tri(4)[None]), (4, 3)),
    "U-Net": on(
        lambda x, skip: layers.Conv2D(3, 3, padding="same")(
            layers.Concatenate()([layers.Conv2DTranspose(3, 2, strides=2)(x), skip])
        ),
        (3, 4, 2),
        (6, 8, 3),
    ),
}  # fmt: skip


@pytest.mark.parametrize("model", WHOLE)
def test_a_whole_model(model: str) -> None:
    build, shapes, how = WHOLE[model]
    against_keras(build, *shapes, **how)


def test_what_is_no_layer_has_a_name_too() -> None:
    for model, kind in (
        ("a shared layer, two inputs, two outputs", "Outputs"),
        ("from one sequence to another", "Part"),
    ):
        build, shapes, _ = WHOLE[model]
        assert kind in {node.kind for node in graph_of(made(build, *shapes)).nodes}


def test_a_constant_has_at_most_65536_numbers() -> None:
    def adding(rows: int) -> Graph:
        return graph_of(made(lambda x: x + np.zeros((rows, 256), "float32"), (256,)))

    assert "Constant" in {node.kind for node in adding(256).nodes}
    with pytest.raises(GraphRefused, match="constant"):
        adding(257)


@pytest.mark.parametrize("layer", [layers.Resizing(3, 3), layers.CenterCrop(2, 2), layers.Masking(0.5)])
def test_a_layer_that_is_known_by_its_name_alone(layer: Any) -> None:
    graph = graph_of(made(layer, (4, 4, 2)))
    (node,) = (node for node in graph.nodes if node.kind in FOREIGN)
    assert (node.kind, node.settings) == (type(layer).__name__, {})
    assert not computable(graph)


def test_each_step_takes_no_layer_that_goes_both_ways() -> None:
    with pytest.raises(GraphRefused, match="Bidirectional"):
        graph_of(made(layers.TimeDistributed(layers.Bidirectional(layers.LSTM(2))), (3, 4, 5)))


def configurations() -> Iterator[str]:
    for name in CLASSES:
        if hasattr(layers, name):
            build, shapes, how = drawn(name, Random(name))
            yield json.dumps(made(build, *shapes, dtype="int32" if how.get("whole") else "float32").get_config())


def test_kinds_and_operations_have_the_entry_of_their_name() -> None:
    assert all(name == entry.name for name, entry in KINDS.items())
    assert len(list(configurations())) > 70


# --- hostile input --------------------------------------------------------------------------------------------------


def one(kind: str, chosen: dict[str, Any], shape: Sizes) -> Graph:
    """A graph of one layer, as no student would write it."""
    first = Node("in", "InputLayer", "", {"batch_shape": shape}, ())
    return Graph((first, Node("x", kind, "", chosen, ("in",), "x")), "x")


FEATURES = {"use_bias": False, "activation": "tanh", "recurrent_activation": "sigmoid", "return_sequences": True,
            "return_state": False, "go_backwards": False, "dropout": 0.0}  # fmt: skip
HEADS = {"key_dim": 1, "use_bias": False, "num_heads": 4096}
TOO_MUCH: dict[str, tuple[str, dict[str, Any], Sizes]] = {
    "UpSampling2D": ("UpSampling2D", {"size": (64, 64), "interpolation": "bilinear"}, (1, 64, 64, 64)),
    "RepeatVector": ("RepeatVector", {"n": 2**24}, (1, 2)),
    "OneHot": ("OneHot", {"num_classes": 2**24, "axis": -1}, (2, 2)),
    "Repeat": ("Repeat", {"repeats": 2**24, "axis": 1}, (1, 2)),
    "Tile": ("Tile", {"repeats": (2**20, 2**20)}, (1, 2)),
    "Pad": ("Pad", {"pad_width": ((64, 64),) * 4, "mode": "constant"}, (1, 1, 1, 1)),
    "BroadcastTo": ("BroadcastTo", {"shape": (2**24, 2)}, (1, 2)),
    "Conv3D": ("ZeroPadding3D", {"padding": ((64, 64),) * 3}, (4, 64, 64, 64, 1)),
    "Conv2DTranspose": (
        "Conv2DTranspose",
        {"kernel_size": (64, 64), "strides": (64, 64), "dilation_rate": (64, 64), "padding": "valid", "filters": 9,
         "output_padding": None, "use_bias": False},
        (1, 64, 64, 1),
    ),
    "DepthwiseConv2D": (
        "DepthwiseConv2D",
        {"kernel_size": (1, 1), "strides": (1, 1), "dilation_rate": (1, 1), "padding": "valid",
         "depth_multiplier": 4096, "use_bias": False},
        (1, 128, 128, 4),
    ),
    "a long sequence": ("LSTM", {**FEATURES, "units": 1}, (1, 20_000, 1)),
    "a wide step": ("GRU", {**FEATURES, "units": 4096, "reset_after": False}, (2, 400, 4096)),
    "many heads": ("Einsum", {"subscripts": "abcd->abcd"}, (64, 64, 64, 65)),
    "EinsumDense": (
        "EinsumDense", {"equation": "ab,bcde->acde", "output_shape": (2**12,) * 3, "bias_axes": None}, (1, 2)
    ),
    "an embedding": ("Embedding", {"input_dim": 4, "output_dim": 4096, "mask_zero": False}, (64, 128)),
}  # fmt: skip


@pytest.mark.parametrize("case", TOO_MUCH)
def test_too_much_is_not_begun(case: str) -> None:
    kind, chosen, shape = TOO_MUCH[case]
    x = np.zeros(shape, np.float32)
    graph = one(kind, chosen, shape)
    weights = {"x": tuple(np.broadcast_to(np.float32(0), s) for _, s in planned(graph, shape))}
    tracemalloc.start()
    begun = time.process_time()
    try:
        with pytest.raises(OracleError):
            forward(graph, weights, x)
        assert time.process_time() - begun < 2
        assert tracemalloc.get_traced_memory()[1] < 200 * 2**20
    finally:
        tracemalloc.stop()


def planned(graph: Graph, shape: Sizes) -> tuple[tuple[str, Sizes], ...]:
    return plan_of(graph.nodes[1], [shape]).weights


def test_many_heads_are_counted() -> None:
    plan = KINDS["MultiHeadAttention"].plan(HEADS, [(64, 512, 8), (64, 512, 8)])
    assert plan.scratch > MAX_SCRATCH


@pytest.mark.parametrize("number", range(4))
def test_a_mutated_configuration_is_refused_or_computed_within_bounds(number: int) -> None:
    """Any layer's configuration with up to three things deleted, replaced, inserted or moved at random places."""
    for text in list(configurations())[number::4]:

        @settings(max_examples=5, suppress_health_check=list(HealthCheck), derandomize=True)
        @given(mutated(json.loads(text)))
        def check(mutant: Any) -> None:
            begun = time.process_time()
            try:
                graph = parse_graph(json.dumps(mutant))
                shapes = shapes_of(graph)
                sizes = [node.settings["batch_shape"][1:] for node in graph.inputs]
                weights = {k: tuple(np.ones(s, np.float32) for _, s in a) for k, a in shapes.weights.items()}
                forward(graph, weights, [np.ones((2, *size), np.float32) for size in sizes])
            except (GraphRefused, OracleError, ShapeError):
                pass
            assert time.process_time() - begun < 2

        check()


@pytest.mark.parametrize("name", sorted(set(CLASSES) - {"Activation"}))
def test_weights_of_other_shapes_are_an_oracle_error(name: str) -> None:
    if not hasattr(layers, name):
        pytest.skip(f"this Keras has no {name}")
    build, shapes, how = drawn(name, Random(name))
    model = made(build, *shapes, dtype="int32" if how.get("whole") else "float32")
    weights = weights_of(model)
    batch = [np.zeros((2, *shape), np.float32) for shape in shapes]
    for key in weights:
        for wrong in ((), tuple(a[..., None] for a in weights[key]), weights[key][:-1]):
            with pytest.raises(OracleError):
                forward(graph_of(model), {**weights, key: wrong}, batch)


def test_the_page_lists_the_table_as_it_is() -> None:
    assert layer_table.PAGE.read_text(encoding="utf-8") == layer_table.page()
    assert all(f"`{name}`" in layer_table.page() for name in (*CLASSES, "Matmul", "Cast", "Reshape"))
