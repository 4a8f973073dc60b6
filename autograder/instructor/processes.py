"""Processes of this machine that work for this one, side by side."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextvars import Context
from typing import ParamSpec, TypeVar

from ..base.errors import UserError

_PR_SET_PDEATHSIG = 1

_context: Context | None = None
"""What a worker runs in: without its parent's event loop, whose waking up all forks would share and steal."""

P = ParamSpec("P")
T = TypeVar("T")


def in_own_context(function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Call a function that may start an event loop: in a worker it must not find its parent's."""
    return function(*arguments, **named) if _context is None else _context.run(function, *arguments, **named)


class WorkerLostError(UserError):
    """A process of this machine's that was at work has been killed; the message says what to do."""


@contextlib.contextmanager
def processes(number: int) -> Iterator[Executor]:
    """An executor of that many processes on this machine, which end with this one, however it ends.

    Raises WorkerLostError from the block where one of them ended before this one let it.
    """
    # A fork has imported everything already; with threads there might be one that holds a lock for ever.
    forks = sys.platform == "linux" and threading.active_count() == 1
    context = multiprocessing.get_context("fork" if forks else "spawn")
    pool = ProcessPoolExecutor(number, mp_context=context, initializer=_start_worker, initargs=(os.getpid(),))
    try:
        yield pool
    except BaseException as error:
        for process in list(multiprocessing.active_children()):
            process.terminate()
        pool.shutdown(cancel_futures=True)  # at once, and else the interpreter's end may meet the pool's thread closing
        if not isinstance(error, BrokenExecutor):
            raise
        raise WorkerLostError(
            "A process that was at work was killed, perhaps because memory ran out. What has been done is kept: "
            f"start the same command again{f', with -j {number // 2} if this goes on' if number > 1 else ''}."
        ) from error
    pool.shutdown()


def _start_worker(parent: int) -> None:
    """Ctrl-C is for the parent to handle; where it is gone, nobody waits for this process's work."""
    global _context
    _context = Context()  # jupyter_core keeps its event loop in a context variable
    asyncio.set_event_loop(None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()  # else every full collection looks through all that the parent has imported
    gc.set_threshold(20_000, 10, 10)  # a submission makes little garbage: looking for it takes a twelfth of the time
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
