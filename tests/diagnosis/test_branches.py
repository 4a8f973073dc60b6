"""More than two branches: each slip is the edits that it needs, whichever branch is then the longest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.diagnosis.edits import compare
from autograder.graph import Graph, Node

ENTRY = Node("x", "InputLayer", "", {"batch_shape": (-1, 5, 6, 3)}, ())
RIGHT = ("wide ReLU", "point ReLU", "pooled")


def convolution(name: str, source: str, window: tuple[int, int] = (1, 1), seed: int | None = 0) -> Node:
    return Node(name, "Conv2D", name, {"kernel_size": window, "seed": seed}, (source,), name)


def relu(source: str) -> Node:
    return Node(f"{source} ReLU", "ReLU", "", {"negative_slope": 0.0}, (source,))


def block(
    order: tuple[str, ...] = RIGHT, window: tuple[int, int] = (3, 3), seed: int | None = 0, left_out: str = ""
) -> Graph:
    """Three branches, concatenated in this order; `left_out` is a layer that is not there."""
    nodes = [ENTRY, convolution("narrow", "x"), relu("narrow"), convolution("wide", "narrow ReLU", window)]
    nodes += [relu("wide"), convolution("point", "x"), relu("point")]
    nodes += [Node("pool", "MaxPooling2D", "", {"pool_size": (3, 3)}, ("x",)), convolution("pooled", "pool", seed=seed)]
    nodes.append(Node("join", "Concatenate", "", {"axis": -1}, order))
    if left_out:
        (before,) = next(node for node in nodes if node.id == left_out).inputs
        kept = [node for node in nodes if node.id != left_out]
        nodes = [replace(n, inputs=tuple(before if i == left_out else i for i in n.inputs)) for n in kept]
    return Graph(tuple(nodes), "join")


TURNED = ("wide ReLU", "pooled", "point ReLU")
SLIPS: dict[str, tuple[Graph, list[tuple[str, str, str]]]] = {
    "none": (block(), []),
    "another window": (block(window=(1, 1)), [("setting", "wide", "kernel_size")]),
    "no seed": (block(seed=None), [("setting", "pooled", "seed")]),
    "no ReLU": (block(left_out="point ReLU"), [("missing", "point ReLU", "")]),
    "no ReLU on the longest": (block(left_out="wide ReLU"), [("missing", "wide ReLU", "")]),
    "no pooling": (block(left_out="pool"), [("missing", "pool", "")]),
    "another order": (block(TURNED), [("wiring", "join", "")]),
    "the order turned round": (block(RIGHT[::-1]), [("wiring", "join", "")]),
    "another order, no ReLU": (
        block(TURNED, left_out="point ReLU"),
        [("missing", "point ReLU", ""), ("wiring", "join", "")],
    ),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_each_slip_is_its_own_edits(slip: str) -> None:
    student, wanted = SLIPS[slip]
    script = compare(block(), student)
    edits = [(e.operation, node.id, e.setting) for e in script.edits if (node := e.mine or e.theirs)]
    assert edits == wanted
    assert script.complete


def test_the_order_that_was_asked_for_is_told() -> None:
    (edit,) = compare(block(), block(TURNED)).edits
    assert (edit.wanted, edit.given) == (RIGHT, TURNED)
