"""Learning from few images: with a network that has learned something related, and without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..images.data import Signs
from ..sentence import LessonError, reader
from ..waiting import waiting
from .degradation import SIZE, Floats, Trainer, average_quickly, halved
from .depth import Block

KNOWN, NEW = (1, 2, 4, 5), (0, 3)
"""The numbers that the network has learned before, and those that it is to tell apart now."""
BEFORE, AFTER = 15, 40
"""Epochs of training, before and with the few images."""
SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Transfer:
    """The share of new images right, by way of training ("frozen", "fine-tuned", "from scratch") and by seed."""

    right: dict[str, tuple[float, ...]]
    images: int
    tested: int


def transfer(
    identity_block: Block, convolutional_block: Block, data: Signs, few: int = 5, seeds: Sequence[int] = (0, 1, 2)
) -> Transfer:
    """Teach a small residual net to tell 0 from 3 from `few` images of each, in three ways.

    Frozen: it has learned to tell 1, 2, 4 and 5 apart, and only its last layer learns anew. Fine-tuned: so, but all of
    it learns. From scratch: it begins as any net does. Each is tried on all other images of 0 and 3. Images are of
    half the height and width.

    Raises:
        LessonError: there are no so few images, or no seed.
    """
    import keras

    _ = reader()
    x, y = (
        halved(np.concatenate([data.train_set_x, data.test_set_x])),
        np.concatenate([data.train_set_y, data.test_set_y]),
    )
    if not seeds or not 1 <= few < min(np.sum(y == number) for number in NEW):
        raise LessonError(_("Name one seed or more, and fewer images than there are of a number."))
    right: dict[str, list[float]] = {"frozen": [], "fine-tuned": [], "from scratch": []}
    known = np.isin(y, KNOWN)
    with waiting(_("learning 1, 2, 4 and 5"), SECONDS * len(seeds) / 3) as shown:
        for place, seed in enumerate(seeds):
            shown(place / len(seeds), _("learning 1, 2, 4 and 5, seed {seed}").format(seed=seed))
            knowing = _net(identity_block, convolutional_block, len(KNOWN), seed)
            learning = Trainer(knowing).train(x[known], _classes(y[known], KNOWN), BEFORE, seed)
            for epoch, _result in enumerate(learning, start=1):
                shown((place + 0.6 * epoch / BEFORE) / len(seeds), "")
            chosen = _few(y, few, seed)
            other = np.flatnonzero(np.isin(y, NEW))
            other = other[~np.isin(other, chosen)]
            for step, way in enumerate(right, start=1):
                shown((place + 0.6 + 0.13 * step) / len(seeds), _("learning 0 and 3, seed {seed}").format(seed=seed))
                like = None if way == "from scratch" else knowing
                net = _net(identity_block, convolutional_block, len(NEW), seed, like)
                _learn(net, x[chosen], _classes(y[chosen], NEW), seed, way == "frozen")
                said = keras.ops.convert_to_numpy(net(x[other], training=False)).argmax(axis=1)
                right[way].append(float(np.mean(said == _classes(y[other], NEW))))
    return Transfer({way: tuple(found) for way, found in right.items()}, few, len(other))


def _classes(y: NDArray[np.int64], numbers: tuple[int, ...]) -> NDArray[np.int64]:
    """The place of each number among those, which ascend: what a net with that many outputs has to say."""
    return np.searchsorted(numbers, y)


def _few(y: NDArray[np.int64], few: int, seed: int) -> NDArray[np.int64]:
    draws = np.random.default_rng(seed)
    return np.concatenate([draws.permutation(np.flatnonzero(y == number))[:few] for number in NEW])


def _learn(net: Any, x: Floats, y: NDArray[np.int64], seed: int, last_alone: bool) -> None:
    """Train all of the net, or its last layer on what stands before it, which is computed once."""
    import keras

    if not last_alone:
        list(Trainer(net).train(x, y, AFTER, seed))
        return
    before = keras.Model(net.inputs[0], net.layers[-2].output)
    features = keras.ops.convert_to_numpy(before(x, training=False))
    images = keras.Input(features.shape[1:])
    last = keras.Model(images, net.layers[-1](images))
    list(Trainer(last, rate=1e-2).train(features, y, 5 * AFTER, seed))


def _net(identity_block: Block, convolutional_block: Block, classes: int, seed: int, like: Any = None) -> Any:
    """A small residual net for 32 x 32 pixels; all but the last layer with the weights of `like`."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(seed)
    images = keras.Input((SIZE, SIZE, 3))
    x = layers.Rescaling(1 / 127.5, offset=-1)(images)
    x = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(16, 5, strides=2, padding="same")(x)))
    x = convolutional_block(x, f=3, filters=[16, 16, 32], stage=2, block="a", s=2)
    x = identity_block(x, f=3, filters=[16, 16, 32], stage=2, block="b")
    x = convolutional_block(x, f=3, filters=[24, 24, 64], stage=3, block="a", s=2)
    x = layers.Dense(classes, activation="softmax")(layers.GlobalAveragePooling2D()(x))
    net = keras.Model(images, x)
    average_quickly(net)
    if like is not None:
        for mine, theirs in zip(net.layers[:-1], like.layers[:-1], strict=True):
            mine.set_weights(theirs.get_weights())
    return net
