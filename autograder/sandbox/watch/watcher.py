"""The thread that starts a sandbox, measures it while it lives, and ends it.

It starts the sandbox itself because bubblewrap dies with the thread that started it: no watcher, no sandbox.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future

from ..errors import SandboxError
from ..inside.setup import StartReport
from ..start.forkserver import start
from ..start.launch import LaunchPlan, Process, Started
from .background import Background
from .descendants import Descendants
from .disk import Held, held
from .processes import SandboxProcesses

_TICK = 0.1
"""Seconds between two looks at memory and processes."""
_DISK_SHARE = 0.1
"""Share of its time that the watcher may spend on the disk."""
_SIGXCPU = 24


class Watcher:
    """Starts one sandbox, watches it while it runs, and ends it."""

    process: Process | None = None
    """Its process outside, once it has started."""
    report = StartReport()
    """What it reported at its start."""

    def __init__(self, plan: LaunchPlan) -> None:
        self._plan = plan
        self._processes: SandboxProcesses | Descendants | None = None
        self._processes_lock = threading.Lock()
        self._disk: Background[tuple[Held, int]] | None = None
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
            except OSError as error:  # it ended at once, or is not ours to look at
                started.process.kill()
                started.process.wait()
                self._fail(SandboxError(f"A sandbox can't be watched: {error}"))
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
            if self._disk is not None:
                self._disk.finish()
            processes.close()
        self._reason = reason
        self._ended.set()

    def _look(self, processes: SandboxProcesses | Descendants) -> str:
        """Watch until something ends the sandbox; return what."""
        limits, view = self._plan.limits, self._plan.view
        now = time.monotonic()
        end, disk_next = now + limits.wall_seconds, now
        disk = self._disk = Background(lambda: (held((view.work, view.run), limits.files), processes.unlinked()))
        while not self._wanted and not processes.wait(_TICK):
            now = time.monotonic()
            if now > end:
                return "wall"
            usage = processes.usage(limits.memory, limits.processes)
            if usage.tasks > limits.processes:
                return "processes"
            if usage.memory > limits.memory:
                return "memory"
            if now >= disk_next and (answer := disk.ask(_TICK / 10)):
                found, unlinked = answer
                if found.files > limits.files:
                    return "files"
                if found.size + unlinked > limits.disk:
                    return "disk"
                disk_next = now + disk.took / _DISK_SHARE
        return "killed" if self._wanted else "exit"


def _processes(plan: LaunchPlan, started: Started) -> SandboxProcesses | Descendants:
    if started.pidfd is not None and plan.bubblewrap is not None:
        return SandboxProcesses(started.first, started.pidfd)
    return Descendants(started.process)
