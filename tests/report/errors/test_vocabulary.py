"""The written names of layers and arguments are those of the Keras that is installed."""

from __future__ import annotations

import inspect

import keras
import pytest

from autograder.report.errors.vocabulary import LAYERS, OLD_ARGUMENTS, WORDS, nearest, right_argument


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_has_the_arguments_that_are_written_down(layer: str) -> None:
    known = inspect.signature(getattr(keras.layers, layer).__init__).parameters
    named = [name for name, one in known.items() if one.kind is one.POSITIONAL_OR_KEYWORD and name != "self"]
    newer = ("renorm",)  # not in every Keras
    known_here = [name for name in LAYERS[layer] if name not in newer]
    assert known_here == [name for name in named if name in known_here]


def test_keras_knows_every_activation() -> None:
    assert all(keras.activations.get(word) for word in WORDS["activation"])


def test_an_old_name_is_none_of_today() -> None:
    assert not {name for name in OLD_ARGUMENTS if name in LAYERS["Conv2D"]}


@pytest.mark.parametrize(
    ("name", "known", "near"),
    [
        ("x_shortcut", ("X_shortcut", "X"), "X_shortcut"),
        ("conv_base_name", ("conv_name_base", "bn_name_base"), "conv_name_base"),
        ("bn_name_base", ("conv_name_base",), ""),
        ("q", ("X", "f"), ""),
    ],
)
def test_the_nearest_name(name: str, known: tuple[str, ...], near: str) -> None:
    assert nearest(name, known) == near


def test_the_right_argument_depends_on_what_is_called() -> None:
    assert right_argument("Conv2D", "init") == "kernel_initializer"
    assert right_argument("Model", "input") == "inputs"
    assert right_argument("Activation", "subsample") == ""
