"""Whether a class ten times as large takes ten times as long, in memory that does not grow.

The start of the command counts on both sides, and is told by itself.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import time
from dataclasses import dataclass

from .bars import Bar
from .memory import Watch, drift
from .place import GRADE, Place
from .running import FailedError, TooLongError, end, end_what_is_left, start
from .students import make

SHARE = 0.10


@dataclass(frozen=True, slots=True)
class Linear:
    """Seconds a submission of a small class, graded before and after a large one, and samples of memory in MB."""

    small: int
    large: int
    small_seconds: tuple[float, ...]
    large_seconds: float
    first_result: tuple[float, ...]
    parent: tuple[float, ...]
    servers: tuple[float, ...]

    def bars(self) -> list[Bar]:
        """Time a submission, and how much memory drifts."""
        few, many = statistics.median(self.small_seconds), self.large_seconds
        return [
            Bar(
                f"time a submission, {self.large} beside {self.small}: apart by",
                abs(many / few - 1),
                SHARE,
                unit="%",
                of=f"{many:.3f} s of {self.large}, {few:.3f} s of {self.small} (median of {len(self.small_seconds)})",
            ),
            *(
                Bar(
                    f"{who} memory, last quarter beside second: apart by",
                    drift(list(samples)),
                    SHARE,
                    unit="%",
                    of=f"VmRSS once a second, {len(samples)} samples, median {_median(samples):.0f} MB",
                )
                for who, samples in (("the command's", self.parent), ("the fork servers'", self.servers))
            ),
        ]

    def lines(self) -> list[str]:
        """What else there is to say."""
        first = statistics.median(self.first_result)
        few, many = statistics.median(self.small_seconds) * self.small, self.large_seconds * self.large
        fixed = few - (many - few) / (self.large - self.small) * self.small if self.large > self.small else 0.0
        return [
            f"from command to first result {first:.1f} s (median); "
            f"fixed cost by the two sizes {fixed:.1f} s, {few:.1f} s for {self.small}, {many:.1f} s for {self.large}"
        ]


def measure(place: Place, small: int = 40, large: int = 400) -> Linear:
    """Grade a small class, a large one, and another small one."""
    seconds: list[float] = []
    firsts: list[float] = []
    watch = Watch()
    for group, number in (("a", small), ("b", large), ("c", small)):
        place.say(f"grading a class of {number}")
        took, first, watched = _grade(place, number, group)
        seconds.append(took / number)
        firsts.append(first)
        watch = watched if group == "b" else watch
    return Linear(
        small,
        large,
        (seconds[0], seconds[2]),
        seconds[1],
        tuple(firsts),
        tuple(watch.parent),
        tuple(watch.servers),
    )


def _grade(place: Place, number: int, group: str) -> tuple[float, float, Watch]:
    """Seconds to the end, seconds to the first result, and memory on the way."""
    root = place.course(make(place.built, number, group))
    results = root / ".autograder" / "results"
    watch = Watch()
    begun = time.perf_counter()
    process = start(GRADE, root, place.log)
    first = 0.0
    try:
        with watch.over(process):
            while process.poll() is None and not first:
                first = time.perf_counter() - begun if any(results.glob("*.json")) else 0.0
                time.sleep(0.05)
            try:
                status = process.wait(place.deadline.left())
            except subprocess.TimeoutExpired:
                raise TooLongError(
                    f"not done within its {place.deadline.seconds:.0f} s: {number} submissions"
                ) from None
            took = time.perf_counter() - begun
    finally:
        end(process)
    if status or end_what_is_left():
        raise FailedError(f"autograder grade ended with {status}, or left processes behind")
    shutil.rmtree(root)
    return took, first, watch


def _median(samples: tuple[float, ...]) -> float:
    return statistics.median(samples) if samples else 0.0
