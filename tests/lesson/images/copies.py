"""Near-copies made on purpose, which a search for them must notice."""

from __future__ import annotations

import numpy as np

from autograder.lesson.images.data import Images


def near_copies(images: Images, random: np.random.RandomState) -> Images:
    """The images shifted by two pixels, every other one mirrored, darker, and with noise: what a test must notice."""
    moved = np.roll(images, (2, -2), axis=(1, 2)).astype(np.float64)
    moved[::2] = moved[::2, :, ::-1]
    return np.clip(moved * 0.8 + random.normal(0, 6, moved.shape), 0, 255).astype(np.uint8)
