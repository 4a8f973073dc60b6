"""How a wrong array may follow from the right one: the same factor, the same number added, or axes turned round.

What is said so holds for every number of the array, so it is true of the values whatever made them; what made them it
leaves to the student, but for a factor that is the size of an axis of an argument, where an average is a sum, or a sum
an average.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..exercises import TestCase
from .finding import Finding, Relation

FEWEST = 3
"""Numbers that a relation has to hold for: between two, some factor or other always does."""
LARGEST = 1e6
"""A factor that is told, and 1 over it the smallest: of numbers near float's least, 1 over the factor is infinite."""
Array = NDArray[Any]


def relation(given: Array, expected: Array, same: Callable[[Array, Array], bool]) -> Relation | None:
    """The relation between two arrays of one shape and dtype, by what counts as `same`; None where there is none."""
    if given.dtype.kind != "f" or not (np.isfinite(given).all() and np.isfinite(expected).all()):
        return None
    if given.ndim > 1 and given.T.shape == expected.shape and same(given.T, expected):
        return Relation(transposed=True)
    if np.unique(expected).size < FEWEST:
        return None
    largest = int(np.argmax(np.abs(expected)))
    factor = float(given.flat[largest]) / float(expected.flat[largest])
    if 1 / LARGEST <= abs(factor) <= LARGEST and same((given / factor).astype(given.dtype), expected):
        return Relation(factor=factor)
    offset = float(given.flat[largest]) - float(expected.flat[largest])
    if same((given - offset).astype(given.dtype), expected):
        return Relation(offset=offset)
    return None


def of_a_size(finding: Finding, case: TestCase) -> Finding:
    """The finding with the argument's axis whose size is the factor, or 1 over it, where there is one."""
    gap = finding.difference
    known = gap.relation if gap else None
    if gap is None or known is None or known.factor == 1.0:
        return finding
    for argument, value in case.values().items():
        for axis, size in enumerate(np.shape(value)):
            if size > 1 and any(np.isclose(known.factor, factor, rtol=1e-4) for factor in (size, 1 / size)):
                found = replace(known, argument=argument, axis=axis)
                return replace(finding, difference=replace(gap, relation=found))
    return finding
