"""The strict parser: every spelling of one network is one graph, and what isn't a plain network is refused by name."""

from __future__ import annotations

import copy
import json
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import pytest
from hypothesis import HealthCheck, given, settings
from keras import initializers, layers, ops

from autograder.graph import Graph, GraphRefused, parse_graph, refusals, same
from autograder.graph.parse import MAX_KEPT
from autograder.references.references import Reference
from tests.shared.builders import (
    Function,
    Json,
    Tensor,
    changed,
    config_of,
    convolutional_block,
    graph_of,
    identity_block,
    layer_in,
    mutated,
)
from tests.shared.exercises import IDENTITY_BLOCK

SECOND = 1.0
MEGABYTE = 2**20


def test_a_text_is_read_once_and_a_long_one_each_time() -> None:
    text = json.dumps(config_of(lambda X: identity_block(X, 2, [2, 4, 6], 1, "a")))
    known = parse_graph(text)
    assert parse_graph(text) is known
    assert parse_graph(text, repeated_names=True) is not known
    padded = text + " " * MAX_KEPT
    assert parse_graph(padded) == known
    assert parse_graph(padded) is not parse_graph(padded)


# --- real configurations ----------------------------------------------------------------------------------------


def test_an_identity_block_is_what_the_table_says() -> None:
    graph = graph_of(lambda X: identity_block(X, 2, [2, 4, 6], 1, "a"))
    assert [node.kind for node in graph.linear] == (
        ["Conv2D", "BatchNormalization", "ReLU"] * 2 + ["Conv2D", "BatchNormalization", "Add", "ReLU"]
    )
    first, second = (node for node in graph.linear if node.kind == "Conv2D" and node.name.endswith(("2a", "2b")))
    assert (first.name, first.settings["filters"], first.settings["kernel_size"]) == ("res1a_branch2a", 2, (1, 1))
    assert (second.settings["kernel_size"], second.settings["padding"]) == ((2, 2), "same")
    assert (second.settings["kernel_initializer"], second.settings["seed"]) == ("GlorotUniform", 0)
    assert [node.name for node in graph.linear if node.kind == "ReLU"] == ["", "", ""]
    assert graph.linear[-1].id == graph.output


def test_linear_order_is_main_path_then_shortcut_however_it_was_written() -> None:
    graph = graph_of(lambda X: convolutional_block(X, 2, [2, 4, 6], 1, "a"))  # builds its shortcut first
    branches = [node.name[-2:] for node in graph.linear if node.kind == "Conv2D"]
    assert branches == ["2a", "2b", "2c", "h1"]


def test_nodes_follow_their_inputs() -> None:
    config = config_of(lambda X: identity_block(X, 2, [2, 4, 6], 1, "a"))
    graph = parse_graph(changed(config, lambda c: c["layers"].reverse()))
    seen: set[str] = set()
    for node in graph.nodes:
        assert seen.issuperset(node.inputs)
        seen.add(node.id)


# --- one network, many spellings --------------------------------------------------------------------------------


def conv(**settings: Any) -> layers.Conv2D:
    """The network's convolution; `settings` go over its own."""
    mine: dict[str, Any] = {"filters": 6, "kernel_size": (3, 3), "strides": (1, 1), "padding": "same", "name": "c"}
    return layers.Conv2D(**{**mine, "kernel_initializer": initializers.GlorotUniform(seed=0), **settings})


def network(
    convolution: Function | None = None,
    norm: Function | None = None,
    relu: Function | None = None,
    add: Function | None = None,
) -> Function:
    """Convolution, normalization, ReLU, added to the input; each part may be spelt differently."""
    convolution = convolution or conv()
    norm = norm or layers.BatchNormalization(axis=3, name="b")
    relu = relu or layers.Activation("relu")
    add = add or (lambda a, b: layers.Add()([a, b]))
    return lambda X: add(relu(norm(convolution(X))), X)


def inside(*parts: Function) -> Function:
    """The parts as a nested functional model."""

    def build(X: Tensor) -> Tensor:
        inner = Y = keras.Input(X.shape[1:])
        for part in parts:
            Y = part(Y)
        return keras.Model(inner, Y)(X)

    return build


