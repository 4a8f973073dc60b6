"""Ask without waiting for the answer: student code can hold up what a question about it has to wait for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Generic, TypeVar

T = TypeVar("T")


class Background(Generic[T]):
    """One function, run on a thread of its own, never twice at a time."""

    def __init__(self, function: Callable[[], T]) -> None:
        self._function = function
        self._answer: Future[T] | None = None
        self._began = 0.0
        self.took = 0.0
        """Seconds that it took when it was last done."""

    def ask(self, patience: float = 0) -> T | None:
        """Begin, unless it is under way; give its answer if that comes within `patience` seconds, else None.

        Raises whatever the function raised.
        """
        if self._answer is None:
            self._answer, self._began = Future(), time.monotonic()
            threading.Thread(target=self._run, args=(self._answer,), name="sandbox-background", daemon=True).start()
        if not wait([self._answer], patience).done:
            return None
        done, self._answer = self._answer, None
        return done.result()

    @property
    def seconds(self) -> float:
        """How long it has been under way; 0 if it is not."""
        return 0.0 if self._answer is None else time.monotonic() - self._began

    def finish(self) -> None:
        """Wait until it is done, if it is under way."""
        if self._answer is not None:
            wait([self._answer])

    def _run(self, answer: Future[T]) -> None:
        try:
            found = self._function()
        except Exception as error:
            self.took = time.monotonic() - self._began
            answer.set_exception(error)
            return
        self.took = time.monotonic() - self._began
        answer.set_result(found)
