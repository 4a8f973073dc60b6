"""A network that can be shown pictures: ResNet-50 with published weights, or another where there are none."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..experiments.look import grad_cam
from ..images.data import NUMBERS, SIZE, Images
from ..images.photo import Source, prepare_photo
from ..sentence import LessonError, reader
from ..waiting import waiting
from . import network

NAMES_FILE = "imagenet_class_index.json"
"""Keras's own list of ImageNet's classes: {"0": ["n01440764", "tench"], ...}."""


@dataclass(frozen=True)
class Seer:
    """A network, the names of its classes, the height and width of its pictures, and what it makes of their values."""

    model: Any
    names: tuple[str, ...]
    size: int
    published: bool
    input_of: Callable[[NDArray[np.float32]], NDArray[np.float32]]

    def prepare(self, source: Source) -> Images:
        """A picture from a file as this network sees pictures: uint8 (size, size, 3), still to be looked at."""
        return prepare_photo(source, self.size)

    def says(self, picture: Images) -> NDArray[np.float32]:
        """The probability of each class."""
        import keras

        found: NDArray[np.float32] = keras.ops.convert_to_numpy(self.model(self._input(picture), training=False))[0]
        return found

    def where(self, picture: Images, number: int) -> NDArray[np.float32]:
        """Where it looks for this class: `lesson.grad_cam`."""
        return grad_cam(self.model, self._input(picture), number)

    def _input(self, picture: Images) -> NDArray[np.float32]:
        return self.input_of(np.asarray(picture, dtype=np.float32)[None])


def seer(function: Callable[..., Any], source: str | PathLike[str], otherwise: Any) -> Seer:
    """ResNet-50, built by `function`, with the weights of `source`; see `with_published_weights`.

    Where they can't be had, a sentence says so, and `otherwise` comes in its place: a network for hands, 64 x 64 x 3,
    values from 0 to 255, six classes.
    """
    try:
        with waiting(reader()("building ResNet-50 and giving it its weights"), 12):
            model = network.with_published_weights(function, source)
    except LessonError as problem:
        print(problem)
        print(reader()("So your own small network looks on: it knows drawn hands, and nothing else."))
        return Seer(otherwise, tuple(map(str, NUMBERS)), SIZE, False, lambda images: images)
    return Seer(model, class_names(source), network.SIZE, True, _imagenet_input)


def class_names(source: str | PathLike[str]) -> tuple[str, ...]:
    """ImageNet's classes in order: from Keras's file, if it lies here or may be fetched; else their numbers."""
    import keras

    if Path(NAMES_FILE).is_file():
        try:
            found = json.loads(Path(NAMES_FILE).read_text(encoding="utf-8"))
            return tuple(str(found[str(number)][1]).replace("_", " ") for number in range(network.CLASSES))
        except (ValueError, KeyError, TypeError, IndexError, OSError):
            raise LessonError(reader()("{name} is no list of ImageNet's classes.").format(name=NAMES_FILE)) from None
    if source == network.DOWNLOAD:
        rows = keras.applications.imagenet_utils.decode_predictions(np.eye(network.CLASSES), top=1)
        return tuple(name.replace("_", " ") for ((_number, name, _one),) in rows)
    return tuple(reader()("class {number}").format(number=number) for number in range(network.CLASSES))


def _imagenet_input(images: NDArray[np.float32]) -> NDArray[np.float32]:
    """As the authors' Caffe did: blue first, each channel less its mean over ImageNet."""
    import keras

    found: NDArray[np.float32] = keras.applications.imagenet_utils.preprocess_input(images.copy(), mode="caffe")
    return found
