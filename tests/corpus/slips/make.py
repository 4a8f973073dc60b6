"""All slips: those of `edits` on every line, those of `texts`, and names that the set-up cell does not import."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from .edits import MAKERS
from .slip import Slip, Solution, solutions
from .texts import texts

MOST = 5
"""So many slips of one kind in one exercise are tried, spread over its lines; the others are of the same sort."""
IMPORTED = frozenset(
    "np tf K layers Input Add Dense Activation ZeroPadding2D Flatten Conv2D BatchNormalization AveragePooling2D "
    "MaxPooling2D Model glorot_uniform convolutional_block identity_block ReLU DepthwiseConv2D Conv2DTranspose "
    "Concatenate Dropout LayerNormalization MultiHeadAttention".split()
)


def slips(most: int = MOST) -> Iterator[Slip]:
    """Every slip once, at most `most` of a kind in each exercise."""
    for sol in solutions():
        found = dict.fromkeys(slip for slip in _all(sol) if slip.code != sol.code or slip.without)
        kinds = Counter(slip.kind for slip in found)
        met: Counter[str] = Counter()
        for slip in found:
            # Evenly spread: the n-th of `kinds` is taken when the share taken so far falls behind.
            before = met[slip.kind] * most // kinds[slip.kind]
            met[slip.kind] += 1
            if kinds[slip.kind] <= most or met[slip.kind] * most // kinds[slip.kind] > before:
                yield slip


def _all(sol: Solution) -> Iterator[Slip]:
    for stmt in sol.statements:
        for make in MAKERS:
            yield from make(sol, stmt)
    yield from texts(sol)
    yield from _not_imported(sol)


def _not_imported(sol: Solution) -> Iterator[Slip]:
    used = [node.id for node in ast.walk(sol.function) if isinstance(node, ast.Name) and node.id in IMPORTED]
    for name in dict.fromkeys(used):
        first = next(
            stmt
            for stmt in sol.statements
            if not isinstance(stmt, ast.For | ast.If)
            and any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(stmt))
        )
        yield sol.slip("not imported", first, sol.code, name, name, without=(name,))
