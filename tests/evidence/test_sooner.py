"""Layers are built and weights drawn sooner; what comes of it is the same, whatever the student's code does."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from keras.initializers import GlorotUniform
from keras.src.backend.tensorflow import random as backend_random
from keras.src.layers.layer import Layer
from tensorflow.python.framework import tensor_util

from autograder.evidence.collect import collect
from autograder.evidence.evidence import Evidence
from autograder.evidence.graphs import keras_internals
from autograder.evidence.graphs.keras_internals import built_sooner, weights_as_drawn
from autograder.exercises import Exercise, TestCase
from benchmarks.check import solutions
from tests.evidence.same import assert_equal
from tests.shared.exercises import CONVOLUTIONAL_BLOCK, IDENTITY_BLOCK, RESNET50

CASES = [
    (exercise, case)
    for exercise in (IDENTITY_BLOCK, CONVOLUTIONAL_BLOCK, RESNET50)
    for case in (exercise.public_cases[0], exercise.draw_hidden_cases(Random(5))[0])
]
(HIDDEN,) = RESNET50.draw_hidden_cases(Random(6))


def as_ever(monkeypatch: pytest.MonkeyPatch, act: Callable[[], Any]) -> Any:
    """What comes of it where nothing is done sooner."""
    with monkeypatch.context() as patch:
        patch.setattr(keras_internals, "_is_a_librarys", lambda _function: False)
        with built_sooner():
            assert Layer.__setattr__.__qualname__ == "Layer.__setattr__"
        return act()


def of_three_kernels(initializer: Callable[[], Any]) -> Callable[..., Any]:
    """A network of three convolutions; the kernels of two have one shape."""

    def network(input_shape: tuple[int, ...], classes: int) -> Any:
        tensor = keras.Input(input_shape)
        found = tensor
        for filters in (3, 3, classes):
            found = layers.Conv2D(filters, 2, kernel_initializer=initializer())(found)
        return keras.Model(tensor, layers.GlobalAveragePooling2D()(found))

    return network


@pytest.mark.parametrize(("exercise", "case"), CASES, ids=lambda one: one.name)
@pytest.mark.parametrize("graph_alone", [True, False])
def test_the_evidence_is_the_same(
    exercise: Exercise, case: TestCase, graph_alone: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    function = solutions()[exercise.function]

    def evidence() -> Evidence:
        keras.utils.clear_session()
        return collect(function, exercise, case, graph_alone=graph_alone)

    assert_equal(evidence(), as_ever(monkeypatch, evidence))


def test_equal_kernels_are_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    operation = backend_random.tf.random.stateless_uniform

    def counted(*given: Any, **named: Any) -> Any:
        found = operation(*given, **named)
        drawn.append(int(tf.size(found)))
        return found

    counted.__module__ = operation.__module__  # so that it passes for the library's own
    monkeypatch.setattr(tf.random, "stateless_uniform", counted)
    assert collect(of_three_kernels(lambda: GlorotUniform(seed=0)), RESNET50, HIDDEN).outputs is not None
    classes = int(HIDDEN.arguments["classes"])
    assert drawn == [36, 36 // 3 * classes, 48]  # twelve numbers a filter; the last are the canary's


def test_what_no_seed_is_given_for_is_drawn_each_time() -> None:
    with weights_as_drawn():
        model = of_three_kernels(GlorotUniform)((6, 6, 3), 2)
        first, second, _ = (keras.ops.convert_to_numpy(layer.kernel) for layer in model.layers[1:4])
    assert not np.array_equal(first, second)


class Numbered:
    """Numbers that depend on how often there were any."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, shape: Any, *_given: Any, **_named: Any) -> Any:
        self.calls += 1
        return tf.fill(shape, 0.25 * self.calls)


@pytest.mark.parametrize(
    ("owner", "name"),
    [(tf.random, "stateless_uniform"), (backend_random, "uniform"), (GlorotUniform, "__call__")],
    ids=lambda one: getattr(one, "__name__", one),
)
def test_numbers_of_the_students_own_are_asked_for_each_time(
    owner: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def evidence() -> Evidence:
        keras.utils.clear_session()
        numbered = Numbered()
        with monkeypatch.context() as patch:
            if owner is GlorotUniform:
                patch.setattr(owner, name, lambda _self, *given, **named: numbered(*given, **named))
            else:
                patch.setattr(owner, name, numbered)
            return collect(of_three_kernels(lambda: GlorotUniform(seed=0)), RESNET50, HIDDEN)

    found = evidence()
    assert_equal(found, as_ever(monkeypatch, evidence))
    assert found.outputs is not None
    assert np.max(found.outputs) > 0


@pytest.mark.parametrize("owner", [kind for kind in Layer.__mro__[:-1] if "__setattr__" in vars(kind)])
def test_setting_of_the_students_own_is_used(owner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    names: set[str] = set()
    plain = owner.__setattr__

    def noted(self: Any, name: str, value: Any) -> None:
        names.add(name)
        plain(self, name, value)

    monkeypatch.setattr(owner, "__setattr__", noted)
    collect(of_three_kernels(lambda: GlorotUniform(seed=0)), RESNET50, HIDDEN, graph_alone=True)
    assert "filters" in names


class Quacks:
    def is_tensor_like(self) -> bool:
        return True


class Silent:
    is_tensor_like = None


def test_what_is_a_tensor_is_one_within() -> None:
    asked = [1, "a", None, (), np.ones(2), tf.ones(2), tf.Variable(1.0), keras.Input((2,)), tf.RaggedTensor]
    asked += [Quacks(), Silent(), Quacks, tf.TensorShape([1]), keras.Variable(1.0), layers.ReLU()]
    classes = tensor_util.tf_type_classes
    before = [tf.is_tensor(one) for one in asked]
    with built_sooner():
        assert tensor_util.tf_type_classes != classes
        assert [tf.is_tensor(one) for one in asked] == before
    assert tensor_util.tf_type_classes is classes
    assert True in before


def test_a_layer_holds_what_it_holds_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    def held() -> tuple[list[str], list[str], Any]:
        keras.utils.clear_session()
        with built_sooner():
            layer = layers.BatchNormalization(axis=-1)
            layer.scale, layer.own, layer.sub, layer.trainable = False, [layers.ReLU()], layers.ReLU(), False
            layer(keras.Input((4, 4, 3)))
        children = sorted(layer._trackable_children())
        return sorted(vars(layer)), [weight.path for weight in layer.weights], (children, len(layer._layers))

    assert held() == as_ever(monkeypatch, held)
