"""One submission that takes all of the processor costs another nothing: on one core, with a short limit on time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.base.course import Course
from autograder.nbgrader.calls import generate_assignment
from tests.shared.helpers import autograder
from tests.shared.light_class import exported, kept
from tests.shared.light_course import ASSIGNMENT, answered, make_course, write

pytestmark = pytest.mark.slow

LIMIT = 6
"""Seconds that a cell may take."""
UNTIL_STOPPED = """\
import time
begin = then = time.monotonic()
missed = globals().get("missed", 0.0)
while missed < 2 and then - begin < 3:
    time.sleep(0.1)
    now = time.monotonic()
    missed += now - then if now - then > 0.3 else 0.0
    then = now
"""
"""Goes on until it has been kept from running for two seconds in all, or, where nobody keeps it, for three."""
GREEDY = {
    "double": f"""\
import subprocess
subprocess.Popen(["sh", "-c", "for i in $(seq 15); do setsid timeout 300 sh -c 'while :; do :; done' & done"])
{UNTIL_STOPPED}
def double(x):
    return 2 * x""",
    "mean": f"{UNTIL_STOPPED}\ndef mean(rows):\n    return np.asarray(rows).mean(axis=0)",
    "total": f"{UNTIL_STOPPED}\ndef total(text):\n    return sum(int(word) for word in text.split())",
}
"""Its fifteen loops go on through all its cells."""
WORKS = """\
import time
for _ in range(2):
    begin = time.process_time()
    while time.process_time() - begin < 2:
        pass
def mean(rows):
    return np.asarray(rows).mean(axis=0)"""
"""Takes 4 seconds of the processor, of 6 that it may."""
NEVER_ENDS = "def total(text):\n    while True:\n        pass"


@pytest.fixture
def course(tmp_path: Path) -> Iterator[Path]:
    root = tmp_path / "course"
    make_course(root, ours=True)
    with (root / "nbgrader_config.py").open("a") as file:
        file.write(f"c.Execute.timeout = {LIMIT}\n")
    generate_assignment(Course(root), ASSIGNMENT)
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield root
    finally:
        os.sched_setaffinity(0, before)


def hand_in(root: Path, student: str, **cells: str) -> None:
    folder = root / "submitted" / student / ASSIGNMENT
    folder.mkdir(parents=True)
    write(folder, answered(**cells))


def test_it_costs_others_nothing_and_is_named(course: Path) -> None:
    for student in ("honest", "weili"):
        hand_in(course, student, mean=WORKS)
    hand_in(course, "zoe", **GREEDY)  # the last to begin: it would keep the others from beginning
    done = autograder("--course", course, "grade", "-j", "3", "--no-feedback", COLUMNS="200")
    found = exported(course)
    assert {student: found[student] for student in ("honest", "weili")} == {"honest": "10.0", "weili": "10.0"}, (
        done.stdout
    )
    # That the machine was busy may be said of anybody, if it was; who took more than a share, of one alone.
    greedy = [line for line in done.stdout.splitlines() if "took more than its share of the processor" in line]
    assert [line.partition(":")[0] for line in greedy] == ["zoe"], done.stdout


def test_what_never_ends_is_stopped_all_the_same(course: Path) -> None:
    hand_in(course, "loops", total=NEVER_ENDS)
    hand_in(course, "honest", mean=WORKS)
    done = autograder("--course", course, "grade", "-j", "2", "--no-feedback", COLUMNS="200")
    assert exported(course) == {"honest": "10.0", "loops": "5.0"}, done.stdout
    assert len(kept(course)) == 2  # it had the processor for as long as it may, so trying again would change nothing
