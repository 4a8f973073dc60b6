"""A time limit for a block of code."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

AGAIN = 5.0
"""Seconds until the exception is raised again, in case the block has caught the first one."""


@contextmanager
def at_most(seconds: float, error: Callable[[], BaseException]) -> Iterator[None]:
    """Raise what `error` makes in a block that takes longer than that many seconds.

    Only the main thread can be interrupted in this way; in another the block has no limit. Blocks can't be nested.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    over = False

    def ring(_number: int, _frame: FrameType | None) -> None:
        if not over:  # the block has ended, and the timer is just being stopped
            raise error()

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    finally:
        over = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
