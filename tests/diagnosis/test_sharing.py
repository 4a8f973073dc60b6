"""A layer that is called in two places has its weights in both: that is not the same as two layers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.diagnosis.edits import compare
from autograder.graph import Graph, Node, same

ENTRY = Node("x", "InputLayer", "", {"batch_shape": (-1, 5, 6, 3)}, ())


def chain(*weights: str) -> Graph:
    """Convolutions one after the other, each with these weights; equal ones are calls of one layer."""
    nodes, before = [ENTRY], "x"
    for number, key in enumerate(weights):
        nodes.append(Node(f"conv {number}", "Conv2D", "", {"kernel_size": (3, 3)}, (before,), key))
        before = nodes[-1].id
    return Graph(tuple(nodes), before)


CASES: dict[str, tuple[Graph, Graph, list[tuple[str, object, object]]]] = {
    "two layers, as asked": (chain("a", "b"), chain("p", "q"), []),
    "one layer in place of two": (chain("a", "b"), chain("p", "p"), [("conv 1", None, "conv 0")]),
    "two layers in place of one": (chain("a", "a"), chain("p", "q"), [("conv 1", "conv 0", None)]),
    "one layer, as asked": (chain("a", "a"), chain("p", "p"), []),
    "the other one again": (
        chain("a", "b", "a", "b"),
        chain("p", "q", "q", "p"),
        [("conv 2", "conv 0", "conv 1"), ("conv 3", "conv 1", "conv 0")],
    ),
    "three times": (
        chain("a", "b", "c"),
        chain("p", "p", "p"),
        [("conv 1", None, "conv 0"), ("conv 2", None, "conv 0")],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_shared_is_compared(case: str) -> None:
    reference, student, wanted = CASES[case]
    script = compare(reference, student)
    assert [(e.mine.id, e.expected, e.found) for e in script.edits if e.mine and e.setting == "shared"] == wanted
    assert len(script.edits) == len(wanted)
    assert script.complete
    assert same(reference, student) is not bool(wanted)


def test_a_layer_that_is_missing_in_front_moves_nothing() -> None:
    norm = Node("norm", "BatchNormalization", "", {}, ("x",), "n")
    after = [replace(node, inputs=("norm",)) if node.id == "conv 0" else node for node in chain("a", "b").nodes[1:]]
    script = compare(Graph((ENTRY, norm, *after), "conv 1"), chain("p", "p"))
    assert [(e.operation, e.mine.id if e.mine else "", e.found) for e in script.edits] == [
        ("missing", "norm", None),
        ("setting", "conv 1", "conv 0"),
    ]
