"""What a submission costs where no namespaces can be made, as in Docker, beside what it costs under full protection."""

from __future__ import annotations

import resource
import shutil
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path

from .bars import Bar
from .place import GRADE, Place
from .students import make

MOST = 1.5
CONTAINER = Path(__file__).resolve().parents[1] / "tests" / "places" / "container.py"
"""Imitates Docker's default profile."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds for a class, by round, the command's own start included; on the clock and of processors."""

    full: tuple[tuple[float, float], ...]
    container: tuple[tuple[float, float], ...]
    students: int

    def bars(self) -> list[Bar]:
        """Processor time has the bar: what else the machine does changes it least."""
        (full_clock, full), (there_clock, there) = map(_medians, (self.full, self.container))
        of = (
            f"processor time {there:.1f} s and {full:.1f} s for {self.students} submissions, on the clock "
            f"{there_clock:.1f} s and {full_clock:.1f} s; median of {len(self.full)} rounds"
        )
        return [Bar("a class without namespaces, under full protection = 1", there / full, MOST, unit=" x", of=of)]

    def lines(self) -> list[str]:
        """What else there is to say."""
        return []


def measure(place: Place, students: int = 10, rounds: int = 3) -> Cost:
    """Grade the same class on the machine and in the imitated container, in turn."""
    made = make(place.built, students, "c")
    found: dict[bool, list[tuple[float, float]]] = {False: [], True: []}
    for number in range(rounds):
        for inside in (False, True):
            place.say(f"round {number + 1} of {rounds}: {students} {'in the container' if inside else 'outside'}")
            root, before = place.course(made), _processor()
            took = place.command(*((sys.executable, CONTAINER) if inside else ()), *GRADE, cwd=root)
            found[inside].append((took, _processor() - before))
            shutil.rmtree(root)
    return Cost(tuple(found[False]), tuple(found[True]), students)


def _processor() -> float:
    """Seconds that all processes below this one have computed, of those that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _medians(rounds: tuple[tuple[float, float], ...]) -> tuple[float, ...]:
    return tuple(statistics.median(column) for column in zip(*rounds, strict=True))
