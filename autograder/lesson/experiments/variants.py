"""Ablations: networks that differ in one thing, each trained in the same way from several seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..images.data import Signs
from ..sentence import LessonError, reader
from ..waiting import waiting
from .degradation import SECONDS, SIZE, Trainer, average_quickly, halved
from .depth import draw_kernels


@dataclass(frozen=True, slots=True)
class Variant:
    """One training of one network: the mean loss on training images by epochs, and the share of test images right."""

    seed: int
    loss: tuple[float, ...]
    right: float


def train_variants(
    nets: Mapping[str, Any], data: Signs, epochs: int = 10, seeds: Sequence[int] = (0, 1, 2)
) -> dict[str, tuple[Variant, ...]]:
    """Train each network from each seed, on images of half the height and width; by the networks' names.

    A network is a Keras model for 32 x 32 x 3 pixels, from 0 to 255, with a softmax over six classes. Each seed draws
    its kernels anew; all other weights begin as they are given, so a gamma that is set to 0 begins there. Adam,
    batches of 60, a constant learning rate of 0.002. Batch normalization's momentum is set to 0.9: the steps are few.

    Raises:
        LessonError: no network, no seed or no epoch, or a network for other images.
    """
    import keras

    _ = reader()
    if not nets or not seeds or epochs < 1 or not all(tells_signs(net, SIZE) for net in nets.values()):
        sentence = _("Name at least one network for {size} x {size} x 3 pixels and 6 classes, one seed, one epoch.")
        raise LessonError(sentence.format(size=SIZE))
    x, test = halved(data.train_set_x), halved(data.test_set_x)
    found: dict[str, list[Variant]] = {name: [] for name in nets}
    done, total = 0, len(nets) * len(seeds) * epochs
    with waiting(_("preparing the first net"), 10 * SECONDS * total * len(x) / 1080) as shown:
        for name, net in nets.items():
            average_quickly(net)
            begun, trainer = [np.array(weight) for weight in net.get_weights()], Trainer(net)
            for seed in seeds:
                net.set_weights(begun)
                draw_kernels(net, seed)
                losses = []
                for loss, _accuracy in trainer.train(x, data.train_set_y, epochs, seed):
                    losses.append(loss)
                    done += 1
                    shown(done / total, _("{name}, seed {seed}").format(name=name, seed=seed))
                said = keras.ops.convert_to_numpy(net(test, training=False)).argmax(axis=1)
                found[name].append(Variant(seed, tuple(losses), float(np.mean(said == data.test_set_y))))
    return {name: tuple(runs) for name, runs in found.items()}


def tells_signs(net: Any, size: int) -> bool:
    """Whether this is a Keras model for size x size x 3 pixels with an output for each of the six numbers."""
    import keras

    try:
        return isinstance(net, keras.Model) and (net.input_shape[1:], net.output_shape[1:]) == ((size, size, 3), (6,))
    except (AttributeError, TypeError, ValueError):  # one that has not been built yet, or takes several inputs
        return False
