"""The processes of a sandbox that has namespaces of its own: how much they use, and their end."""

from __future__ import annotations

import contextlib
import os
import select
import signal
from collections.abc import Iterator
from dataclasses import dataclass

from .background import Background

_PAGE = os.sysconf("SC_PAGE_SIZE")
_INODE = 1024
"""About what a file in a tmpfs costs in memory beside its content, in bytes."""
_PATIENCE = 1.0
"""Seconds to wait for the exact sum of memory; then a larger one decides, in which processes share no page."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What the processes of a sandbox use: bytes of memory, and tasks."""

    memory: int
    tasks: int


class SandboxProcesses:
    """A sandbox's processes, seen through its own /proc, which lists them all and no others."""

    def __init__(self, first: int, pidfd: int) -> None:
        """`pidfd` stands for the sandbox's first process, whose number is `first` outside; it stays the caller's."""
        self._pidfd = pidfd
        self._proc = os.open(f"/proc/{first}/root/proc", os.O_RDONLY | os.O_DIRECTORY)
        self._shared_once = Background(self._proportional_sum)
        self._in_memory = [os.open(f"/proc/{first}/root{p}", os.O_RDONLY) for p in ("/tmp", "/dev/shm")]

    def usage(self, most_memory: int, most_tasks: int) -> Usage:
        """Memory and tasks, summed up no further than to the first limit passed: there may be very many processes.

        Memory that processes share is counted once, but only where it matters: that is slower.
        """
        pids = self._pids()
        tasks = len(pids)
        if tasks <= most_tasks:
            tasks = sum(self._tasks(pid) for pid in pids)
        if tasks > most_tasks:
            return Usage(0, tasks)
        files = sum(self._held(fd) for fd in self._in_memory)
        memory = files + sum(self._resident(pid) for pid in pids)
        if memory > most_memory:
            found = self._shared_once.ask(_PATIENCE / 10)
            if found is not None:
                memory = files + found
            elif self._shared_once.seconds < _PATIENCE:
                memory = files
        return Usage(memory, tasks)

    def wait(self, seconds: float) -> bool:
        """Whether every process of the sandbox has ended, after waiting for that for some seconds at most."""
        poll = select.poll()  # unlike select(), it takes any number of open files
        poll.register(self._pidfd, select.POLLIN)
        return bool(poll.poll(seconds * 1000))

    def kill(self) -> None:
        """End them all: a PID namespace does not outlive its first process."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    def close(self) -> None:
        self._shared_once.finish()
        for fd in (self._proc, *self._in_memory):
            os.close(fd)

    def unlinked(self) -> int:
        """Bytes on disk of files that are open but have no name any more."""
        found: dict[tuple[int, int], int] = {}
        for path in self._open_files():
            with contextlib.suppress(OSError):
                status = os.stat(path, dir_fd=self._proc)
                if status.st_nlink == 0:
                    found[status.st_dev, status.st_ino] = status.st_blocks * 512
        return sum(found.values())

    def _open_files(self) -> Iterator[str]:
        for pid in self._pids():
            with contextlib.suppress(OSError):
                folder = os.open(f"{pid}/fd", os.O_RDONLY, dir_fd=self._proc)
                try:
                    names = os.listdir(folder)
                finally:
                    os.close(folder)
                yield from (f"{pid}/fd/{name}" for name in names)

    def _pids(self) -> list[str]:
        return [name for name in os.listdir(self._proc) if name.isdigit()]

    def _tasks(self, pid: str) -> int:
        # The name in brackets can hold anything; what follows it is numbers.
        fields = self._read(f"{pid}/stat").rpartition(b")")[2].split()
        return int(fields[17]) if len(fields) > 17 else 0

    def _resident(self, pid: str) -> int:
        fields = self._read(f"{pid}/statm").split()
        return int(fields[1]) * _PAGE if len(fields) > 1 else 0

    def _proportional_sum(self) -> int:
        return sum(self._proportional(pid) for pid in self._pids())

    def _proportional(self, pid: str) -> int:
        # Waits for a lock that the process can hold for long.
        for line in self._read(f"{pid}/smaps_rollup").splitlines():
            if line.startswith(b"Pss:"):
                return int(line.split()[1]) * 1024
        return self._resident(pid)

    def _held(self, folder: int) -> int:
        status = os.fstatvfs(folder)
        inodes = status.f_files - status.f_ffree
        return (status.f_blocks - status.f_bfree) * status.f_frsize + inodes * _INODE

    def _read(self, path: str) -> bytes:
        """A small file of /proc; empty where the process has just ended."""
        try:
            fd = os.open(path, os.O_RDONLY, dir_fd=self._proc)
        except OSError:
            return b""
        try:
            return os.read(fd, 4096)
        except OSError:
            return b""
        finally:
            os.close(fd)
