"""What `check` costs beside a bare build and forward pass of the same block on the same test cases.

Both are measured in turn in one fresh process, which writes its figures as JSON: `python -m benchmarks.check`.
"""

from __future__ import annotations

import io
import json
import linecache
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .bars import Bar
from .place import ROOT, Place
from .running import environment

if TYPE_CHECKING:
    from autograder.exercises import Exercise

MOST = 1.5
ROUNDS = 15


@dataclass(frozen=True, slots=True)
class Check:
    """Milliseconds of every round, without and with `check`, by block."""

    bare: dict[str, tuple[float, ...]]
    checked: dict[str, tuple[float, ...]]

    def bars(self) -> list[Bar]:
        """The ratio for each block."""
        return [
            Bar(
                f"check({name}), a bare build and pass = 1",
                statistics.median(self.checked[name]) / statistics.median(self.bare[name]),
                MOST,
                unit=" x",
                of=f"{statistics.median(self.checked[name]):.0f} ms, bare {statistics.median(self.bare[name]):.0f} ms, "
                f"medians of {len(self.bare[name])}",
            )
            for name in self.bare
        ]

    def lines(self) -> list[str]:
        """What else there is to say."""
        return []


def measure(place: Place, rounds: int = ROUNDS) -> Check:
    """Measure in a process of its own, since TensorFlow is not to be loaded here."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.check", str(rounds)],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        timeout=place.deadline.left(),
        check=True,
    )
    found: dict[str, list[list[float]]] = json.loads(done.stdout.splitlines()[-1])
    bare = {name: tuple(pair[0] for pair in pairs) for name, pairs in found.items()}
    return Check(bare, {name: tuple(pair[1] for pair in pairs) for name, pairs in found.items()})


# --- in the process of its own -------------------------------------------------------------------------------------


def solutions() -> dict[str, Any]:
    """The instructor notebook's functions."""
    from autograder.base.notebooks import grade_id, read_node
    from tests.corpus.cases import namespace

    names = namespace()
    for cell in read_node(ROOT / "source" / "resnet" / "resnet.ipynb").cells:
        if grade_id(cell):
            name = f"<{grade_id(cell)}>"  # its lines are at hand, as those of a cell in a notebook are
            linecache.cache[name] = len(cell.source), None, cell.source.splitlines(keepends=True), name
            exec(compile(cell.source, name, "exec"), names)
    return names


def bare(function: Callable[..., Any], exercise: Exercise) -> None:
    """Build the block on every public test case and run it once."""
    import keras

    for case in exercise.public_cases:
        tensor = keras.Input(case.input_shape[1:])
        values = [list(v) if isinstance(v, tuple) else v for v in case.arguments.values()]
        keras.Model(tensor, function(tensor, *values))(case.input(), training=case.training)


def milliseconds(call: Callable[..., object], *arguments: Any) -> float:
    """How long one call takes; what it prints goes nowhere."""
    begun = time.perf_counter()
    with redirect_stdout(io.StringIO()):
        call(*arguments)
    return (time.perf_counter() - begun) * 1e3


def pairs(rounds: int) -> dict[str, list[tuple[float, float]]]:
    """For each block, the times of a bare build and pass and of `check`, in turn."""
    from autograder import check
    from tests.shared.exercises import EXERCISES

    names = solutions()
    found = {}
    for exercise in EXERCISES:
        if exercise.kind != "block":
            continue
        function = names[exercise.function]
        milliseconds(bare, function, exercise)  # once for what is only paid once
        milliseconds(check, function)
        found[exercise.name] = [
            (milliseconds(bare, function, exercise), milliseconds(check, function)) for _ in range(rounds)
        ]
    return found


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    print(json.dumps(pairs(int(sys.argv[1]))))
