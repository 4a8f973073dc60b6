"""What every graded cell of an assignment stands at, and what of that a grading run changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nbgrader.api import BaseCell, Grade, Gradebook, Notebook, SubmittedAssignment, SubmittedNotebook
from rich.markup import escape
from rich.table import Table


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One graded cell of one student's submission of an assignment."""

    student: str
    notebook: str
    cell: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What the tests gave there, None where they gave nothing, and what a person did."""

    tests: float | None
    by_hand: float | None = None
    extra: float | None = None

    @property
    def points(self) -> float | None:
        """What counts, as nbgrader has it: what a person gave before what the tests gave, and extra credit on top."""
        given = self.tests if self.by_hand is None else self.by_hand
        return None if given is None else given + (self.extra or 0.0)


@dataclass(frozen=True, slots=True)
class Change:
    """A cell whose tests give something else than before."""

    place: Place
    before: Standing
    after: Standing

    @property
    def by(self) -> float:
        """How many points more count than before; what was not there counts as 0."""
        return (self.after.points or 0.0) - (self.before.points or 0.0)


Standings = Mapping[Place, Standing]


def standings(book: Gradebook, assignment: str) -> Standings:
    """Every graded cell of every submission that the gradebook has of an assignment."""
    rows = (
        book.db.query(
            SubmittedAssignment.student_id,
            Notebook.name,
            BaseCell.name,
            Grade.auto_score,
            Grade.manual_score,
            Grade.extra_credit,
        )
        .select_from(Grade)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .filter(SubmittedAssignment.assignment_id == book.find_assignment(assignment).id)
    )
    return {Place(student, notebook, cell): Standing(*found) for student, notebook, cell, *found in rows}


def with_tests(before: Standings, student: str, scores: Mapping[str, Mapping[str, float | None]]) -> Standings:
    """A student's cells as they will stand with these scores, by notebook and cell; what people gave stays."""
    return {
        place: replace(standing, tests=scores[place.notebook][place.cell])
        for place, standing in before.items()
        if place.student == student and place.cell in scores.get(place.notebook, {})
    }


def changes(before: Standings, after: Standings) -> tuple[Change, ...]:
    """What the tests give otherwise, of all that stood there before, by student, notebook and cell."""
    found = (Change(place, before[place], after[place]) for place in sorted(before.keys() & after.keys()))
    return tuple(change for change in found if change.before.tests != change.after.tests)


def students(standing: Standings) -> frozenset[str]:
    """Whose submissions these are."""
    return frozenset(place.student for place in standing)


def render(title: str, found: Sequence[Change]) -> Table:
    """A row for each change."""
    shown = Table(title=title, title_justify="left")
    shown.add_column("student")
    shown.add_column("exercise")
    for heading in ("before", "after", "change"):
        shown.add_column(heading, justify="right")
    shown.add_column("", overflow="fold")
    several = len({change.place.notebook for change in found}) > 1
    for change in found:
        place = change.place
        exercise = place.cell.removeprefix("test_")
        shown.add_row(
            escape(place.student),
            escape(f"{place.notebook}: {exercise}" if several else exercise),
            _said(change.before.points),
            _said(change.after.points),
            f"{change.by:+g}" if change.by else "0",
            _kept(change),
        )
    return shown


def summary(found: Sequence[Change], graded: frozenset[str]) -> str:
    """Who gets more, who less, and how many are not affected, of those who had been graded before."""
    gain: dict[str, float] = {}
    for change in found:
        gain[change.place.student] = gain.get(change.place.student, 0.0) + change.by
    parts = [
        f"{sum(by > 0 for by in gain.values())} with more points",
        f"{sum(by < 0 for by in gain.values())} with fewer",
        f"{len(graded) - sum(by != 0 for by in gain.values())} as before",
    ]
    kept = list(_kept_by_hand(found))
    by_hand = f" Kept as graded by hand: {', '.join(kept)}." if kept else ""
    return f"Of {len(graded)} graded before: {', '.join(parts)}.{by_hand}"


def _kept_by_hand(found: Sequence[Change]) -> Iterator[str]:
    for change in found:
        if change.after.by_hand is not None:
            yield f"{change.place.student} ({change.place.cell.removeprefix('test_')})"


def _kept(change: Change) -> str:
    if change.after.by_hand is None:
        return ""
    return f"graded by hand; the tests alone: {_said(change.before.tests)}, now {_said(change.after.tests)}"


def _said(points: float | None) -> str:
    return "-" if points is None else f"{points:g}"
