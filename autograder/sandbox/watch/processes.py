"""The processes of a sandbox that has namespaces of its own: how much they use, and their end."""

from __future__ import annotations

import contextlib
import os
import select
import signal
from collections.abc import Iterator
from dataclasses import dataclass

from ..inside.setup import Own
from . import charges
from .background import Background
from .processor import ProcessorClock

_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")
_INODE = 1536
"""About what a file in a tmpfs costs in memory beside its content, with a long name, in bytes."""
_PATIENCE = 1.0
"""Seconds to wait for the exact sum of memory; then a larger one decides, in which processes share no page."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a sandbox uses.

    Attributes:
        memory: bytes, what lies in its file systems included.
        tasks: processes and threads.
        open_files: of all processes together.
        disk, files: what its writable folders hold, in bytes and in number.
        cpu: seconds of processor time so far, as far as that can be seen.
        running: processes that want the processor now.
    """

    memory: int = 0
    tasks: int = 0
    open_files: int = 0
    disk: int = 0
    files: int = 0
    cpu: float = 0.0
    running: int = 0


@dataclass(frozen=True, slots=True)
class _Process:
    """One line of /proc/PID/stat (proc(5))."""

    pid: str
    place: str
    """Where in /proc its memory and its open files are shown."""
    state: str
    cpu: float
    tasks: int
    resident: int


