"""What went wrong, in the words of the page for the whole class."""

from __future__ import annotations

import pytest

from autograder.instructor.overview.classroom import Slip
from autograder.instructor.overview.words import step_in_words, what_went_wrong

SECOND = "2b, main path"


@pytest.mark.parametrize(
    ("slip", "step", "what"),
    [
        (Slip("identity_block", "2b", "wrong setting", "padding", ""), SECOND, "the padding is wrong"),
        (Slip("resnet50", "stage 3, block b, 2b", "missing", "", "ReLU"), "stage 3, block b, 2b", "ReLU missing"),
        (Slip("identity_block", "", "error", "NotImplementedError", ""), "", "left as it was given"),
        (Slip("train_signs", "graph", "missing", "no sum", "Model"), "graph: the network", "Model missing (no sum)"),
        (Slip("their_own", "part 2", "odd kind", "tolerance", ""), "part 2", "odd kind (tolerance)"),
    ],
)  # fmt: skip
def test_in_words(slip: Slip, step: str, what: str) -> None:
    assert (step_in_words(slip), what_went_wrong(slip)) == (step, what)
