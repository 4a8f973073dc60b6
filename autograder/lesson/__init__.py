"""What the notebook `signs.ipynb` draws and measures with, in the student's own kernel.

    from autograder import lesson

Nothing of it but `begin` is imported before it is used, and Keras and matplotlib only by the functions that need them.
Nothing here takes part in grading but `training`, which brings the kind of exercise whose answer is a trained network.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from .opening import begin as begin

ASSIGNMENT = "resnet"
"""The assignment that this is the lesson of."""
MODULES = ("signs",)
"""What notebooks import from `autograder` itself: `from autograder import lesson, signs`."""


def __getattr__(name: str) -> Any:
    toolbox = import_module(f"{__name__}.toolbox")
    if name in toolbox.__all__:
        return getattr(toolbox, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *import_module(f"{__name__}.toolbox").__all__]
