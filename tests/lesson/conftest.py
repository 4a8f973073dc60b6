"""What the tests of the lesson share: a few pictures, the blocks of the instructor's notebook, and a small network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.lesson.images.make import draw_set
from autograder.lesson.signs import Signs
from tests.shared.helpers import cell, notebook, solution

Blocks = tuple[Callable[..., Any], Callable[..., Any]]


@pytest.fixture(scope="session")
def few() -> Signs:
    """24 pictures to train on and 6 to test with."""
    train, test = draw_set("lesson", "train", 24), draw_set("lesson", "test", 6)
    return Signs(*train, *test, np.arange(6, dtype=np.int64), "made")


@pytest.fixture(scope="session")
def blocks() -> Blocks:
    """The reference solutions, as a student's notebook defines them."""
    names: dict[str, Any] = {}
    exec(cell(notebook("source"), "setup").source, names)
    for name in ("identity_block", "convolutional_block"):
        exec(solution(name), names)
    return names["identity_block"], names["convolutional_block"]


@pytest.fixture(scope="session")
def thin(blocks: Blocks) -> Any:
    """A ResNet-50 with very few filters."""
    from autograder.lesson import thin_resnet50

    return thin_resnet50(*blocks, share=16)
