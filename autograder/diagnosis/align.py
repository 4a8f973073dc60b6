"""Which of the student's layers stands for which of the reference's.

Both graphs are read in linear order (main path, shortcut, what follows their meeting) and aligned as two sequences:
the cheapest way of turning one into the other by leaving out, putting in and changing layers (Needleman & Wunsch
1970). Names weigh heavily, because a name says which step the student meant.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..graph import Node, differing_settings

FAMILIES = (
    frozenset("Add Concatenate Multiply Average Maximum Minimum Subtract Dot".split()),
    frozenset(
        "ReLU LeakyReLU PReLU ELU Sigmoid Tanh Softmax SELU Softplus Softsign GELU SiLU ReLU6 HardSigmoid Exponential "
        "Mish HardSiLU LogSoftmax CELU HardTanh LeakyRelu Elu Selu Gelu Silu Relu6".split()
    ),
    frozenset("Conv2D DepthwiseConv2D SeparableConv2D Conv2DTranspose".split()),
    frozenset("BatchNormalization LayerNormalization GroupNormalization UnitNormalization RMSNormalization".split()),
    frozenset("MaxPooling2D AveragePooling2D GlobalAveragePooling2D GlobalMaxPooling2D".split()),
)
"""Layers that a student might use for one another: one in the place of the other is one mistake, not two."""

GAPS = {"Conv2D": 1.2, "Dense": 1.2, "BatchNormalization": 1.1, "Add": 1.3, "Concatenate": 1.3}
GAP = 1.0
OTHER_NAME = 0.5
OTHER_SETTING = 0.25
OTHER_SETTINGS = 1.0
OTHER_KIND = 1.5
NEVER = 1e9


@dataclass(frozen=True, slots=True)
class Pair:
    """A layer of the reference and the student's that stands for it; None where there is none."""

    mine: Node | None
    theirs: Node | None


def align(reference: tuple[Node, ...], student: tuple[Node, ...]) -> list[Pair]:
    """Every layer of both sequences once, in order."""
    rows, columns = len(reference), len(student)
    cost = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows):
        cost[i + 1][0] = cost[i][0] + _gap(reference[i])
    for j in range(columns):
        cost[0][j + 1] = cost[0][j] + _gap(student[j])
    for i, mine in enumerate(reference):
        row, above, gap = cost[i + 1], cost[i], _gap(mine)
        for j, theirs in enumerate(student):
            row[j + 1] = min(above[j] + _change(mine, theirs), above[j + 1] + gap, row[j] + _gap(theirs))
    return _walk_back(reference, student, cost)


def _walk_back(reference: tuple[Node, ...], student: tuple[Node, ...], cost: list[list[float]]) -> list[Pair]:
    pairs: list[Pair] = []
    i, j = len(reference), len(student)
    while i or j:
        here = cost[i][j]
        if i and j and here == cost[i - 1][j - 1] + _change(reference[i - 1], student[j - 1]):
            pairs.append(Pair(reference[i - 1], student[j - 1]))
            i, j = i - 1, j - 1
        elif j and here == cost[i][j - 1] + _gap(student[j - 1]):
            pairs.append(Pair(None, student[j - 1]))
            j -= 1
        else:
            pairs.append(Pair(reference[i - 1], None))
            i -= 1
    return pairs[::-1]


def _gap(node: Node) -> float:
    return GAPS.get(node.kind, GAP)


def _change(mine: Node, theirs: Node) -> float:
    """What it costs to take one layer for the other."""
    if mine.kind != theirs.kind:
        if not any(mine.kind in family and theirs.kind in family for family in FAMILIES):
            return NEVER
        return OTHER_KIND - (0.5 if mine.name and mine.name == theirs.name else 0.0)
    wrong = [setting for setting, _, _ in differing_settings(mine, theirs)]
    settings = sum(OTHER_SETTING for setting in wrong if setting != "name")
    return min(settings, OTHER_SETTINGS) + (OTHER_NAME if "name" in wrong else 0.0)
