"""Arrays of numbers as text and back: their bytes, little-endian and in C order, in base64.

What is read may come from a process that a student controls: a text becomes an array only where its dtype is one of
NUMBERS and its bytes are as many as the shape asks for. How large a shape may be, the caller checks beforehand.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

NUMBERS = frozenset(
    "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128".split()
)
"""The dtypes of arrays that may cross from one process to another."""


class ArrayError(ValueError):
    """The text is not an array of that dtype and shape."""


def encode(array: NDArray[Any]) -> str:
    """The bytes of an array whose dtype is one of NUMBERS; the caller writes down its dtype and its shape."""
    plain = np.asarray(array, dtype=array.dtype.newbyteorder("<"), order="C")
    return base64.b64encode(plain.tobytes()).decode()


def decode(text: str, dtype: str, shape: Sequence[int]) -> NDArray[Any]:
    """The array that `encode` wrote, as a copy of its own. Raises ArrayError."""
    if dtype not in NUMBERS:
        raise ArrayError(f"an array of dtype {dtype[:20]!r}")
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise ArrayError("an array is not base64") from None
    kind = np.dtype(dtype)
    if math.prod(shape) * kind.itemsize != len(data):
        raise ArrayError(f"an array of shape {list(shape)} has {len(data)} bytes")
    if dtype == "bool" and data.strip(b"\0\1"):
        raise ArrayError("an array of truth values that holds something else")
    return np.frombuffer(data, dtype=kind.newbyteorder("<")).reshape(shape).astype(kind)
