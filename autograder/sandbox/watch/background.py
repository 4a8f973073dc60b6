"""Ask without waiting for the answer: student code can hold up what a question about it has to wait for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Background(Generic[T]):
    """One function, run on a thread of its own, never twice at a time."""

    def __init__(self, function: Callable[[], T]) -> None:
        self._function = function
        self._thread: threading.Thread | None = None
        self._found: T | None = None
        self._trouble: Exception | None = None
        self._began = 0.0
        self.took = 0.0
        """Seconds that it took when it was last done."""

    def ask(self, patience: float = 0) -> T | None:
        """Begin, unless it is under way; give its answer if that comes within `patience` seconds, else None.

        Raises:
            Exception: whatever the function raised.
        """
        if self._thread is None:
            self._began = time.monotonic()
            self._thread = threading.Thread(target=self._run, name="sandbox-background", daemon=True)
            self._thread.start()
        self._thread.join(patience)
        if self._thread.is_alive():
            return None
        self._thread = None
        if self._trouble is not None:
            raise self._trouble
        return self._found

    @property
    def seconds(self) -> float:
        """How long it has been under way; 0 if it is not."""
        return 0.0 if self._thread is None else time.monotonic() - self._began

    def finish(self) -> None:
        """Wait until it is done, if it is under way."""
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            self._found = self._function()
        except Exception as trouble:
            self._trouble = trouble
        self.took = time.monotonic() - self._began
