"""What the lesson's experiments find on the backend that Keras runs on, as a line of JSON: with tiny nets."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from typing import Any

import numpy as np


def found() -> dict[str, Any]:
    import keras
    from keras import layers

    from autograder import lesson
    from autograder.lesson.experiments.degradation import Trainer
    from autograder.lesson.images.make import draw_set
    from autograder.lesson.signs import Signs
    from tests.shared.helpers import cell, notebook, solution

    space: dict[str, Any] = {}
    exec(cell(notebook("source"), "setup").source, space)
    for name in ("identity_block", "convolutional_block"):
        exec(solution(name), space)
    blocks = space["identity_block"], space["convolutional_block"]
    data = Signs(*draw_set("lesson", "train", 24), *draw_set("lesson", "test", 6), np.arange(6), "made")

    images = keras.Input((4, 4, 3))
    x = layers.Conv2D(3, 3, padding="same", name="res2a_branch2b")(images)
    x = layers.GlobalAveragePooling2D()(layers.ReLU()(layers.BatchNormalization()(x)))
    net = keras.Model(images, layers.Dense(6, activation="softmax")(x))
    shapes = [weight.shape for weight in net.get_weights()]
    draws = np.random.default_rng(0)
    weights = [draws.uniform(0.1, 1, shape).astype(np.float32) for shape in shapes]
    batch = draws.uniform(0, 1, (12, 4, 4, 3)).astype(np.float32), np.arange(12) % 6

    def from_the_start() -> Any:
        net.set_weights([weight.copy() for weight in weights])
        return net

    (norm,), (again,) = (lesson.gradient_norms(from_the_start(), *batch) for _ in range(2))
    assert abs(again.norm - norm.norm) < 1e-5 * norm.norm, "a gradient remembers an earlier call"
    (ratio,) = lesson.update_ratios(from_the_start(), *batch, keras.optimizers.SGD(0.1))
    trainer = Trainer(from_the_start())
    trained = [list(trainer.train(*batch, epochs=3, seed=0)) for _ in range(2)]
    another = Trainer(from_the_start())
    variants = lesson.train_variants({"net": small()}, data, epochs=2, seeds=(0,))
    transferred = lesson.transfer(*blocks, data, few=2, seeds=(0,))
    depths = lesson.compare_depths(*blocks, data, depths=(1,), epochs=2, seeds=(0,))
    return {
        "norm": norm.norm,
        "ratio": ratio.ratio,
        "trained": trained[0],
        "goes on": trained[1] != trained[0],
        "again": list(another.train(*batch, epochs=3, seed=0)),
        "grad-cam": [lesson.grad_cam(from_the_start(), batch[0][:1], number).tolist() for number in range(6)],
        "field": float(lesson.receptive_field(from_the_start(), batch[0], "res2a_branch2b").weight.sum()),
        "fine": bool(
            np.isfinite(variants["net"][0].loss).all()
            and np.isfinite([run.loss for run in depths.runs]).all()
            and all(0 <= share <= 1 for right in transferred.right.values() for share in right)
        ),
    }


def small() -> Any:
    """A network of a few weights for images of 32 x 32 pixels."""
    import keras
    from keras import layers

    images = keras.Input((32, 32, 3))
    x = layers.Conv2D(4, 5, strides=4, name="branch2b")(images)
    x = layers.GlobalAveragePooling2D()(layers.BatchNormalization()(x))
    return keras.Model(images, layers.Dense(6, activation="softmax")(x))


if __name__ == "__main__":
    with contextlib.redirect_stdout(io.StringIO()):
        answer = found()
    sys.stdout.write(json.dumps(answer) + "\n")
