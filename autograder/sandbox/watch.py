"""The thread that starts a sandbox, measures it while it lives, and ends it.

It starts the sandbox itself because bubblewrap dies with the thread that started it: no watcher, no sandbox.
"""

from __future__ import annotations

import os
import threading
import time
from typing import Any

from .disk import Held, held
from .forkserver import start
from .launch import Plan, Process, Started
from .namespace import Namespace
from .plain import Tree
from .protection import SandboxError
from .slow import Slow

_TICK = 0.1
"""Seconds between two looks at memory and processes."""
_DISK_SHARE = 0.1
"""Share of its time that the watcher may spend on the disk."""
_SIGXCPU = 24


class Watch:
    """One sandbox, from its start to its end."""

    def __init__(self, plan: Plan) -> None:
        self.process: Process | None = None
        self.report: dict[str, Any] = {}
        self._plan = plan
        self._group: Namespace | Tree | None = None
        self._disk: Slow[tuple[Held, int]] | None = None
        self._group_lock = threading.Lock()
        self._reason: str | None = None
        self._started = threading.Event()
        self._ended = threading.Event()
        self._wanted = False  # its end, by whoever uses it
        self._trouble: SandboxError | None = None
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)

    def start(self) -> None:
        """Start the sandbox and return when it has reported.

        Raises:
            SandboxError: if it does not come up.
        """
        self._thread.start()
        self._started.wait()
        if self._trouble is not None:
            raise self._trouble

    @property
    def alive(self) -> bool:
        return self._started.is_set() and not self._ended.is_set()

    @property
    def ended_by(self) -> str | None:
        """None while it lives, else the limit that ended it, "exit" by itself, or "killed" from here."""
        return self._reason if self._ended.is_set() else None

    def kill(self) -> None:
        """End the sandbox; return when no process of it is left. Can be called at any time and again."""
        self._wanted = True
        with self._group_lock:
            if self._group is not None:
                self._group.kill()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            started = start(self._plan)
        except SandboxError as trouble:
            self._fail(trouble)
            return
        except Exception as error:
            self._fail(SandboxError(f"A sandbox could not be started: {error}"))
            return
        try:
            group = self._group = _group(self._plan, started)
        except OSError as error:  # it ended at once, or is not ours to look at
            started.process.kill()
            started.process.wait()
            os.close(started.status)
            self._fail(SandboxError(f"A sandbox can't be watched: {error}"))
            return
        self.process, self.report = started.process, started.report
        reason = "error"
        self._started.set()
        try:
            reason = self._look(group)
        finally:
            # Also when measuring fails: what can't be watched must not go on.
            self._end(group, started.process, reason)
            os.close(started.status)

    def _fail(self, trouble: SandboxError) -> None:
        self._trouble, self._reason = trouble, "error"
        self._ended.set()
        self._started.set()

    def _end(self, group: Namespace | Tree, process: Process, reason: str) -> None:
        group.kill()
        while not group.wait(1):
            group.kill()
        status = process.wait()
        if reason == "exit" and status in (128 + _SIGXCPU, -_SIGXCPU):
            reason = "cpu"
        with self._group_lock:
            self._group = None
            if self._disk is not None:
                self._disk.finish()
            group.close()
        self._reason = reason
        self._ended.set()

    def _look(self, group: Namespace | Tree) -> str:
        """Watch until something ends the sandbox; return what."""
        limits, view = self._plan.limits, self._plan.view
        now = time.monotonic()
        end, disk_next = now + limits.wall_seconds, now
        disk = self._disk = Slow(lambda: (held((view.work, view.run), limits.files), group.unlinked()))
        while not self._wanted and not group.wait(_TICK):
            now = time.monotonic()
            if now > end:
                return "wall"
            usage = group.usage(limits.memory, limits.processes)
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


def _group(plan: Plan, started: Started) -> Namespace | Tree:
    if started.pidfd is not None and plan.bubblewrap is not None:
        return Namespace(started.first, started.pidfd)
    return Tree(started.process)
