"""Reading .autograder/grading.log: how long each submission took when it was last graded."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path

_LINE = re.compile(r"\S+ \S+ (?P<rest>.*)")
_SECONDS = re.compile(r" (?P<seconds>\d+\.\d) s(?= )")


def seconds_taken(log: Path, assignment: str, students: Collection[str]) -> Mapping[str, float]:
    """Seconds by student, as the last line about each says; those that took none, from kept results, are left out.

    An id may itself look like the rest of a line: of the `students` that a line could be about, the longest is meant.
    """
    taken: dict[str, float] = {}
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return taken
    known = set(students)
    for line in text.splitlines():
        found = _LINE.fullmatch(line)
        if found is None or not found["rest"].startswith(f"{assignment} "):
            continue
        rest = found["rest"].removeprefix(f"{assignment} ")
        ends = [end for end in _SECONDS.finditer(rest) if rest[: end.start()] in known]
        if ends and float(ends[-1]["seconds"]) > 0:
            taken[rest[: ends[-1].start()]] = float(ends[-1]["seconds"])
    return taken
