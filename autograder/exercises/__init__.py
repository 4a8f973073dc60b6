"""How an exercise is described: its signature, test cases, steps, points and hints, as plain frozen data.

No exercise stands here: each assignment brings its own, in source/ASSIGNMENT/exercises.py.
"""

from __future__ import annotations

import warnings
from typing import Any

from ..base.messages import Text
from .exercise import (
    AGREED,
    CalledBlock,
    Conventions,
    Drawn,
    Exercise,
    Mistake,
    Part,
    PlainTask,
    Rubric,
    Sign,
    Task,
    TestCase,
    Variant,
)

__all__ = [
    "AGREED",
    "CalledBlock",
    "Conventions",
    "Drawn",
    "Exercise",
    "Mistake",
    "Part",
    "PlainTask",
    "Rubric",
    "Sign",
    "Task",
    "TestCase",
    "Text",
    "Variant",
]


def __getattr__(name: str) -> Any:
    """`Probe`, as `TestCase` was called before: in somebody's exercises.py it works for one more version."""
    if name != "Probe":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    warnings.warn("Probe is called TestCase now; the old name goes with the next version.", FutureWarning, stacklevel=2)
    return TestCase
