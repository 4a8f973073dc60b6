"""Sets of pictures from a seed.

Each picture has a random stream of its own, named by the seed, the set, the number that the hand shows, and the
picture's place among those: it is the same however much else is drawn.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL

from .data import NUMBERS, SIZE, Images, Labels
from .draw import draw_sign

TRAIN_COUNT, TEST_COUNT = 1080, 120
"""As many as the original has: 180 and 20 of each number."""


def draw_set(seed: int | str, name: str, count: int, drawn: Callable[[], None] = lambda: None) -> tuple[Images, Labels]:
    """`count` pictures in mixed order: uint8 (count, 64, 64, 3), and labels, int64 (count,).

    Each number is shown equally often; where `count` is no multiple of 6, the lower numbers once more. Sets of
    different seeds or names share no picture. The same call gives the same bytes wherever Pillow and NumPy are of the
    same versions. `drawn` is called after each.
    """
    order = _stream(seed, name, "order").permutation(count)
    images = np.empty((count, SIZE, SIZE, 3), dtype=np.uint8)
    labels = np.empty(count, dtype=np.int64)
    for i in range(count):
        number = i % len(NUMBERS)
        images[order[i]] = draw_sign(number, _stream(seed, name, number, i // len(NUMBERS)))
        labels[order[i]] = number
        drawn()
    return images, labels


def draw_hidden(secret: str, count: int) -> tuple[Images, Labels]:
    """Images that nobody has trained on, from the course's secret seed; as `draw_set`."""
    return draw_set(secret, "hidden", count)


def recipe(seed: int | str) -> str:
    """Changes whenever the pictures of this seed may: with the program that draws, or the libraries it uses."""
    digest = hashlib.sha256(json.dumps([str(seed), PIL.__version__, np.__version__]).encode())
    for name in ("backdrop", "data", "draw", "hand", "make"):
        digest.update(Path(__file__).with_name(f"{name}.py").read_bytes())
    return digest.hexdigest()


def _stream(*words: int | str) -> np.random.RandomState:
    """A generator for what these words name. NumPy promises never to change what a RandomState draws (NEP 19)."""
    digest = hashlib.sha256(json.dumps([str(word) for word in words]).encode()).digest()
    return np.random.RandomState(np.frombuffer(digest, dtype="<u4"))
