"""The thread that starts a sandbox, measures it while it lives, and ends it.

It starts the sandbox itself because bubblewrap dies with the thread that started it: no watcher, no sandbox.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

from ...base.timelimit import CEILING
from ..errors import SandboxError
from ..inside.setup import StartReport
from ..limits import SandboxLimits
from ..start.folders import Folders
from ..start.forkserver import start
from ..start.launch import LaunchPlan, Process, Started
from .descendants import Descendants
from .group import GroupProcesses
from .neighbours import Neighbours, Word
from .processes import SandboxProcesses, Usage
from .processor import ProcessorTime, Share

_TICK = 0.1
"""Seconds between two looks at what a sandbox uses."""
_WORD = 0.5
"""Seconds between two looks at the other sandboxes and at this machine."""
_AUTOGROUP_NICE = 5
_SIGXCPU = 24


class Watcher:
    """Starts one sandbox, watches it while it runs, and ends it."""

    process: Process | None = None
    """Its process outside, once it has started."""
    report = StartReport()
    """What it reported at its start."""
    folders: Folders | None = None
    """Its two folders, once it has started; None where they are ordinary ones."""

    def __init__(self, plan: LaunchPlan) -> None:
        self._plan = plan
        self._processes: SandboxProcesses | Descendants | None = None
        self._processes_lock = threading.Lock()
        self._share: Share | None = None
        self._reason: str | None = None
        self._started: Future[None] = Future()
        self._ended = threading.Event()
        self._wanted = False  # its end, by whoever uses it
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)

    def start(self) -> None:
        """Start the sandbox and return when it has reported. Raises SandboxError if it does not come up."""
        self._thread.start()
        self._started.result()

    @property
    def alive(self) -> bool:
        return self._started.done() and not self._ended.is_set()

    @property
    def ended_by(self) -> str | None:
        """None while it lives, else the limit that ended it, "exit" by itself, or "killed" from here."""
        return self._reason if self._ended.is_set() else None

    @property
    def processor(self) -> ProcessorTime:
        """How it has fared with the processor so far."""
        return ProcessorTime() if self._share is None else self._share.time

    def kill(self) -> None:
        """End the sandbox; return when no process of it is left. Can be called at any time and again."""
        self._wanted = True
        with self._processes_lock:
            if self._processes is not None:
                self._processes.kill()
        self.wait()

    def wait(self) -> None:
        """Return when no process of the sandbox is left."""
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            started = start(self._plan)
        except Exception as error:
            known = isinstance(error, SandboxError)
            self._fail(error if known else SandboxError(f"A sandbox could not be started: {error}"))
            return
        with started.held:
            try:
                processes = self._processes = _processes(self._plan, started)
                self.folders = _folders(self._plan, started)
            except Exception as error:  # it ended at once, is not ours to look at, or what was given does not fit
                started.process.kill()
                started.process.wait()
                if self._processes is not None:
                    self._processes.close()
                    self._processes = None
                known = isinstance(error, SandboxError)
                self._fail(error if known else SandboxError(f"A sandbox can't be watched: {error}"))
                return
            self.process, self.report = started.process, started.report
            reason = "error"
            self._started.set_result(None)
            try:
                reason = self._look(processes)
            finally:
                # Also when measuring fails: what can't be watched must not go on.
                self._end(processes, started.process, reason)

    def _fail(self, trouble: Exception) -> None:
        self._reason = "error"
        self._ended.set()
        self._started.set_exception(trouble)

    def _end(self, processes: SandboxProcesses | Descendants, process: Process, reason: str) -> None:
        processes.kill()
        while not processes.wait(1):
            processes.kill()
        status = process.wait()
        if reason == "exit" and status in (128 + _SIGXCPU, -_SIGXCPU):
            reason = "cpu"
        with self._processes_lock:
            self._processes = None
            processes.close()
        self._reason = reason
        self._ended.set()

    def _look(self, processes: SandboxProcesses | Descendants) -> str:
        """Watch until something ends the sandbox; return what."""
        neighbours = Neighbours()
        try:
            return self._watch(processes, neighbours)
        finally:
            neighbours.leave()

    def _watch(self, processes: SandboxProcesses | Descendants, neighbours: Neighbours) -> str:
        limits = self._plan.limits
        begin = word_next = time.monotonic()
        share = self._share = Share(begin, 0.0)
        others: tuple[Word, ...] = ()
        while not self._wanted and not processes.wait(_TICK):
            now = time.monotonic()
            usage = processes.usage(limits.memory, limits.processes)
            if reason := _past(usage, limits):
                return reason
            was_stopped = share.is_stopped
            goes_on = share.look(now, usage.cpu, usage.running, len(others), any(one.waits for one in others))
            if not goes_on:
                processes.stop()
            elif was_stopped:
                processes.go_on()
            if share.too_far:
                return "processor"
            if now - begin > min(limits.wall_seconds + share.time.waited, limits.wall_seconds * CEILING):
                return "wall"
            if now >= word_next:
                word_next = now + _WORD
                neighbours.tell(Word(share.waits, usage.memory))
                others = neighbours.others()
                if available_memory() < limits.spare_memory and all(usage.memory >= one.memory for one in others):
                    return "machine" if others else "memory"
        return "killed" if self._wanted else "exit"


def _past(usage: Usage, limits: SandboxLimits) -> str:
    """The limit that the use is past, "" where it is past none."""
    most = {
        "processes": (usage.tasks, limits.processes),
        "disk": (usage.disk, limits.disk),
        "files": (max(usage.files, 0), limits.files),
        "open files": (usage.open_files, limits.open_files_together),
        "memory": (usage.memory, limits.memory),
    }
    return next((name for name, (used, limit) in most.items() if used > limit), "")


def available_memory() -> int:
    """Bytes of memory that this machine could still give."""
    with suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return 2**63


def _folders(plan: LaunchPlan, started: Started) -> Folders | None:
    """The sandbox's two folders, with all that was given for them."""
    if plan.connection_file:
        _lower_priority(started.report.group or started.first)
    if plan.bubblewrap is None or not plan.connection_file:
        return None
    folders = Folders(plan.view, started.first)
    folders.fill(plan.view, Path(plan.connection_file))
    return folders


def _lower_priority(first: int) -> None:
    """Where processes are scheduled by their session (sched(7), autogroup), their own niceness counts for nothing."""
    with suppress(OSError):
        Path(f"/proc/{first}/autogroup").write_text(str(_AUTOGROUP_NICE))


def _processes(plan: LaunchPlan, started: Started) -> SandboxProcesses | Descendants:
    report, limits, folders = started.report, plan.limits, (plan.view.work, plan.view.run)
    if started.pidfd is not None and plan.bubblewrap is not None:
        return SandboxProcesses(started.first, started.pidfd, tuple(map(str, folders)), plan.own)
    if started.pidfd is not None and report.filtered:
        return GroupProcesses(
            started.first, started.pidfd, report.group, report.user, folders, limits.files, limits.file_size
        )
    return Descendants(started.process, folders, limits.files)
