"""What it costs to grade a class again in which nothing has changed."""

from __future__ import annotations

import shutil
import statistics
from dataclasses import dataclass

from .bars import Bar
from .place import Place
from .students import make

SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Regrade:
    """Seconds for the whole class: once for all, then again and again."""

    students: int
    first: float
    again: tuple[float, ...]

    def bars(self) -> list[Bar]:
        """The share of the first time."""
        again = statistics.median(self.again)
        of = (
            f"{again:.2f} s (median of {len(self.again)}), {self.first:.1f} s the first time, "
            f"{self.students} submissions"
        )
        return [Bar("grading an unchanged class again, of the first time", again / self.first, SHARE, unit="%", of=of)]

    def lines(self) -> list[str]:
        """What else there is to say."""
        return []


def measure(place: Place, students: int = 40, repeats: int = 3) -> Regrade:
    """Grade a class, then again with everything kept."""
    root = place.course(make(place.built, students, "r"))
    place.say(f"grading a class of {students}, then {repeats} times again")
    first = place.grade(root)
    again = tuple(place.grade(root) for _ in range(repeats))
    shutil.rmtree(root)
    return Regrade(students, first, again)
