"""What an overview says of a class, as plain data. Texts in it may be a student's: none is fit for a page as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ...base.errors import UserError


class OverviewError(UserError):
    """There is nothing to give an overview of, or nowhere to write it; the message says what to do."""


class State(StrEnum):
    """How far grading a submission has come."""

    GRADED = "graded"
    BY_HAND = "to be graded by hand"
    NOT_GRADED = "not graded"


@dataclass(frozen=True, slots=True)
class Part:
    """A graded cell of a notebook."""

    notebook: str
    cell: str
    max_points: float

    @property
    def title(self) -> str:
        return self.cell.removeprefix("test_")


@dataclass(frozen=True, order=True, slots=True)
class Slip:
    """Something that went wrong, as it is counted over a class: two students made the same if these are equal.

    `kind` is a finding's or a record's (see `FindingRecord`), or "points lost" where a test says no more.
    """

    exercise: str
    step: str
    kind: str
    setting: str
    layer: str


@dataclass(frozen=True, slots=True)
class Link:
    """A page or a notebook of a submission; `address` is relative to the overview's folder, and quoted."""

    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Code:
    """What a student wrote in one solution cell, or, where `cell` is "", in cells of their own.

    `outcome` tells what came of it: of two right answers it is the same, and of two with the same mistakes.
    """

    notebook: str
    cell: str
    source: str
    outcome: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Submission:
    """One student's.

    `points` are by part, None where there is no score yet; `total` is what grades.csv says, None where that is empty.
    `unusual` are sentences on how the code ran.
    """

    student: str
    name: str
    state: State
    late: bool
    points: Mapping[Part, float | None]
    total: float | None
    slips: tuple[Slip, ...]
    unusual: tuple[str, ...]
    links: tuple[Link, ...]
    codes: tuple[Code, ...]

    def right(self, part: Part) -> bool:
        return self.points.get(part) == part.max_points


@dataclass(frozen=True, slots=True)
class Class:
    """All that is known of an assignment's submissions, in the order of the students' ids.

    `without` counts the students of the gradebook who handed nothing in. `given` are the texts of the course's own
    notebooks: code that stands there is nobody's.
    """

    assignment: str
    parts: tuple[Part, ...]
    submissions: tuple[Submission, ...]
    without: int
    given: tuple[str, ...]

    @property
    def max_points(self) -> float:
        return sum(part.max_points for part in self.parts)

    @property
    def totals(self) -> tuple[float, ...]:
        return tuple(one.total for one in self.submissions if one.total is not None)

    def number(self, state: State) -> int:
        return sum(one.state == state for one in self.submissions)
