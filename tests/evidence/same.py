"""Whether two pieces of evidence say the same."""

from __future__ import annotations

import numpy as np

from autograder.evidence.evidence import Evidence


def assert_equal(mine: Evidence, theirs: Evidence) -> None:
    for name in ("function", "case", "graph", "error", "changed", "misnamed", "code", "partial"):
        assert getattr(mine, name) == getattr(theirs, name)
    assert (mine.weights is None) == (theirs.weights is None)
    pairs = [(getattr(mine, name), getattr(theirs, name)) for name in ("outputs", "in_other_mode", "canary")]
    if mine.weights is not None:
        assert list(mine.weights) == list(theirs.weights)
        for key, given_arrays in mine.weights.items():
            pairs += zip(given_arrays, theirs.weights[key], strict=True)
    for a, b in pairs:
        assert (a is None) == (b is None)
        if a is not None:
            assert b.dtype == np.float32
            assert a.shape == b.shape
            assert np.array_equal(a, b, equal_nan=True)
