"""A time limit for a block of code that is somebody else's, and a person's Ctrl-C told from what that code raises."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

AGAIN = 5.0
"""Seconds until the exception is raised again, in case the block has caught the first one."""
CEILING = 10
"""So many times as long as a limit says is waited by the clock at most, for what has to wait for the processor."""


@contextmanager
def at_most(
    seconds: float, error: Callable[[], BaseException], waited: Callable[[], float] = lambda: 0.0
) -> Iterator[None]:
    """Raise what `error` makes in a block that takes longer than that many seconds.

    What `waited` gives is seconds that don't count, so far; but CEILING times as many end the block in any case.

    Only the main thread can be interrupted in this way; in another the block has no limit. Blocks can't be nested.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    over = False
    begin, before_it = time.monotonic(), waited()

    def ring(_number: int, _frame: FrameType | None) -> None:
        if over:  # the block has ended, and the timer is just being stopped
            return
        left = min(seconds + waited() - before_it, seconds * CEILING) - (time.monotonic() - begin)
        if left > 0.01:
            signal.setitimer(signal.ITIMER_REAL, left, AGAIN)
            return
        raise error()

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    finally:
        over = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Interrupted(KeyboardInterrupt):
    """A person has pressed Ctrl-C: no code has raised it."""


@contextmanager
def interruptible() -> Iterator[None]:
    """Within the block Ctrl-C raises Interrupted, where it would raise KeyboardInterrupt, which any code can."""

    def hear(_number: int, _frame: FrameType | None) -> None:
        raise Interrupted

    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, hear)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
