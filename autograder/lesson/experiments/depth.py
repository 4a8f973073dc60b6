"""A deep residual net and the plain net that is left when its shortcuts are cut; and the gradients in both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..sentence import LessonError, reader
from .gradients import gradients

Block = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two Keras models that begin with the same weights and differ in one thing: `plain` has no shortcuts."""

    plain: Any
    residual: Any


@dataclass(frozen=True, slots=True)
class GradientNorm:
    """How long the loss's gradient for one layer's kernel is (its Euclidean norm)."""

    layer: str
    norm: float


@dataclass(frozen=True, slots=True)
class UpdateRatio:
    """By how much of its own size one step of an optimizer changes a layer's kernel (Euclidean norms)."""

    layer: str
    ratio: float


def plain_and_residual(
    identity_block: Block,
    convolutional_block: Block,
    blocks: int = 12,
    filters: Sequence[int] = (8, 8, 32),
    *,
    size: int = 64,
    seed: int = 0,
) -> Pair:
    """A small residual net of `blocks` bottleneck blocks after a 7x7 convolution, and the same net without shortcuts.

    All blocks work on a quarter of the height and width, so that each has the same number of weights: one convolutional
    block, then identity blocks, then an average over all pixels and a softmax over six classes. Input: images as they
    are, size x size x 3, values from 0 to 255. The blocks' own seeds (0 everywhere) would start all identity blocks
    alike; so each convolution gets a seed of its own here, the same in both nets, and others for another `seed`.

    Raises:
        LessonError: fewer than 1 or more than 26 blocks; a block has no letter beyond z.
    """
    import keras
    from keras import layers

    if not 1 <= blocks <= len(ascii_lowercase):
        _ = reader()
        raise LessonError(_("A net here has 1 to 26 blocks: plain_and_residual(..., blocks=12)."))
    images = keras.Input((size, size, 3), name="images")
    x = layers.Rescaling(1 / 127.5, offset=-1)(images)
    x = layers.Conv2D(16, 7, strides=4, padding="same", name="conv1")(x)
    x = layers.ReLU()(layers.BatchNormalization(axis=3, name="bn_conv1")(x))
    x = convolutional_block(x, f=3, filters=list(filters), stage=2, block="a", s=1)
    for letter in ascii_lowercase[1:blocks]:
        x = identity_block(x, f=3, filters=list(filters), stage=2, block=letter)
    x = layers.GlobalAveragePooling2D()(x)
    residual = keras.Model(images, layers.Dense(6, activation="softmax", name="fc6")(x), name="residual")
    plain = keras.models.clone_model(residual, call_function=_call_without_shortcut)
    plain.name = "plain"
    pair = Pair(plain, residual)
    draw_weights(pair, seed)
    return pair


def draw_weights(pair: Pair, seed: int) -> None:
    """Let both nets begin anew: the n-th kernel of the residual one is drawn from the seed 1000 * seed + n."""
    for layer in pair.residual.layers:
        for weight in layer.weights:
            weight.assign(np.full(weight.shape, weight.name in ("gamma", "moving_variance"), dtype=np.float32))
    draw_kernels(pair.residual, seed)
    by_name = {layer.name: layer.get_weights() for layer in pair.residual.layers}
    for layer in pair.plain.layers:
        if layer.weights:
            layer.set_weights(by_name[layer.name])


def draw_kernels(net: Any, seed: int) -> None:
    """Draw a network's kernels anew, the n-th from the seed 1000 * seed + n."""
    from keras.initializers import GlorotUniform

    kernels = (weight for layer in net.layers for weight in layer.weights if weight.name == "kernel")
    for number, kernel in enumerate(kernels, start=1000 * seed + 1):
        kernel.assign(GlorotUniform(seed=number)(kernel.shape))


