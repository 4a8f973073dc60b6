"""The processes of a kernel without a sandbox: found as descendants, so a process that hides well is missed."""

from __future__ import annotations

import contextlib
import subprocess
import time
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from ..start.launch import Process
from .background import Background
from .disk import Held, held
from .processes import Usage

_DISK_SHARE = 0.1
"""Share of its time that may be spent on looking through the folders."""


class Descendants:
    """A process and all that descends from it, as far as that can be seen; otherwise as `SandboxProcesses`."""

    def __init__(self, process: Process, folders: tuple[Path, ...], most_files: int) -> None:
        self._popen = process
        self._process = psutil.Process(process.pid)
        self._known: set[psutil.Process] = {self._process}
        self._disk = Background(lambda: held(folders, most_files))
        self._held, self._disk_next = Held(0, 0), 0.0

    def usage(self, most_memory: int, most_tasks: int) -> Usage:
        memory = tasks = running = 0
        cpu = 0.0
        for process in self._all():
            with contextlib.suppress(psutil.Error):
                memory += process.memory_info().rss
                tasks += process.num_threads()
                cpu += sum(process.cpu_times()[:4])
                running += process.status() == psutil.STATUS_RUNNING
        self._look_at_disk()
        return Usage(memory, tasks, 0, self._held.size, self._held.files, cpu, running)

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

    def stop(self) -> None:
        """Nothing keeps these from taking more than their share."""

    def go_on(self) -> None:
        """Nothing was stopped."""

    def close(self) -> None:
        self._disk.finish()

    def _look_at_disk(self) -> None:
        now = time.monotonic()
        if now >= self._disk_next and (answer := self._disk.ask(0.01)):
            self._held, self._disk_next = answer, now + self._disk.took / _DISK_SHARE

    def _all(self) -> set[psutil.Process]:
        with contextlib.suppress(psutil.Error):
            self._known.update(self._process.children(recursive=True))
        self._known = {p for p in self._known if p.is_running()}
        return self._known
