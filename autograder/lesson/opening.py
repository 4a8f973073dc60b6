"""A notebook that neither frightens nor falls silent: what its first cell calls.

TensorFlow gives no advice, a cell that takes long says that it lives, and one that is interrupted says so in one line.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from . import waiting
from .sentence import reader

SILENT = 2.0
"""Seconds after which a cell says that it is running."""
USUAL = {
    "setup": 8,
    "own-blocks": 5,
    "identity-block-test": 4,
    "convolutional-block-test": 4,
    "resnet50-test": 8,
    "gradients": 6,
    "updates": 8,
    "train-signs-test": 5,
    "trap-train": 20,
    "trap-evaluate": 4,
    "trap-modes-code": 4,
    "trap-fix": 4,
    "save-and-load": 6,
    "preprocessing": 4,
    "near-copies": 4,
    "mistakes": 3,
    "maps": 4,
    "fields": 5,
    "where": 4,
}
"""What the lesson's slower cells take on two cores of their own, in seconds, by the cell's id."""


def begin() -> None:
    """Load TensorFlow without its advice, and never fall silent in this notebook from here on.

    Nothing is done where there is no notebook, nor in official grading.
    """
    if not waiting.in_notebook() or "AUTOGRADER_SANDBOX" in os.environ:
        return
    shell = sys.modules["IPython"].get_ipython()
    shell.set_custom_exc((KeyboardInterrupt,), _interrupted)
    if _Beat.running is None:
        _Beat.running = _Beat()
        shell.events.register("pre_run_cell", _Beat.running.start)
        shell.events.register("post_run_cell", _Beat.running.stop)
        _Beat.running.start(None, "setup")
    with _unsaid():
        import keras

        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            tf.get_logger().setLevel("ERROR")
            tf.config.list_logical_devices()  # TensorFlow's words on a GPU come now


@contextmanager
def _unsaid() -> Iterator[None]:
    """What TensorFlow writes while it is loaded goes past its own settings, straight to the process's stderr.

    It is dropped, or written after all where loading fails.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.stderr.flush()
    with tempfile.TemporaryFile() as words:
        kept = os.dup(2)
        os.dup2(words.fileno(), 2)
        try:
            yield
        except BaseException:
            words.seek(0)
            os.write(kept, words.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def _interrupted(shell: Any, kind: type, error: BaseException, trace: object, tb_offset: object = None) -> list[str]:  # noqa: ARG001
    _ = reader()
    lines = [_("Interrupted: this cell has stopped. Run it again when you like.")]
    shell._showtraceback(kind, error, lines)
    return lines


class _Beat:
    """A line beneath a cell that runs for long, from a while after its start until its end."""

    running: _Beat | None = None

    def __init__(self) -> None:
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, info: Any, cell: str = "") -> None:
        name = cell or getattr(info, "cell_id", "") or ""
        self._ended = threading.Event()
        self._thread = waiting.thread_like_this(self._beat, name, self._ended)

    def stop(self, _result: object = None) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _beat(self, cell: str, ended: threading.Event) -> None:
        clock = waiting.Clock(USUAL.get(cell, 0))
        if ended.wait(SILENT) or waiting.shown():
            return
        with waiting.line(reader()("running"), clock) as draw:
            while not ended.wait(waiting.EVERY) and not waiting.shown():
                draw()
