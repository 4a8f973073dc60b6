"""How alike two pictures are, whatever their brightness, mirrored or not, and shifted by up to two pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from autograder.signs.data import SIZE, Images

Rows = NDArray[np.float32]


def aligned_distance(images: Images, among: Images) -> Rows:
    """The distance of each image to the one of `among` that it is most alike, at the best shift and mirroring; (n,).

    A picture is first halved, which takes most of the noise out, and brought to mean 0 and standard deviation 1, which
    takes brightness and contrast out. The distance is the root of the mean square difference: 0 for equals, 1.41 for
    pictures that have nothing in common.
    """
    images, among = _halved(images), _halved(among)
    standing = _standardised(among[:, 1:-1, 1:-1])
    size = SIZE // 2 - 2
    best = np.full(len(images), -1, dtype=np.float32)
    for mirrored in (images, images[:, :, ::-1]):
        for down in range(3):
            for right in range(3):
                moved = _standardised(mirrored[:, down : down + size, right : right + size])
                best = np.maximum(best, (moved @ standing.T).max(axis=1) / standing.shape[1])
    return np.sqrt(np.maximum(2 - 2 * best, 0))


def near_copies(images: Images, random: np.random.RandomState) -> Images:
    """The images shifted by two pixels, every other one mirrored, darker, and with noise: what a test must notice."""
    moved = np.roll(images, (2, -2), axis=(1, 2)).astype(np.float64)
    moved[::2] = moved[::2, :, ::-1]
    return np.clip(moved * 0.8 + random.normal(0, 6, moved.shape), 0, 255).astype(np.uint8)


def _halved(images: Images) -> Rows:
    return images.reshape(len(images), SIZE // 2, 2, SIZE // 2, 2, 3).mean(axis=(2, 4), dtype=np.float32)


def _standardised(images: Rows) -> Rows:
    rows = images.reshape(len(images), -1)
    rows = rows - rows.mean(axis=1, keepdims=True)
    return rows / rows.std(axis=1, keepdims=True)
