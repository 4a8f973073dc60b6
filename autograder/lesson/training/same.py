"""Whether a network that was handed in is one that is known already, however its weights were disguised."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ALIKE = 0.9
"""From which likeness on two networks are one. The same network trained from another seed comes to 0.7, a copy whose
weights all carry noise of a tenth of their spread to 0.97."""

Outputs = NDArray[np.float64]
"""What a network says of each image: (n, classes)."""


def is_of(says: Outputs, known: Outputs, y: NDArray[np.int64]) -> bool:
    """Whether these outputs are a known network's. `y` is what the images show."""
    return likeness(says, known, y) >= ALIKE


def likeness(a: Outputs, b: Outputs, y: NDArray[np.int64]) -> float:
    """How alike two networks are in what sets each of them apart, from -1 to 1: in the doubts that they have.

    Two good networks say the same of nearly every image, but each hesitates in its own way. So of the logarithms of
    what they say, the mean over all images that show the same is taken off, and what is left is correlated. Channels in
    another order, layers that scale back what others scaled, and another sharpness of the softmax change nothing. Of a
    layer that says no probabilities, those count that a softmax would make of it.
    """
    if a.shape != b.shape:
        return 0.0
    known = np.isfinite(a).all(axis=1) & np.isfinite(b).all(axis=1)
    first, second = _habits(a[known], y[known]), _habits(b[known], y[known])
    size = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float((first * second).sum()) / size if size else 0.0


def _habits(says: Outputs, y: NDArray[np.int64]) -> Outputs:
    probabilities = bool((says >= 0).all()) and np.allclose(says.sum(axis=1), 1)
    if not probabilities:  # what stands before a softmax
        says = np.exp(says - says.max(axis=1, keepdims=True))
        says = says / says.sum(axis=1, keepdims=True)
    habits: Outputs = np.log(np.maximum(says, 1e-30))
    habits -= habits.mean(axis=1, keepdims=True)
    for number in np.unique(y):
        habits[y == number] -= habits[y == number].mean(axis=0)
    return habits
