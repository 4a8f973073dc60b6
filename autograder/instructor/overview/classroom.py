"""What an overview says of a class, as plain data. Texts in it may be a student's: none is fit for a page as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ...base.errors import UserError


class OverviewError(UserError):
    """There is nothing to give an overview of, or nowhere to write it; the message says what to do."""


class GradingState(StrEnum):
    """How far the grading of a submission has come."""

    GRADED = "graded"
    BY_HAND = "to be graded by hand"
    NOT_GRADED = "not graded"


@dataclass(frozen=True, slots=True)
class GradedCell:
    """A cell of a notebook that carries points."""

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
class FileLink:
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
class StudentSummary:
    """One student's submission.

    `points` are None where there is no score yet; `total` is what grades.csv says, None where that is empty. `unusual`
    are sentences on how the code ran. `parts` are digests of what the files hold that were handed in beside a notebook
    and count, such as a trained network's weights.
    """

    student: str
    name: str
    state: GradingState
    late: bool
    points: Mapping[GradedCell, float | None]
    total: float | None
    slips: tuple[Slip, ...]
    unusual: tuple[str, ...]
    links: tuple[FileLink, ...]
    codes: tuple[Code, ...]
    parts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ClassSummary:
    """All that is known of an assignment's submissions, in the order of the students' ids.

    `without` counts the students of the gradebook who handed nothing in. `given` is the code of the course's own
    notebooks, which nobody copied from anybody.
    """

    assignment: str
    cells: tuple[GradedCell, ...]
    submissions: tuple[StudentSummary, ...]
    without: int
    given: tuple[str, ...]

    @property
    def max_points(self) -> float:
        return sum(cell.max_points for cell in self.cells)

    @property
    def totals(self) -> tuple[float, ...]:
        return tuple(one.total for one in self.submissions if one.total is not None)

    def scores(self, cell: GradedCell) -> tuple[float, ...]:
        """The scores in the cell, without the students who have none."""
        return tuple(score for one in self.submissions if (score := one.points.get(cell)) is not None)

    def number(self, state: GradingState) -> int:
        return sum(one.state == state for one in self.submissions)
