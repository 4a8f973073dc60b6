"""How far grading is, and Ctrl-C while it goes on."""

from __future__ import annotations

import signal
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
    TimeRemainingColumn(),
    TextColumn("{task.fields[student]}"),
)


def progress(console: Console) -> Progress:
    """A bar with the rate, the time left, and the student who was done last."""
    return Progress(*_COLUMNS, console=console)


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
