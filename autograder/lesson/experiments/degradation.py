"""The degradation problem, measured: plain and residual nets, shallow and deep, each from several seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..images.data import Signs
from ..sentence import LessonError, reader
from ..waiting import waiting
from .depth import Block, draw_weights, plain_and_residual

SIZE = 32
"""Height and width of the images here: a quarter of the pixels, a quarter of the time."""
BATCH = 60
RATE = 2e-3
SECONDS = 0.085
"""What an epoch of one block takes, about, on two cores."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Run:
    """One training: `kind` is "plain" or "residual"; by epochs the mean loss and accuracy on the training images."""

    kind: str
    blocks: int
    seed: int
    loss: tuple[float, ...]
    accuracy: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Degradation:
    """All trainings, and the numbers of blocks that were compared."""

    runs: tuple[Run, ...]
    depths: tuple[int, ...]

    def of(self, kind: str, blocks: int) -> tuple[Run, ...]:
        """The trainings of one kind and depth, one for each seed."""
        return tuple(run for run in self.runs if (run.kind, run.blocks) == (kind, blocks))


def compare_depths(
    identity_block: Block,
    convolutional_block: Block,
    data: Signs,
    depths: Sequence[int] = (3, 10),
    epochs: int = 20,
    seeds: Sequence[int] = (0, 1, 2),
) -> Degradation:
    """Train the nets of `plain_and_residual`, for each depth and seed, on training images of half the width and height.

    Adam, batches of 60, a constant learning rate of 0.002; all nets of a seed see the images in the same order.

    Raises:
        LessonError: no depth, epoch or seed is asked for, or a depth that `plain_and_residual` doesn't have.
    """
    _ = reader()
    if not depths or not seeds or epochs < 1:
        raise LessonError(_("Name at least one depth and one seed, and train for one epoch or more."))
    x = halved(data.train_set_x)
    runs: list[Run] = []
    work, total = 0.0, float(2 * len(seeds) * sum(depths))
    with waiting(_("preparing the first net"), SECONDS * epochs * total * len(x) / 1080) as shown:
        for blocks in depths:
            pair = plain_and_residual(identity_block, convolutional_block, blocks, size=SIZE)
            trainers = {"plain": Trainer(pair.plain), "residual": Trainer(pair.residual)}
            for seed in seeds:
                draw_weights(pair, seed)
                for kind, trainer in trainers.items():
                    words = _("{kind}, {blocks} blocks, seed {seed}").format(kind=_(kind), blocks=blocks, seed=seed)
                    loss, accuracy = [], []
                    for epoch in trainer.train(x, data.train_set_y, epochs, seed):
                        loss.append(epoch[0])
                        accuracy.append(epoch[1])
                        work += blocks / epochs
                        shown(work / total, words)
                    runs.append(Run(kind, blocks, seed, tuple(loss), tuple(accuracy)))
    return Degradation(tuple(runs), tuple(depths))


def halved(images: NDArray[np.uint8]) -> Floats:
    """Images of half the height and width, each pixel the mean of four."""
    n, height, width, channels = images.shape
    means: Floats = images.reshape(n, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4), dtype=np.float32)
    return means


def average_quickly(net: Any) -> None:
    """Let batch normalization's moving averages keep up in few steps; see "The trap" in signs.ipynb."""
    for layer in net.layers:
        if type(layer).__name__ == "BatchNormalization":
            layer.momentum = 0.9


Batches = Iterable[tuple[Floats, NDArray[np.int64]]]
Epoch = Callable[[Batches], tuple[float, float]]
"""Trains on each batch once, and gives the mean loss and the share right of their images, in training mode."""


class Trainer:
    """Trains a Keras model that ends in a softmax, with Adam.

    On TensorFlow the step is written out, because `fit` takes several seconds to prepare; elsewhere it is Keras's
    own. What is prepared serves all trainings of the model: each begins with a fresh optimizer, and with the weights
    that the model has then.
    """

    def __init__(self, net: Any, rate: float = RATE) -> None:
        import keras

        self._optimizer = keras.optimizers.Adam(rate)
        self._optimizer.build(net.trainable_variables)
        self._fresh = [np.array(variable.numpy()) for variable in self._optimizer.variables]
        written_out = keras.backend.backend() == "tensorflow"
        self._epoch = _tensorflow_epoch(net, self._optimizer) if written_out else _keras_epoch(net, self._optimizer)

    def train(self, x: Floats, y: NDArray[np.int64], epochs: int, seed: int) -> Iterator[tuple[float, float]]:
        """Train on batches of 60; yields the mean loss and accuracy of each epoch, in training mode."""
        for variable, value in zip(self._optimizer.variables, self._fresh, strict=True):
            variable.assign(value)
        draws = np.random.default_rng(seed)
        for _ in range(epochs):
            order = draws.permutation(len(x))
            batches = (order[first : first + BATCH] for first in range(0, len(x), BATCH))
            yield self._epoch((x[batch], y[batch]) for batch in batches)


def _tensorflow_epoch(net: Any, optimizer: Any) -> Epoch:
    import keras
    import tensorflow as tf

    weights = net.trainable_variables

    def step(x: Any, y: Any) -> Any:
        """One step; gives the sum of the batch's losses and the number of images that are right."""
        with tf.GradientTape() as tape:
            said = net(x, training=True)
            losses = keras.losses.sparse_categorical_crossentropy(y, said)
            loss = tf.reduce_mean(losses)
        optimizer.apply(tape.gradient(loss, [weight.value for weight in weights]), weights)
        right = tf.argmax(said, axis=1) == tf.cast(y, tf.int64)
        return tf.reduce_sum(losses), tf.reduce_sum(tf.cast(right, tf.float32)), tf.size(y)

    prepared = tf.function(step, reduce_retracing=True)

    def epoch(batches: Batches) -> tuple[float, float]:
        loss, right, images = np.sum([[float(value) for value in prepared(x, y)] for x, y in batches], axis=0)
        return float(loss / images), float(right / images)

    return epoch


def _keras_epoch(net: Any, optimizer: Any) -> Epoch:
    net.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=False)

    def epoch(batches: Batches) -> tuple[float, float]:
        told = [(net.train_on_batch(x, y, return_dict=True), len(y)) for x, y in batches]  # means over each batch
        loss, right, images = np.sum([(one["loss"] * n, one["accuracy"] * n, n) for one, n in told], axis=0)
        return float(loss / images), float(right / images)

    return epoch
