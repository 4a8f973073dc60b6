"""A user of its own for a sandbox that shares the machine's users, where root grades."""

from __future__ import annotations

import fcntl
import os
import secrets
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path

from .view import View

_FIRST, _NUMBER = 61184, 4336
"""What systemd sets aside for users that exist while a service runs (systemd.exec(5), DynamicUser=)."""
_NEEDED = (0, 1, 5, 6, 7)
"""CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_KILL, CAP_SETGID, CAP_SETUID: to hand over its folders, read them, and end it."""


def free(view: View, stack: ExitStack) -> int:
    """The number of a user that no other sandbox on this machine has, until `stack` closes; 0 where there can be none.

    It has to get to the view's folders, so those above them that this process has made let others pass.
    """
    if os.name != "posix" or os.geteuid() != 0 or not _has_rights():
        return 0
    folder = Path(tempfile.gettempdir(), "ag-users")
    with suppress(OSError):
        start = secrets.randbelow(_NUMBER)
        for i in range(_NUMBER):
            folder.mkdir(mode=0o700, exist_ok=True)  # again, since whoever leaves last removes it
            if folder.is_symlink() or folder.stat().st_uid != 0:
                return 0
            user = _FIRST + (start + i) % _NUMBER
            if _taken(folder / str(user), stack):
                _open_the_way(view.work)
                return user
    return 0


def _taken(file: Path, stack: ExitStack) -> bool:
    fd = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(fd).st_nlink:  # else another has just left it
            stack.callback(_leave, file, fd)
            return True
    except BlockingIOError:
        pass
    os.close(fd)
    return False


def _leave(file: Path, fd: int) -> None:
    with suppress(OSError):
        file.unlink()
        file.parent.rmdir()
    os.close(fd)


def _open_the_way(folder: Path) -> None:
    """Let others pass through temporary folders of root's, not look into them."""
    temporary = Path(tempfile.gettempdir()).resolve()
    for above in folder.resolve().parents:
        if above == temporary or not above.is_relative_to(temporary):
            return
        status = above.stat()
        if status.st_uid == 0 and not status.st_mode & 0o001:
            above.chmod(status.st_mode & 0o7777 | 0o001)


def _has_rights() -> bool:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapEff:"):
            rights = int(line.split()[1], 16)
            return all(rights >> number & 1 for number in _NEEDED)
    return False
