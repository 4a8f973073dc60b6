"""SIGNS: pictures of hands that show 0 to 5 fingers, to train and test a network on.

`load()` gives your own train_signs.h5 and test_signs.h5 where the course has them, and otherwise images that this kit
draws. Those have the original's keys, shapes and types but are none of its pictures: each is drawn by the program in
`images/`, from a seed and without any photograph, and is under the same licence as the kit (BSD-3-Clause). The
original SIGNS set belongs to its authors and is not shipped.
"""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from typing import TYPE_CHECKING, Any

from .images.data import Signs, SignsError
from .images.sources import load

if TYPE_CHECKING:
    from .training.fit import Training

__all__ = ["Signs", "SignsError", "load", "own_blocks", "train"]


def own_blocks(notebook: str | PathLike[str] = "resnet.ipynb") -> tuple[Callable[..., Any], Callable[..., Any]]:
    """`identity_block` and `convolutional_block`, in this order: your own, from the notebook where you wrote them.

    Of that notebook the set-up cell and the cells of the two blocks are run, and nothing else. A block that does not
    pass its public check, or isn't there, is replaced by the course's, so that one mistake does not keep you from
    training. One line is printed that says which is whose.

    Raises:
        SignsError: a block is missing, and the references from which the course's is made can't be used. Without
            references, as in a course that has never been built, your own blocks are taken unchecked.
    """
    from .training.blocks import own_blocks

    return own_blocks(notebook)


def train(
    model: Any,
    data: Signs,
    epochs: int = 18,
    seed: int = 0,
    *,
    batch_size: int = 32,
    learning_rate: float = 3e-3,
    save_to: str | PathLike[str] | None = "signs.safetensors",
) -> Training:
    """Train a network on `data.train_set_x`, show how it goes, and save its weights beside the notebook.

    Args:
        model: a Keras model that takes images of (64, 64, 3), values from 0 to 255, and gives six probabilities. It is
            compiled here, with Adam, whose learning rate falls along half a cosine to 0.
        data: what `signs.load()` gives. Test images are looked at after each epoch, and never learned from.
        epochs: how often every training image is seen: each time anew moved by up to three pixels, and mirrored or not.
        seed: of the order of the images, their moves, and dropout. The same seed gives the same training, nearly:
            TensorFlow's threads add numbers up in varying order.
        batch_size: images in one step.
        learning_rate: Adam's, at the beginning.
        save_to: a safetensors file, written whole at the end; None for none.

    Returns:
        Training: accuracies and losses by epoch, and the seconds it took. A frozen record.

    Batch normalization trains with each batch's own mean and variance, and predicts with moving averages of them. With
    Keras's momentum of 0.99 these remember about the last hundred steps. After two epochs of 34 steps they are still
    half what they were before training, and test images are hardly recognised, whatever the training images do. What
    helps is steps: when the learning rate has come down, the weights hardly move any more, and the averages catch up.
    So nothing is computed afterwards to mend them, and a training that is cut short shows it.

    Raises:
        SignsError: the model or the data are not such as these, or the file can't be written.
    """
    from .training.fit import train

    return train(model, data, epochs, seed, batch_size=batch_size, learning_rate=learning_rate, save_to=save_to)
