"""`python tests/corpus/slips/measure.py`: try every generated slip and say what the reports make of them.

Prints a table and exits with 1 if a bar is missed: every slip refused, or no slip at all because the result is right;
no report raw; nothing said that is not so; line and cause named in at least 95 of 100. `--most N` tries at most N slips
of a kind in each exercise, `--only TEXT` those whose id holds TEXT, and `--verbose` prints each sentence.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.corpus.slips.judged import Tried, tried
from tests.corpus.slips.make import MOST, slips
from tests.corpus.slips.rules import named, untrue
from tests.corpus.slips.slip import SOLVED

NAMED = 0.95


def is_chinese(found: Tried) -> bool:
    """Whether the Chinese report says it in Chinese."""
    return found.report.error is None or bool(re.search(r"[\u4e00-\u9fff]", found.chinese.error or ""))


def complaints(found: Tried) -> list[str]:
    """What is wrong with a report, a sentence each."""
    wrong = list(untrue(found))
    if found.raw:
        wrong.append("raw")
    if not is_chinese(found):
        wrong.append("no Chinese")
    if not found.accepted and not named(found):
        wrong.append("line or cause not named")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=MOST, help="so many slips of a kind in each exercise")
    parser.add_argument("--only", default="", help="slips whose id holds this text")
    parser.add_argument("--verbose", action="store_true", help="print each report's sentence")
    parser.add_argument("--jobs", type=int, default=2, help="so many processes side by side")
    options = parser.parse_args()
    console = Console(width=150)
    begun = time.monotonic()
    chosen = [slip for slip in slips(options.most) if options.only in slip.id]
    counts: dict[str, Counter[str]] = {exercise: Counter() for exercise in SOLVED}
    with ProcessPoolExecutor(options.jobs, get_context("spawn")) as pool:
        results = pool.map(tried, chosen, chunksize=8) if options.jobs > 1 else map(tried, chosen)
        for found in track(results, "slips", len(chosen), console=console, disable=not console.is_terminal):
            wrong, slip = complaints(found), found.slip
            count = counts[slip.exercise]
            count["slips"] += 1
            count["right"] += found.accepted
            count["refused"] += not found.accepted
            count["named"] += not found.accepted and named(found)
            count["raw"] += found.raw
            count["false"] += any(True for _ in untrue(found))
            if wrong or options.verbose:
                console.print(f"{slip.id}  [{found.row}]  {'; '.join(wrong)}", highlight=False, markup=False)
                console.print(f"    {found.report.error or found.report.findings}", highlight=False, markup=False)
    table = Table(title="slips", title_justify="left")
    columns = ("slips", "right", "refused", "named", "raw", "false")
    for column in ("exercise", *columns):
        table.add_column(column)
    total: Counter[str] = Counter()
    for exercise, count in counts.items():
        total.update(count)
        table.add_row(exercise, *(str(count[column]) for column in columns))
    table.add_row("all", *(str(total[column]) for column in columns))
    console.print(table)
    console.print(f"{len(chosen)} slips in {time.monotonic() - begun:.0f} s")
    met = not total["raw"] and not total["false"] and total["named"] >= NAMED * total["refused"]
    if not met:
        console.print("a bar is missed")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
