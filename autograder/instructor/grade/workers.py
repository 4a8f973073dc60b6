"""Submissions executed side by side, by processes of this machine or any other `concurrent.futures.Executor`.

A worker needs the course's folder, and writes nothing but the results that it keeps for another time.
"""

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
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, as_completed
from contextvars import Context
from dataclasses import dataclass

from ...base.errors import UserError
from ...execution.cache import execute_once
from ...execution.execute import Settings
from ...execution.result import ExecutedSubmission
from ...execution.submission.model import Submission
from ...execution.submission.restore import take_in

_PR_SET_PDEATHSIG = 1

_context: Context | None = None
"""What a forked worker runs in: without its parent's event loop, whose waking up all forks would share and steal."""

_alone = threading.Lock()  # a test cell stands in the course's folder, and a process stands in one folder only


@dataclass(frozen=True, slots=True)
class Failed:
    """A submission that could not be executed, and why. `lost` where no worker came back with an answer."""

    student: str
    why: str
    seconds: float = 0.0
    lost: bool = False


Outcome = ExecutedSubmission | Failed


def execute_submission(submission: Submission, settings: Settings) -> Outcome:
    """Read, clean, restore and execute a submission's notebooks, one submission at a time in a process.

    Never raises: what goes wrong is told in the outcome.
    """
    with _alone:
        return _execute(submission, settings) if _context is None else _context.run(_execute, submission, settings)


def _execute(submission: Submission, settings: Settings) -> Outcome:
    began = time.monotonic()
    try:
        notebooks = take_in(submission)
        executed = {one.name: execute_once(submission, one, settings) for one in notebooks}
    except Exception as error:
        return Failed(submission.student, f"{type(error).__name__}: {error}"[:500], time.monotonic() - began)
    return ExecutedSubmission(submission.student, executed, time.monotonic() - began)


def execute_all(executor: Executor, submissions: Iterable[Submission], settings: Settings) -> Iterator[Outcome]:
    """Have the submissions executed side by side; what became of each, as soon as it is known.

    Raises BrokenExecutor where all work ended, not one submission's alone.
    """
    waiting = {executor.submit(execute_submission, one, settings): one.student for one in submissions}
    for future in as_completed(waiting):
        student, error = waiting.pop(future), future.exception()
        if error is None:
            yield future.result()
        elif isinstance(error, BrokenExecutor):
            raise error
        else:
            # `execute_submission` raises nothing, so no worker came through with it: whatever brought them down is
            # not to be tried in this process, which the whole class depends on.
            why = f"no worker could do it ({str(error).partition('. ')[0][:300]})"
            yield Failed(student, why, lost=True)


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
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
