"""Which of the student's layers stands for which of the reference's.

Both graphs are read in linear order (main path, shortcut, what follows their meeting) and aligned as two sequences:
the cheapest way of turning one into the other by leaving out, putting in and changing layers (Needleman & Wunsch
1970). Names weigh heavily, because a name says which step the student meant.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ..graph import Node, differing_settings
from ..graph.layers import ACTIVATIONS

FAMILIES = (
    frozenset("Add Concatenate Multiply Average Maximum Minimum Subtract Dot Matmul Divide".split()),
    frozenset({*ACTIVATIONS.values(), "PReLU"}),
    *(
        frozenset(f"Conv{n}D DepthwiseConv{n}D SeparableConv{n}D Conv{n}DTranspose UpSampling{n}D".split())
        for n in (1, 2, 3)
    ),
    frozenset("BatchNormalization LayerNormalization GroupNormalization UnitNormalization RMSNormalization".split()),
    *(
        frozenset(f"MaxPooling{n}D AveragePooling{n}D GlobalAveragePooling{n}D GlobalMaxPooling{n}D".split())
        for n in (1, 2, 3)
    ),
    frozenset("LSTM GRU SimpleRNN Bidirectional".split()),
    frozenset("MultiHeadAttention GroupQueryAttention Attention".split()),
    frozenset("Dense EinsumDense".split()),
    frozenset("Dropout AlphaDropout GaussianDropout GaussianNoise SpatialDropout1D SpatialDropout2D".split()),
    frozenset("Reshape Permute Transpose ReshapeAll".split()),
)
"""Kinds of layers that a student might confuse: one in the place of the other is one mistake, not two."""
FAMILY = {kind: number for number, family in enumerate(FAMILIES) for kind in family}

# Costs are whole numbers, so that two ways that cost the same compare as equal.
GAPS = {"Conv2D": 120, "Dense": 120, "BatchNormalization": 110, "Add": 130, "Concatenate": 130}
GAP = 100
OTHER_NAME = 50
TAKEN_NAME = 225
"""Cost of a name that is another layer's in the reference: more than GAP twice, for one layer missing and one extra."""
MANY = 40
"""A reference with this many layers or more has blocks whose names differ by one letter. One wrong letter then gives
the name of another block's layer, so TAKEN_NAME is not used for such a reference."""
OTHER_SETTING = 25
OTHER_SETTINGS = 100
OTHER_KIND = 150
NEVER = 10**9


Taken = frozenset[tuple[str, str]]
"""Kind and name of every named layer of the reference."""


@dataclass(frozen=True, slots=True)
class LayerPair:
    """A layer of the reference and the student's that stands for it; None where there is none."""

    mine: Node | None
    theirs: Node | None


def align(reference: tuple[Node, ...], student: tuple[Node, ...]) -> list[LayerPair]:
    """Pairs that hold every layer of both sequences once, in order but for a component that stands elsewhere."""
    return _displaced(_in_order(reference, student))


def _displaced(pairs: list[LayerPair]) -> list[LayerPair]:
    """Pair a missing layer with an extra one of the same name where its neighbour has moved along with it.

    That is a whole component in another place, such as a shortcut that has become part of the main path. A single
    layer out of place stays apart: it is out of order, not displaced.
    """
    missing = {pair.mine.name: pair.mine for pair in pairs if pair.mine and not pair.theirs and pair.mine.name}
    extra = {pair.theirs.name: pair.theirs for pair in pairs if pair.theirs and not pair.mine and pair.theirs.name}
    both = [name for name in missing if name in extra and missing[name].kind == extra[name].kind]
    ids = {missing[name].id for name in both}
    moved = {
        name
        for name in both
        if ids & set(missing[name].inputs) or any(missing[name].id in missing[other].inputs for other in both)
    }
    found: list[LayerPair] = []
    for pair in pairs:
        if pair.theirs is None and pair.mine and pair.mine.name in moved:
            found.append(LayerPair(pair.mine, extra[pair.mine.name]))
        elif not (pair.mine is None and pair.theirs and pair.theirs.name in moved):
            found.append(pair)
    return found


