"""How much of what a network learned from drawings is left on photographs."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..images.data import NUMBERS, SIZE, Signs
from ..images.photographs import read_photographs
from ..sentence import LessonError, reader
from .variants import tells_signs

Z = 1.96
"""Of a normal distribution, 95 % lie so many standard deviations around the mean."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of some pictures a network gets right."""

    right: int
    pictures: int

    @property
    def value(self) -> float:
        """From 0 to 1."""
        return self.right / self.pictures

    @property
    def bounds(self) -> tuple[float, float]:
        """Where the true rate lies with 95 % confidence: E. B. Wilson's interval, J. Am. Stat. Assoc. 22 (1927) 209."""
        n, p = self.pictures, self.value
        middle = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
        half = Z / (1 + Z**2 / n) * sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
        return max(middle - half, 0.0), min(middle + half, 1.0)


@dataclass(frozen=True, slots=True)
class Drop:
    """One network on drawn test images and on photographs: on all, by number, and by what the folders say besides."""

    drawn: Share
    photographs: Share
    numbers: dict[int, Share]
    groups: dict[str, Share]
    left_out: tuple[str, ...]


def domain_drop(network: Any, data: Signs, folder: str | PathLike[str]) -> Drop | None:
    """Try a network on the test images of `data` and on the photographs below `folder`.

    Where there is no such folder, None, and a sentence is printed that says what would have to lie in it.

    Args:
        network: a Keras model for images of 64 x 64 x 3 pixels, from 0 to 255, with six outputs.
        data: what `signs.load()` gives.
        folder: photographs of any size, in folders named 0 to 5. Folders above or below those name groups.

    Raises:
        LessonError: the network is no such model.
        SignsError: there is nothing in the folder that can be used.
    """
    _ = reader()
    if not tells_signs(network, SIZE):
        raise LessonError(_("This needs a Keras model for 64 x 64 x 3 pixels and 6 classes."))
    if not Path(folder).is_dir():
        missing = _("There is no folder {folder} here. Put photographs of hands into it, in folders named 0 to 5.")
        print(missing.format(folder=folder))
        return None
    photographs = read_photographs(folder)
    right = _right(network, photographs.x, photographs.y)
    groups = np.array(photographs.groups)
    return Drop(
        _share(_right(network, data.test_set_x, data.test_set_y)),
        _share(right),
        {n: _share(right[photographs.y == n]) for n in NUMBERS if (photographs.y == n).any()},
        {str(group): _share(right[groups == group]) for group in np.unique(groups) if group},
        photographs.left_out,
    )


def _right(network: Any, x: NDArray[np.uint8], y: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.asarray(np.asarray(network.predict(x, verbose=0)).argmax(axis=1) == y)


def _share(right: NDArray[np.bool_]) -> Share:
    return Share(int(right.sum()), len(right))
