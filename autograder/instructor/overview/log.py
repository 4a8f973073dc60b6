"""Reading .autograder/grading.log: how long each submission took when it was last graded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

_LINE = re.compile(r"\S+ \S+ (?P<rest>.*)")


def seconds_taken(log: Path, assignment: str) -> Mapping[str, float]:
    """Seconds by student, as the last line about each says; those that took none, from kept results, are left out."""
    taken: dict[str, float] = {}
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return taken
    of = re.compile(rf"{re.escape(assignment)} (?P<student>.+?) (?P<seconds>\d+\.\d) s ")
    for line in text.splitlines():
        found = _LINE.fullmatch(line)
        mine = of.match(found["rest"]) if found else None
        if mine and float(mine["seconds"]) > 0:
            taken[mine["student"]] = float(mine["seconds"])
    return taken
