"""Exercise 4: a small residual net of the student's own blocks, trained on SIGNS.

There is no one right answer here, so nothing is compared with a reference: the graph must be a residual network, the
weights that were saved must fit it, and what both together say of images is measured.
"""

from __future__ import annotations

from random import Random

from ..base.messages import N_
from .exercise import Exercise, Rubric, TestCase

IMAGE = (64, 64, 3)
CLASSES = 6

MAX_PARAMETERS = 2_000_000
"""Numbers in all weights together. The course's own net has about 150,000."""
MAX_PRODUCTS = 60_000_000
"""Multiplications for one image: ten times what the course's own net needs; a few seconds for all hidden images."""

PASS, CHANCE = 0.9, 0.5
"""Share of hidden images that must be right for all points of `accuracy`, and from which on there are any."""
HIDDEN_IMAGES = 240

WEIGHTS_FILE = "signs.safetensors"


def _no_hidden_cases(random: Random) -> tuple[TestCase, ...]:
    """What is hidden are the images, not the arguments."""
    return ()


TRAIN_SIGNS = Exercise(
    name="train_signs",
    function="small_resnet",
    kind="trained",
    signature=("input_shape", "classes"),
    outline=(),
    rubric=(
        Rubric(
            "graph",
            3.0,
            (
                N_("Which of your two blocks may change the shape of its input, and which may not?"),
                N_(
                    "A first convolution and a pooling make the picture smaller; then come stages, each a convolutional block followed by an identity block; then one number for each channel, and a Dense layer with a softmax over the six classes."
                ),
                N_(
                    "X = convolutional_block(X, f=3, filters=[24, 24, 48], stage=2, block='a', s=1); then stage 3 with filters [48, 48, 96]: convolutional_block(..., block='a', s=2) and identity_block(X, 3, [48, 48, 96], stage=3, block='b'); stage 4 in the same way with [64, 64, 128]; at the end GlobalAveragePooling2D() and Dense(classes, activation='softmax'), and Model(inputs=X_input, outputs=X)."
                ),
            ),
        ),
        Rubric(
            "weights",
            1.0,
            (
                N_("What does a network need besides its layers, and where does training leave it?"),
                N_(
                    "The cell that trains saves signs.safetensors beside the notebook. It belongs to the network as it was when it was trained, and it is handed in together with the notebook."
                ),
                N_(
                    "Run history = signs.train(small_resnet(), data) once more after every change of small_resnet, to its end, and hand in signs.safetensors with signs.ipynb."
                ),
            ),
        ),
        Rubric(
            "accuracy",
            6.0,
            (
                N_(
                    "Look at the two curves. Are both still rising when training ends, or does only the one for training images rise?"
                ),
                N_(
                    "If both still rise, train longer, or give the network more filters. If the test curve lags far behind and then jumps, batch normalization's moving averages have not converged yet: that takes some hundreds of steps."
                ),
                N_(
                    "Pictures scaled to between -1 and 1 by Rescaling(1 / 127.5, offset=-1), a convolution of 24 filters with stride 2 and a pooling, three stages with filters from [24, 24, 48] to [64, 64, 128], no dropout, and the epochs that signs.train takes by default come to well over 90%."
                ),
            ),
        ),
    ),
    public_cases=(
        TestCase(
            name="public-1",
            arguments={"input_shape": IMAGE, "classes": CLASSES},
            input_shape=(1, *IMAGE),
            input_seed=7,
            distribution="uniform",
        ),
    ),
    draw_hidden_cases=_no_hidden_cases,
)
