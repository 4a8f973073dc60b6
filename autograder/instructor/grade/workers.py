"""Submissions executed side by side, by processes of this machine or any other `concurrent.futures.Executor`.

A worker needs the course's folder, and writes nothing but the results that it keeps for another time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed
from dataclasses import dataclass, replace

from ...base.errors import UserError
from ...execution import kit_errors
from ...execution.cache import execute_once
from ...execution.result import ExecutedSubmission
from ...execution.settings import Settings
from ...execution.submission.model import Submission
from ...execution.submission.restore import take_in
from ..processes import in_own_context

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
        return in_own_context(_execute, submission, settings)


def _execute(submission: Submission, settings: Settings) -> Outcome:
    began = time.monotonic()
    try:
        notebooks = take_in(submission)
        executed = {one.name: execute_once(submission, one, settings) for one in notebooks}
    except (UserError, OSError) as error:
        return Failed(submission.student, f"{type(error).__name__}: {error}"[:500], time.monotonic() - began)
    except Exception as error:
        what = f"{submission.assignment} {submission.student}: not graded"
        return Failed(submission.student, kit_errors.note(submission.course, what, error), time.monotonic() - began)
    silent = sum(one.silent_seconds for one in executed.values())
    return ExecutedSubmission(submission.student, executed, time.monotonic() - began - silent)


def execute_all(executor: Executor, submissions: Iterable[Submission], settings: Settings) -> Iterator[Outcome]:
    """Have the submissions executed side by side; what became of each, as soon as it is known.

    One that lacked the processor while others had it is executed again at the end, with no other beside it.

    Raises BrokenExecutor where all work ended, not one submission's alone.
    """
    # At once, and not when the first outcome is asked for: no process is to be forked beside a thread that draws a bar.
    waiting = {executor.submit(execute_submission, one, settings): one for one in submissions}
    return _as_completed(executor, waiting, settings)


def _as_completed(
    executor: Executor, waiting: dict[Future[Outcome], Submission], settings: Settings
) -> Iterator[Outcome]:
    again: list[tuple[Submission, bool]] = []
    for future in as_completed(waiting):
        submission = waiting.pop(future)
        outcome = _outcome(future, submission.student)
        if isinstance(outcome, ExecutedSubmission) and outcome.troubles.crowded:
            again.append((submission, outcome.greedy))
        else:
            yield outcome
    for submission, greedy in again:
        outcome = _outcome(executor.submit(execute_submission, submission, settings), submission.student)
        # With no other beside it nobody is greedy; what it took from the others before is told all the same.
        yield replace(outcome, greedy_before=greedy) if isinstance(outcome, ExecutedSubmission) else outcome


def _outcome(future: Future[Outcome], student: str) -> Outcome:
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, BrokenExecutor):
        raise error
    # `execute_submission` raises nothing, so no worker came through with it: whatever brought them down is not to be
    # tried in this process, which the whole class depends on.
    why = f"no worker could do it ({str(error).partition('. ')[0][:300]})"
    return Failed(student, why, lost=True)
