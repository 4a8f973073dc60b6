"""`make attacks`: every attack against stock nbgrader and against this kit, in one run, side by side.

Exits with 1 if an attack gains anything from this kit, if an honest answer does not get its points, or if an attack
came to an error that its header does not name: then it may have died before it attacked.

    --only TEXT      attacks whose name holds TEXT (may be given more than once)
    --stock, --ours  one side alone
    --plain, --resnet  one course alone
    --verbose        say what was gained
    --keep FOLDER    leave the graded courses there
    --markdown FILE  write the table of docs/results/attacks.md
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from tests.attacks import judge
from tests.attacks.attack import ASSIGNMENTS, GAINS, Attack, load
from tests.attacks.classroom import grade
from tests.attacks.courses import MAKERS, SIDES, Course
from tests.attacks.judge import Outcome
from tests.attacks.sentinels import Sentinels
from tests.attacks.written import has_marks, write_markdown

WORKERS = 2
SEED = "attacked-3f7c1b"
"""Part of what must stay hidden: the courses' secret seed, and in the markers of hidden tests."""


@dataclass(frozen=True)
class Batch:
    """Attacks that are graded together, as one class of one course."""

    course: Course
    attacks: tuple[Attack, ...]
    number: int


@dataclass(frozen=True)
class Measured:
    """One side's outcomes by the attacks' names, and what is wrong with its honest students."""

    outcomes: dict[str, Outcome]
    trouble: tuple[str, ...]
    seconds: float


def batches(course: Course, attacks: Sequence[Attack], first: int) -> list[Batch]:
    """Two classes of about the same size, and one for each attack that stock nbgrader can't grade with others."""
    alone = [attack for attack in attacks if attack.alone and course.side == "stock"]
    together = [attack for attack in attacks if attack not in alone]
    parts = min(WORKERS, len(together))
    # An accomplice belongs into the class of the first, so neighbours stay together.
    size = -(-len(together) // max(parts, 1))
    groups = [together[i : i + size] for i in range(0, len(together), max(size, 1))]
    groups += [[attack] for attack in alone]
    return [Batch(course, tuple(group), first + i) for i, group in enumerate(groups) if group]


def measure(side: str, attacks: Sequence[Attack], folder: Path) -> Measured:
    """Grade all attacks on one side."""
    began = time.monotonic()
    work: list[Batch] = []
    for assignment in ASSIGNMENTS:
        chosen = [attack for attack in attacks if attack.assignment == assignment]
        if chosen:
            work += batches(MAKERS[assignment](folder, side, SEED), chosen, len(work))
    work.sort(key=lambda batch: -len(batch.attacks))
    with ThreadPoolExecutor(WORKERS) as pool:
        done = list(pool.map(lambda batch: run(batch, folder), work))
    outcomes = {outcome.attack.name: outcome for found, _ in done for outcome in found}
    trouble = tuple(dict.fromkeys(line for _, lines in done for line in lines))
    return Measured(outcomes, trouble, time.monotonic() - began)


def run(batch: Batch, folder: Path) -> tuple[tuple[Outcome, ...], tuple[str, ...]]:
    """Grade one class and judge it."""
    root = folder / f"{batch.course.assignment}-{batch.course.side}-{batch.number}"
    with Sentinels() as sentinels:
        graded = grade(batch.course, batch.attacks, root, sentinels)
        return judge.judge(graded), judge.honest(graded)


def words(outcome: Outcome | None, verbose: bool) -> str:
    """What was gained, in a few words."""
    if outcome is None:
        return ""
    found = [f"+{outcome.points:g} points"] if "points" in outcome.gains else []
    if outcome.secrets:
        found.append(", ".join(outcome.secrets) if verbose else "secret")
    if outcome.touched:
        found.append(", ".join(outcome.touched) if verbose else "escape")
    if not outcome.graded:
        found.append("not graded")
    return "; ".join(found) or "-"


def mistakes(measured: Measured) -> list[str]:
    """A line for each error that an attack came to and should not have."""
    return [f"{o.attack.name} died of {error}" for o in measured.outcomes.values() for error in o.mistakes]


def total(side: str, measured: Measured) -> str:
    """The line that counts."""
    outcomes = measured.outcomes.values()
    counts = {gain: sum(gain in outcome.gains for outcome in outcomes) for gain in GAINS}
    return (
        f"{side}: of {len(outcomes)} attacks {counts['points']} gain points, {counts['secret']} learn a secret, "
        f"{counts['escape']} touch something outside ({measured.seconds:.0f} s)"
    )


def table(attacks: Sequence[Attack], sides: dict[str, Measured], verbose: bool) -> Table:
    """A line an attack."""
    shown = Table(title="tests/attacks", title_justify="left")
    for column in ("attack", "aims at", *sides):
        shown.add_column(column, overflow="fold")
    for attack in attacks:
        cells = []
        for side, measured in sides.items():
            outcome = measured.outcomes.get(attack.name)
            text = Text(words(outcome, verbose))
            if outcome and side == "ours" and outcome.gains:
                text.stylize("bold red")
            if outcome and side == "stock" and not set(attack.stock) <= set(outcome.gains):
                text.append(f" (expected: {', '.join(attack.stock)})", style="yellow")
            cells.append(text)
        shown.add_row(Text(attack.name), Text(", ".join(attack.aim)), *cells)
    return shown


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", default=[], metavar="TEXT", help="attacks whose name holds this")
    for name in (*SIDES, *ASSIGNMENTS):
        parser.add_argument(f"--{name}", action="store_true", help=f"{name} alone")
    parser.add_argument("--verbose", action="store_true", help="say what was gained")
    parser.add_argument("--keep", type=Path, help="leave the graded courses in this folder")
    parser.add_argument("--markdown", type=Path, help="write the table to this file")
    options = parser.parse_args()
    sides = [side for side in SIDES if getattr(options, side)] or list(SIDES)
    assignments = [name for name in ASSIGNMENTS if getattr(options, name)] or list(ASSIGNMENTS)
    attacks = [
        attack
        for assignment in assignments
        for attack in load(assignment)
        if not options.only or any(text in attack.name for text in options.only)
    ]
    if not attacks:
        parser.error("no attack has such a name")
    if options.markdown and not has_marks(options.markdown):
        parser.error(f"{options.markdown} has no place for the table: name docs/results/attacks.md")
    console = Console(width=140)
    with ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="attacks-")))
        folder.mkdir(parents=True, exist_ok=True)
        measured = {side: measure(side, attacks, folder.resolve()) for side in sides}
    console.print(table(attacks, measured, options.verbose))
    for side, found in measured.items():
        for line in (*found.trouble, *mistakes(found)):
            console.print(f"[red]{side}: {escape(line)}[/]", highlight=False)
        console.print(total(side, found), highlight=False)
    if options.markdown:
        write_markdown(options.markdown, attacks, {side: found.outcomes for side, found in measured.items()})
    ours = measured.get("ours")
    return int(ours is not None and (bool(ours.trouble) or any(o.gains or o.mistakes for o in ours.outcomes.values())))


if __name__ == "__main__":
    sys.exit(main())
