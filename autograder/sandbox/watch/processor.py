"""A sandbox and the processor: how much it gets, how long it has to wait, and whether it takes too much."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

BURST = 3.0
"""Processor seconds beyond its share that a sandbox may take at a time while another waits."""
PAUSE = 0.2
"""Processor seconds that one which was stopped has to be owed before it goes on."""
TOO_FAR = 10.0
"""Processor seconds that one may be past its share though it is being stopped; then it is ended."""
_DEBT = 1.0
"""Processor seconds that one may be past its share at most when another begins to wait."""
_MEMORY = 1.0
"""Seconds that are looked back on to see whether a sandbox has to wait."""
_HELD = 3.0
"""Seconds for which one that had to wait is held to be waiting: else whoever was stopped for it would be let go."""


@dataclass(slots=True)
class ProcessorTime:
    """How a sandbox has fared with the processor since it started, in seconds.

    A sandbox waits while one of its processes wants to run and they get less than one processor between them. Whoever
    sleeps doesn't wait, and whoever is stopped for having taken too much doesn't, either.
    """

    used: float = 0.0
    waited: float = 0.0
    stopped: float = 0.0
    """How long it was kept from running, for having taken more than its share while another waited."""


class ProcessorClock:
    """Adds up what the processes of a sandbox have used, those included that come and go between two looks."""

    def __init__(self) -> None:
        self._total = self._seen = 0.0
        self._known: frozenset[str] = frozenset()
        self._now = time.monotonic()

    def add(self, cpu: Mapping[str, float], running: int) -> float:
        """The processor seconds used in all so far.

        Args:
            cpu: of each process that is there now, its own and its ended children's processor seconds, by its number.
            running: how many of them want the processor at this moment.
        """
        now, seen, there = time.monotonic(), sum(cpu.values()), frozenset(cpu)
        got = max(0.0, seen - self._seen)
        if there - self._known and running:
            # What a process used is lost where its parent does not ask for it. So where processes come and go, their
            # part of those that run on this machine tells more.
            got = max(got, (now - self._now) * _part(running))
        self._now, self._seen, self._known = now, seen, there
        self._total += got
        return self._total


def _part(running: int) -> float:
    """How many processors so many processes get, about, of those that this machine has."""
    try:
        every = int(Path("/proc/loadavg").read_text().split()[3].partition("/")[0])
    except (OSError, ValueError, IndexError):
        every = running
    cores = len(os.sched_getaffinity(0))
    return min(running, cores * running / max(every, running, 1))


class Share:
    """Looks at one sandbox's use of the processor, time and again, and says when to stop it.

    Its share is that of one in so many as there are. While nobody waits it may take what there is. While somebody does,
    it gets its share, and BURST beyond it if it has taken less before.
    """

    def __init__(self, now: float, cpu: float, cores: int | None = None) -> None:
        """Begin at the time `now`, when it had used `cpu` seconds."""
        self.time = ProcessorTime()
        self.is_stopped = False
        self._cores = cores or len(os.sched_getaffinity(0))
        self._now, self._cpu, self._begin = now, cpu, cpu
        self._credit = BURST
        self._lately = 0.0
        self._waits_until = now

    @property
    def waits(self) -> bool:
        """Whether it has had to wait for more than half of the time lately."""
        return self._now < self._waits_until

    @property
    def too_far(self) -> bool:
        """Whether it goes on taking what is not its share: it can't be stopped."""
        return self._credit < -TOO_FAR

    def look(self, now: float, cpu: float, running: int, others: int, somebody_waits: bool) -> bool:
        """Take note of its use until now; gives whether it may run until the next look.

        Args:
            now: the time.
            cpu: the processor seconds that it has used so far.
            running: how many of its processes want the processor at this moment.
            others: how many other sandboxes there are.
            somebody_waits: whether one of these has to wait for the processor.
        """
        passed, got = max(0.0, now - self._now), max(0.0, cpu - self._cpu)
        self._now, self._cpu = now, cpu
        self.time.used += got
        missed = max(0.0, passed - got) if running and not self.is_stopped else 0.0
        self.time.waited += missed
        self._lately = (self._lately + missed) * _MEMORY / (_MEMORY + passed)
        if self._lately > _MEMORY / 2:
            self._waits_until = now + _HELD
        if self.is_stopped:
            self.time.stopped += passed
        self._credit = min(BURST, self._credit + self._cores / (1 + others) * passed - got)
        if not somebody_waits:
            self._credit = max(self._credit, -_DEBT)
        self.is_stopped = somebody_waits and self._credit < (PAUSE if self.is_stopped else 0.0)
        return not self.is_stopped
