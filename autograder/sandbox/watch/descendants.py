"""The processes of a kernel without a sandbox: found as descendants, so a process that hides well is missed."""

from __future__ import annotations

import contextlib
import subprocess

import psutil  # type: ignore[import-untyped]

from ..start.launch import Process
from .processes import Usage


class Descendants:
    """A process and all that descends from it, as far as that can be seen; otherwise as `SandboxProcesses`."""

    def __init__(self, process: Process) -> None:
        self._popen = process
        self._process = psutil.Process(process.pid)
        self._known: set[psutil.Process] = {self._process}

    def usage(self, most_memory: int, most_tasks: int) -> Usage:
        memory = tasks = 0
        for process in self._all():
            with contextlib.suppress(psutil.Error):
                memory += process.memory_info().rss
                tasks += process.num_threads()
        return Usage(memory, tasks)

    def wait(self, seconds: float) -> bool:
        try:
            self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        self.kill()  # what its kernel left behind
        return True

    def kill(self) -> None:
        for process in self._all():
            with contextlib.suppress(psutil.Error):
                process.kill()

    def unlinked(self) -> int:
        return 0

    def close(self) -> None:
        pass

    def _all(self) -> set[psutil.Process]:
        with contextlib.suppress(psutil.Error):
            self._known.update(self._process.children(recursive=True))
        self._known = {p for p in self._known if p.is_running()}
        return self._known
