"""A bound on the time that a block may take, whatever the values it was given make it do."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

AGAIN = 5.0
"""Seconds until the next try, where the block took the first for an error of its own."""


@contextmanager
def at_most(seconds: float, error: Callable[[], BaseException]) -> Iterator[None]:
    """Raise what `error` makes in a block that takes longer.

    Only the main thread can be interrupted so; elsewhere the block takes as long as it takes. Blocks can't be nested.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    over = False

    def ring(number: int, frame: FrameType | None) -> None:
        if not over:  # else between the block's end and the clock's
            raise error()

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    finally:
        over = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
