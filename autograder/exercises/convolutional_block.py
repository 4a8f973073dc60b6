"""Exercise 2: the convolutional block, whose shortcut has a convolution of its own because the shape changes."""

from __future__ import annotations

from random import Random

from ..base.messages import N_
from .blocks import CONVOLUTIONAL_OUTLINE, draw_block_cases
from .exercise import Exercise, Rubric, TestCase


def _hidden_cases(random: Random) -> tuple[TestCase, ...]:
    # The second test case runs in training mode, and a wrong stride must show in both modes.
    return draw_block_cases(random, strides=random.choice(((1, 2, 3), (1, 3, 2), (2, 3, 1), (3, 2, 1))))


CONVOLUTIONAL_BLOCK = Exercise(
    name="convolutional_block",
    function="convolutional_block",
    kind="block",
    signature=("X", "f", "filters", "stage", "block", "s"),
    outline=CONVOLUTIONAL_OUTLINE,
    rubric=(
        Rubric(
            "2a",
            2.0,
            (
                N_(
                    "This block can make the image smaller. Which component of the main path does that, and with which argument?"
                ),
                N_("The first component is that of the identity block except for its stride, which is the argument s."),
                N_(
                    "Conv2D(F1, (1, 1), strides=(s, s), padding='valid', name=conv_name_base + '2a', kernel_initializer=glorot_uniform(seed=0)), then batch normalization and ReLU."
                ),
            ),
        ),
        Rubric(
            "2b",
            2.0,
            (
                N_(
                    "The image already has its final size when it gets here. What stride does that leave for the f by f convolution?"
                ),
                N_(
                    "The second component is exactly that of the identity block: F2 filters, f by f, stride 1, padding 'same'."
                ),
                N_(
                    "Conv2D(F2, (f, f), strides=(1, 1), padding='same', name=conv_name_base + '2b', ...), then batch normalization and ReLU."
                ),
            ),
        ),
        Rubric(
            "2c",
            2.0,
            (
                N_("Is there a ReLU between the last batch normalization of the main path and the addition?"),
                N_(
                    "The third component is exactly that of the identity block: a 1x1 convolution with F3 filters, a batch normalization, nothing else."
                ),
                N_(
                    "Conv2D(F3, (1, 1), ..., name=conv_name_base + '2c', ...), then BatchNormalization(axis=3, name=bn_name_base + '2c')."
                ),
            ),
        ),
        Rubric(
            "shortcut",
            2.0,
            (
                N_(
                    "What shape does the main path end with, and what has to happen to the block's input so that the two can be added?"
                ),
                N_(
                    "The shortcut starts at the block's input. It needs a 1x1 convolution with F3 filters and stride s, and a batch normalization; their names end in '1'. It stays linear."
                ),
                N_(
                    "X_shortcut = Conv2D(F3, (1, 1), strides=(s, s), padding='valid', name=conv_name_base + '1', kernel_initializer=glorot_uniform(seed=0))(X_shortcut), then BatchNormalization(axis=3, name=bn_name_base + '1')(X_shortcut)."
                ),
            ),
        ),
        Rubric(
            "add",
            2.0,
            (
                N_("Which two tensors are added, and what happens to their sum?"),
                N_("Add the end of the main path and the end of the shortcut; the ReLU comes after the addition."),
                N_("X = Add()([X, X_shortcut]), then X = Activation('relu')(X), and return X."),
            ),
        ),
    ),
    public_cases=(
        TestCase(
            name="public-1",
            arguments={"f": 2, "filters": (2, 4, 6), "stage": 1, "block": "a"},
            input_shape=(3, 4, 4, 6),
            input_seed=1,
        ),
        TestCase(
            name="public-2",
            arguments={"f": 3, "filters": (4, 3, 7), "stage": 4, "block": "b", "s": 3},
            input_shape=(2, 6, 8, 5),
            input_seed=3,
            training=True,
        ),
        TestCase(
            name="public-3",
            arguments={"f": 4, "filters": (3, 5, 2), "stage": 2, "block": "d", "s": 1},
            input_shape=(2, 7, 5, 4),
            input_seed=4,
        ),
    ),
    draw_hidden_cases=_hidden_cases,
)
