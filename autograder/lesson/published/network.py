"""A ResNet-50 of the student's own functions that carries published weights."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import numpy as np

from ..experiments.depth import thin_resnet50
from ..sentence import LessonError, reader
from ..training.blocks import defined, own_blocks
from ..training.weights import COURSE_NAME
from .files import Weights, named, read_weights

SIZE = 224
"""Height and width of the images that the weights were trained on."""
CLASSES = 1000
EPSILON = 1.001e-5
"""What the weights were trained with in batch normalization, as keras.applications has it; Keras's default is 0.001."""
DOWNLOAD = "download"
BLOCKS = {2: 3, 3: 4, 4: 6, 5: 3}
"""Blocks by stage."""


def own_resnet50(notebook: str | PathLike[str] = "resnet.ipynb") -> Callable[..., Any]:
    """`ResNet50`, from the notebook where the student wrote it, if it has the layers that were asked for.

    Otherwise the course's plan, of the student's blocks where those are right. Lines are printed that say which.
    """
    _ = reader()
    identity_block, convolutional_block = own_blocks(notebook)
    names, _trouble = defined(Path(notebook), ("resnet50",))
    function: Any = names.get("ResNet50")
    if callable(function):
        with contextlib.suppress(Exception):  # whatever a student's function raises: the course's plan stands in
            model = function(input_shape=(64, 64, 3), classes=2)
            if _layers() <= {layer.name for layer in model.layers}:
                print(_("{name}: yours").format(name="ResNet50"))
                own: Callable[..., Any] = function
                return own

    def plan(input_shape: tuple[int, int, int] = (64, 64, 3), classes: int = 6) -> Any:
        return thin_resnet50(identity_block, convolutional_block, 1, classes, input_shape[0], rescaled=False)

    print(_("{name}: the course's ({why})").format(name="ResNet50", why=_("yours is not right yet")))
    return plan


def _layers() -> set[str]:
    """The names of all layers of ResNet-50 that have weights, but the last."""
    found = {"conv1", "bn_conv1"}
    for stage, blocks in BLOCKS.items():
        for letter in ascii_lowercase[:blocks]:
            for step in ("2a", "2b", "2c", *("1" if letter == "a" else "",)):
                if step:
                    found |= {f"{kind}{stage}{letter}_branch{step}" for kind in ("res", "bn")}
    return found


def with_published_weights(function: Callable[..., Any], source: str | PathLike[str] | Weights) -> Any:
    """The network that `function` builds, for 224 x 224 pixels and ImageNet's 1000 classes, with published weights.

    Its input is as `keras.applications.resnet.preprocess_input` gives it. From the function's network the layers up to
    the last block are taken; after it come the mean over all pixels and `fc1000`.

    Args:
        function: ResNet50, as the exercise asks for it.
        source: an HDF5 file of one of the layouts in `files`; or "download", which lets Keras fetch its own and check
            its hash, 103 MB, once.

    Raises:
        LessonError: there is no such file, it can't be used, it doesn't fit the network, or nothing could be fetched.
    """
    weights = (
        source if isinstance(source, Weights) else _fetched() if source == DOWNLOAD else read_weights(Path(source))
    )
    network = _network(function, weights.padded)
    _set(network, weights)
    return network


def _network(function: Callable[..., Any], padded: bool) -> Any:
    import keras

    drawn = function(input_shape=(SIZE, SIZE, 3), classes=2)
    pool = [layer for layer in drawn.layers if isinstance(layer, keras.layers.AveragePooling2D)][-1]
    x = keras.layers.GlobalAveragePooling2D()(pool.input)
    x = keras.layers.Dense(CLASSES, activation="softmax", name="fc1000")(x)
    network = keras.Model(drawn.inputs[0], x, name="ResNet50")

    def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(layer, keras.layers.MaxPooling2D):
            return layer(keras.layers.ZeroPadding2D(1, name="pool1_pad")(*args), **kwargs)
        return layer(*args, **kwargs)

    return keras.models.clone_model(network, call_function=call) if padded else network


def _set(network: Any, weights: Weights) -> None:
    """Give every layer its arrays, by name. Raises LessonError: one is missing, left over, or of another shape."""
    import keras

    _, left = reader(), set(weights.arrays)
    for layer in network.layers:
        if not layer.weights:
            continue
        course = COURSE_NAME.fullmatch(layer.name)
        name = f"{'res' if course[1] == 'in' else 'bn'}{course[2]}" if course else layer.name
        arrays = []
        for variable in layer.weights:
            key = (name, variable.name)
            if key not in weights.arrays:
                raise LessonError(
                    _("The weights have no {name}: your network has a layer of another name.").format(
                        name=f"{name}/{variable.name}"
                    )
                )
            array = weights.arrays[key]
            if array.shape != tuple(variable.shape):
                raise LessonError(
                    _("{name} has the shape {found} in the weights, and {expected} in your network.").format(
                        name=f"{name}/{variable.name}", found=array.shape, expected=tuple(variable.shape)
                    )
                )
            arrays.append(array)
            left.discard(key)
        layer.set_weights(arrays)
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.epsilon = EPSILON
    if left:
        raise LessonError(_("The weights have {name}, which your network lacks.").format(name="/".join(min(left))))


def _fetched() -> Weights:
    import keras

    _ = reader()
    try:
        theirs = keras.applications.ResNet50(weights="imagenet")
    except Exception as error:  # what Keras and the network raise is of many kinds
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise LessonError(_("The weights can't be fetched here: {reason}").format(reason=reason)) from None
    arrays = {
        (layer.name, variable.name): np.asarray(variable) for layer in theirs.layers for variable in layer.weights
    }
    return named(arrays)
