"""Python's garbage collector, switched off where there is next to no garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collector() -> Iterator[None]:
    """Switch the collector off for work that makes many objects and hardly any garbage.

    Importing large libraries is such work, and building models with Keras: looking for garbage takes a fifth to a third
    of its time.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
