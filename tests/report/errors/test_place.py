"""The step in which an error stands."""

from __future__ import annotations

import pytest

from autograder.evidence.evidence import StudentError
from autograder.report.errors import step_of
from tests.shared.exercises import CONVOLUTIONAL_BLOCK, IDENTITY_BLOCK, RESNET50

BLOCK = '''def identity_block(X, f, filters, stage, block):
    """Words about 2c.
    """
    # Step 2c: Conv2D
    F1, F2, F3 = filters
    X = Conv2D(F1, (1, 1), name="res" + "2a",
               strides=(1, 1))(X)
    X = Activation("relu")(X)
    X = Conv2D(F2, (f, f), name="res" + "2b")(X)
    X = Activation("relu")(X)
    X = Add()([X, X_shortcut])
    X = Activation("relu")(X)
    return X
'''


@pytest.mark.parametrize(
    ("line", "step"), [(5, ""), (6, "2a"), (7, "2a"), (8, "2a"), (9, "2b"), (10, "2b"), (11, "add"), (12, "add")]
)
def test_of_a_block(line: int, step: str) -> None:
    code = BLOCK.splitlines()[line - 1].strip()
    error = StudentError(kind="raised", type="ValueError", message="m", line=line, code=code, source=BLOCK)
    assert step_of(error, IDENTITY_BLOCK) == step


def test_what_was_built_tells_where_nothing_else_does() -> None:
    error = StudentError(kind="raised", type="ValueError", line=3, code="X = helper(X)")
    assert step_of(error, IDENTITY_BLOCK, ("2a",)) == "2b"


@pytest.mark.parametrize(
    ("code", "step"),
    [
        ("X = identity_block(X, f=3, filters=F, stage=3, block='b')", "stage 3"),
        ("X = ZeroPadding2D((3, 3))(X_input)", "stage 1"),
        ("X = Flatten(X)", "head"),
    ],
)
def test_of_a_network(code: str, step: str) -> None:
    error = StudentError(kind="raised", type="ValueError", line=3, code=code)
    assert step_of(error, RESNET50) == step


def test_the_shortcut_is_a_step_where_the_rubric_says_so() -> None:
    error = StudentError(
        kind="raised", type="ValueError", line=3, code='X_shortcut = Conv2D(F3, 1, name=base + "1")(X)'
    )
    assert step_of(error, CONVOLUTIONAL_BLOCK) == "shortcut"