def in_turn(*parts: Function) -> Function:
    def build(X: Tensor) -> Tensor:
        for part in parts:
            X = part(X)
        return X

    return build


def seq(*parts: Any) -> keras.Sequential:
    return keras.Sequential(list(parts))


SPELLINGS: dict[str, Callable[[], Function]] = {
    "ReLU()": lambda: network(relu=layers.ReLU()),
    "keras.ops.relu": lambda: network(relu=ops.relu),
    "keras.activations.relu": lambda: network(relu=keras.activations.relu),
    "Activation(function)": lambda: network(relu=layers.Activation(keras.activations.relu)),
    "Activation(ReLU())": lambda: network(relu=layers.Activation(layers.ReLU())),
    "named ReLU": lambda: network(relu=layers.ReLU(name="my_relu")),
    "layers.add": lambda: network(add=lambda a, b: layers.add([a, b])),
    "a + b": lambda: network(add=lambda a, b: a + b),
    "keras.ops.add": lambda: network(add=ops.add),
    "add swapped": lambda: network(add=lambda a, b: layers.Add()([b, a])),
    "b + a": lambda: network(add=lambda a, b: b + a),
    "named Add": lambda: network(add=lambda a, b: layers.Add(name="sum")([a, b])),
    "ints for tuples": lambda: network(conv(kernel_size=3, strides=1)),
    "lists for tuples": lambda: network(conv(kernel_size=[3, 3], strides=[1, 1])),
    "strides left out": lambda: network(
        layers.Conv2D(6, 3, padding="same", name="c", kernel_initializer=initializers.GlorotUniform(seed=0))
    ),
    "padding in capitals": lambda: network(conv(padding="SAME")),
    "defaults written out": lambda: network(
        conv(data_format="channels_last", dilation_rate=(1, 1), groups=1, use_bias=True, bias_initializer="zeros")
    ),
    "VarianceScaling": lambda: network(
        conv(kernel_initializer=initializers.VarianceScaling(1.0, "fan_avg", "uniform", seed=0))
    ),
    "glorot_uniform": lambda: network(conv(kernel_initializer=initializers.glorot_uniform(seed=0))),
    "axis=-1": lambda: network(norm=layers.BatchNormalization(axis=-1, name="b")),
    "axis left out": lambda: network(norm=layers.BatchNormalization(name="b")),
    "activation=linear": lambda: network(conv(activation="linear")),
    "Activation(linear) and Identity": lambda: network(
        relu=in_turn(layers.Identity(), layers.Activation("linear"), layers.Activation("relu"))
    ),
    "Sequential": lambda: network(seq(conv(), layers.BatchNormalization(name="b")), norm=layers.Identity()),
    "Sequential in Sequential": lambda: network(
        seq(seq(conv()), seq(layers.BatchNormalization(name="b"))), norm=layers.Identity()
    ),
    "nested Model": lambda: network(inside(conv(), layers.BatchNormalization(name="b")), norm=layers.Identity()),
    "nested Model in nested Model": lambda: network(
        inside(inside(conv())), inside(layers.BatchNormalization(name="b"))
    ),
    "nested Model at the end": lambda: inside(network()),
    "a layer nothing comes of": lambda: network(
        relu=lambda X: (layers.Dropout(0.5)(X), layers.Activation("relu")(X))[1]
    ),
    "padding by nothing": lambda: network(in_turn(layers.ZeroPadding2D(0), conv())),
    "0 added, as Python's sum begins": lambda: network(in_turn(lambda t: sum([t]), conv())),
    "training=None": lambda: network(norm=lambda X: layers.BatchNormalization(name="b")(X, training=None)),
}


@pytest.fixture(scope="module")
def plain() -> Graph:
    return graph_of(network())


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_spellings_share_one_form(spelling: str, plain: Graph) -> None:
    graph = graph_of(SPELLINGS[spelling]())
    assert same(plain, graph)
    assert same(graph, plain)


