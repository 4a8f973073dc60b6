"""Commands, started with a time limit; all that they start has ended when they have.

This process adopts orphans, so that whatever a command leaves behind is found below it, and is ended by its id.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil  # type: ignore[import-untyped]

_PR_SET_CHILD_SUBREAPER = 36

PATIENCE = 60.0
"""Seconds in which what a command has started has to end after it: a worker may still be importing."""


class TooLongError(Exception):
    """A step did not end within its time."""


class FailedError(Exception):
    """A command did not do what was asked; the message holds the end of what it said."""


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """This environment's commands come first, TensorFlow is quiet, nothing points to another course.

    Compiled files are kept, as wherever the kit is installed.
    """
    left_out = "AUTOGRADER_", "NBGRADER_", "PYTHONDONTWRITEBYTECODE"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    return {**kept, "PATH": path, "TF_CPP_MIN_LOG_LEVEL": "3", **(more or {})}


class Deadline:
    """When a step has to have ended."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds that are left. Raises TooLongError where none are."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TooLongError(f"not done within its {self.seconds:.0f} s")
        return left


def start(
    command: Sequence[str | Path], cwd: Path, log: Path, more: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own; what it says goes to the log."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            cwd=cwd,
            env=environment(more),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def run(
    command: Sequence[str | Path],
    cwd: Path,
    log: Path,
    deadline: Deadline,
    more: Mapping[str, str] | None = None,
    statuses: Sequence[int] = (0,),
) -> float:
    """Run a command to its end and give the seconds that it took.

    Raises FailedError where its exit status is another than those given, TooLongError at the deadline.
    """
    begun = time.perf_counter()
    process = start(command, cwd, log, more)
    try:
        try:
            status = process.wait(deadline.left())
        except subprocess.TimeoutExpired:
            raise TooLongError(f"not done within its {deadline.seconds:.0f} s: {_line(command)}") from None
        took = time.perf_counter() - begun
        if status not in statuses:
            raise FailedError(f"{_line(command)} ended with {status}:\n{_end_of(log)}")
    finally:
        end(process)
    left = end_what_is_left()
    if left:
        raise FailedError(f"{_line(command)} left {left} processes behind")
    return took


def below(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """The living processes that a command has started."""
    try:
        found: list[psutil.Process] = psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    return found


def end(process: subprocess.Popen[bytes]) -> None:
    """End a command that still runs, with all that it has started."""
    family = below(process)
    if process.poll() is None:
        process.kill()
    process.wait()
    for one in family:
        with contextlib.suppress(psutil.Error):
            one.kill()
    _kept.discard(process.pid)


def keep(process: subprocess.Popen[bytes]) -> None:
    """This one lives on while others end: a scheduler, a worker."""
    _kept.add(process.pid)


_kept: set[int] = set()


def end_what_is_left(patience: float = PATIENCE) -> int:
    """Wait until all that a command left behind has ended by itself; kills what has not and says how many that were."""
    until = time.monotonic() + patience
    while _orphans() and time.monotonic() < until:
        time.sleep(0.1)
    ended = 0
    for head in _orphans():
        with contextlib.suppress(psutil.Error):
            for one in (*head.children(recursive=True), head):
                with contextlib.suppress(psutil.Error):
                    one.kill()
                    ended += 1
    return ended


def _orphans() -> list[psutil.Process]:
    """The living processes that were left to this one; takes leave of those that have ended."""
    found = []
    for one in psutil.Process().children():
        if one.pid in _kept:
            continue
        with contextlib.suppress(psutil.Error, ChildProcessError):
            if one.status() == psutil.STATUS_ZOMBIE:
                os.waitpid(one.pid, os.WNOHANG)
            else:
                found.append(one)
    return found


def _line(command: Sequence[str | Path]) -> str:
    first, *rest = (str(part) for part in command)
    return " ".join((Path(first).name, *rest))


def _end_of(log: Path) -> str:
    return log.read_text(errors="replace")[-1500:]
