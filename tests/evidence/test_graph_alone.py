"""A model's graph alone: what `collect` leaves out, and when it may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers
from keras.initializers import glorot_uniform
from keras.src.backend.common import global_state

from autograder.evidence.collect import collect
from tests.shared.exercises import RESNET50

CASE = RESNET50.public_cases[1]


def small_model(input_shape: tuple[int, ...], classes: int) -> Any:
    tensor = keras.Input(input_shape)
    return keras.Model(
        tensor, layers.Dense(classes, kernel_initializer=glorot_uniform(seed=0))(layers.Flatten()(tensor))
    )


def test_a_graph_alone_is_the_same_graph() -> None:
    keras.utils.clear_session()
    whole = collect(small_model, RESNET50, CASE)
    keras.utils.clear_session()
    alone = collect(small_model, RESNET50, CASE, graph_alone=True)
    assert whole.outputs is not None
    assert (alone.outputs, alone.weights, alone.error) == (None, None, None)
    assert alone.graph == whole.graph
    assert np.array_equal(alone.canary, whole.canary)


def changed(model: Any) -> Any:
    model.set_weights([weight * 2 for weight in model.get_weights()])
    return model


def loaded(model: Any) -> Any:
    model.layers[-1].kernel.assign(np.ones(model.layers[-1].kernel.shape))
    return model


@pytest.mark.parametrize("change", [changed, loaded])
def test_whoever_touches_weights_shows_outputs(change: Callable[[Any], Any]) -> None:
    def function(input_shape: tuple[int, ...], classes: int) -> Any:
        return change(small_model(input_shape, classes))

    touched = collect(function, RESNET50, CASE, graph_alone=True)
    assert touched.outputs is not None


def test_no_weight_is_drawn_later() -> None:
    """Keras notes down layers without weights, and would draw them all at the end of its next scope."""
    collect(small_model, RESNET50, CASE, graph_alone=True)
    assert not global_state.get_global_attribute("uninitialized_variables")
