"""What `check` costs beside a bare build and forward pass of the same block on the same probes.

Prints the ratio of the medians, both measured in turn in the same run, and exits with 1 above the bar.
"""

from __future__ import annotations

import io
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import keras

from autograder import check
from autograder.exercises import EXERCISES, Exercise
from autograder.notebook import grade_id, read_notebook
from tests.corpus.cases import namespace

BAR = 1.5
ROUNDS = 15


def solutions() -> dict[str, Any]:
    """The instructor notebook's functions."""
    names = namespace()
    root = Path(__file__).resolve().parents[1]
    for cell in read_notebook(root / "source" / "resnet" / "resnet.ipynb").node.cells:
        if grade_id(cell):
            exec(cell.source, names)
    return names


def bare(function: Callable[..., Any], exercise: Exercise) -> None:
    """Build the block on every public probe and run it once."""
    for probe in exercise.public_probes:
        tensor = keras.Input(probe.input_shape[1:])
        values = [list(v) if isinstance(v, tuple) else v for v in probe.arguments.values()]
        keras.Model(tensor, function(tensor, *values))(probe.input(), training=probe.training)


def seconds(call: Callable[..., object], *arguments: Any) -> float:
    """How long one call takes; what it prints goes nowhere."""
    begun = time.perf_counter()
    with redirect_stdout(io.StringIO()):
        call(*arguments)
    return time.perf_counter() - begun


def main() -> int:
    """Measure both blocks and print a line each."""
    names = solutions()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, keras {keras.__version__}"
    )
    worst = 0.0
    for exercise in EXERCISES:
        if exercise.kind != "block":
            continue
        function = names[exercise.function]
        seconds(bare, function, exercise)  # once for what is only paid once
        seconds(check, function)
        pairs = [(seconds(bare, function, exercise), seconds(check, function)) for _ in range(ROUNDS)]
        without, with_check = (statistics.median(column) * 1e3 for column in zip(*pairs, strict=True))
        ratio = with_check / without
        worst = max(worst, ratio)
        print(f"{exercise.name:<20} bare {without:6.0f} ms   check {with_check:6.0f} ms   ratio {ratio:.2f}")
    print(f"bar: {BAR}")
    return 0 if worst <= BAR else 1


if __name__ == "__main__":
    raise SystemExit(main())
