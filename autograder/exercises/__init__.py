"""How an exercise is described: its signature, test cases, steps, points and hints, as plain frozen data.

No exercise stands here: each assignment brings its own, in source/ASSIGNMENT/exercises.py.
"""

from __future__ import annotations

import warnings
from typing import Any

from ..base.messages import Text
from .convolutional_block import CONVOLUTIONAL_BLOCK
from .exercise import Drawn, Exercise, Mistake, Part, PlainTask, Rubric, Task, TestCase
from .identity_block import IDENTITY_BLOCK
from .resnet50 import RESNET50
from .train_signs import TRAIN_SIGNS

EXERCISES: tuple[Exercise, ...] = (IDENTITY_BLOCK, CONVOLUTIONAL_BLOCK, RESNET50)
"""Those that are compared with references."""
TRAINED: tuple[Exercise, ...] = (TRAIN_SIGNS,)
"""Those whose answer is a network that has been trained: what it can do is measured."""
NOTEBOOKS: tuple[tuple[Exercise, ...], ...] = (EXERCISES, TRAINED)
"""The exercises that stand in one notebook together."""

__all__ = [
    "EXERCISES",
    "NOTEBOOKS",
    "TRAINED",
    "Drawn",
    "Exercise",
    "Mistake",
    "Part",
    "PlainTask",
    "Rubric",
    "Task",
    "TestCase",
    "Text",
    "by_function",
    "by_name",
]


def by_name(name: str) -> Exercise | None:
    """The exercise with this grade_id, or None."""
    return next((exercise for exercise in (*EXERCISES, *TRAINED) if exercise.name == name), None)


def by_function(name: str) -> Exercise | None:
    """The exercise whose function has this name, or None."""
    return next((exercise for exercise in (*EXERCISES, *TRAINED) if exercise.function == name), None)


def __getattr__(name: str) -> Any:
    """`Probe`, as `TestCase` was called before: in somebody's exercises.py it works for one more version."""
    if name != "Probe":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    warnings.warn("Probe is called TestCase now; the old name goes with the next version.", FutureWarning, stacklevel=2)
    return TestCase
