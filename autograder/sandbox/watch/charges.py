"""Memory that Linux takes for a process and shows in no process's size: what a sandbox is charged for it.

Most of it can't be asked for, so the charge is what such a thing can hold at most, or close to it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

KIB = 1024
OF_A_TASK = 32 * KIB
"""A task's stack in the kernel, and what describes it."""
OF_AN_OPEN_FILE = 32 * KIB
"""One of a pipe's two ends holds as much on average; most other files take far less."""
_UNIX_DEFAULT, _TCP_DEFAULT = 208 * KIB, 4096 * KIB


def of_tasks(number: int) -> int:
    """For processes and threads."""
    return number * OF_A_TASK


def of_open_files(number: int) -> int:
    """For open files of any kind, those that hold nothing themselves included."""
    return number * OF_AN_OPEN_FILE


def of_unix_sockets(number: int) -> int:
    """For sockets of this machine's network that processes have open: what may wait in them."""
    return number * _setting("core/wmem_default", _UNIX_DEFAULT)


def of_page_tables(status: bytes) -> int:
    """Page tables, and huge pages that were asked for, from /proc/PID/status."""
    found = 0
    for line in status.splitlines():
        if line.startswith((b"VmPTE:", b"HugetlbPages:")):
            found += int(line.split()[1]) * KIB
    return found


def of_sockets(*sockstat: bytes) -> int:
    """What may wait in a network namespace's sockets, those included that no process has open any more.

    Args:
        sockstat: the content of /proc/PID/net/sockstat and sockstat6.
    """
    words = [line.split() for text in sockstat for line in text.decode(errors="replace").splitlines()]
    every = sum(int(line[2]) for line in words if line[:2] == ["sockets:", "used"])
    tcp = sum(int(line[2]) for line in words if line[:2] in (["TCP:", "inuse"], ["TCP6:", "inuse"]))
    return every * _setting("core/wmem_default", _UNIX_DEFAULT) + tcp * (
        _setting("ipv4/tcp_wmem", _TCP_DEFAULT) + _setting("ipv4/tcp_rmem", _TCP_DEFAULT)
    )


@cache
def _setting(name: str, otherwise: int) -> int:
    """The last number of a network setting of this machine, which is the largest."""
    try:
        return int(Path("/proc/sys/net", name).read_text().split()[-1])
    except (OSError, ValueError, IndexError):
        return otherwise
