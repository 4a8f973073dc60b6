"""The way back through batch normalization: the solution against Keras's own gradients, and the cell that measures."""

from __future__ import annotations

import re
from typing import Any

import keras
import nbformat
import numpy as np
import pytest
import tensorflow as tf

from tests.shared.helpers import ROOT

EPSILON = 0.01
CONSTANTS = ("(h - through_mean - through_variance)", "h")


def cells(language: str = "en") -> dict[str, str]:
    folder = "blocks-beyond" if language == "en" else "blocks-beyond-zh"
    node = nbformat.read(ROOT / "source" / folder / "blocks-beyond.ipynb", as_version=4)
    return {one.id: one.source for one in node.cells}


def names(*edits: tuple[str, str]) -> dict[str, Any]:
    space: dict[str, Any] = {"np": np}
    exec(cells()["batch-norm-forward"], space)
    backward = cells()["batch-norm-backward"]
    for old, new in edits:
        assert old in backward
        backward = backward.replace(old, new)
    exec(backward, space)
    return space


@pytest.mark.parametrize("shape", [(6, 3), (2, 4, 5, 3)])
def test_the_gradients_are_those_of_keras(shape: tuple[int, ...]) -> None:
    numbers = np.random.default_rng(3)
    x, dout, gamma = numbers.normal(size=shape), numbers.normal(size=shape), numbers.normal(size=3)
    layer = keras.layers.BatchNormalization(epsilon=EPSILON, dtype="float64")
    layer.build(shape)
    layer.gamma.assign(gamma)
    given = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(given)
        loss = tf.reduce_sum(layer(given, training=True) * dout)
    theirs = tape.gradient(loss, [given, layer.gamma.value, layer.beta.value])
    for ours, wanted in zip(names()["batch_norm_backward"](dout, x, gamma, EPSILON), theirs, strict=True):
        np.testing.assert_allclose(ours, wanted, rtol=1e-9, atol=1e-9)


def test_the_answers_to_the_questions_are_so() -> None:
    numbers = np.random.default_rng(4)
    x, dout, gamma = numbers.normal(size=(7, 3)), numbers.normal(size=(7, 3)), numbers.normal(size=3)
    right, constants = names()["batch_norm_backward"], names(CONSTANTS)["batch_norm_backward"]
    np.testing.assert_allclose(right(dout, x, gamma, EPSILON)[0].sum(axis=0), 0, atol=1e-12)
    np.testing.assert_array_equal(right(dout[:1], x[:1], gamma, EPSILON)[0], 0)
    np.testing.assert_allclose(constants(dout[:1], x[:1], gamma, EPSILON)[0], gamma * dout[:1] / np.sqrt(EPSILON))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_cell_measures_what_the_text_says_and_shows_what_is_wrong(
    language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def largest(space: dict[str, Any]) -> list[float]:
        exec(cells(language)["measured-gradient"], space)
        return [float(found) for found in re.findall(r"d\w+[:：].*?([\d.]+e[+-]\d+)", capsys.readouterr().out)]

    found = largest(names())
    assert len(found) == 3
    assert max(found) < 1e-6, "below a millionth"
    dx, dgamma, dbeta = largest(names(CONSTANTS))
    assert dx > 0.1
    assert max(dgamma, dbeta) < 1e-6
