"""Work ahead on a class: execute submissions side by side and keep the results, for the gradebook's one writer to use.

Any `concurrent.futures.Executor` will do. A worker needs the course's folder, and writes nothing but results.
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
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextvars import Context
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.utils import is_grade

from ...base.course import Course
from ...execution import cache as results
from ...execution.execute import Settings, Submission
from ...execution.submission.model import TrustedCell
from ...execution.submission.read import prepare
from ...execution.submission.restore import restore
from ...execution.submission.staging import stage
from ...nbgrader.save import score_of

_PR_SET_PDEATHSIG = 1

_context: Context | None = None
"""What a forked worker runs in: without its parent's event loop, whose waking up all forks would share and steal."""

_alone = threading.Lock()  # a test cell stands in the course's folder, and a process stands in one folder only


@dataclass(frozen=True, slots=True)
class Job:
    """One student's submission of one assignment; `notebooks` are the gradebook's cells by notebook name."""

    root: Path
    assignment: str
    student: str
    notebooks: Mapping[str, Sequence[TrustedCell]]
    settings: Settings


@dataclass(frozen=True, slots=True)
class Done:
    """A student's job that is done: how long it took, in seconds, and what kept it from being done, "" as a rule.

    `trouble` is what a worker came across, `lost` why none came back with an answer. `scores` are what the graded cells
    are going to have in the gradebook, by notebook and cell.
    """

    student: str
    seconds: float = 0.0
    trouble: str = ""
    lost: str = ""
    scores: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)


def work(job: Job) -> Done:
    """Execute a submission and keep its result, one at a time in a process.

    Never raises: what goes wrong here is told when nbgrader grades it.
    """
    with _alone:
        return _work(job) if _context is None else _context.run(_work, job)


def _work(job: Job) -> Done:
    began = time.monotonic()
    scores: dict[str, Mapping[str, float | None]] = {}
    try:
        course = Course(job.root)
        handed_in = job.root / "submitted" / job.student / job.assignment
        submitted = stage(course, handed_in, job.student, job.assignment, tuple(job.notebooks)).folder
        for name, trusted in job.notebooks.items():
            taken = prepare(submitted, [name])[name]
            if taken.node is None:
                # nbgrader gets the untouched cells instead: its 0 for answers, and no score for tests that never ran.
                scores[name] = {cell.grade_id: 0.0 if cell.solution else None for cell in trusted if cell.grade}
                continue
            node, _ = restore(taken.node, trusted)
            source = course.source / job.assignment
            submission = Submission(course, job.student, job.assignment, name, submitted, source)
            results.run(node, submission, trusted, job.settings)
            scores[name] = {
                str(cell.metadata.nbgrader.grade_id): score_of(cell) for cell in filter(is_grade, node.cells)
            }
    except Exception as error:
        return Done(job.student, time.monotonic() - began, f"{type(error).__name__}: {error}"[:500])
    return Done(job.student, time.monotonic() - began, scores=scores)


class WorkerLostError(Exception):
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
