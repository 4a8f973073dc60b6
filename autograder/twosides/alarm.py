"""A bound on the time that a test cell itself may take, whatever the values it was given make it do."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from .standin import Stopped

AGAIN = 5.0
"""Seconds until the next try, where the test cell took the first for an error of its own."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise Stopped, at the course's expense, in a block that takes longer.

    Only the main thread can be interrupted so; elsewhere the block takes as long as it takes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise Stopped("course", "Timeout", f"the test cell itself ran for more than {seconds:g} seconds")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
