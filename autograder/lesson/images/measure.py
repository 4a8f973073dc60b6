"""What comparing raw pixels alone would earn on these images, as a measure for what a network earns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .data import NUMBERS, SIZE, Images, Labels, Signs


@dataclass(frozen=True, slots=True)
class Figures:
    """Test images against training images.

    nearest_neighbour: share of test images whose nearest training image, by raw pixels, shows the same number.
    smallest, median: distance from a test image to its nearest training image, as the root of the mean square
    difference of all values (0 to 255).
    copies: how many test images are training images, byte for byte.
    """

    nearest_neighbour: float
    smallest: float
    median: float
    copies: int


def measure(signs: Signs) -> Figures:
    """The figures of these images."""
    nearest, distance = find_nearest(signs.test_set_x, signs.train_set_x)
    trained_on = {image.tobytes() for image in signs.train_set_x}
    return Figures(
        nearest_neighbour=float(np.mean(signs.train_set_y[nearest] == signs.test_set_y)),
        smallest=float(distance.min()),
        median=float(np.median(distance)),
        copies=sum(image.tobytes() in trained_on for image in signs.test_set_x),
    )


def find_nearest(images: Images, among: Images) -> tuple[Labels, NDArray[np.float64]]:
    """For each of `images` the index of the nearest of `among` by raw pixels, and its distance; both (n,)."""
    a, b = (pictures.reshape(len(pictures), -1).astype(np.float64) for pictures in (images, among))
    squares = np.square(a).sum(axis=1)[:, None] - 2 * a @ b.T + np.square(b).sum(axis=1)  # whole numbers: exact
    nearest = squares.argmin(axis=1)
    return nearest, np.sqrt(squares[np.arange(len(a)), nearest] / a.shape[1])


def draw_sheet(signs: Signs, columns: int = 10) -> Image.Image:
    """The first training images of each number, a row each."""
    step = SIZE + 2
    sheet = Image.new("RGB", (columns * step, len(NUMBERS) * step), "white")
    for row in NUMBERS:
        for column, index in enumerate(np.flatnonzero(signs.train_set_y == row)[:columns]):
            sheet.paste(Image.fromarray(signs.train_set_x[index]), (column * step + 1, row * step + 1))
    return sheet
