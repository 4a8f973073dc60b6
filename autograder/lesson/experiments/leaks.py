"""What looking at pixels alone earns, and near-copies between the images to test on and those to train on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..images.data import SIZE, Images, Labels, Signs
from ..images.measure import find_nearest

Rows = NDArray[np.float32]

SHIFT = 2
"""Pixels that a near-copy may be moved by, in each direction."""


@dataclass(frozen=True, slots=True)
class NearCopy:
    """A test image and the training image that it is most like, by their places; and how far apart they are."""

    test: int
    train: int
    distance: float


def nearest_neighbour(data: Signs) -> Labels:
    """What nearest neighbour says of each test image: the label of the training image with the nearest pixels; (n,)."""
    nearest, _ = find_nearest(data.test_set_x, data.train_set_x)
    return data.train_set_y[nearest]


def near_copies(data: Signs, within: float = 0.2) -> list[NearCopy]:
    """Test images that are a training image, give or take light, mirroring, noise and two pixels' shift.

    The alikest pair comes first. `within` is the largest distance (see `aligned_distance`) that counts as a copy;
    copies made on purpose come to at most 0.18, and no image of the kit's own has a distance under 0.33. With a larger
    `within` the list goes on to pairs that are merely alike.
    """
    nearest, distance = aligned_distance(data.test_set_x, data.train_set_x)
    found = [
        NearCopy(test, int(nearest[test]), float(distance[test]))
        for test in np.argsort(distance, kind="stable").tolist()
    ]
    return [pair for pair in found if pair.distance <= within]


def aligned_distance(images: Images, among: Images) -> tuple[Labels, Rows]:
    """For each image the place of the one of `among` that it is most alike, and their distance; both (n,).

    At the best shift and mirroring: a picture is first halved, which takes most of the noise out, and brought to mean 0
    and standard deviation 1, which takes brightness and contrast out. The distance is the root of the mean square
    difference: 0 for equals, 1.41 for pictures that have nothing in common.
    """
    ours, theirs = _halved(images), _halved(among)
    standing = _standardised(theirs[:, 1:-1, 1:-1])
    size = SIZE // 2 - SHIFT
    best = np.full(len(ours), -1, dtype=np.float32)
    nearest = np.zeros(len(ours), dtype=np.int64)
    for mirrored in (ours, ours[:, :, ::-1]):
        for down in range(SHIFT + 1):
            for right in range(SHIFT + 1):
                moved = _standardised(mirrored[:, down : down + size, right : right + size])
                alike = moved @ standing.T / standing.shape[1]
                better = alike.max(axis=1) > best
                nearest[better] = alike.argmax(axis=1)[better]
                best[better] = alike.max(axis=1)[better]
    return nearest, np.sqrt(np.maximum(2 - 2 * best, 0))


def _halved(images: Images) -> Rows:
    half = SIZE // 2
    halved: Rows = images.reshape(len(images), half, 2, half, 2, 3).mean(axis=(2, 4), dtype=np.float32)
    return halved


def _standardised(images: Rows) -> Rows:
    """Each picture as a row of mean 0 and standard deviation 1; one of a single colour becomes zeros."""
    rows = images.reshape(len(images), -1)
    rows = rows - rows.mean(axis=1, keepdims=True)
    standardised: Rows = rows / np.maximum(rows.std(axis=1, keepdims=True), 1e-6)
    return standardised
