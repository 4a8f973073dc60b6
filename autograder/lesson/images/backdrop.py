"""What stands behind a hand: walls, tables, stripes, lights, blurred patterns. Colours are 0 to 1."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Picture = NDArray[np.float32]
Colour = NDArray[np.float32]


def pick_colour(random: np.random.RandomState) -> Colour:
    """Any colour, the pale and greyish ones of rooms more often than bright ones."""
    grey = random.uniform(0.12, 0.95)
    strength = random.uniform(0, 0.35)
    return np.asarray(np.clip(grey + strength * random.uniform(-1, 1, 3), 0.03, 0.98), dtype=np.float32)


def draw_backdrop(size: int, avoid: Colour, random: np.random.RandomState) -> Picture:
    """A backdrop of shape (size, size, 3) whose main colours stand off from the colour `avoid`."""
    first, second = _standing_off(avoid, random), _standing_off(avoid, random)
    draw = _KINDS[random.randint(len(_KINDS))]
    share = _smooth(draw(size, random), size * random.uniform(0.004, 0.03))
    mixed = first + (second - first) * share[..., None] * random.uniform(0.25, 0.8)
    return np.asarray(mixed, dtype=np.float32)


def _standing_off(avoid: Colour, random: np.random.RandomState, least: float = 0.42) -> Colour:
    """A colour at least so far from `avoid` that a hand is seen before it."""
    while True:
        colour = pick_colour(random)
        if np.linalg.norm(colour - avoid) >= least:
            return colour


def _smooth(share: Picture, radius: float) -> Picture:
    image = Image.fromarray((share * 255).astype(np.uint8))
    return _as_share(image.filter(ImageFilter.GaussianBlur(radius)))


def _as_share(image: Image.Image) -> Picture:
    """A grey image as numbers from 0 to 1."""
    return np.asarray(np.asarray(image, dtype=np.float32) / 255, dtype=np.float32)


def _slope(size: int, random: np.random.RandomState) -> Picture:
    """From one side to the other, evenly."""
    angle = random.uniform(0, 2 * np.pi)
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) / size - 0.5
    return np.asarray(np.clip(0.5 + x * np.cos(angle) + y * np.sin(angle), 0, 1), dtype=np.float32)


def _edge(size: int, random: np.random.RandomState) -> Picture:
    """Two fields with an edge between them, like a table before a wall."""
    return np.asarray(_slope(size, random) > random.uniform(0.3, 0.7), dtype=np.float32)


def _stripes(size: int, random: np.random.RandomState) -> Picture:
    """Stripes, broader than a finger."""
    angle = random.uniform(0, np.pi)
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) / size
    wave = np.sin(2 * np.pi * (random.uniform(1.2, 3.0) * (x * np.cos(angle) + y * np.sin(angle)) + random.uniform()))
    return np.asarray(0.5 + 0.5 * wave, dtype=np.float32)


def _lights(size: int, random: np.random.RandomState) -> Picture:
    """Round spots, like lamps out of focus."""
    image = Image.new("L", (size, size), 0)
    pen = ImageDraw.Draw(image)
    for _ in range(random.randint(4, 10)):
        x, y = random.uniform(0, size, 2)
        radius = random.uniform(0.06, 0.2) * size
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=int(random.randint(90, 256)))
    return _as_share(image)


def _boxes(size: int, random: np.random.RandomState) -> Picture:
    """Upright boxes, like a shelf or a window."""
    image = Image.new("L", (size, size), 0)
    pen = ImageDraw.Draw(image)
    for _ in range(random.randint(2, 6)):
        x, y = random.uniform(-0.2, 0.8, 2) * size
        width, height = random.uniform(0.2, 0.6, 2) * size
        pen.rectangle((x, y, x + width, y + height), fill=int(random.randint(60, 256)))
    return _as_share(image)


def _clouds(size: int, random: np.random.RandomState) -> Picture:
    """A soft pattern without a shape of its own."""
    cells = random.randint(3, 8)
    coarse = Image.fromarray(random.randint(0, 256, (cells, cells)).astype(np.uint8))
    return _as_share(coarse.resize((size, size), Image.Resampling.BICUBIC))


_KINDS: tuple[Callable[[int, np.random.RandomState], Picture], ...] = (
    _slope,
    _edge,
    _stripes,
    _lights,
    _boxes,
    _clouds,
)
