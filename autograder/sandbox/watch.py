"""The thread that starts a sandbox, measures it while it lives, and ends it.

It starts the sandbox itself because bubblewrap dies with the thread that started it: no watcher, no sandbox.
"""

from __future__ import annotations

import subprocess
import threading
import time
from typing import Any

from .disk import held
from .launch import Plan, Started, launch
from .namespace import Namespace
from .plain import Tree
from .protection import SandboxError

_TICK = 0.1
"""Seconds between two looks at memory and processes."""
_DISK_SHARE = 0.1
"""Share of its time that the watcher may spend on the disk."""
_SIGXCPU = 24


class Watch:
    """One sandbox, from its start to its end."""

    def __init__(self, plan: Plan) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.report: dict[str, Any] = {}
        self._plan = plan
        self._reason: str | None = None
        self._started = threading.Event()
        self._ended = threading.Event()
        self._wanted = threading.Event()  # its end, by whoever uses it
        self._trouble: BaseException | None = None
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
        self._wanted.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            started = launch(self._plan)
            group = _group(started)
        except BaseException as trouble:
            self._trouble = trouble if isinstance(trouble, SandboxError) else SandboxError(str(trouble))
            self._trouble.__cause__ = None if trouble is self._trouble else trouble
            self._ended.set()
            self._started.set()
            return
        self.process, self.report = started.process, started.report
        self._started.set()
        try:
            self._reason = self._look(group, started.process)
        finally:
            # Also when measuring fails: what can't be watched must not go on.
            group.kill()
            while not group.wait(1):
                group.kill()
            status = started.process.wait()
            if self._reason == "exit" and status in (128 + _SIGXCPU, -_SIGXCPU):
                self._reason = "cpu"
            group.close()
            self._reason = self._reason or "error"
            self._ended.set()

    def _look(self, group: Namespace | Tree, process: subprocess.Popen[bytes]) -> str:
        """Watch until something ends the sandbox; return what."""
        limits, view = self._plan.limits, self._plan.view
        end = time.monotonic() + limits.wall_seconds
        disk_next = 0.0
        while not group.wait(_TICK):
            if process.poll() is not None:
                return "exit"
            if self._wanted.is_set():
                return "killed"
            now = time.monotonic()
            if now > end:
                return "wall"
            usage = group.usage(limits.memory)
            if usage.memory > limits.memory:
                return "memory"
            if usage.tasks > limits.processes:
                return "processes"
            if now >= disk_next:
                found = held((view.work, view.run), limits.files)
                if found.files > limits.files:
                    return "files"
                if found.size + group.unlinked() > limits.disk:
                    return "disk"
                after = time.monotonic()
                disk_next = after + (after - now) / _DISK_SHARE
        return "exit"


def _group(started: Started) -> Namespace | Tree:
    if started.pidfd is not None and started.first != started.process.pid:
        return Namespace(started.first, started.pidfd)
    return Tree(started.process)
