"""One process at a time: a lock that ends with the process that holds it, however it ends."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows, where nothing is graded officially
    fcntl = None  # type: ignore[assignment]

LOOK_AGAIN = 0.05
"""Seconds between two tries."""


class Busy(Exception):
    """Another process holds the lock, and has not let go of it in time."""


@contextmanager
def locked(
    path: Path, patience: float, waiting: Callable[[], None] = lambda: None, *, shared: bool = False
) -> Iterator[None]:
    """Hold the lock that this file stands for, after at most `patience` seconds of waiting for others.

    `waiting` is called once where there is somebody to wait for. Any number of processes hold a `shared` lock at a
    time, as long as none holds it alone.

    Raises Busy where it can't be had in that time.
    """
    if fcntl is None:
        yield
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        how = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        if not _taken(descriptor, how):
            waiting()
            _wait(descriptor, how, time.monotonic() + patience)
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait(descriptor: int, how: int, until: float) -> None:
    while not _taken(descriptor, how):
        if time.monotonic() > until:
            raise Busy
        time.sleep(LOOK_AGAIN)
