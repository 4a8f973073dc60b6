"""Which scores a grading run changes, and how that is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.markup import escape
from rich.table import Table

from ...nbgrader.gradebook.queries import GradeRow


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """A graded cell whose tests give something else than before."""

    before: GradeRow
    after: GradeRow

    @property
    def by(self) -> float:
        """How many points more count than before; what was not there counts as 0."""
        return (self.after.points or 0.0) - (self.before.points or 0.0)


def with_tests(
    before: Iterable[GradeRow], student: str, scores: Mapping[str, Mapping[str, float | None]]
) -> tuple[GradeRow, ...]:
    """The rows as they will stand with a student's new scores, by notebook and cell; what people gave stays."""
    return tuple(
        row.model_copy(update={"auto_score": scores[notebook][cell]})
        if whose == student and cell in scores.get(notebook, {})
        else row
        for row in before
        for whose, notebook, cell in [row.key]
    )


def changes(before: Iterable[GradeRow], after: Iterable[GradeRow]) -> tuple[ScoreChange, ...]:
    """The cells graded before whose tests now give another score, by student, notebook and cell."""
    then, now = ({row.key: row for row in rows} for rows in (before, after))
    found = (ScoreChange(then[key], now[key]) for key in sorted(then.keys() & now.keys()))
    return tuple(change for change in found if change.before.auto_score != change.after.auto_score)


def render(title: str, found: Sequence[ScoreChange]) -> Table:
    """A row for each change."""
    shown = Table(title=title, title_justify="left")
    shown.add_column("student")
    shown.add_column("exercise")
    for heading in ("before", "after", "change"):
        shown.add_column(heading, justify="right")
    shown.add_column("", overflow="fold")
    several = len({change.after.key[1] for change in found}) > 1
    for change in found:
        student, notebook, cell = change.after.key
        exercise = cell.removeprefix("test_")
        shown.add_row(
            escape(student),
            escape(f"{notebook}: {exercise}" if several else exercise),
            _said(change.before.points),
            _said(change.after.points),
            f"{change.by:+g}" if change.by else "0",
            _kept(change),
        )
    return shown


def summary(found: Sequence[ScoreChange], graded: frozenset[str]) -> str:
    """Who gets more, who less, and how many are not affected, of those who had been graded before."""
    gain: dict[str, float] = {}
    for change in found:
        gain[change.after.key[0]] = gain.get(change.after.key[0], 0.0) + change.by
    parts = [
        f"{sum(by > 0 for by in gain.values())} with more points",
        f"{sum(by < 0 for by in gain.values())} with fewer",
        f"{len(graded) - sum(by != 0 for by in gain.values())} as before",
    ]
    kept = list(_kept_by_hand(found))
    by_hand = f" Kept as graded by hand: {', '.join(kept)}." if kept else ""
    return f"Of {len(graded)} graded before: {', '.join(parts)}.{by_hand}"


def _kept_by_hand(found: Sequence[ScoreChange]) -> Iterator[str]:
    for change in found:
        if change.after.manual_score is not None:
            yield f"{change.after.key[0]} ({change.after.key[2].removeprefix('test_')})"


def _kept(change: ScoreChange) -> str:
    if change.after.manual_score is None:
        return ""
    return f"graded by hand; the tests alone: {_said(change.before.auto_score)}, now {_said(change.after.auto_score)}"


def _said(points: float | None) -> str:
    return "-" if points is None else f"{points:g}"
