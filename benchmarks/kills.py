"""Whether grades survive kills: of the command, its workers, their fork servers and the students' kernels.

A class is graded once undisturbed. Then it is graded anew, round after round; at random moments a process of a random
kind is killed, and where that ends the command it is started again. What the gradebook says in the end must not differ.
"""

from __future__ import annotations

import contextlib
import random
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from .bars import Bar
from .gradebook import Scores, scores
from .memory import servers
from .place import GRADE, Place
from .running import FailedError, end, end_what_is_left, start
from .students import make

KINDS = ("command", "worker", "server", "kernel")
A_ROUND = 5
"""Kills in a round; then the class is graded to its end."""
SEED = 20


@dataclass(frozen=True, slots=True)
class Kills:
    """What was killed, how often the command had to be started again, and the rounds that ended otherwise."""

    students: int
    kills: Mapping[str, int]
    restarts: int
    rounds: int
    differences: tuple[str, ...]

    def bars(self) -> list[Bar]:
        """No round may end otherwise."""
        killed = ", ".join(f"{number} of a {kind}" for kind, number in self.kills.items())
        of = f"{self.rounds} rounds of a class of {self.students}; kills: {killed}; {self.restarts} restarts"
        name = f"gradebooks that {sum(self.kills.values())} kills made differ"
        return [Bar(name, len(self.differences), 0, of=of)]

    def lines(self) -> list[str]:
        """What differed."""
        return list(self.differences)


def measure(place: Place, kills: int = 30, students: int = 12, seed: int = SEED) -> Kills:
    """Grade undisturbed, then with kills; so many in all."""
    chance = random.Random(seed)
    made = make(place.built, students, "k")
    root = place.course(made)
    place.say(f"grading a class of {students} undisturbed")
    usual = place.grade(root)
    wanted = outcome(root)
    shutil.rmtree(root)
    done: Counter[str] = Counter(dict.fromkeys(KINDS, 0))
    plan = [KINDS[i % len(KINDS)] for i in range(kills)]
    chance.shuffle(plan)
    differences: list[str] = []
    restarts = rounds = 0
    while plan:
        rounds += 1
        now, plan = plan[:A_ROUND], plan[A_ROUND:]
        place.say(f"round {rounds}: {', '.join(now)}")
        root = place.course(made)
        again, missed = _disturbed(place, root, now, usual, chance)
        restarts += again
        done.update(now[: len(now) - len(missed)])
        if rounds > 2 * kills:
            raise FailedError("the class is graded before anything can be killed")
        plan += missed
        differences += [f"round {rounds}: {line}" for line in _compare(wanted, outcome(root))]
        shutil.rmtree(root)
    return Kills(students, dict(done), restarts, rounds, tuple(differences))


Outcome = tuple[Scores, str]


def outcome(root: Path) -> Outcome:
    """The gradebook's scores, and grades.csv."""
    return scores(root), (root / "grades.csv").read_text()


def _compare(wanted: Outcome, found: Outcome) -> list[str]:
    keys = wanted[0].keys() | found[0].keys()
    lines = [
        f"{' '.join(key)}: {found[0].get(key)}, not {wanted[0].get(key)}"
        for key in sorted(keys)
        if wanted[0].get(key) != found[0].get(key)
    ]
    before, after = (text.splitlines() for text in (wanted[1], found[1]))
    lines += [f"grades.csv has {row!r}" for row in after if row not in before]
    lines += [f"grades.csv lacks {row!r}" for row in before if row not in after]
    return lines or (["grades.csv has its rows in another order"] if before != after else [])


def _disturbed(
    place: Place, root: Path, kinds: list[str], usual: float, chance: random.Random
) -> tuple[int, list[str]]:
    """Grade a class while processes are killed; how often it was started again, and the kills it left no time for."""
    left = list(kinds)
    restarts = 0
    while True:
        process = start(GRADE, root, place.log)
        try:
            while left and process.poll() is None:
                # Spread over the time that is left, on average, so that early and late moments get their share.
                _sleep(process, chance.uniform(0.0, 1.6 * usual / (len(kinds) + 1)))
                if _kill(place, process, left[0], chance):
                    left.pop(0)
            status = process.wait(place.deadline.left())
        except subprocess.TimeoutExpired:
            place.deadline.left()
            raise
        finally:
            end_gently(process)
        if status == 0:
            return restarts, left
        restarts += 1
        if restarts > 2 * len(kinds) + 2:
            raise FailedError(f"autograder grade ends with {status} again and again: {_tail(place.log)}")


def end_gently(process: subprocess.Popen[bytes]) -> None:
    """What a killed command has started is to end by itself; what it leaves behind is a failure."""
    if process.poll() is None:  # only where this measurement is given up
        end(process)
    if end_what_is_left():
        raise FailedError("processes of a killed command were still there after a minute")


def _kill(place: Place, process: subprocess.Popen[bytes], kind: str, chance: random.Random) -> bool:
    """Kill one of this kind as soon as there is one; False where the command ended first."""
    while process.poll() is None:
        found = _of_kind(process, kind)
        if found:
            with contextlib.suppress(psutil.Error):
                chance.choice(found).kill()
                if kind == "command":
                    process.wait()
                return True
        place.deadline.left()
        time.sleep(0.02)
    return False


def _of_kind(process: subprocess.Popen[bytes], kind: str) -> list[psutil.Process]:
    with contextlib.suppress(psutil.Error):
        parent = psutil.Process(process.pid)
        if kind == "command":
            return [parent]
        if kind == "worker":
            return [one for one in parent.children() if _is_python(one)]
        found = servers(parent)
        if kind == "server":
            return [either for one in found for either in (one, one.parent()) if either is not None]
        # server, guard, first, kernel
        return [
            kernel
            for one in found
            for guard in one.children()
            for first in guard.children()
            for kernel in first.children()
        ]
    return []


def _is_python(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return "grade" in process.cmdline()
    return False


def _sleep(process: subprocess.Popen[bytes], seconds: float) -> None:
    until = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < until:
        time.sleep(0.02)


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-500:]