DIFFERENT: dict[str, Callable[[], Function]] = {
    "filters": lambda: in_turn(conv(filters=5), conv(name="d")),
    "kernel size": lambda: network(conv(kernel_size=(3, 1))),
    "padding": lambda: network(lambda X: conv(padding="valid")(layers.ZeroPadding2D(1)(X))),
    "dilation": lambda: network(conv(dilation_rate=2)),
    "groups": lambda: network(conv(groups=2)),
    "no bias": lambda: network(conv(use_bias=False)),
    "bias of ones": lambda: network(conv(bias_initializer="ones")),
    "no seed": lambda: network(conv(kernel_initializer="glorot_uniform")),
    "no initializer": lambda: network(conv(kernel_initializer=None)),
    "another seed": lambda: network(conv(kernel_initializer=initializers.GlorotUniform(seed=1))),
    "GlorotNormal": lambda: network(conv(kernel_initializer=initializers.GlorotNormal(seed=0))),
    "VarianceScaling of 2": lambda: network(
        conv(kernel_initializer=initializers.VarianceScaling(2.0, "fan_avg", "uniform", seed=0))
    ),
    "regularizer": lambda: network(conv(kernel_regularizer="l2")),
    "name": lambda: network(conv(name="d")),
    "no name": lambda: network(norm=layers.BatchNormalization()),
    "activation=relu too": lambda: network(conv(activation="relu")),
    "axis": lambda: network(norm=layers.BatchNormalization(axis=1, name="b")),
    "epsilon": lambda: network(norm=layers.BatchNormalization(epsilon=1e-5, name="b")),
    "momentum": lambda: network(norm=layers.BatchNormalization(momentum=0.9, name="b")),
    "scale": lambda: network(norm=layers.BatchNormalization(scale=False, name="b")),
    "frozen": lambda: network(norm=layers.BatchNormalization(trainable=False, name="b")),
    "training=True": lambda: network(norm=lambda X: layers.BatchNormalization(name="b")(X, training=True)),
    "training=False": lambda: network(norm=lambda X: layers.BatchNormalization(name="b")(X, training=False)),
    "dtype": lambda: network(norm=layers.BatchNormalization(dtype="float16", name="b")),
    "ReLU capped": lambda: network(relu=layers.ReLU(max_value=6)),
    "ReLU with a slope": lambda: network(relu=layers.ReLU(negative_slope=0.1)),
    "tanh": lambda: network(relu=layers.Activation("tanh")),
    "Add([X, X])": lambda: network(add=lambda a, b: layers.Add()([a, a])),
    "Add of the input twice": lambda: network(add=lambda a, b: layers.Add()([b, b])),
    "Add of three": lambda: network(add=lambda a, b: layers.Add()([a, b, b])),
    "shortcut taken late": lambda: in_turn(conv(), network(layers.Identity())),
    "ReLU before": lambda: in_turn(layers.ReLU(), network()),
    "Concatenate": lambda: network(add=lambda a, b: layers.Concatenate()([a, b])),
    "Subtract": lambda: network(add=lambda a, b: layers.Subtract()([a, b])),
    "Maximum": lambda: network(add=lambda a, b: layers.Maximum()([a, b])),
    "times two": lambda: network(add=lambda a, b: (a + b) * 2),
    "plus one": lambda: network(add=lambda a, b: a + b + 1.0),
    "ReLU after": lambda: in_turn(network(), layers.ReLU()),
}


@pytest.mark.parametrize("difference", DIFFERENT)
def test_what_differs_stays_different(difference: str, plain: Graph) -> None:
    assert not same(plain, graph_of(DIFFERENT[difference]()))


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_padding_of_a_1x1_window_is_no_difference(stride: int) -> None:
    valid, same_padding = (conv(kernel_size=1, strides=stride, padding=padding) for padding in ("valid", "same"))
    assert same(graph_of(valid), graph_of(same_padding))
    wide = conv(kernel_size=(1, 2), strides=stride, padding="valid")
    assert not same(graph_of(wide), graph_of(conv(kernel_size=(1, 2), strides=stride, padding="same")))


def test_subtraction_is_not_commutative() -> None:
    forward, backward = (network(add=f) for f in (lambda a, b: a - b, lambda a, b: b - a))
    assert not same(graph_of(forward), graph_of(backward))


