"""The memory of `autograder grade` and of its fork servers while it runs, once a second."""

from __future__ import annotations

import contextlib
import math
import statistics
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import psutil  # type: ignore[import-untyped]

SERVER = "autograder.sandbox.inside.serve"


@dataclass(slots=True)
class Watch:
    """Samples in MB: of the command's own process, and of its fork servers, on average."""

    parent: list[float] = field(default_factory=list)
    servers: list[float] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextlib.contextmanager
    def over(self, process: subprocess.Popen[bytes]) -> Iterator[None]:
        """Sample within the block."""
        thread = threading.Thread(target=self._sample, args=(process.pid,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()

    def _sample(self, pid: int) -> None:
        while not self._stop.wait(1.0):
            with contextlib.suppress(psutil.Error):
                parent = psutil.Process(pid)
                self.parent.append(_megabytes(parent))
                found = [_megabytes(one) for one in servers(parent)]
                if found:
                    self.servers.append(statistics.mean(found))


def servers(parent: psutil.Process) -> list[psutil.Process]:
    """The fork servers themselves: what they fork has their command line, but not bubblewrap for a parent."""
    found: dict[int, psutil.Process] = {}
    for one in parent.children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if SERVER in one.cmdline() and one.name() != "bwrap":
                above = one.parent()
                if above is None or above.name() != "bwrap":
                    continue
                first = found.get(above.pid)
                if first is None or one.create_time() < first.create_time():
                    found[above.pid] = one
    return list(found.values())


def drift(samples: list[float]) -> float:
    """By what share the last quarter's median is away from the second's; not a number where samples are too few."""
    if len(samples) < 8:
        return math.nan
    quarter = len(samples) // 4
    second, last = samples[quarter : 2 * quarter], samples[-quarter:]
    return abs(statistics.median(last) / statistics.median(second) - 1)


def _megabytes(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 2**20
