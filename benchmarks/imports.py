"""What importing the kit costs beside importing TensorFlow, in CPU seconds of fresh interpreters, in turn."""

from __future__ import annotations

import statistics
import subprocess
import sys
from dataclasses import dataclass

from .bars import Bar
from .place import ROOT, Place
from .running import environment

TRUSTED = "exercises", "evidence.evidence", "graph.oracle", "references.references", "diagnosis", "report"

WHAT = {
    "tensorflow": "import tensorflow",
    "kit": "import autograder",
    "trusted": "import " + ", ".join(f"autograder.{name}" for name in TRUSTED),
}
BOUNDS = {"kit": 0.05, "trusted": 0.15}
NAMES = {"kit": "import autograder", "trusted": "import of the whole trusted side"}


@dataclass(frozen=True, slots=True)
class Imports:
    """CPU seconds of each import, by round."""

    seconds: dict[str, tuple[float, ...]]

    def bars(self) -> list[Bar]:
        """Both imports as a share of TensorFlow's."""
        whole = statistics.median(self.seconds["tensorflow"])
        return [
            Bar(
                f"{NAMES[what]}, of TensorFlow's",
                statistics.median(self.seconds[what]) / whole,
                bound,
                unit="%",
                of=f"{statistics.median(self.seconds[what]):.3f} of {whole:.2f} CPU seconds, medians of "
                f"{len(self.seconds[what])} fresh interpreters",
            )
            for what, bound in BOUNDS.items()
        ]

    def lines(self) -> list[str]:
        """What else there is to say."""
        return []


def measure(place: Place, rounds: int = 5) -> Imports:
    """Import each in turn; once before that for compiled files and the file system's cache."""
    found: dict[str, list[float]] = {what: [] for what in WHAT}
    for i in range(rounds + 1):
        for what, statement in WHAT.items():
            seconds = _once(statement, place)
            if i:
                found[what].append(seconds)
    return Imports({what: tuple(seconds) for what, seconds in found.items()})


def _once(statement: str, place: Place) -> float:
    code = f"import time; begun = time.process_time()\n{statement}\nprint(time.process_time() - begun)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=place.deadline.left(),
        check=True,
    )
    return float(done.stdout.split()[-1])