def test_dense_with_an_activation_is_dense_and_softmax() -> None:
    spelt: list[Function] = [
        layers.Dense(3, activation="softmax", name="fc"),
        in_turn(layers.Dense(3, name="fc"), layers.Softmax()),
        in_turn(layers.Dense(3, name="fc"), layers.Activation("softmax")),
        in_turn(layers.Dense(3, name="fc"), ops.softmax),
    ]
    first, *others = (graph_of(in_turn(layers.Flatten(), build)) for build in spelt)
    assert [node.kind for node in first.linear] == ["Flatten", "Dense", "Softmax"]
    assert all(same(first, other) for other in others)


def test_pool_strides_default_to_the_window() -> None:
    assert same(graph_of(layers.MaxPooling2D(2)), graph_of(layers.MaxPooling2D((2, 2), strides=(2, 2))))
    assert not same(graph_of(layers.MaxPooling2D(2)), graph_of(layers.MaxPooling2D(2, strides=1)))


def test_weights_are_found_by_the_path_that_evidence_uses() -> None:
    graph = graph_of(network(seq(conv(), layers.BatchNormalization(name="b")), norm=inside(conv(name="d"))))
    paths = [node.weights for node in graph.linear if node.weights]
    assert [path.rpartition("/")[2] for path in paths] == ["c", "b", "d"]
    assert paths[0].startswith("sequential")
    assert paths[2].startswith("functional")


def test_a_nested_model_called_twice_shares_its_weights() -> None:
    for build in (keras.Sequential, lambda parts: keras.Model(inner := keras.Input((4, 4, 6)), parts[0](inner))):
        nest = build([conv()])
        graph = graph_of(in_turn(nest, layers.ReLU(), nest))
        first, second = (node for node in graph.linear if node.kind == "Conv2D")
        assert first.weights == second.weights == f"{nest.name}/c"
        assert first.id != second.id


# --- refusals ---------------------------------------------------------------------------------------------------


@contextmanager
def little(seconds: float = SECOND, megabytes: float = 64) -> Iterator[None]:
    """The block takes little time, and little memory where the test has begun to trace it."""
    begun = time.process_time()
    try:
        yield
    finally:
        assert time.process_time() - begun < seconds
    if tracemalloc.is_tracing():
        assert tracemalloc.get_traced_memory()[1] < megabytes * MEGABYTE


def refusal(text: str) -> GraphRefused:
    with little(), pytest.raises(GraphRefused) as caught:
        parse_graph(text)
    return caught.value


@pytest.fixture(scope="module")
def block() -> Json:
    return config_of(lambda X: identity_block(X, 2, [2, 4, 6], 1, "a"))


def setting(class_name: str, key: str, value: Any) -> Callable[[Json], None]:
    return lambda config: layer_in(config, class_name)["config"].update({key: value})


def entry(class_name: str, key: str, value: Any) -> Callable[[Json], None]:
    return lambda config: layer_in(config, class_name).update({key: value})


def history(class_name: str, value: Any) -> Callable[[Json], None]:
    """Where the first layer of that class takes its first tensor from."""

    def change(config: Json) -> None:
        argument = layer_in(config, class_name)["inbound_nodes"][0]["args"][0]
        tensor = argument if isinstance(argument, dict) else argument[0]
        tensor["config"]["keras_history"] = value

    return change


def twin(config: Json) -> None:
    config["layers"].append(copy.deepcopy(layer_in(config, "Conv2D")))


def second_input(config: Json) -> None:
    twin = copy.deepcopy(layer_in(config, "InputLayer"))
    twin["name"] = twin["config"]["name"] = "other"
    config["layers"].append(twin)


def cycle(config: Json) -> None:
    history("Conv2D", [layer_in(config, "Add")["name"], 0, 0])(config)


def foreign_initializer(config: Json) -> None:
    layer_in(config, "Conv2D")["config"]["kernel_initializer"].update(module="builtins", class_name="eval")


def initializer(key: str, value: Any) -> Callable[[Json], None]:
    return lambda config: layer_in(config, "Conv2D")["config"]["kernel_initializer"]["config"].update({key: value})


