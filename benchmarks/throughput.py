"""How many submissions go from command to gradebook in a time, beside stock nbgrader and Otter-Grader.

Each round grades some submissions with stock nbgrader, all with this kit, and some with Otter-Grader, one after the
other, so that a slow minute slows all of them.
"""

from __future__ import annotations

import shutil
import statistics
from dataclasses import dataclass
from pathlib import Path

from . import otter
from .bars import Bar
from .gradebook import totals
from .place import Place
from .running import FailedError
from .students import ASSIGNMENT, FULL, Submission, make, spread

FASTER = 10.0
"""The bar: this many times stock nbgrader's throughput."""


@dataclass(frozen=True, slots=True)
class Throughput:
    """Seconds a submission, by round. `stock_start` is what each stock command costs before its first submission."""

    students: int
    ours: tuple[float, ...]
    stock: tuple[float, ...]
    stock_start: float
    stock_students: int
    otter: tuple[float, ...]
    otter_version: str
    notes: tuple[str, ...] = ()

    def bars(self) -> list[Bar]:
        """The ratio to stock nbgrader has a bar; the one to Otter-Grader is told in the notes."""
        ratio = statistics.median(theirs / mine for theirs, mine in zip(self.stock, self.ours, strict=True))
        of = (
            f"stock nbgrader autograde {statistics.median(self.stock):.2f} s a submission ({self.stock_students} of "
            f"the class), autograder grade {statistics.median(self.ours):.2f} s ({self.students}); "
            f"median of {len(self.ours)} rounds"
        )
        return [Bar("throughput, stock nbgrader = 1", ratio, FASTER, at_least=True, unit=" x", of=of)]

    def lines(self) -> list[str]:
        """What else there is to say."""
        said = [
            f"autograder grade: {_list(self.ours)} s a submission by round, start of the command included",
            f"nbgrader autograde: {_list(self.stock)} s a submission by round, its start of {self.stock_start:.1f} s "
            f"shared by {self.students} as it would be in the whole class",
        ]
        if self.otter:
            mine, theirs = statistics.median(self.ours), statistics.median(self.otter)
            said.append(
                f"otter run ({self.otter_version}): {_list(self.otter)} s a submission, one at a time; "
                f"autograder grade has {theirs / mine:.1f} times its throughput"
            )
        return [*said, *self.notes]


def measure(place: Place, students: int = 40, stock: int = 6, rounds: int = 3, otters: int = 3) -> Throughput:
    """Grade the class by all three in turn. `stock` and `otters` are how many of the class those two get in all."""
    made = make(place.built, students)
    rounds = min(rounds, stock)
    theirs = _by_round(spread(made, stock), rounds)
    with_otter, missing = otter.prepare(place)
    for_otter = _by_round(spread(made, otters), rounds) if with_otter else [()] * rounds
    ours: list[float] = []
    of_stock: list[tuple[float, int, float]] = []
    of_otter: list[float] = []
    for i in range(rounds):
        place.say(f"round {i + 1} of {rounds}: nbgrader autograde on {len(theirs[i])}")
        of_stock.append(_stock(place, theirs[i]))
        place.say(f"round {i + 1} of {rounds}: autograder grade on {students}")
        root = place.course(made)
        ours.append(place.grade(root) / students)
        _hold_to(root, made)
        shutil.rmtree(root)
        for one in for_otter[i]:
            assert with_otter is not None
            place.say(f"round {i + 1} of {rounds}: otter run on {one.student}")
            of_otter.append(with_otter.grade(one))
    start = statistics.median(begin for _, _, begin in of_stock)
    return Throughput(
        students,
        tuple(ours),
        tuple((took - begin) / number + start / students for took, number, begin in of_stock),
        start,
        stock,
        tuple(of_otter),
        with_otter.version if with_otter else "",
        (missing,) if missing else (),
    )


def _stock(place: Place, some: tuple[Submission, ...]) -> tuple[float, int, float]:
    """Seconds for so many, and for a command that finds all of them graded: what it costs to start."""
    root = place.course(some, stock=True)
    took = place.command("nbgrader", "autograde", ASSIGNMENT, cwd=root)
    _hold_to(root, some)
    start = place.command("nbgrader", "autograde", ASSIGNMENT, cwd=root)
    shutil.rmtree(root)
    return took, len(some), start


def _hold_to(root: Path, some: tuple[Submission, ...]) -> None:
    """A time counts only where the work was done: right answers have all points, and wrong ones have not."""
    found = totals(root)
    odd = [one for one in some if (found.get(one.student) == FULL) != one.right]
    if odd or len(found) != len(some):
        told = ", ".join(f"{one.student} ({one.story}): {found.get(one.student)}" for one in odd)
        raise FailedError(f"{len(found)} of {len(some)} were graded; not as they should be: {told}")


def _by_round(some: tuple[Submission, ...], rounds: int) -> list[tuple[Submission, ...]]:
    """In turn right and wrong as they come, so that each round has its share of both."""
    return [some[i * len(some) // rounds : (i + 1) * len(some) // rounds] for i in range(rounds)]


def _list(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:.2f}" for value in values)
