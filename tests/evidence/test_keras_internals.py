"""Evidence where Keras has lost a name that it never promised: less is collected, and nothing breaks."""

from __future__ import annotations

from typing import Any

import pytest
from keras import layers
from keras.src.ops import numpy as operations

from autograder.evidence.collect import collect
from autograder.exercises import PlainTask, TestCase

BLOCK = PlainTask(name="block", function="block", kind="block", signature=("X",), outputs=())
CASE = TestCase(name="one", arguments={}, input_shape=(1, 4, 4, 3))


def paths_that_do_not_meet(X: Any) -> Any:
    return layers.Add()([layers.Conv2D(5, 2)(X), X])


def test_without_the_name_there_is_what_stood_before_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = collect(paths_that_do_not_meet, BLOCK, CASE)
    assert whole.error is not None
    assert whole.graph is not None
    monkeypatch.delattr(operations, "broadcast_shapes")
    less = collect(paths_that_do_not_meet, BLOCK, CASE)
    assert less.error is not None
    assert less.error.message == whole.error.message
    assert less.partial  # what stood before the addition
