"""Two workers of a Dask cluster beside one, each bound to a core of its own.

Scheduler and head keep to one place in both runs: a core that no worker has, or else the first worker's, so that the
second worker brings exactly one more core.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .bars import Bar
from .place import GRADE, Place
from .running import FailedError, end, end_what_is_left, keep, start
from .students import Submission, make

FASTER = 1.7


@dataclass(frozen=True, slots=True)
class Workers:
    """Seconds for a class, by round, with one worker and with two; `shared` says that head and worker share a core.

    `head` is what the head alone needs for a submission, `start` before the first; `pages` is what a core of the head's
    needs for the feedback on one.
    """

    students: int
    one: tuple[float, ...]
    two: tuple[float, ...]
    shared: bool
    start: float
    head: float
    pages: float

    def bars(self) -> list[Bar]:
        """How much faster two are."""
        ratio = statistics.median(one / two for one, two in zip(self.one, self.two, strict=True))
        of = (
            f"{statistics.median(self.one):.1f} s with one, {statistics.median(self.two):.1f} s with two, "
            f"{self.students} submissions; median of {len(self.one)} rounds"
        )
        return [Bar("two Dask workers, one = 1", ratio, FASTER, at_least=True, unit=" x", of=of)]

    def lines(self) -> list[str]:
        """What else there is to say."""
        each = (statistics.median(self.one) - self.start) / self.students
        cost = each - self.head if self.shared else each
        where = "on the first worker's core" if self.shared else "on a core that no worker has"
        return [
            f"head and scheduler ran {where}, with one worker as with two",
            f"a submission costs a worker {cost:.2f} s of its core and the head {self.head:.2f} s: "
            f"{cost / self.head:.1f} workers keep a head busy, and 10,000 submissions then take "
            f"{1e4 * self.head / 3600:.1f} hours",
            f"its feedback pages, written side by side once all is graded, take {self.pages:.2f} s of a core of the "
            f"head's: {1e4 * self.pages / 3600:.1f} hours of a core for 10,000",
        ]


def measure(place: Place, students: int = 40, rounds: int = 1) -> Workers:
    """Grade the class with one worker and with two, in turn."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise FailedError("two workers need two cores")
    made = make(place.built, students, "w")
    head = cores[2] if len(cores) > 2 else cores[0]
    seconds: dict[int, list[float]] = {1: [], 2: []}
    for number in (1, 2) * rounds:
        place.say(f"{number} worker{'s' if number > 1 else ''} on {students} submissions")
        root = place.course(made)
        with _cluster(place, root, cores[:number], head) as address:
            seconds[number].append(place.command("taskset", "-c", str(head), *GRADE, "--scheduler", address, cwd=root))
        if number == 1 or len(seconds[2]) < rounds:
            shutil.rmtree(root)
    head_alone = _head(place, root, head, made)
    shutil.rmtree(root)
    return Workers(students, tuple(seconds[1]), tuple(seconds[2]), len(cores) == 2, *head_alone)


def _head(place: Place, graded: Path, core: int, made: Sequence[Submission]) -> tuple[float, float, float]:
    """The head's own seconds: before the first submission, for each, and for the feedback pages of each.

    The gradebook is new and all results are there. Then the pages are written, and then there is nothing left to do.
    """
    place.say("the head alone")
    alone = ("taskset", "-c", str(core))
    seconds = []
    for some in (made[:1], made):
        root = place.course(some)
        shutil.copytree(graded / ".autograder" / "results", root / ".autograder" / "results")
        seconds.append(place.command(*alone, *GRADE, "--jobs", "1", cwd=root))
    with_pages = [one for one in GRADE if one != "--no-feedback"]
    written, nothing = (place.command(*alone, *with_pages, "--jobs", "1", cwd=root) for _ in range(2))
    each = (seconds[1] - seconds[0]) / (len(made) - 1)
    return seconds[0] - each, each, (written - nothing) / len(made)


@contextlib.contextmanager
def _cluster(place: Place, root: Path, cores: Sequence[int], head: int) -> Iterator[str]:
    """A scheduler and a worker on each core; all have ended after the block."""
    folder = root / "cluster"
    folder.mkdir()
    file = folder / "scheduler.json"
    started: list[subprocess.Popen[bytes]] = []
    common = ("--no-dashboard",)

    def begin(core: int, name: str, *command: str) -> None:
        process = start(("taskset", "-c", str(core), *command, *common), folder, folder / f"{name}.log")
        keep(process)
        started.append(process)

    try:
        options = ("--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
        begin(head, "scheduler", "dask", "scheduler", *options)
        _wait(place, lambda: file.is_file() and file.read_text().endswith("}"))  # whole, not just begun
        address = str(json.loads(file.read_text())["address"])
        for core in cores:
            name = f"worker-{core}"
            own = ("--nthreads", "1", "--no-nanny", "--name", name, "--local-directory", str(folder / name))
            begin(core, name, "dask", "worker", address, *own)
        for core in cores:
            log = folder / f"worker-{core}.log"
            _wait(place, functools.partial(_registered, log))
        yield address
    finally:
        for process in reversed(started):
            end(process)
        end_what_is_left()


def _registered(log: Path) -> bool:
    return "Registered to" in log.read_text(errors="replace")


def _wait(place: Place, happened: Callable[[], bool]) -> None:
    while not happened():
        place.deadline.left()
        time.sleep(0.1)
