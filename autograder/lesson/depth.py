"""A deep residual net and the plain net that is left when its shortcuts are cut; and the gradients in both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any

from numpy.typing import ArrayLike

from .sentence import LessonError, reader

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


def plain_and_residual(
    identity_block: Block, convolutional_block: Block, blocks: int = 12, filters: Sequence[int] = (8, 8, 32)
) -> Pair:
    """A small residual net of `blocks` bottleneck blocks after a 7x7 convolution, and the same net without shortcuts.

    All blocks work on 16 x 16 pixels, so that each has the same number of weights: one convolutional block, then
    identity blocks, then an average over all pixels and a softmax over six classes. Input: images as they are, 64 x 64
    x 3, values from 0 to 255. The blocks' own seeds (0 everywhere) would start all identity blocks alike; so each
    convolution gets a seed of its own here, the same in both nets.

    Raises:
        LessonError: fewer than 1 or more than 26 blocks; a block has no letter beyond z.
    """
    import keras
    from keras import layers

    if not 1 <= blocks <= len(ascii_lowercase):
        _ = reader()
        raise LessonError(_("A net here has 1 to 26 blocks: plain_and_residual(..., blocks=12)."))
    images = keras.Input((64, 64, 3))
    x = layers.Rescaling(1 / 127.5, offset=-1)(images)
    x = layers.Conv2D(16, 7, strides=4, padding="same", name="conv1")(x)
    x = layers.ReLU()(layers.BatchNormalization(axis=3, name="bn_conv1")(x))
    x = convolutional_block(x, f=3, filters=list(filters), stage=2, block="a", s=1)
    for letter in ascii_lowercase[1:blocks]:
        x = identity_block(x, f=3, filters=list(filters), stage=2, block=letter)
    x = layers.GlobalAveragePooling2D()(x)
    drawn = keras.Model(images, layers.Dense(6, activation="softmax", name="fc6")(x))
    residual = keras.models.clone_model(drawn, clone_function=_with_own_seeds())
    plain = keras.models.clone_model(drawn, clone_function=_with_own_seeds(), call_function=_call_without_shortcut)
    residual.name, plain.name = "residual", "plain"
    plain.set_weights(_weights_for(plain, residual))
    return Pair(plain, residual)


def thin_resnet50(
    identity_block: Block, convolutional_block: Block, share: int = 4, classes: int = 6, image: int = 64
) -> Any:
    """ResNet-50's plan, 50 layers with weights, with one `share`-th of its filters.

    A Keras model; input: images of image x image x 3 pixels, values from 0 to 255.
    """
    import keras
    from keras import layers

    images = keras.Input((image, image, 3))
    x = layers.Rescaling(1 / 127.5, offset=-1)(images)
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

    Cross-entropy, averaged over the batch, in training mode; the model is left as it was. x: images, (n, 64, 64, 3); y:
    their numbers, (n,). A block's 3x3 convolution is its `branch2b`.
    """
    import keras
    import tensorflow as tf

    chosen = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D) and layer.name.endswith(ending)]
    before = [variable.numpy() for variable in model.non_trainable_variables]
    with tf.GradientTape() as tape:
        said = model(tf.convert_to_tensor(x), training=True)
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(tf.convert_to_tensor(y), said))
    gradients = tape.gradient(loss, [layer.kernel.value for layer in chosen])
    for variable, value in zip(model.non_trainable_variables, before, strict=True):
        variable.assign(value)
    return [GradientNorm(layer.name, float(tf.norm(g))) for layer, g in zip(chosen, gradients, strict=True)]


def _with_own_seeds() -> Callable[[Any], Any]:
    """Makes each layer anew; the n-th convolution starts from seed n."""
    count = 0

    def make(layer: Any) -> Any:
        nonlocal count
        import keras

        config = layer.get_config()
        if isinstance(layer, keras.layers.Conv2D):
            count += 1
            config["kernel_initializer"] = keras.initializers.GlorotUniform(seed=count)
        return type(layer).from_config(config)

    return make


def _call_without_shortcut(layer: Any, *args: Any, **kwargs: Any) -> Any:
    """Calls the layer; of an addition only the main path's end is left, which is what a step 2c gives."""
    if type(layer).__name__ != "Add":
        return layer(*args, **kwargs)
    tensors = [tensor for value in args for tensor in (value if isinstance(value, list | tuple) else [value])]
    return next(tensor for tensor in tensors if tensor._keras_history.operation.name.endswith("branch2c"))


def _weights_for(model: Any, other: Any) -> list[Any]:
    """The other model's weights in the order of this one's. The plain net lacks the first block's shortcut."""
    by_name = {layer.name: layer.get_weights() for layer in other.layers}
    return [array for layer in model.layers for array in by_name.get(layer.name, layer.get_weights())]
