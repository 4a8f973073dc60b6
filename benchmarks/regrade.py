"""What it costs to grade a class again in which nothing has changed, and to write its feedback pages."""

from __future__ import annotations

import shutil
import statistics
from dataclasses import dataclass

from .bars import Bar
from .place import GRADE, Place
from .students import ASSIGNMENT, make

SHARE = 0.05
PAGE = 0.25


@dataclass(frozen=True, slots=True)
class Regrade:
    """Seconds for the whole class: once for all, then again and again; processor time of its pages."""

    students: int
    first: float
    again: tuple[float, ...]
    pages: float
    page_count: int

    def bars(self) -> list[Bar]:
        """The share of the first time, and what a page costs."""
        again = statistics.median(self.again)
        of = (
            f"{again:.2f} s (median of {len(self.again)}), {self.first:.1f} s the first time, "
            f"{self.students} submissions"
        )
        return [
            Bar("grading an unchanged class again, of the first time", again / self.first, SHARE, unit="%", of=of),
            Bar(
                "a feedback page of the real course",
                self.pages / self.page_count,
                PAGE,
                unit=" s",
                of=f"CPU, {self.page_count} pages",
            ),
        ]

    def lines(self) -> list[str]:
        """What else there is to say."""
        return []


def measure(place: Place, students: int = 40, repeats: int = 3) -> Regrade:
    """Grade a class, then again with everything kept, then with pages and without them."""
    root = place.course(make(place.built, students, "r"))
    place.say(f"grading a class of {students}, then {repeats} times again")
    first = place.grade(root)
    again = tuple(place.grade(root) for _ in range(repeats))
    pages = place.processor_time("autograder", "grade", ASSIGNMENT, cwd=root)
    count = len(list(root.glob("feedback/*/*/*.html")))
    pages -= place.processor_time(*GRADE, cwd=root)
    shutil.rmtree(root)
    return Regrade(students, first, again, pages, count)
