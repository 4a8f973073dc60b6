"""Measure everything, or what `--only` names: `make bench`.

Prints a table with a bar for each figure, and ends with 1 where one is missed.
"""

from __future__ import annotations

import argparse
import functools
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Protocol

from . import check, container, imports, kills, linear, machine, regrade, running, throughput, week, workers
from .bars import Bar, markdown, table
from .place import Place, place


class Result(Protocol):
    """What a measurement gives."""

    def bars(self) -> list[Bar]:
        """What has a bar."""

    def lines(self) -> list[str]:
        """What else there is to say."""


class Step:
    """One measurement: how it is done, the seconds it may take, and whether it needs the course."""

    def __init__(self, measure: Callable[[Place], Result], limit: float, course: bool = True) -> None:
        self.measure, self.limit, self.course = measure, limit, course


def steps(options: argparse.Namespace) -> dict[str, Step]:
    """All measurements by name, at the sizes asked for; limits leave room for a machine that is busy or slow."""
    few, many = options.students, options.large
    return {
        "imports": Step(functools.partial(imports.measure, rounds=options.rounds + 2), 300, course=False),
        "check": Step(check.measure, 300, course=False),
        "week": Step(week.measure, 900, course=False),
        "throughput": Step(
            functools.partial(
                throughput.measure, students=few, stock=options.stock, rounds=options.rounds, otters=options.otter
            ),
            600 + options.rounds * few * 6 + (options.stock + options.otter) * 90,
        ),
        "regrade": Step(functools.partial(regrade.measure, students=few), 300 + few * 15),
        "container": Step(functools.partial(container.measure, rounds=options.rounds), 300 + options.rounds * 120),
        "linear": Step(functools.partial(linear.measure, small=few, large=many), 300 + (2 * few + many) * 6),
        "workers": Step(
            functools.partial(workers.measure, students=options.dask, rounds=options.dask_rounds),
            300 + options.dask * options.dask_rounds * 18,
        ),
        "kills": Step(
            functools.partial(kills.measure, kills=options.kills, students=options.kill_students),
            600 + options.kills * (120 + options.kill_students * 3),
        ),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, and write it where asked."""
    options = _parser().parse_args(arguments)
    known = steps(options)
    wanted = options.only.split(",") if options.only else list(known)
    if unknown := [name for name in wanted if name not in known]:
        print(f"There is no measurement {unknown[0]!r}; there are: {', '.join(known)}.", file=sys.stderr)
        return 2
    running.adopt_orphans()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started ends with this
    busy, code = machine.load(), machine.code()
    for line in machine.description():
        print(line)
    bars: list[Bar] = []
    notes: list[str] = []
    failed: list[str] = []
    try:
        with place(lambda line: print(f"{time.strftime('%T')} {line}", flush=True)) as there:
            for name in wanted:
                _step(there, name, known[name], bars, notes, failed)
    finally:
        running.end_what_is_left(patience=5)
    if machine.code() != code:
        failed.append("The package was changed while it was measured: measure again.")
    notes += [f"load when this began: {busy:.1f}"]
    print("", *table(bars), "", *notes, *failed, sep="\n")
    if options.markdown:
        write_page(options.markdown, bars, notes, failed)
    return 1 if failed or not all(bar.passed for bar in bars) else 0


def _step(there: Place, name: str, step: Step, bars: list[Bar], notes: list[str], failed: list[str]) -> None:
    """One measurement. One that can't be done is said in a line, and the others go on."""
    there.say(name)
    there.deadline = running.Deadline(step.limit)
    begun = time.monotonic()
    try:
        if step.course:
            there.build()
        found = step.measure(there)
        bars += found.bars()
        notes += [f"{name}: {line}" for line in (*found.lines(), f"measured in {time.monotonic() - begun:.0f} s")]
    except running.TooLongError as error:
        failed.append(f"{name}: MISS, {error}")
    except subprocess.TimeoutExpired:
        failed.append(f"{name}: MISS, not done within its {step.limit:.0f} s")
    except (running.FailedError, subprocess.CalledProcessError, AssertionError) as error:
        failed.append(f"{name}: MISS, {error}")
    if failed:
        there.say(failed[-1])


TITLE = """\
# Benchmarks: what things cost

`make bench` measures these ratios; both sides of each are measured in the same run, in turn, so that they say something
on any machine. It takes about {minutes} minutes; `make bench ARGS="--only imports,check"` measures some, and
`make bench ARGS="--markdown FILE"` writes this page, and leaves the sections below it as they are. The class is made up
from the instructor's solutions (`benchmarks/students.py`): half right in several spellings, half with one mistake each,
no two alike.
"""


def write_page(page: Path, bars: Sequence[Bar], notes: Sequence[str], failed: Sequence[str]) -> None:
    """Write the results; the sections below those of an earlier run are what people have written, and stay."""
    _, mark, rest = page.read_text(encoding="utf-8").partition("\n## ") if page.is_file() else ("", "", "")
    page.write_text(_page(bars, notes, failed) + mark + rest, encoding="utf-8")


def _page(bars: Sequence[Bar], notes: Sequence[str], failed: Sequence[str]) -> str:
    minutes = sum(int(n.rpartition("measured in ")[2].split()[0]) for n in notes if "measured in " in n) // 60
    return "\n".join((
        TITLE.format(minutes=max(minutes, 1)),
        f"Last run, {date.today():%F}:\n",
        *(f"- {line}" for line in machine.description()),
        "",
        *markdown(bars),
        "",
        *(f"- {line}" for line in (*failed, *notes)),
        "",
    ))  # fmt: skip


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", metavar="NAMES", help="measure these alone, such as throughput,imports")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table and the machine as a page")
    parser.add_argument("--students", type=int, default=40, metavar="N", help="how large a class is (default: 40)")
    parser.add_argument("--large", type=int, default=400, metavar="N", help="how large the large class is (400)")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="rounds of throughput (3); imports: 2 more")
    parser.add_argument("--stock", type=int, default=6, metavar="N", help="of the class, for stock nbgrader (6)")
    parser.add_argument("--otter", type=int, default=3, metavar="N", help="of the class, for Otter-Grader (3)")
    parser.add_argument("--dask", type=int, default=40, metavar="N", help="the class for two workers and one (40)")
    parser.add_argument("--dask-rounds", type=int, default=1, metavar="N", help="how often both are tried (1)")
    parser.add_argument("--kills", type=int, default=30, metavar="N", help="how many kills (30)")
    parser.add_argument("--kill-students", type=int, default=12, metavar="N", help="the class for kills (12)")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
