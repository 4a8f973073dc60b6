"""The C library's functions that Python lacks, with an OSError where one fails."""

from __future__ import annotations

import ctypes
import os

_libc = ctypes.CDLL(None, use_errno=True)


def call(name: str, *arguments: int | bytes | None, path: str | None = None) -> int:
    """Call a function that returns an int, and give what it returns.

    Args:
        name: the function's.
        arguments: a whole number goes as a `long`, bytes go as a pointer to them, None goes as NULL.
        path: what to name in the error.

    Raises OSError if it returns a negative number.
    """
    result = int(_libc[name](*(ctypes.c_long(a) if isinstance(a, int) else a for a in arguments)))
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), path)
    return result


def keep_privileges_down() -> None:
    """From now on no program that this process starts gets more privileges by being started (no_new_privs)."""
    call("prctl", 38, 1, 0, 0, 0)
