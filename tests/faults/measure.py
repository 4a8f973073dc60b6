"""What becomes of broken submissions, under stock nbgrader and under this kit: `make faults`.

Prints a line for each fault and a total; ends with 1 where this kit does not do what is defined.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from autograder.sandbox.machine import machine
from autograder.sandbox.protection import Level
from tests.faults.batch import WELL_BEHAVED, Graded, grade, joined, workplace
from tests.faults.fault import Fault, Points
from tests.faults.in_code import IN_CODE
from tests.faults.in_files import IN_FILES
from tests.faults.in_hiding import IN_HIDING
from tests.faults.in_notebooks import IN_NOTEBOOKS
from tests.faults.leftovers import adopt_orphans

FAULTS: tuple[Fault, ...] = (*IN_CODE, *IN_HIDING, *IN_NOTEBOOKS, *IN_FILES)


WITHOUT_NAMESPACES = {"unlinked and in flight": "Operation not permitted", "deeper than a path": "(files)"}
"""What is said otherwise at the level `landlock`: no descriptor is sent; what can't be looked into is many files."""


@dataclass(frozen=True)
class Outcome:
    """What became of one submission, in words, and what is wrong with that."""

    words: str
    slips: tuple[str, ...]


def judged(fault: Fault, graded: Graded, ours: bool) -> Outcome:
    """Hold one submission's outcome against what is defined. What is said about it is only asked of this kit."""
    found = graded.points(fault.student)
    slips = [] if found == fault.points else [f"{in_words(found)}, not {in_words(fault.points)}"]
    word = fault.word
    if machine().protection.level == Level.landlock:
        word = WITHOUT_NAMESPACES.get(fault.name, word)
    if ours and word and not graded.says(fault.student, word):
        slips.append(f"nothing says {word!r}")
    if fault.points is not None:
        slips += graded.unsound.get(fault.student, ())
    words = in_words(found)
    if fault.student in graded.aborted_by:
        words += ", aborts the batch"
        slips.append("aborts the batch")
    return Outcome(words, tuple(slips))


def in_words(points: Points | None) -> str:
    if points is None:
        return "no entry"
    return " ".join("-" if one is None else f"{one:g}" for one in points)


def chosen(words: Sequence[str]) -> tuple[Fault, ...]:
    return tuple(fault for fault in FAULTS if not words or any(word in fault.name for word in words))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--only", action="append", default=[], metavar="WORD", help="faults with this in their name")
    parser.add_argument("--ours", action="store_true", help="leave stock nbgrader out")
    parser.add_argument("--stock", action="store_true", help="leave this kit out")
    parser.add_argument("--verbose", action="store_true", help="also print what nbgrader logs")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there as well")
    chose = parser.parse_args(arguments)
    faults = chosen(chose.only)
    if not faults:
        parser.error("no fault has such a name")
    # Grading waits more than it works, so that all goes side by side; each in a process that adopts its orphans.
    # Stock nbgrader is slow: it gets the class in two halves, and makes way for what is judged.
    with ProcessPoolExecutor(3, multiprocessing.get_context("spawn"), adopt_orphans) as pool:
        halves = [] if chose.ours else [pool.submit(_graded, chose.only, False, half) for half in (0, 1)]
        alones = None if chose.stock else pool.submit(_graded, None, True)
        alone = alones and alones.result()
        owns = None if chose.stock else pool.submit(_graded, chose.only, True)
        ours = owns and owns.result()
        stock = joined(*(half.result() for half in halves)) if halves else None
    if chose.verbose:
        print("\n".join(graded.log for graded in (stock, ours) if graded is not None))
    rows = [_row(fault, stock, ours) for fault in (*WELL_BEHAVED, *faults)]
    _print(rows)
    status = 0
    for name, graded in (("stock", stock), ("ours", ours)):
        if graded is None:
            continue
        outcomes = [judged(fault, graded, graded is ours) for fault in (*WELL_BEHAVED, *faults)]
        right = sum(not outcome.slips for outcome in outcomes)
        print(f"\n{name}: {right} of {len(outcomes)} as defined, in {graded.seconds:.0f} s, exit {graded.status}")
        for slip in graded.slips:
            print(f"  {slip}")
        if graded is ours or chose.verbose:
            for fault, outcome in zip((*WELL_BEHAVED, *faults), outcomes, strict=True):
                if outcome.slips:
                    print(f"  {fault.name}: {'; '.join(outcome.slips)}")
        if graded is ours:
            changed = changed_scores(alone, ours)
            print("".join(f"  {slip}\n" for slip in changed), end="")
            status = int(right < len(outcomes) or bool(graded.slips) or bool(changed))
    if chose.markdown:
        chose.markdown.write_text(_markdown(rows), encoding="utf-8")
    return status


def _graded(words: Sequence[str] | None, ours: bool, half: int | None = None) -> Graded:
    """The class with the faults that hold one of these words, with all where there are none; None: with no fault."""
    faults = () if words is None else chosen(words)
    if half is not None:
        faults = faults[half::2]
    if not ours:
        os.nice(10)
    with workplace() as place:
        return grade(place, faults, ours)


def changed_scores(alone: Graded | None, together: Graded | None) -> list[str]:
    """Well-behaved students whose scores are not what they are without the faults."""
    if alone is None or together is None:
        return []
    students = [fault.student for fault in WELL_BEHAVED]
    return [
        f"{student} has {in_words(together.points(student))}, and without the faults {in_words(alone.points(student))}"
        for student in students
        if together.points(student) != alone.points(student)
    ]


Row = tuple[str, str, str, str, str]


def _row(fault: Fault, stock: Graded | None, ours: Graded | None) -> Row:
    cells = [fault.name, fault.story, in_words(fault.points)]
    for graded in (stock, ours):
        if graded is None:
            cells.append("")
            continue
        outcome = judged(fault, graded, graded is ours)
        cells.append(outcome.words if not outcome.slips else f"{outcome.words} !")
    name, story, defined, one, other = cells
    return name, story, defined, one, other


def _print(rows: Sequence[Row]) -> None:
    heads = ("fault", "defined", "stock", "ours")
    lines = [heads, *((name, defined, stock, ours) for name, _, defined, stock, ours in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    for line in lines:
        print(" | ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def _markdown(rows: Sequence[Row]) -> str:
    lines = ["| fault | what it does | defined | stock nbgrader | this kit |", "|---|---|---|---|---|"]
    lines += ["| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
