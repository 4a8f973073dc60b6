"""Namespaces, mounts and capabilities: the system calls with which a fork makes a sandbox of its own.

Only `serve` uses them, inside the fork server's own sandbox and before any student code runs. Numbers are Linux's, the
same on every architecture (include/uapi/linux: sched.h, mount.h, prctl.h, capability.h, if.h).
"""

from __future__ import annotations

import contextlib
import itertools
import os
import socket
import stat
import struct
from fcntl import ioctl
from pathlib import Path

from .libc import call
from .setup import Own

NEW = 0x20000 | 0x2000000 | 0x4000000 | 0x8000000 | 0x10000000 | 0x20000000 | 0x40000000
"""Mounts, control groups, host name, IPC, users, processes, network."""
_NETWORK = 0x40000000
READ_ONLY, NO_SUID, NO_DEV, NO_EXEC, REMOUNT, BIND = 1, 2, 4, 8, 32, 4096
_RECURSIVE, _PRIVATE, _DETACH = 16384, 1 << 18, 2
_SET_DUMPABLE, _DROP_FROM_BOUND, _AMBIENT, _CLEAR_ALL = 4, 24, 47, 4
_CAPABILITIES_3 = 0x20080522
SETFCAP = 31
"""CAP_SETFCAP: the server is root in its sandbox, and needs it to map that user for a fork (user_namespaces(7))."""
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 0x1


def leave(user: int, own: Own) -> None:
    """Leave every namespace for a new one, in which this process's user is `user` and there is no other.

    The next child is the new PID namespace's first process. What is not to be its own stays what it was.
    """
    owner, group = os.getuid(), os.getgid()
    call("unshare", NEW if own.network else NEW & ~_NETWORK)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {owner} 1")
    Path("/proc/self/gid_map").write_text(f"{user} {group} 1")
    if own.lock:
        Path("/proc/sys/user/max_user_namespaces").write_text("0")
    call("mount", None, b"/", None, _RECURSIVE | _PRIVATE, None)
    if own.network:
        _loopback_up()


def mount(kind: str, place: str, flags: int, options: str = "") -> None:
    """A new file system of that kind at a folder."""
    call("mount", kind.encode(), os.fsencode(place), kind.encode(), flags | NO_SUID, options.encode(), path=place)


def bind(handle: int, place: str) -> None:
    """Show an open folder or file at a place, which is made if need be, with all that is mounted in it."""
    if not os.path.lexists(place):
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            os.makedirs(place)
        else:
            Path(place).parent.mkdir(parents=True, exist_ok=True)
            Path(place).touch()
    source = f"/proc/self/fd/{handle}".encode()
    call("mount", source, os.fsencode(place), None, BIND | _RECURSIVE, None, path=place)


def make_read_only(place: str) -> None:
    """No more changes to what is mounted there."""
    call("mount", None, os.fsencode(place), None, REMOUNT | BIND | READ_ONLY | NO_SUID | NO_DEV, None, path=place)


def uncover(place: str) -> None:
    """Take away what lies over parts of a mounted file system, as far as that is allowed."""
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        covered = line.split()[4]
        if covered.startswith(f"{place}/"):
            with contextlib.suppress(OSError):
                call("umount2", covered.encode(), _DETACH)


def drop_capabilities(but: int | None = None) -> None:
    """Give up every capability, or all but one, for good: they don't come back with a program that is started."""
    with contextlib.suppress(OSError):  # past the last one that this kernel knows
        for number in itertools.count():
            if number != but:
                call("prctl", _DROP_FROM_BOUND, number, 0, 0, 0)
    with contextlib.suppress(OSError):
        call("prctl", _AMBIENT, _CLEAR_ALL, 0, 0, 0)
    kept = 0 if but is None else 1 << but
    call("capset", struct.pack("=Ii", _CAPABILITIES_3, 0), struct.pack("=6I", kept, kept, 0, 0, 0, 0))
    # Losing them made /proc/self somebody else's.
    call("prctl", _SET_DUMPABLE, 1, 0, 0, 0)


def _loopback_up() -> None:
    """Switch on 127.0.0.1, which every machine has; a kernel without a network has none."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh22x", b"lo", 0)
        (flags,) = struct.unpack_from("h", ioctl(any_socket, _GET_FLAGS, request), 16)
        ioctl(any_socket, _SET_FLAGS, struct.pack("16sh22x", b"lo", flags | _UP))
