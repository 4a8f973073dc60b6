"""What grading left behind: processes, mounts, scratch files. All by ids, seen before and after."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36

Process = tuple[int, int]
"""A process by its id and the time of its start, since ids are used again."""


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends: nothing can leave our tree unseen."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def descendants() -> dict[Process, str]:
    """The living processes below this one, with their names."""
    children: dict[int, list[int]] = {}
    known: dict[int, tuple[Process, str, str]] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            text = (folder / "stat").read_text()
            name, fields = text[text.index("(") + 1 : text.rindex(")")], text[text.rindex(")") + 2 :].split()
            pid = int(folder.name)
            known[pid] = ((pid, int(fields[19])), name, fields[0])
            children.setdefault(int(fields[1]), []).append(pid)
    found: dict[Process, str] = {}
    waiting = list(children.get(os.getpid(), ()))
    while waiting:
        pid = waiting.pop()
        waiting += children.get(pid, ())
        process, name, state = known[pid]
        if state not in "ZX":
            found[process] = name
    return found


def mounts() -> set[str]:
    """The ids of the mounts that this process sees."""
    return {line.split()[0] for line in Path("/proc/self/mountinfo").read_text().splitlines()}


def end(processes: dict[Process, str]) -> None:
    """Kill what was left behind, by id, and collect those that became our children."""
    for process in processes:
        if process in descendants():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process[0], signal.SIGKILL)
    for pid, _ in processes:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)


@dataclass(frozen=True)
class Before:
    """The state before a batch."""

    processes: frozenset[Process]
    mounts: frozenset[str]

    @classmethod
    def now(cls) -> Before:
        return cls(frozenset(descendants()), frozenset(mounts()))

    def left_behind(self, scratch: Path, patience: float = 3.0) -> list[str]:
        """What is there now and was not there then, in a line each. Processes found are ended."""
        wait_until = time.monotonic() + patience
        while (new := self._new()) and time.monotonic() < wait_until:
            time.sleep(0.1)
        found = [f"process {pid} ({name}) is left" for (pid, _), name in new.items()]
        end(new)
        found += [f"mount {mount} is left" for mount in sorted(mounts() - self.mounts)]
        files = sorted(str(path.relative_to(scratch)) for path in scratch.glob("*/*"))
        found += [f"{len(files)} things are left in the scratch folder: {', '.join(files[:3])} ..."] if files else []
        return found[:20]

    def _new(self) -> dict[Process, str]:
        return {process: name for process, name in descendants().items() if process not in self.processes}
