"""What an overview says of a class, as plain data. Texts in it may be a student's: none is fit for a page as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ...base.errors import UserError
from ...base.messages import N_


class OverviewError(UserError):
    """There is nothing to give an overview of, or nowhere to write it; the message says what to do."""


class GradingState(StrEnum):
    """How far the grading of a submission has come."""

    GRADED = N_("graded")
    BY_HAND = N_("to be graded by hand")
    NOT_GRADED = N_("not graded")
    EXCUSED = N_("excused")
    MISSING = N_("nothing handed in")


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

    `outcome` tells what came of it: of two right answers it is the same, and of two with the same mistakes. Where it is
    an answer `in_words`, nothing follows from it.
    """

    notebook: str
    cell: str
    source: str
    outcome: tuple[str, ...]
    in_words: bool = False


@dataclass(frozen=True, slots=True)
class StudentSummary:
    """One student's submission.

    `points` are None where there is no score yet; `total` is what grades.csv says, None where that is empty, with the
    `penalty` for being late taken off. `unusual`
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
    penalty: float = 0.0


@dataclass(frozen=True, slots=True)
class ClassSummary:
    """All that is known of an assignment's submissions, in the order of the students' ids.

    `absent` are the students of the gradebook who handed nothing in, in no language. `given` is the code of the
    course's own notebooks, which nobody copied from anybody.
    """

    assignment: str
    cells: tuple[GradedCell, ...]
    submissions: tuple[StudentSummary, ...]
    absent: tuple[StudentSummary, ...]
    given: tuple[str, ...]
    language: str = "en"

    @property
    def max_points(self) -> float:
        return sum(cell.max_points for cell in self.cells)

    @property
    def totals(self) -> tuple[float, ...]:
        return tuple(one.total for one in self.submissions if one.total is not None)

    @property
    def scored_cells(self) -> tuple[GradedCell, ...]:
        """The cells in which anybody has a score: what a person has yet to grade has none."""
        return tuple(cell for cell in self.cells if self.scores(cell))

    @property
    def so_far(self) -> tuple[float | None, ...]:
        """Each submission's points in the cells that are scored for anybody; None for who lacks a score there."""
        cells = self.scored_cells
        found = ([one.points.get(cell) for cell in cells] for one in self.submissions)
        return tuple(None if None in points or not cells else sum(one or 0.0 for one in points) for points in found)

    def scores(self, cell: GradedCell) -> tuple[float, ...]:
        """The scores in the cell, without the students who have none."""
        return tuple(score for one in self.submissions if (score := one.points.get(cell)) is not None)

    @property
    def everybody(self) -> tuple[StudentSummary, ...]:
        """Those who handed in, and those who did not."""
        return (*self.submissions, *self.absent)

    def number(self, state: GradingState) -> int:
        return sum(one.state == state for one in self.everybody)
