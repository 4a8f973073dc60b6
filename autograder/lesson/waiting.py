"""That something is being done, for how long already, and for how long still: shown from the first second on.

A thread draws it anew each second, so that it goes on while Keras or TensorFlow prepares something and says nothing.
"""

from __future__ import annotations

import contextvars
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from typing import Any

from ..base.messages import Translate
from .sentence import reader

EVERY = 1.0
"""Seconds between two drawings."""
TRUSTED = 0.25
"""From this share of the work on, the rest is reckoned from what it took until now alone."""


class Clock:
    """The seconds that passed and that are left; `usual` is what the whole takes on two cores of its own."""

    def __init__(self, usual: float, now: Callable[[], float] = time.monotonic) -> None:
        self.usual, self.done, self._now = usual, 0.0, now
        self.began = now()

    @property
    def passed(self) -> float:
        return self._now() - self.began

    @property
    def left(self) -> float:
        """At first what is usual, then more and more what the work done so far tells."""
        if self.done <= 0:
            return max(self.usual - self.passed, 0.0)
        trust = min(self.done / TRUSTED, 1.0)
        told = self.passed * (1 - self.done) / self.done
        return trust * told + (1 - trust) * max(self.usual - self.passed, 0.0)

    def words(self, _: Translate) -> str:
        passed = f"{self.passed:.0f}"
        if self.done >= 1:
            return _("{passed} s").format(passed=passed)
        if not self.usual:
            return _("{passed} s").format(passed=passed)
        if self.left < 1 and not self.done:
            return _("{passed} s, longer than usual").format(passed=passed)
        return _("{passed} s, about {left} s to go").format(passed=passed, left=f"{max(self.left, 1):.0f}")


def in_notebook() -> bool:
    """Whether a notebook's output is what the reader sees."""
    interactive = sys.modules.get("IPython")
    shell = interactive.get_ipython() if interactive else None
    return shell is not None and type(shell).__name__ == "ZMQInteractiveShell"


def thread_like_this(target: Callable[..., None], *args: object) -> threading.Thread:
    """A thread, started, whose displays belong to the cell that runs now."""
    thread = threading.Thread(target=contextvars.copy_context().run, args=(target, *args), daemon=True)
    thread.start()
    return thread


@contextmanager
def beating(draw: Callable[[], None]) -> Iterator[None]:
    """Calls `draw` each second from a thread until the end."""
    stopped = threading.Event()

    def beat() -> None:
        while not stopped.wait(EVERY):
            draw()

    _bars.append(draw)
    thread = thread_like_this(beat)
    try:
        yield
    finally:
        stopped.set()
        thread.join()
        _bars.remove(draw)


_bars: list[Callable[[], None]] = []


def shown() -> bool:
    """Whether something shows already that work is going on."""
    return bool(_bars)


@contextmanager
def line(words: str, clock: Clock) -> Iterator[Callable[..., None]]:
    """A line with `words`, a bar and the time; what the body gets draws it anew, with other words if there are any."""
    from IPython.display import display

    _, said = reader(), words

    def bundle() -> dict[str, str]:
        times = clock.words(_)
        rest = max(clock.done, min(clock.passed / clock.usual, 0.95) if clock.usual else 0)
        bar = f'<progress value="{rest:.4f}" max="1" style="width: 16em; max-width: 100%"></progress>'
        return {"text/html": f"<div>{bar} {escape(said)} ({escape(times)})</div>", "text/plain": f"{said} ({times})"}

    handle: Any = display(bundle(), raw=True, display_id=True)  # type: ignore[no-untyped-call]

    def draw(now: str = "") -> None:
        nonlocal said
        said = now or said
        handle.update(bundle(), raw=True)

    yield draw
    clock.done = 1.0
    draw()


@contextmanager
def waiting(words: str, usual: float) -> Iterator[Callable[[float, str], None]]:
    """Show `words`, a bar and the time while the body runs; what it gets takes the share that is done, and new words.

    Args:
        words: what is being done, in the reader's language.
        usual: seconds that it takes on two cores of its own.
    """
    clock = Clock(usual)
    if not in_notebook():
        print(f"{words} ({clock.words(reader())})", flush=True)
        yield _nothing
        return
    with line(words, clock) as draw, beating(draw):

        def update(share: float, now: str = "") -> None:
            clock.done = share
            if now:
                draw(now)

        yield update


def _nothing(share: float, now: str = "") -> None:
    """Where no bar can be drawn."""
