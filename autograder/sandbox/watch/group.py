"""The processes of a sandbox that has no namespaces: a process group that none of them can leave.

Their folders lie on this machine's disk, so what is there is counted file by file, those included that have no name any
more: they are open or mapped, and the second filter sees to it that this is seen (`inside/alone.py`).
"""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from ..inside.libc import call
from ..inside.setup import NOTHING
from . import charges
from .background import Background
from .disk import Held, held
from .processes import SandboxProcesses, Usage

_DISK_SHARE = 20
"""So many times as long as looking through the folders took, nobody looks again."""
_RESTLESS = 20
"""So many times in a row something may have gone between two looks at it; then it is kept from being counted."""
_PATIENCE = 30.0
"""Seconds that looking through the folders may be held up."""
_DELETED = b" (deleted)"


class GroupProcesses(SandboxProcesses):
    """The processes of a group, seen through the machine's /proc; otherwise as `SandboxProcesses`."""

    def __init__(
        self, first: int, pidfd: int, group: int, user: int, folders: tuple[Path, ...], most_files: int, file_size: int
    ) -> None:
        """Open what is looked at.

        Args:
            first: the head of the group, which is not in it.
            pidfd: stands for it; stays the caller's.
            group: the number of the group.
            user: the user that they are; 0 for this process's own.
            folders: where they can write.
            most_files: so many are counted at most.
            file_size: what one file may hold at most.
        """
        super().__init__(first, pidfd, (), NOTHING)
        self._group, self._user = group, user
        self._roots, self._most_files, self._file_size = folders, most_files, file_size
        self._disk = Background(self._look)
        self._disk_next = 0.0
        self._in_memory = any(map(_lies_in_memory, folders))
        self._found = Held(0, 0)
        self._restless = 0
        self._unnamed: dict[tuple[int, int], int] = {}
        self._sockets_open = 0

    def usage(self, most_memory: int, most_tasks: int) -> Usage:
        self._unnamed, self._sockets_open = {}, 0
        with self._as_user():
            return super().usage(most_memory, most_tasks)

    def wait(self, seconds: float) -> bool:
        if not super().wait(seconds):
            return False
        if not self._living():
            return True
        self._end_group()  # its head was ended from outside
        return False

    def kill(self) -> None:
        """End them all: the head ends the group, and then itself."""
        try:
            signal.pidfd_send_signal(self._pidfd, signal.SIGTERM)
        except ProcessLookupError:
            self._end_group()

    def close(self) -> None:
        self._disk.finish()
        super().close()

    def _living(self) -> list[str]:
        """Who has not ended yet. Where this process is the first one of a container, orphans are its to reap."""
        living = []
        for pid in self._pids():
            with contextlib.suppress(OSError):
                os.waitpid(int(pid), os.WNOHANG)
            process = self._process(pid)
            if process is not None and not (process.state == "Z" and process.tasks <= 1):
                living.append(pid)
        return living

    def _end_group(self) -> None:
        with contextlib.suppress(OSError):
            if self._pids():
                os.killpg(self._group, signal.SIGKILL)

    def _is_inside(self, pid: str) -> bool:
        try:
            return os.getpgid(int(pid)) == self._group
        except OSError:
            return False

    def _open_files(self, place: str) -> int:
        """Their number; take note of those that are sockets, and of those that are files without a name."""
        number = 0
        with contextlib.suppress(OSError), self._folder_of(f"{place}/fd") as folder:
            for name in os.listdir(folder):
                number += 1
                with contextlib.suppress(OSError):
                    status = os.stat(name, dir_fd=folder)
                    if stat.S_ISSOCK(status.st_mode):
                        self._sockets_open += 1
                    elif stat.S_ISREG(status.st_mode) and not status.st_nlink:
                        self._unnamed[status.st_dev, status.st_ino] = status.st_blocks * 512
        return number

    def _sockets(self) -> int:
        return charges.of_unix_sockets(self._sockets_open)

    def _held(self) -> tuple[int, int, int]:
        now = time.monotonic()
        if now >= self._disk_next and (answer := self._disk.ask(0.02)):
            self._found, self._disk_next = answer, now + self._disk.took * _DISK_SHARE
            self._restless = self._restless + 1 if answer.vanished else 0
        size = self._found.size + sum(self._unnamed.values())
        hides = self._found.closed or self._restless > _RESTLESS or self._disk.seconds > _PATIENCE
        return size, self._most_files + 1 if hides else self._found.files, size if self._in_memory else 0

    def _look(self) -> Held:
        """What the folders hold, and what is mapped and has no name: how large that is, is not to be seen."""
        found = held(self._roots, self._most_files)
        with self._as_user():
            mapped = {one for pid in self._pids() for one in self._mapped(pid)}
        mapped -= {number for _, number in tuple(self._unnamed)}
        return Held(found.size + len(mapped) * self._file_size, found.files, found.vanished, found.closed)

    def _mapped(self, pid: str) -> Iterator[int]:
        """The numbers of files that are mapped and have no name."""
        process = self._process(pid)
        if process is None:
            return
        roots = tuple(bytes(root) for root in self._roots)
        for line in self._lines(f"{process.place}/maps"):
            if line.endswith(_DELETED):
                *_, number, path = line.split(maxsplit=5)
                if path.startswith(roots):
                    yield int(number)

    def _lines(self, path: str) -> list[bytes]:
        try:
            with open(os.open(path, os.O_RDONLY, dir_fd=self._proc), "rb") as file:
                return file.read().splitlines()
        except OSError:
            return []

    @contextlib.contextmanager
    def _as_user(self) -> Iterator[None]:
        """Look at /proc as they are, thread by thread: another user has no say over their files, not even root."""
        if not self._user:
            yield
            return
        call("setfsgid", self._user)
        call("setfsuid", self._user)
        try:
            yield
        finally:
            call("setfsuid", os.geteuid())
            call("setfsgid", os.getegid())


def _lies_in_memory(folder: Path) -> bool:
    """Whether it is on a file system that takes memory for what is in it (proc(5), mountinfo)."""
    mounts = {}
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        place, kind = line.split()[4], line.partition(" - ")[2].split()[0]
        mounts[Path(place)] = kind
    nearest = max((place for place in mounts if folder.is_relative_to(place)), key=lambda p: len(p.parts))
    return mounts[nearest] in ("tmpfs", "ramfs")