def _in_order(reference: tuple[Node, ...], student: tuple[Node, ...]) -> list[LayerPair]:
    few = len(reference) < MANY
    given = Counter((node.kind, node.name) for node in student)
    # A name that the student gave twice says nothing about which layer was meant.
    taken = frozenset((n.kind, n.name) for n in reference if n.name and few and given[n.kind, n.name] < 2)
    rows, columns = len(reference), len(student)
    cost = [[0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows):
        cost[i + 1][0] = cost[i][0] + _gap(reference[i])
    for j in range(columns):
        cost[0][j + 1] = cost[0][j] + _gap(student[j])
    gaps = [_gap(theirs) for theirs in student]
    change = _Change(taken)
    for i, mine in enumerate(reference):
        row, above, gap = cost[i + 1], cost[i], _gap(mine)
        for j, theirs in enumerate(student):
            row[j + 1] = min(above[j] + change.costs(mine, theirs), above[j + 1] + gap, row[j] + gaps[j])
    return _walk_back(reference, student, cost)


def _walk_back(reference: tuple[Node, ...], student: tuple[Node, ...], cost: list[list[int]]) -> list[LayerPair]:
    """The pairs on the cheapest way through the table of costs, read from its end."""
    pairs: list[LayerPair] = []
    i, j = len(reference), len(student)
    while i or j:
        here = cost[i][j]
        # Of two layers that are alike the later one is extra, or missing: a gap covers a whole block, not parts of two.
        if j and here == cost[i][j - 1] + _gap(student[j - 1]):
            pairs.append(LayerPair(None, student[j - 1]))
            j -= 1
        elif i and here == cost[i - 1][j] + _gap(reference[i - 1]):
            pairs.append(LayerPair(reference[i - 1], None))
            i -= 1
        else:
            pairs.append(LayerPair(reference[i - 1], student[j - 1]))
            i, j = i - 1, j - 1
    return pairs[::-1]


def _gap(node: Node) -> int:
    return GAPS.get(node.kind, GAP)


class _Change:
    """What it costs to take one layer for another. A name in `taken` says which layer is meant.

    A deep model has few kinds of layers over and over, so what two settings cost is worked out once.
    """

    def __init__(self, taken: Taken) -> None:
        self._taken = taken
        self._settings: dict[tuple[int, int], int] = {}
        self._alike: dict[tuple[object, ...], int] = {}
        self._number: dict[int, int] = {}

    def costs(self, mine: Node, theirs: Node) -> int:
        if mine.kind != theirs.kind:
            if mine.kind not in FAMILY or FAMILY[mine.kind] != FAMILY.get(theirs.kind):
                return NEVER
            return OTHER_KIND - (50 if mine.name and mine.name == theirs.name else 0)
        name = 0
        if mine.name and mine.name != theirs.name:
            name = TAKEN_NAME if (theirs.kind, theirs.name) in self._taken else OTHER_NAME
        return self._of_settings(mine, theirs) + name

    def _of_settings(self, mine: Node, theirs: Node) -> int:
        key = self._numbered(mine), self._numbered(theirs)
        if key not in self._settings:
            wrong = sum(setting != "name" for setting, _, _ in differing_settings(mine, theirs))
            self._settings[key] = min(wrong * OTHER_SETTING, OTHER_SETTINGS)
        return self._settings[key]

    def _numbered(self, node: Node) -> int:
        """The same number for all layers with the same settings."""
        if id(node) not in self._number:
            # Types count: 1 and True are equal, and two settings.
            settings = tuple((k, type(v), v) for k, v in sorted(node.settings.items()))
            self._number[id(node)] = self._alike.setdefault((node.kind, settings), len(self._alike))
        return self._number[id(node)]