class SandboxProcesses:
    """A sandbox's processes, seen through its own /proc if it has one, which lists them all and no others."""

    def __init__(self, first: int, pidfd: int, folders: tuple[str, ...], own: Own) -> None:
        """Open what is looked at.

        Args:
            first: the sandbox's first process, by its number outside. It is not the student's, and only waits.
            pidfd: stands for it; stays the caller's.
            folders: its writable folders.
            own: what it has of its own.
        """
        self._pidfd = pidfd
        self._own = own
        root = f"/proc/{first}/root"
        self._proc = os.open(f"{root}/proc" if own.proc else "/proc", os.O_RDONLY | os.O_DIRECTORY)
        self._first = "1" if own.proc else str(first)
        self._namespace = os.stat(f"/proc/{first}/ns/pid").st_ino
        self._shared_once = Background(self._proportional_sum)
        self._temporary = [os.open(f"{root}{path}", os.O_RDONLY) for path in ("/tmp", "/dev/shm") if own.namespaces]
        self._folders = [os.open(f"{root}{path}", os.O_RDONLY) for path in folders]
        self._cpu = ProcessorClock()

    def usage(self, most_memory: int, most_tasks: int) -> Usage:
        """What all of them use, summed up no further than to the limit on tasks: there may be very many processes.

        Memory that processes share is counted once, but only where it matters: that is slower.
        """
        pids = self._pids()
        if len(pids) > most_tasks:
            return Usage(tasks=len(pids))
        found = [one for pid in pids if (one := self._process(pid)) is not None]
        running = sum(one.state == "R" for one in found)
        cpu = self._cpu.add({one.pid: one.cpu for one in found}, running)
        tasks = sum(one.tasks for one in found)
        open_files = sum(self._open_files(one.place) for one in found)
        disk, files, kept = self._held()
        kept += charges.of_tasks(tasks) + charges.of_open_files(open_files) + self._sockets()
        kept += sum(charges.of_page_tables(self._read(f"{one.place}/status")) for one in found)
        memory = kept + sum(one.resident for one in found)
        if memory > most_memory:
            exact = self._shared_once.ask(_PATIENCE / 10)
            if exact is not None:
                memory = kept + exact
            elif self._shared_once.seconds < _PATIENCE:
                memory = kept
        return Usage(memory, tasks, open_files, disk, files, cpu, running)

    def wait(self, seconds: float) -> bool:
        """Whether every process of the sandbox has ended, after waiting for that for some seconds at most."""
        poll = select.poll()  # unlike select(), it takes any number of open files
        poll.register(self._pidfd, select.POLLIN)
        return bool(poll.poll(seconds * 1000))

    def stop(self) -> None:
        """Let none of them run until `go_on`; what starts meanwhile is stopped at the next call."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let them run again."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End them all: a PID namespace does not outlive its first process."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    def close(self) -> None:
        self._shared_once.finish()
        for fd in (self._proc, *self._temporary, *self._folders):
            os.close(fd)

    def _signal(self, number: int) -> None:
        for pid in self._pids():
            # A process's folder in /proc stands for it, and for no other: it can be signalled through that.
            with contextlib.suppress(OSError), self._folder_of(pid) as folder:
                if pid != self._first:
                    signal.pidfd_send_signal(folder, number)

    @contextlib.contextmanager
    def _folder_of(self, pid: str) -> Iterator[int]:
        folder = os.open(pid, os.O_RDONLY | os.O_DIRECTORY, dir_fd=self._proc)
        try:
            yield folder
        finally:
            os.close(folder)

    def _pids(self) -> list[str]:
        pids = [name for name in os.listdir(self._proc) if name.isdigit()]
        return pids if self._own.proc else [pid for pid in pids if self._is_inside(pid)]

    def _is_inside(self, pid: str) -> bool:
        try:
            return os.stat(f"{pid}/ns/pid", dir_fd=self._proc).st_ino == self._namespace
        except OSError:
            return False

    def _process(self, pid: str) -> _Process | None:
        # The name in brackets can hold anything; what follows it is a letter and numbers.
        fields = _fields(self._read(f"{pid}/stat"))
        if not fields:
            return None
        state, tasks, resident = fields[0].decode(), int(fields[17]), int(fields[21])
        place = pid
        if state == "Z" and tasks > 1:  # its first thread has ended, and the others go on
            place = self._living_thread(pid)
            resident = int((_fields(self._read(f"{place}/stat")) or fields)[21])
        own_and_ended_children = sum(int(field) for field in fields[11:15]) / _TICKS
        return _Process(pid, place, state, own_and_ended_children, tasks, resident * _PAGE)

    def _living_thread(self, pid: str) -> str:
        """Where /proc shows what a process has whose first thread has ended."""
        with contextlib.suppress(OSError), self._folder_of(f"{pid}/task") as threads:
            for thread in os.listdir(threads):
                fields = _fields(self._read(f"{pid}/task/{thread}/stat"))
                if fields and fields[0] not in b"ZX":
                    return f"{pid}/task/{thread}"
        return pid

    def _open_files(self, place: str) -> int:
        try:
            known = os.stat(f"{place}/fd", dir_fd=self._proc).st_size
            if known:
                return known
            with self._folder_of(f"{place}/fd") as folder:  # before Linux 6.2 they have to be counted
                return len(os.listdir(folder))
        except OSError:
            return 0

    def _sockets(self) -> int:
        if not self._own.network:
            return 0
        return charges.of_sockets(*(self._read(f"{self._first}/net/{name}") for name in ("sockstat", "sockstat6")))

    def _proportional_sum(self) -> int:
        return sum(self._proportional(pid) for pid in self._pids())

    def _proportional(self, pid: str) -> int:
        process = self._process(pid)
        if process is None:
            return 0
        # Waits for a lock that the process can hold for long. Of a single thread it is not shown.
        for line in self._read(f"{process.place}/smaps_rollup").splitlines():
            if line.startswith(b"Pss:"):
                return int(line.split()[1]) * 1024
        return process.resident

    def _held(self) -> tuple[int, int, int]:
        """Bytes and files in the writable folders, and the memory that all file systems of the sandbox take."""
        folders = [_used(fd) for fd in self._folders]
        every = folders + [_used(fd) for fd in self._temporary]
        disk, files = (sum(one[i] for one in folders) for i in (0, 1))
        return disk, files - len(folders), sum(size + number * _INODE for size, number in every)

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


def _fields(stat: bytes) -> list[bytes]:
    """What follows the name in a line of /proc/PID/stat; nothing where the process has just ended."""
    fields = stat.rpartition(b")")[2].split()
    return fields if len(fields) >= 22 else []


def _used(folder: int) -> tuple[int, int]:
    """Bytes and inodes in use in a file system."""
    status = os.fstatvfs(folder)
    return (status.f_blocks - status.f_bfree) * status.f_frsize, status.f_files - status.f_ffree
