"""Python's collector of garbage, told when there is next to none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collector() -> Iterator[None]:
    """For work that makes many objects and hardly any garbage: looking for it takes a fifth to a third of the time.

    Importing large libraries is such work, and building models with Keras.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
