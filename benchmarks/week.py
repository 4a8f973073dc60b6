"""What a class of 180 costs once it is graded: feedback pages, and the overview, of a course without TensorFlow."""

from __future__ import annotations

from dataclasses import dataclass

from tests.shared.class_of_180 import CLASS, download, prepare, there
from tests.shared.light_course import ASSIGNMENT

from .bars import Bar
from .place import Place


@dataclass(frozen=True, slots=True)
class Week:
    """CPU seconds of all pages together and of the overview; how many pages there are."""

    pages: float
    overview: float
    count: int

    def bars(self) -> list[Bar]:
        """Both."""
        return [
            Bar("a feedback page", self.pages / self.count, 0.25, unit=" s", of=f"CPU, {self.count} pages"),
            Bar(f"the overview of {len(CLASS)}", self.overview, 5.0, unit=" s", of="CPU of the command, once"),
        ]

    def lines(self) -> list[str]:
        """What else there is to say."""
        return []


def measure(place: Place) -> Week:
    """Collect and grade the class; the second `grade` writes its pages and does nothing else."""
    course = place.folder / "week"
    prepare(course)
    zipped = download(place.folder / "week.zip", CLASS, first=False)
    worksheet = there(CLASS).worksheet(place.folder / "week.csv")
    place.command("autograder", "collect", zipped, ASSIGNMENT, "--roster", worksheet, cwd=course)
    place.command("autograder", "grade", ASSIGNMENT, "--no-feedback", cwd=course)
    idle = place.processor_time("autograder", "grade", ASSIGNMENT, "--no-feedback", cwd=course)
    pages = place.processor_time("autograder", "grade", ASSIGNMENT, cwd=course) - idle
    count = len(list(course.glob("feedback/*/*/*.html")))
    return Week(pages, place.processor_time("autograder", "report", ASSIGNMENT, cwd=course), count)
