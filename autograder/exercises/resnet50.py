"""Exercise 3: ResNet-50, put together from the student's own two blocks."""

from __future__ import annotations

from random import Random

from ..base.messages import N_
from .blocks import CONVOLUTIONAL_OUTLINE, IDENTITY_OUTLINE
from .exercise import Exercise, Part, Rubric, TestCase

IDENTITY_BLOCKS = {2: 2, 3: 3, 4: 5, 5: 2}
"""How many identity blocks follow the convolutional one in each stage (He et al. 2015, arXiv 1512.03385, table 1)."""


def _outline() -> tuple[Part, ...]:
    parts = [Part("stage 1", ("ZeroPadding2D", "Conv2D", "BatchNormalization", "ReLU", "MaxPooling2D"))]
    for stage, identity_blocks in IDENTITY_BLOCKS.items():
        for i in range(identity_blocks + 1):
            block = chr(ord("a") + i)
            for part in IDENTITY_OUTLINE if i else CONVOLUTIONAL_OUTLINE:
                parts.append(Part(f"stage {stage}, block {block}, {part.step}", part.layers))
    parts.append(Part("head", ("AveragePooling2D", "Flatten", "Dense", "Softmax")))
    return tuple(parts)


def _case(name: str, height: int, width: int, classes: int, seed: int, hidden: bool = False) -> TestCase:
    return TestCase(
        name=name,
        arguments={"input_shape": (height, width, 3), "classes": classes},
        input_shape=(1, height, width, 3),
        input_seed=seed,
        distribution="uniform",
        hidden=hidden,
    )


def _hidden_cases(random: Random) -> tuple[TestCase, ...]:
    """One shape, not square, and a number of classes, neither of which a public test case has."""
    height, width = random.choice((48, 64, 80)), random.choice((56, 72, 88))
    classes = random.choice([n for n in range(3, 20) if n not in (4, 6)])
    return (_case("hidden-1", height, width, classes, random.randrange(2**32), hidden=True),)


RESNET50 = Exercise(
    name="resnet50",
    function="ResNet50",
    kind="model",
    signature=("input_shape", "classes"),
    outline=_outline(),
    rubric=(
        Rubric(
            "stage 1",
            1.5,
            (
                N_(
                    "What happens to the image before the first residual block: which layer makes room at its border, and which two make it smaller?"
                ),
                N_(
                    "Stage 1 is ZeroPadding2D, a 7x7 convolution with 64 filters and stride 2, batch normalization, ReLU, max pooling: in this order, named conv1 and bn_conv1."
                ),
                N_(
                    "ZeroPadding2D((3, 3)); Conv2D(64, (7, 7), strides=(2, 2), name='conv1', kernel_initializer=glorot_uniform(seed=0)); BatchNormalization(axis=3, name='bn_conv1'); Activation('relu'); MaxPooling2D((3, 3), strides=(2, 2))."
                ),
            ),
        ),
        Rubric(
            "stage 2",
            1.5,
            (
                N_("Max pooling has just halved the image. Which s does the first block of stage 2 need, then?"),
                N_(
                    "Stage 2: one convolutional block (block 'a', s=1), then two identity blocks ('b', 'c'), all with filters [64, 64, 256] and f=3."
                ),
                N_(
                    "convolutional_block(X, f=3, filters=[64, 64, 256], stage=2, block='a', s=1), then identity_block(X, 3, [64, 64, 256], stage=2, block='b'), and 'c'."
                ),
            ),
        ),
        Rubric(
            "stage 3",
            1.5,
            (
                N_("How many blocks does stage 3 have, and what doubles there while the image is halved?"),
                N_(
                    "Stage 3: a convolutional block (block 'a', s=2), then three identity blocks ('b' to 'd'), filters [128, 128, 512]."
                ),
                N_(
                    "convolutional_block(X, f=3, filters=[128, 128, 512], stage=3, block='a', s=2), then identity_block(X, 3, [128, 128, 512], stage=3, block='b'), 'c', 'd'."
                ),
            ),
        ),
        Rubric(
            "stage 4",
            1.5,
            (
                N_("Which stage is the longest, and how does its line of the table differ from stage 3's?"),
                N_(
                    "Stage 4: a convolutional block (block 'a', s=2), then five identity blocks ('b' to 'f'), filters [256, 256, 1024]."
                ),
                N_(
                    "convolutional_block(X, f=3, filters=[256, 256, 1024], stage=4, block='a', s=2), then identity_block(X, 3, [256, 256, 1024], stage=4, block='b'), 'c', 'd', 'e', 'f'."
                ),
            ),
        ),
        Rubric(
            "stage 5",
            1.5,
            (
                N_(
                    "Look at the three numbers of filters from stage to stage. Which numbers continue the series in stage 5?"
                ),
                N_(
                    "Stage 5: a convolutional block (block 'a', s=2), then two identity blocks ('b', 'c'). All three numbers of filters double once more; copies of this course that say 256 here are wrong."
                ),
                N_(
                    "convolutional_block(X, f=3, filters=[512, 512, 2048], stage=5, block='a', s=2), then identity_block(X, 3, [512, 512, 2048], stage=5, block='b'), and 'c'."
                ),
            ),
        ),
        Rubric(
            "head",
            2.5,
            (
                N_("How does a stack of small images become one probability for each class?"),
                N_(
                    "After stage 5: average pooling over 2x2, Flatten, and one Dense layer whose units, name and activation depend on the task."
                ),
                N_(
                    "AveragePooling2D((2, 2)); Flatten(); Dense(classes, activation='softmax', name='fc' + str(classes), kernel_initializer=glorot_uniform(seed=0)); then Model(inputs=X_input, outputs=X)."
                ),
            ),
        ),
    ),
    public_cases=(_case("public-1", 64, 64, 6, seed=5), _case("public-2", 48, 80, 4, seed=6)),
    draw_hidden_cases=_hidden_cases,
    inner_cap=3.0,
)
