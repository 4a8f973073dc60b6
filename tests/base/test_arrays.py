"""Arrays as text: there and back, and what is refused."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from autograder.base.arrays import NUMBERS, ArrayError, decode, encode


@pytest.mark.parametrize("dtype", sorted(NUMBERS))
@pytest.mark.parametrize("order", ["C", "F"])
def test_there_and_back(dtype: str, order: str) -> None:
    array = np.array([[1, 0, 3], [0, 5, 1]], dtype=dtype, order=order)
    found = decode(encode(array), dtype, array.shape)
    assert found.dtype == array.dtype
    assert found.dtype.isnative
    assert np.array_equal(found, array)
    found[0, 0] = 0  # a copy of its own


def test_bytes_are_little_endian() -> None:
    array = np.array([1, 2], dtype=">i2")
    assert base64.b64decode(encode(array)) == b"\1\0\2\0"
    assert decode("AQACAA==", "int16", [2]).tolist() == [1, 2]


@pytest.mark.parametrize(
    ("text", "dtype", "shape", "why"),
    [
        ("AA==", "object", [1], "dtype"),
        ("AA==", "O", [1], "dtype"),
        ("AA==", "S1", [1], "dtype"),
        ("A A=", "int8", [1], "base64"),
        ("AA==", "int8", [2], "1 bytes"),
        ("AA==", "int16", [1], "1 bytes"),
        ("AA==", "int8", [10**6, 10**6], "1 bytes"),
        ("Ag==", "bool", [1], "truth values"),
    ],
)
def test_what_is_refused(text: str, dtype: str, shape: list[int], why: str) -> None:
    with pytest.raises(ArrayError, match=why):
        decode(text, dtype, shape)
