"""Ablations: networks that differ in one thing, trained alike."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from autograder import lesson
from autograder.lesson.signs import Signs


def net(zero: bool = False, size: int = 32) -> Any:
    images = keras.Input((size, size, 3))
    x = keras.layers.Conv2D(4, 5, strides=4, name="first")(keras.layers.Rescaling(1 / 255)(images))
    x = keras.layers.BatchNormalization(name="norm")(x)
    x = keras.layers.GlobalAveragePooling2D()(keras.layers.ReLU()(x))
    made = keras.Model(images, keras.layers.Dense(6, activation="softmax")(x))
    if zero:
        made.get_layer("norm").gamma.assign(np.zeros(4))
    return made


def test_each_network_is_trained_from_each_seed(few: Signs) -> None:
    found = lesson.train_variants({"one": net(), "zero": net(zero=True)}, few, epochs=2, seeds=(0, 1))
    assert list(found) == ["one", "zero"]
    assert found["one"][0].loss != found["one"][1].loss, "another seed draws other weights"
    for runs in found.values():
        assert [run.seed for run in runs] == [0, 1]
        assert all(len(run.loss) == 2 and 0 <= run.right <= 1 for run in runs)


def test_a_seed_begins_anew_and_what_is_set_to_zero_begins_there(few: Signs, monkeypatch: pytest.MonkeyPatch) -> None:
    from autograder.lesson.experiments import variants

    begun: list[tuple[float, float]] = []

    class Looking(variants.Trainer):
        def __init__(self, net: Any) -> None:
            super().__init__(net)
            self.net = net

        def train(self, *given: Any) -> Any:
            kernel = np.asarray(self.net.get_layer("first").kernel)
            begun.append((float(kernel.sum()), float(np.sum(self.net.get_layer("norm").gamma))))
            return super().train(*given)

    monkeypatch.setattr(variants, "Trainer", Looking)
    lesson.train_variants({"one": net(), "zero": net(zero=True)}, few, epochs=1, seeds=(3, 4, 3))
    kernels, gammas = zip(*begun, strict=True)
    assert gammas == (4, 4, 4, 0, 0, 0)
    assert kernels[0] == kernels[2] == kernels[3] == kernels[5] != kernels[1] == kernels[4]


@pytest.mark.parametrize("wrong", [{"nets": {}}, {"seeds": ()}, {"epochs": 0}, {"nets": {"large": net(size=64)}}])
def test_what_cannot_be_compared_is_said(few: Signs, wrong: dict[str, Any]) -> None:
    with pytest.raises(lesson.LessonError, match="32 x 32 x 3"):
        lesson.train_variants(**{"nets": {"one": net()}, "data": few, **wrong})
