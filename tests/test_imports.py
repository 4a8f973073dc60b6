"""The trusted side starts without TensorFlow. That imports run one way is checked by `make lint`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import autograder

PACKAGE = Path(autograder.__file__).parent
TRUSTED = (
    "autograder",
    "autograder.base.course",
    "autograder.diagnosis",
    "autograder.evidence.evidence",
    "autograder.exercises",
    "autograder.graph",
    "autograder.base.messages",
    "autograder.kinds",
    "autograder.references.notebook",
    "autograder.graph.oracle",
    "autograder.references.references",
    "autograder.report",
    "autograder.lesson.signs",
    "autograder.lesson.training.kind",
)
HEAVY = ("tensorflow", "keras", "torch", "jax")


@pytest.mark.parametrize("module", TRUSTED)
def test_a_trusted_module_starts_without_tensorflow(module: str) -> None:
    code = f"import sys, {module}; print(*(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=PACKAGE.parent, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
