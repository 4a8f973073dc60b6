"""How hard each exercise and each step was, and whether it tells strong students from weak ones.

Difficulty is the mean share of the points, discrimination the correlation with the points of everything else: the
"corrected item-total correlation" of classical test theory, as in Ebel and Frisbie, Essentials of Educational
Measurement (1991), whose bounds the advice follows. Of a handful of students neither says much, so neither is given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import StatisticsError, correlation, fmean

from ...base.messages import N_
from .classroom import ClassSummary, GradedCell, Slip

FEWEST = 10
"""Students of whom a correlation is given."""
EASY, HARD, WEAK = 0.95, 0.3, 0.2


@dataclass(frozen=True, slots=True)
class Item:
    """An exercise: its difficulty (1: all have everything) and discrimination (-1 to 1), and what to do about it."""

    cell: GradedCell
    scored: int
    full: int
    difficulty: float | None
    discrimination: float | None

    @property
    def advice(self) -> str:
        """What to do about it, in English; "" where it does what an exercise should."""
        if self.difficulty is None:
            return N_("no score yet")
        if self.discrimination is not None and self.discrimination < 0:
            return N_("who is good elsewhere does worse here: look whether its text or its test is wrong")
        if self.difficulty > EASY:
            return N_("nearly everybody has it: good as a warm-up, it tells nobody apart")
        if self.difficulty < HARD:
            return N_("hard: read the most frequent mistakes, and give a hint or an easier step before it")
        if self.discrimination is not None and self.discrimination < WEAK:
            return N_("who is good elsewhere does hardly better here: is it clear what is asked?")
        return ""


def items(found: ClassSummary) -> Iterator[Item]:
    """Each cell that carries points."""
    for cell in found.cells:
        scores = found.scores(cell)
        pairs = [(own, sum(others)) for own, others in _with_the_rest(found, cell)]
        yield Item(
            cell,
            len(scores),
            sum(score >= cell.max_points for score in scores),
            fmean(scores) / cell.max_points if scores and cell.max_points else None,
            _correlation(pairs),
        )


def _with_the_rest(found: ClassSummary, cell: GradedCell) -> Iterator[tuple[float, list[float]]]:
    """The score in the cell and those in all others that are scored for anybody, of each student who has them all."""
    others = [one for one in found.scored_cells if one != cell]
    for one in found.submissions:
        own, rest = one.points.get(cell), [one.points.get(other) for other in others]
        known = [score for score in rest if score is not None]
        if own is not None and others and len(known) == len(rest):
            yield own, known


def discrimination(slip: Slip, found: ClassSummary) -> float | None:
    """How much less those have who made a slip: 1 where it parts the weak from the strong, 0 where it says nothing."""
    points = dict(zip((one.student for one in found.submissions), found.so_far, strict=True))
    pairs = [
        (float(slip not in one.slips), have) for one in found.submissions if (have := points[one.student]) is not None
    ]
    return _correlation(pairs)


def _correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    if len(pairs) < FEWEST:
        return None
    try:
        return correlation(*zip(*pairs, strict=True))
    except StatisticsError:  # all have the same
        return None
