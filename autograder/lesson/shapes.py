"""A table of shapes that a student predicts before building ResNet-50; of a wrong one the way to it is said."""

from __future__ import annotations

from collections.abc import Mapping

from .sentence import reader

Shape = tuple[int | None, int | None, int | None]
STRIDES = {"stage 2": 1, "stage 3": 2, "stage 4": 2, "stage 5": 2}
CHANNELS = {"stage 2": 256, "stage 3": 512, "stage 4": 1024, "stage 5": 2048}


def steps(image: int) -> dict[str, tuple[tuple[int, int, int], tuple[int, int, int]]]:
    """For each row of the table the right shape, and length, window and stride of the last step to it.

    For square images, and the plan of exercise 3.
    """
    convolved = (image + 2 * 3 - 7) // 2 + 1
    length = (convolved - 3) // 2 + 1
    found = {
        "conv1": ((convolved, convolved, 64), (image + 6, 7, 2)),
        "stage 1": ((length, length, 64), (convolved, 3, 2)),
    }
    for stage, stride in STRIDES.items():
        before, length = length, (length - 1) // stride + 1
        found[stage] = ((length, length, CHANNELS[stage]), (before, 1, stride))
    return found


def check_shapes(said: Mapping[str, Shape], image: int = 224) -> bool:
    """Say of each predicted shape (height, width, channels) whether it is right; True if all of them are.

    `said` has a row for "conv1", and for the end of "stage 1" to "stage 5"; image: its height and width in pixels.
    """
    _, right = reader(), 0
    asked = steps(image)
    for name, (shape, (length, window, stride)) in asked.items():
        given = tuple(said.get(name, (None, None, None)))
        if given == shape:
            right += 1
            print(f"✓ {name}: {'×'.join(map(str, shape))}")
        elif None in given or len(given) != len(shape):
            print("· " + _("{name}: three numbers, height, width and channels").format(name=name))
        elif given[:2] != shape[:2]:
            hint = _("{name}: height and width are not {found}. Length {length}, window {window}, stride {stride}: ...")
            found = "×".join(map(str, given[:2]))
            print("✗ " + hint.format(name=name, found=found, length=length, window=window, stride=stride))
        else:
            print("✗ " + _("{name}: the channels are the filters of the last convolution").format(name=name))
    print(_("{right} of {all} are right.").format(right=right, all=len(asked)))
    return right == len(asked)
