"""Submissions to the kit's own course: right ones, and wrong ones that attacks start from."""

from __future__ import annotations

from collections.abc import Mapping

from nbformat import NotebookNode

from tests.shared.helpers import handed_in, right, solution

FULL = 30.0

EMPTY_BLOCK = "def identity_block(X, f, filters, stage, block):\n    return X\n"
ONE_COMPONENT = """
def identity_block(X, f, filters, stage, block):
    X = BatchNormalization(name="b")(Conv2D(filters[2], (1, 1), name="a")(X))
    return Activation("relu", name="c")(X)
"""
NO_SHORTCUT = solution("identity_block", ("    X = Add()([X, X_shortcut])\n", ""))
OTHER_SEEDS = solution("identity_block", ("glorot_uniform(seed=0)", "glorot_uniform(seed=7)"))
ALIKE = solution("convolutional_block", ("def convolutional_block(", "def identity_block("))
OTHER_WEIGHTS = solution("identity_block").replace("    return X", "    other_weights(X)\n    return X")
OTHER_WEIGHTS += """

def other_weights(X):
    seen, stack = set(), [X]
    while stack:
        operation, node, _ = stack.pop()._keras_history
        if id(operation) not in seen:
            seen.add(id(operation))
            operation.set_weights([2 * w for w in operation.get_weights()])
            stack += operation._inbound_nodes[node].input_tensors
"""


def answers() -> Mapping[str, NotebookNode]:
    """Whole submissions by name."""
    return {
        "right": right(),
        "wrong": handed_in(identity_block=EMPTY_BLOCK),
        "one_component": handed_in(identity_block=ONE_COMPONENT),
        "no_shortcut": handed_in(identity_block=NO_SHORTCUT),
        "other_weights": handed_in(identity_block=OTHER_WEIGHTS),
        "other_seeds": handed_in(identity_block=OTHER_SEEDS),
        "alike": handed_in(identity_block=ALIKE, convolutional_block=solution("convolutional_block")),
    }
