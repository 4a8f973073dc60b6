"""What a set of signs is, and the error for one that can't be used."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...base.course import CourseError

SIZE = 64
"""Height and width of a picture, in pixels."""
NUMBERS = range(6)
"""What a hand can show, and the labels."""

Images = NDArray[np.uint8]
Labels = NDArray[np.int64]


class SignsError(CourseError):
    """The images can't be used; the message says why and what to do, in the reader's language.

    Shown in a notebook as that alone, without a traceback through this package.
    """

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


@dataclass(frozen=True, eq=False)
class Signs:
    """Pictures and what they show, under the original's keys. n is 1080 for training and 120 for testing.

    train_set_x, test_set_x: uint8 (n, 64, 64, 3), channels red, green, blue from 0 to 255.
    train_set_y, test_set_y: int64 (n,), the number of fingers.
    list_classes: int64 (6,), 0 to 5.
    source: where they come from: "made", or the folder of your own files.
    """

    train_set_x: Images
    train_set_y: Labels
    test_set_x: Images
    test_set_y: Labels
    list_classes: Labels
    source: str
