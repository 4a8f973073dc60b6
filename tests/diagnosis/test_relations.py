"""What turns the right array into the wrong one is told, where it holds for all its numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder.diagnosis.judge_function import judge_function
from autograder.evidence.evidence import Evidence
from autograder.exercises import Drawn, Exercise, Part, Rubric, TestCase
from autograder.references.references import Reference
from autograder.report import make_report

Array = NDArray[Any]
CASE = TestCase(name="public-1", arguments={"x": Drawn(shape=(5, 4), seed=1), "k": 2})
EXERCISE = Exercise(
    name="answer", function="answer", kind="function", signature=("x", "k"), outline=(Part("all", ("y",)),),
    rubric=(Rubric("all", 1.0, ("", "", "")),), public_cases=(CASE,), outputs=("y",),
)  # fmt: skip
RIGHT = np.random.default_rng(0).normal(size=(4, 4))

TOLD: dict[str, tuple[Callable[[Array], Array], str]] = {
    "sum for average": (
        lambda y: y * 5,
        "Every number is 5 times what it should be, and 5 is the size of axis 0 of x.",
    ),
    "average for sum": (
        lambda y: y / 4,
        "Every number is 1/4 times what it should be, and 4 is the size of axis 1 of x.",
    ),
    "half": (lambda y: y / 2, "Every number is 1/2 times what it should be."),
    "factor": (lambda y: y * 0.7, "Every number is 0.7 times what it should be."),
    "sign": (lambda y: -y, "Every number has the opposite sign."),
    "more": (lambda y: y + 1.5, "Every number is too large by 1.5."),
    "less": (lambda y: y - 1e-3, "Every number is too small by 0.001."),
    "transposed": (lambda y: y.T.copy(), "it is transposed."),
}


def report(given: Array, right: Array, language: str = "en") -> str:
    reference = Reference(CASE, "", None, None, {"y": right})
    evidence = Evidence("answer", "public-1", answer={"y": given})
    return str(make_report(judge_function(EXERCISE, [evidence], [reference]), language))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("case", TOLD)
def test_it_is_told(case: str, dtype: str) -> None:
    change, sentence = TOLD[case]
    right = RIGHT.astype(dtype)
    given = change(right).astype(dtype)
    words = " ".join(report(given, right).split())
    assert sentence in words
    assert sentence not in " ".join(report(given, right, "zh").split())


NOTHING: dict[str, tuple[Array, Array]] = {
    "one number of many": (np.where(np.arange(16).reshape(4, 4) == 3, 9.0, RIGHT), RIGHT),
    "next to nothing": (np.arange(1.0, 5.0) * 5e-324, np.arange(1.0, 5.0)),
    "two numbers": (np.array([2.0, 4.0]), np.array([1.0, 2.0])),
    "one value throughout": (np.full(6, 2.0), np.full(6, 1.0)),
    "not finite": (np.where(RIGHT > 0, np.nan, RIGHT * 2), RIGHT),
    "zeros": (np.zeros((4, 4)), RIGHT),
    "whole numbers": (np.arange(6) * 2, np.arange(6)),
}


@pytest.mark.parametrize("case", NOTHING)
def test_nothing_is_made_up(case: str) -> None:
    given, right = NOTHING[case]
    words = report(given, right)
    assert not any(word in words for word in ("Every number", "transposed"))
