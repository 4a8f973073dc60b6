"""Exercise 1: the identity block, three components and a shortcut that carries the input unchanged."""

from __future__ import annotations

from random import Random

from ..base.messages import N_
from .blocks import IDENTITY_OUTLINE, draw_block_cases
from .exercise import Exercise, Rubric, TestCase


def _hidden_cases(random: Random) -> tuple[TestCase, ...]:
    return draw_block_cases(random, strides=None)


IDENTITY_BLOCK = Exercise(
    name="identity_block",
    function="identity_block",
    kind="block",
    signature=("X", "f", "filters", "stage", "block"),
    outline=IDENTITY_OUTLINE,
    rubric=(
        Rubric(
            "2a",
            2.5,
            (
                N_(
                    "What does a 1x1 convolution do to the number of channels, and which of F1, F2 and F3 belongs here?"
                ),
                N_(
                    "The first component has three layers on the main path: Conv2D, BatchNormalization, ReLU. Go through its line of the table setting by setting: filters, kernel size, stride, padding, name, initializer."
                ),
                N_(
                    "Conv2D(F1, (1, 1), strides=(1, 1), padding='valid', name=conv_name_base + '2a', kernel_initializer=glorot_uniform(seed=0)), then BatchNormalization(axis=3, name=bn_name_base + '2a'), then Activation('relu'), each called on X."
                ),
            ),
        ),
        Rubric(
            "2b",
            2.5,
            (
                N_(
                    "Which component looks at a pixel's neighbours, and what must its padding be so that height and width stay as they are?"
                ),
                N_(
                    "The second component is the first one again with three changes: F2 filters, a window of f by f, and the padding."
                ),
                N_(
                    "Conv2D(F2, (f, f), strides=(1, 1), padding='same', name=conv_name_base + '2b', ...), then batch normalization and ReLU as in 2a."
                ),
            ),
        ),
        Rubric(
            "2c",
            2.5,
            (
                N_(
                    "The main path is about to be added to the block's input. How many channels must it have by then, and should it still be allowed to be negative?"
                ),
                N_(
                    "The third component is a 1x1 convolution with F3 filters and a batch normalization. What do the first two have that it must not have?"
                ),
                N_(
                    "Conv2D(F3, (1, 1), ..., name=conv_name_base + '2c', ...), then BatchNormalization(axis=3, name=bn_name_base + '2c'), and no ReLU here."
                ),
            ),
        ),
        Rubric(
            "add",
            2.5,
            (
                N_("Which two tensors meet here, and at what moment must you have kept the second one?"),
                N_(
                    "Keep the block's input in a variable before the first layer. At the end, add it to the main path; the last ReLU comes after the addition."
                ),
                N_(
                    "X_shortcut = X as the first line; at the end X = Add()([X, X_shortcut]), then X = Activation('relu')(X), and return X."
                ),
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
            arguments={"f": 3, "filters": (4, 3, 8), "stage": 3, "block": "c"},
            input_shape=(2, 5, 7, 8),
            input_seed=2,
            training=True,
        ),
    ),
    draw_hidden_cases=_hidden_cases,
)