REFUSALS: dict[str, tuple[Callable[[Json], object], str, str]] = {
    "filters=10**9": (setting("Conv2D", "filters", 10**9), "Conv2D.filters", "setting"),
    "filters=0": (setting("Conv2D", "filters", 0), "Conv2D.filters", "setting"),
    "filters=-1": (setting("Conv2D", "filters", -1), "Conv2D.filters", "setting"),
    "filters=True": (setting("Conv2D", "filters", True), "Conv2D.filters", "setting"),
    "filters='2'": (setting("Conv2D", "filters", "2"), "Conv2D.filters", "setting"),
    "filters=2.0": (setting("Conv2D", "filters", 2.5), "Conv2D.filters", "setting"),
    "filters is a list": (setting("Conv2D", "filters", [2, 4, 6]), "Conv2D.filters", "setting"),
    "no filters": (lambda c: layer_in(c, "Conv2D")["config"].pop("filters"), "Conv2D.filters", "setting"),
    "kernel 10**6": (setting("Conv2D", "kernel_size", [10**6, 10**6]), "Conv2D.kernel_size.0", "setting"),
    "kernel of three": (setting("Conv2D", "kernel_size", [1, 1, 1]), "Conv2D.kernel_size", "setting"),
    "negative strides": (setting("Conv2D", "strides", [-1, 1]), "Conv2D.strides.0", "setting"),
    "dilation 0": (setting("Conv2D", "dilation_rate", [0, 1]), "Conv2D.dilation_rate.0", "setting"),
    "padding='full'": (setting("Conv2D", "padding", "full"), "Conv2D.padding", "setting"),
    "use_bias='yes'": (setting("Conv2D", "use_bias", "yes"), "Conv2D.use_bias", "setting"),
    "use_bias=1": (setting("Conv2D", "use_bias", 1), "Conv2D.use_bias", "setting"),
    "unknown field": (setting("Conv2D", "backdoor", 1), "Conv2D.backdoor", "setting"),
    "unknown field of an entry": (entry("Conv2D", "backdoor", 1), "Entry.backdoor", "setting"),
    "epsilon='0'": (setting("BatchNormalization", "epsilon", "0.001"), "BatchNormalization.epsilon", "setting"),
    "epsilon=True": (setting("BatchNormalization", "epsilon", True), "BatchNormalization.epsilon", "setting"),
    "epsilon=1e300": (setting("BatchNormalization", "epsilon", 1e300), "BatchNormalization.epsilon", "setting"),
    "axis=10**9": (setting("BatchNormalization", "axis", 10**9), "BatchNormalization.axis", "setting"),
    "unknown layer": (entry("Conv2D", "class_name", "Conv2Dx"), "Conv2Dx", "layer"),
    "a layer Keras has": (entry("Conv2D", "class_name", "ConvLSTM2D"), "ConvLSTM2D", "layer"),
    "Lambda": (entry("Activation", "class_name", "Lambda"), "Lambda", "layer"),
    "foreign module": (entry("Conv2D", "module", "os"), "Conv2D", "layer"),
    "module that begins alike": (entry("Conv2D", "module", "keras.layers.evil"), "Conv2D", "layer"),
    "module keras.src": (entry("Conv2D", "module", "keras.src.utils"), "Conv2D", "layer"),
    "registered class": (entry("Conv2D", "registered_name", "Custom>Conv2D"), "Conv2D", "layer"),
    "unknown operation": (
        lambda c: layer_in(c, "Add").update(module="keras.src.ops.numpy", class_name="Evil"),
        "Evil",
        "operation",
    ),
    "unknown activation": (setting("Activation", "activation", "evil"), "evil", "activation"),
    "activation with a module": (
        setting("Activation", "activation", {"module": "os", "class_name": "function", "config": "system"}),
        "system",
        "activation",
    ),
    "foreign initializer": (foreign_initializer, "eval", "initializer"),
    "initializer with more arguments": (initializer("times", 0), "GlorotUniform", "initializer"),
    "initializer of a student's": (
        lambda c: layer_in(c, "Conv2D")["config"]["kernel_initializer"].update(registered_name="Mine>GlorotUniform"),
        "GlorotUniform",
        "initializer",
    ),
    "seed from elsewhere": (
        initializer("seed", {"module": "mine", "class_name": "SeedGenerator", "config": {"seed": 0}}),
        "GlorotUniform",
        "initializer",
    ),
    "seed=True": (initializer("seed", True), "GlorotUniform", "initializer"),
    "seed=2**63": (initializer("seed", 2**63), "GlorotUniform", "initializer"),
    "dtype policy of a student's": (
        setting("Conv2D", "dtype", {"module": "mine", "class_name": "float32", "config": {"name": "float32"}}),
        "float32",
        "policy",
    ),
    "relu of a student's": (
        setting("Activation", "activation", {"module": "__main__", "class_name": "function", "config": "relu"}),
        "relu",
        "activation",
    ),
    "registered operation": (
        lambda c: layer_in(c, "Add").update(module="keras.src.ops.numpy", registered_name="Mine>Add"),
        "Add",
        "layer",
    ),
    "input of 10**400": (
        setting("InputLayer", "batch_shape", [10**400, 4, 4, 6]),
        "InputLayer.batch_shape.0",
        "setting",
    ),
    "input of words": (setting("InputLayer", "batch_shape", [None, "4", 4, 6]), "InputLayer.batch_shape.1", "setting"),
    "sparse input": (setting("InputLayer", "sparse", True), "InputLayer.sparse", "setting"),
    "an input that is not listed": (second_input, "configuration", "form"),
    "seventeen outputs": (lambda c: c.update(output_layers=[c["output_layers"]] * 17), "17 outputs", "form"),
    "no output": (lambda c: c.update(output_layers=[]), "0 outputs", "form"),
    "cycle": (cycle, "layers", "form"),
    "fed by itself": (
        lambda c: history("Conv2D", [layer_in(c, "Conv2D")["name"], 0, 0])(c),
        "layers",
        "form",
    ),
    "dangling input": (history("Conv2D", ["nowhere", 0, 0]), "layers", "form"),
    "call that never was": (history("BatchNormalization", ["res1a_branch2a", 1, 0]), "layers", "form"),
    "negative call": (history("BatchNormalization", ["res1a_branch2a", -1, 0]), "layers", "form"),
    "an output before the first": (history("BatchNormalization", ["res1a_branch2a", 0, -1]), "model", "form"),
    "a hundredth output": (history("BatchNormalization", ["res1a_branch2a", 0, 99]), "model", "form"),
    "tensor of a number": (history("Conv2D", [7, 0, 0]), "model", "form"),
    "duplicate names": (twin, "layers", "form"),
    "name is a number": (entry("Conv2D", "name", 7), "Entry.name", "setting"),
    "name is null": (setting("Conv2D", "name", None), "Conv2D.name", "setting"),
    "name of a million": (setting("Conv2D", "name", "n" * 10**6), "Conv2D.name", "setting"),
    "argument is text": (
        lambda c: layer_in(c, "Conv2D")["inbound_nodes"][0]["args"].append("text"),
        "argument",
        "form",
    ),
    "number past any float": (
        lambda c: layer_in(c, "Conv2D")["inbound_nodes"][0]["args"].append(10**400),
        "configuration",
        "form",
    ),
    "training='yes'": (
        lambda c: layer_in(c, "BatchNormalization")["inbound_nodes"][0]["kwargs"].update(training="yes"),
        "training",
        "form",
    ),
    "layers is a number": (lambda c: c.update(layers=7), "layers", "size"),
    "layers is missing": (lambda c: c.pop("layers"), "configuration", "form"),
    "no layers": (lambda c: c.update(layers=[]), "configuration", "form"),
    "a layer is a number": (lambda c: c["layers"].append(7), "Entry", "setting"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refused_by_name(case: str, block: Json) -> None:
    change, what, why = REFUSALS[case]
    refused = refusal(changed(block, change))
    assert (refused.what.partition("=")[0], refused.why) == (what, why)


@pytest.mark.parametrize(
    ("value", "said"),
    [("full", "='full'"), (None, "=None"), (1.5, "=1.5"), ("x" * 50, ""), (10**400, ""), ([1], "")],
    ids=["word", "None", "number", "long", "huge", "list"],
)
def test_a_refused_setting_is_said_with_its_value(value: Any, said: str, block: Json) -> None:
    """Where it is short, and not made of parts."""

    text = changed(block, setting("Conv2D", "padding", value))
    assert refusal(text).what == f"Conv2D.padding{said}"


def test_the_refusals_start_from_something_right(block: Json) -> None:
    parse_graph(json.dumps(block))


def test_all_that_is_refused_is_named_at_once(block: Json) -> None:
    def change(config: Json) -> None:
        entry("Conv2D", "class_name", "Conv2Dx")(config)
        setting("Activation", "activation", "evil")(config)

    assert set(refusals(changed(block, change))) == {"Conv2Dx", "evil"}
    assert refusals(json.dumps(block)) == ()


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_none(number: str, block: Json) -> None:
    as_a_setting = json.dumps(block).replace('"epsilon": 0.001', f'"epsilon": {number}')
    added = json.dumps(config_of(lambda X: X + 7.25)).replace("7.25", number)
    for text in (as_a_setting, added):
        assert number in text
        refusal(text)


@pytest.mark.parametrize("text", ["", "null", "[]", "7", '"text"', "{}", "{", "\0", "\ud800", '{"layers": "abc"}'])
def test_what_is_no_configuration(text: str) -> None:
    assert refusal(text).why in ("form", "size")


def test_a_layer_of_ones_own_is_refused_by_its_name() -> None:
    @keras.saving.register_keras_serializable("Student")
    class MyConv(layers.Conv2D):
        pass

    assert refusal(json.dumps(config_of(MyConv(2, 1)))).what == "MyConv"


def test_a_lambda_that_keras_wrote_down_is_refused() -> None:
    refused = refusal(json.dumps(config_of(layers.Lambda(lambda X: X * 2))))
    assert (refused.what, refused.why) == ("Lambda", "layer")


def nested(depth: int, calls: int = 1) -> Json:
    """A model in a model in a model, each used `calls` times, with one Identity at the bottom."""
    shape = [None, 4, 4, 6]
    tensor = {"class_name": "__keras_tensor__", "config": {"keras_history": ["in", 0, 0]}}
    entrance = {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": shape}, "name": "in"}
    inner: Json = {"module": "keras.layers", "class_name": "Identity", "config": {"name": "x"}, "name": "x"}
    if depth:
        module = "keras.src.models.functional"
        inner = {"module": module, "class_name": "Functional", "config": nested(depth - 1, calls), "name": "x"}
    inner["inbound_nodes"] = [{"args": [tensor], "kwargs": {}}] * (calls if depth else 1)
    output = ["x", int(depth > 0), 0]
    return {"name": "m", "layers": [entrance, inner], "input_layers": ["in", 0, 0], "output_layers": output}


def test_a_number_behind_a_name_is_taken_off_only_where_the_collector_put_it() -> None:
    text = json.dumps(config_of(conv(name="res2a_branch2a~1")))
    assert [node.name for node in parse_graph(text).linear] == ["res2a_branch2a~1"]
    assert [node.name for node in parse_graph(text, repeated_names=True).linear] == ["res2a_branch2a"]


def test_an_input_of_another_dtype_is_told_and_within_a_model_refused() -> None:
    X = keras.Input((4, 4, 6), batch_size=1, dtype="uint8")
    first, *_ = parse_graph(json.dumps(keras.Model(X, conv()(X)).get_config())).nodes
    assert first.settings == {"batch_shape": (1, 4, 4, 6), "dtype": "uint8"}
    inner = keras.Input((4, 4, 6), dtype="uint8")
    cast = keras.Model(inner, layers.ReLU()(inner))
    assert refusal(json.dumps(config_of(lambda X: cast(X)))).why == "policy"


def test_a_seed_generator_is_no_seed() -> None:
    shared = keras.random.SeedGenerator(0)
    graph = graph_of(conv(kernel_initializer=initializers.GlorotUniform(seed=shared)))
    assert graph.linear[0].settings["seed"] == "SeedGenerator(0)"


def test_too_many_tensors_for_additions_are_refused() -> None:
    def wide(X: Tensor) -> Tensor:
        tensors = [X]
        for _ in range(40):
            tensors.append(layers.Add()([*tensors, *tensors][:80]))
        return tensors[-1]

    assert refusal(json.dumps(config_of(wide))).why == "size"


def test_models_nested_too_deep() -> None:
    assert parse_graph(json.dumps(nested(4))).linear == ()
    assert refusal(json.dumps(nested(5))).why == "size"
    assert refusal(json.dumps(nested(40))).why in ("size", "form")


def test_models_nested_and_called_over_and_over_do_not_multiply() -> None:
    assert refusal(json.dumps(nested(4, calls=60))).why == "size"


def chain(length: int, backwards: bool = False) -> str:
    config = config_of(layers.ReLU())
    first = config["layers"].pop()
    made = []
    for i in range(length):
        layer = copy.deepcopy(first)
        layer["name"] = layer["config"]["name"] = f"r{i}"
        if i:
            layer["inbound_nodes"][0]["args"][0]["config"]["keras_history"] = [f"r{i - 1}", 0, 0]
        made.append(layer)
    config["layers"] += reversed(made) if backwards else made
    config["output_layers"] = [f"r{length - 1}", 0, 0]
    return json.dumps(config)


@pytest.mark.parametrize("backwards", [False, True])
def test_a_long_chain_takes_no_long_time(backwards: bool) -> None:
    text = chain(590, backwards)
    with little():
        assert len(parse_graph(text).linear) == 590


def test_too_many_layers() -> None:
    assert refusal(chain(601)).why == "size"
    refused = refusal(json.dumps({"layers": [{"class_name": "R"}] * 10**4}))
    assert (refused.what, refused.why) == ("layers", "size")


HUGE: dict[str, Callable[[], str]] = {
    "5 MB of layers": lambda: json.dumps({"layers": ["x" * 50] * 10**5}),
    "5 MB of one name": lambda: '{"layers": [{"name": "' + "x" * 5 * MEGABYTE + '"}]}',
    "100,000 brackets": lambda: "[" * 10**5 + "]" * 10**5,
    "100,000 braces": lambda: '{"layers":' * 10**5 + "1" + "}" * 10**5,
    "100,000 brackets in a setting": lambda: json.dumps(config_of(layers.ReLU())).replace(
        '"max_value": null', '"max_value": ' + "[" * 10**5 + "]" * 10**5
    ),
    "a number of a million digits": lambda: '{"layers": ' + "9" * 10**6 + "}",
}


@pytest.mark.parametrize("case", HUGE)
def test_huge_texts_cost_little(case: str) -> None:
    text = HUGE[case]()
    tracemalloc.start()
    try:
        with little(megabytes=40), pytest.raises(GraphRefused):
            parse_graph(text)
    finally:
        tracemalloc.stop()


def test_a_long_refused_name_is_cut() -> None:
    assert len(GraphRefused("x" * 10**6, "layer").what) == 200


# --- anything else ----------------------------------------------------------------------------------------------

BLOCKS = {
    "block": lambda: config_of(lambda X: identity_block(X, 2, [2, 4, 6], 1, "a")),
    "nested": lambda: config_of(network(seq(conv()), inside(layers.BatchNormalization(name="b")), ops.relu)),
}


@pytest.mark.parametrize("which", BLOCKS)
def test_a_mutated_configuration_parses_or_is_refused(which: str) -> None:
    config = BLOCKS[which]()

    @settings(max_examples=300, suppress_health_check=list(HealthCheck))
    @given(mutated(config))
    def check(mutant: Json) -> None:
        text = json.dumps(mutant)
        try:
            with little():
                graph = parse_graph(text)
        except GraphRefused:
            return
        assert set(graph.by_id) >= {i for node in graph.nodes for i in node.inputs}
        assert [node.kind for node in graph.nodes].count("InputLayer") == 1

    check()


def test_a_reference_is_the_same_graph_as_itself(identity_references: tuple[Reference, ...]) -> None:
    for reference in identity_references:
        assert same(reference.graph, parse_graph(reference.graph_text))
    first, second = identity_references[:2]
    assert not same(first.graph, second.graph)
    assert len(identity_references) == len(IDENTITY_BLOCK.public_cases)
