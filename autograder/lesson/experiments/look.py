"""What a trained network does with one picture: its feature maps, and how far each of its units sees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..figures.outline import outline
from ..sentence import LessonError, reader
from .gradients import gradients

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class FeatureMap:
    """What one layer gives for one picture; `values` is (height, width, channels)."""

    layer: str
    values: Array


@dataclass(frozen=True, slots=True)
class Field:
    """How strongly each pixel of a picture weighs in the middle unit of a layer; `weight` is (64, 64), at most 1."""

    layer: str
    weight: Array


def stage_ends(model: Any) -> list[str]:
    """The last layer of each stage, by name: those whose output still has height and width."""
    return [row.pieces[-1].last for row in outline(model) if len(row.pieces[-1].shape) == 3]


def feature_maps(model: Any, image: ArrayLike, layers: Iterable[str]) -> list[FeatureMap]:
    """The outputs of these layers for one picture, (64, 64, 3), as they are in inference.

    Raises:
        LessonError: the model has no such layer.
    """
    import keras

    names = list(layers)
    outputs = [_operation(model, name).output for name in names]
    values = keras.Model(model.inputs[0], outputs).predict(_batch(image), verbose=0)
    return [FeatureMap(name, np.asarray(value)[0]) for name, value in zip(names, _list(values), strict=True)]


def receptive_field(model: Any, images: ArrayLike, layer: str) -> Field:
    """The pixels that the middle unit of a layer sees: how much its output changes with each of them.

    That is the gradient's size at each pixel, summed over the channels of both and averaged over the images (n, 64, 64,
    3), as a share of the largest. Where it is 0, the unit doesn't see the pixel, whatever the weights.
    """
    import keras

    part = keras.Model(model.inputs[0], _operation(model, layer).output)
    x = np.asarray(images, dtype=np.float32)
    change = keras.Variable(np.zeros_like(x))  # of the pixels; its gradient is theirs

    def middle(_: Any, out: Any) -> Any:
        return keras.ops.sum(out[:, out.shape[1] // 2, out.shape[2] // 2])

    (found,) = gradients(lambda x: part(x + change, training=False), [change], x, np.zeros(len(x)), middle)
    weight = np.abs(found).sum(axis=-1).mean(axis=0)
    return Field(layer, (weight / max(weight.max(), 1e-30)).astype(np.float32))


def grad_cam(model: Any, images: ArrayLike, number: int) -> Array:
    """Where a network looks when it says `number` of one picture, given as its input, (1, height, width, 3).

    Grad-CAM (Selvaraju and others 2016, arXiv 1610.02391): the channels of the last layer that has height and width,
    added up, each as much as the class's log-probability grows with it. Shares of the largest, and 0 where the sum
    speaks against the class; (height, width) of that layer.
    """
    import keras

    last = [layer for layer in model.layers if len(getattr(layer.output, "shape", ())) == 4][-1]
    before, after = keras.Model(model.inputs[0], last.output), keras.Model(last.output, model.output)
    maps = keras.ops.convert_to_numpy(before(np.asarray(images, dtype=np.float32), training=False))
    change = keras.Variable(np.zeros_like(maps))  # of the maps; its gradient is theirs

    def surprise(_: Any, said: Any) -> Any:
        return -keras.ops.log(said[:, number] + 1e-12)

    (found,) = gradients(lambda x: after(x + change, training=False), [change], maps, np.zeros(len(maps)), surprise)
    shares = np.maximum((maps[0] * -found.mean(axis=(0, 1, 2))).sum(axis=-1), 0)
    return np.asarray(shares / max(shares.max(), 1e-30), dtype=np.float32)


def _batch(image: ArrayLike) -> Array:
    picture = np.asarray(image, dtype=np.float32)
    return picture if picture.ndim == 4 else picture[None]


def _operation(model: Any, name: str) -> Any:
    found = next((operation for operation in model.operations if operation.name == name), None)
    if found is None:
        _ = reader()
        raise LessonError(_("The model has no layer {name}; model.summary() lists those it has.").format(name=name))
    return found


def _list(values: Any) -> list[Any]:
    return list(values) if isinstance(values, list | tuple) else [values]