def thin_resnet50(
    identity_block: Block,
    convolutional_block: Block,
    share: int = 4,
    classes: int = 6,
    image: int = 64,
    *,
    rescaled: bool = True,
) -> Any:
    """ResNet-50's plan, 50 layers with weights, with one `share`-th of its filters.

    A Keras model; input: images of image x image x 3 pixels, values from 0 to 255; it scales them if `rescaled`.
    """
    import keras
    from keras import layers

    images = keras.Input((image, image, 3))
    x = layers.Rescaling(1 / 127.5, offset=-1)(images) if rescaled else images
    x = layers.ZeroPadding2D(3)(x)
    x = layers.Conv2D(64 // share, 7, strides=2, name="conv1")(x)
    x = layers.ReLU()(layers.BatchNormalization(axis=3, name="bn_conv1")(x))
    x = layers.MaxPooling2D(3, strides=2)(x)
    for stage, (width, blocks) in enumerate(((64, 3), (128, 4), (256, 6), (512, 3)), start=2):
        filters = [width // share, width // share, 4 * width // share]
        x = convolutional_block(x, f=3, filters=filters, stage=stage, block="a", s=1 if stage == 2 else 2)
        for letter in ascii_lowercase[1:blocks]:
            x = identity_block(x, f=3, filters=filters, stage=stage, block=letter)
    x = layers.Flatten()(layers.AveragePooling2D(2)(x))
    outputs = layers.Dense(classes, activation="softmax", name=f"fc{classes}")(x)
    return keras.Model(images, outputs, name="thin_resnet50")


def gradient_norms(model: Any, x: ArrayLike, y: ArrayLike, ending: str = "branch2b") -> list[GradientNorm]:
    """The gradient of the loss on one batch for the kernel of each convolution whose name ends so, in order of depth.

    Cross-entropy, averaged over the batch, in training mode; the model is left as it was. x: images, (n, height, width,
    3); y: their numbers, (n,). A block's 3x3 convolution is its `branch2b`.
    """
    return [
        GradientNorm(layer.name, float(np.linalg.norm(gradient))) for layer, gradient in _gradients(model, x, y, ending)
    ]


def update_ratios(
    model: Any, x: ArrayLike, y: ArrayLike, optimizer: Any, ending: str = "branch2b"
) -> list[UpdateRatio]:
    """What an optimizer's first step does to the kernels that `gradient_norms` looks at: change over kernel, as norms.

    The model is left as it was; the optimizer must be a fresh one.
    """
    import keras

    found = _gradients(model, x, y, ending)
    kernels = [layer.kernel for layer, _ in found]
    before = [np.array(kernel.numpy()) for kernel in kernels]  # on PyTorch an array is the kernel itself
    optimizer.apply([keras.ops.convert_to_tensor(gradient) for _, gradient in found], kernels)
    changes = [np.linalg.norm(kernel.numpy() - old) for kernel, old in zip(kernels, before, strict=True)]
    for kernel, old in zip(kernels, before, strict=True):
        kernel.assign(old)
    return [
        UpdateRatio(layer.name, float(change / np.linalg.norm(old)))
        for (layer, _), change, old in zip(found, changes, before, strict=True)
    ]


def _gradients(model: Any, x: ArrayLike, y: ArrayLike, ending: str) -> list[tuple[Any, Any]]:
    """Each convolution whose name ends so, with the loss's gradient for its kernel."""
    import keras

    chosen = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D) and layer.name.endswith(ending)]
    before = [np.array(variable.numpy()) for variable in model.non_trainable_variables]
    loss = keras.losses.sparse_categorical_crossentropy
    found = gradients(lambda x: model(x, training=True), [layer.kernel for layer in chosen], x, y, loss)
    for variable, value in zip(model.non_trainable_variables, before, strict=True):
        variable.assign(value)
    return list(zip(chosen, found, strict=True))


def _call_without_shortcut(layer: Any, *args: Any, **kwargs: Any) -> Any:
    """Calls the layer; of an addition only the main path's end is left, which is what a step 2c gives."""
    if type(layer).__name__ != "Add":
        return layer(*args, **kwargs)
    tensors = [tensor for value in args for tensor in (value if isinstance(value, list | tuple) else [value])]
    return next(tensor for tensor in tensors if tensor._keras_history.operation.name.endswith("branch2c"))
