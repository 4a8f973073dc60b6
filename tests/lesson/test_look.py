"""A network's feature maps, and how far its units see."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder import lesson
from autograder.lesson.signs import Signs


def test_feature_maps_are_what_the_layers_give(thin: Any, few: Signs) -> None:
    ends = lesson.stage_ends(thin)
    maps = lesson.feature_maps(thin, few.test_set_x[0], ends)
    assert [found.values.shape for found in maps] == [(15, 15, 4), (15, 15, 16), (8, 8, 32), (4, 4, 64), (2, 2, 128)]
    said = np.asarray(thin(few.test_set_x[:1].astype(np.float32)))[0]
    kernel, bias = thin.layers[-1].get_weights()
    scores = maps[-1].values.mean(axis=(0, 1)) @ kernel + bias
    np.testing.assert_allclose(np.exp(scores) / np.exp(scores).sum(), said, rtol=1e-4)
    with pytest.raises(lesson.LessonError, match="no layer nothing"):
        lesson.feature_maps(thin, few.test_set_x[0], ["nothing"])


def test_a_unit_sees_as_far_as_its_windows_reach(few: Signs) -> None:
    import keras
    from keras import layers

    images = keras.Input((64, 64, 3))
    x = layers.Conv2D(2, 5, strides=2, padding="same", name="first")(images)
    x = layers.Conv2D(2, 3, padding="same", name="second")(x)
    model = keras.Model(images, x)
    for layer, width in (("first", 5), ("second", 9)):  # 5, and 5 + (3 - 1) * 2
        weight = lesson.receptive_field(model, few.test_set_x, layer).weight
        assert weight.shape == (64, 64)
        assert weight.max() == 1
        rows, columns = np.nonzero(weight)
        assert np.ptp(rows) + 1 == np.ptp(columns) + 1 == width
        assert 32 in rows
