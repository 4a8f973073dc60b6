"""What the two residual blocks have in common."""

from __future__ import annotations

from random import Random

from .exercise import Argument, Part, TestCase

CONVOLUTION = ("Conv2D", "BatchNormalization", "ReLU")
LINEAR_CONVOLUTION = ("Conv2D", "BatchNormalization")

MAIN_PATH = (Part("2a", CONVOLUTION), Part("2b", CONVOLUTION), Part("2c", LINEAR_CONVOLUTION))
SHORTCUT = (Part("shortcut", LINEAR_CONVOLUTION),)
MEETING = (Part("add", ("Add", "ReLU")),)

IDENTITY_OUTLINE = MAIN_PATH + MEETING
CONVOLUTIONAL_OUTLINE = MAIN_PATH + SHORTCUT + MEETING

HIDDEN_CASES = 3
LARGER_WINDOW = 5
LATER_STAGES = range(6, 10)


def _shuffled(random: Random, numbers: list[int]) -> list[int]:
    return random.sample(numbers, len(numbers))


def draw_block_cases(random: Random, strides: tuple[int, ...] | None) -> tuple[TestCase, ...]:
    """Hidden test cases of a block: no two alike in f, stage, block or image shape, the second one in training mode.

    One window is larger and one stage later than any of a public test case, so that a function which follows its
    arguments on public test cases only always shows.

    `strides` are the values of s to go through, or None for the identity block, whose F3 must be n_C. Every
    number of filters differs from the others in its test case, so that exchanged filters always show.
    """
    sizes = _shuffled(random, [LARGER_WINDOW, *random.sample((2, 3, 4), HIDDEN_CASES - 1)])
    late = random.choice(LATER_STAGES)
    stages = _shuffled(random, [late, *random.sample([n for n in range(2, 10) if n != late], HIDDEN_CASES - 1)])
    letters = random.sample("bcdefghijk", HIDDEN_CASES)
    heights = random.sample(range(5, 12), HIDDEN_CASES)
    cases = []
    for i in range(HIDDEN_CASES):
        first, second, third, channels = random.sample(range(2, 10), 4)
        width = random.choice([n for n in range(5, 12) if n != heights[i]])
        arguments: dict[str, Argument] = {
            "f": sizes[i],
            "filters": (first, second, third),
            "stage": stages[i],
            "block": letters[i],
        }
        if strides is not None:
            arguments["s"] = strides[i % len(strides)]
        cases.append(
            TestCase(
                name=f"hidden-{i + 1}",
                arguments=arguments,
                input_shape=(random.randint(2, 3), heights[i], width, channels if strides else third),
                input_seed=random.randrange(2**32),
                training=i % 2 == 1,
                hidden=True,
            )
        )
    return tuple(cases)
