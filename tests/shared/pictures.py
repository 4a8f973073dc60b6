"""Pictures for tests of pages."""

from __future__ import annotations

import base64
from io import BytesIO

import numpy as np
from PIL import Image


def noise(width: int, height: int, kind: str = "PNG") -> bytes:
    """A picture that can't be made small."""
    pixels = np.random.default_rng(0).integers(0, 255, (height, width, 3), dtype=np.uint8)
    return _written(Image.fromarray(pixels), kind)


def blank(width: int, height: int, kind: str = "PNG") -> bytes:
    """A picture of a few bytes, whatever its size."""
    return _written(Image.new("1" if kind == "PNG" else "L", (width, height)), kind)


def data_address(data: bytes) -> str:
    """The picture as an address that holds it."""
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


def _written(picture: Image.Image, kind: str) -> bytes:
    file = BytesIO()
    picture.save(file, kind)
    return file.getvalue()
