"""How far grading is, and Ctrl-C while it goes on."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import current_thread, main_thread

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from ...base.course import Course


class _Rate(ProgressColumn):
    """How many submissions a minute."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed * 60:.0f} a minute" if task.speed else "", style="progress.data.speed")


_COLUMNS = (
    TextColumn("{task.description}"),
    BarColumn(),
    MofNCompleteColumn(),
    _Rate(),
    TimeElapsedColumn(),
    TextColumn("so far,"),
    TimeRemainingColumn(),
    TextColumn("to go"),
    TextColumn("{task.fields[student]}"),
)
_SILENT_FOR = 20.0
"""Seconds after which a line is printed where no bar can be drawn."""


def progress(console: Console) -> Progress:
    """A bar with the rate, the time so far and to go, and the student who was done last."""
    return Progress(*_COLUMNS, console=console)


class NowAndThen:
    """A line on how far grading is, every twenty seconds, where there is no terminal to draw a bar on."""

    def __init__(self, console: Console, what: str, total: int, before: int) -> None:
        self._console, self._what, self._total = console, what, total
        self._done = self._before = before
        self._began = self._said = time.monotonic()

    def one_more(self) -> None:
        """One more is done."""
        self._done += 1
        now = time.monotonic()
        if self._console.is_terminal or now - self._said < _SILENT_FOR or self._done == self._total:
            return
        self._said = now
        left = (now - self._began) / (self._done - self._before) * (self._total - self._done)
        words = f"{self._what}: {self._done} of {self._total}, about {_time(left)} to go"
        self._console.print(words, markup=False, highlight=False, soft_wrap=True)


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


class CtrlC:
    """Ctrl-C while submissions are written down.

    nbgrader would take it for a notebook's failure and go on, and SQLAlchemy print it: it waits for the submission that
    is being written, a second as a rule. A second Ctrl-C does not.
    """

    def __init__(self) -> None:
        self._heard = self._writing = False

    def hear(self, _number: int, _frame: object) -> None:
        first, self._heard = not self._heard, True
        if not (first and self._writing):
            raise KeyboardInterrupt

    @contextmanager
    def put_off(self) -> Iterator[None]:
        self._writing = True
        try:
            yield
        finally:
            self._writing = False
        if self._heard:
            raise KeyboardInterrupt


@contextmanager
def interrupts() -> Iterator[CtrlC]:
    """Hear Ctrl-C within the block in a way that lets a write be finished."""
    ctrl_c = CtrlC()
    if current_thread() is not main_thread():  # only there are signals heard
        yield ctrl_c
        return
    before = signal.signal(signal.SIGINT, ctrl_c.hear)
    try:
        yield ctrl_c
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def log(course: Course) -> Iterator[Callable[[str], None]]:
    """A function that writes a line into the course's log, at once, with the time; one line, whatever its words."""
    course.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with course.log.open("a", encoding="utf-8") as file:
        yield lambda words: print(f"{datetime.now():%F %T}", _in_one_line(words), file=file, flush=True)


def _in_one_line(words: str) -> str:
    return "".join(c if c.isprintable() else " " for c in words)
