"""Open files between this process and one that it starts. An ExitStack closes them."""

from __future__ import annotations

import os
import select
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import IO, BinaryIO

_MOST = 2**16
"""Bytes that are read from a starting sandbox at most."""


def pipe(stack: ExitStack) -> tuple[int, BinaryIO]:
    """A pipe's reading end, and its writing end, to be closed here once the other process has it."""
    reading, writing = os.pipe()
    stack.callback(os.close, reading)
    return reading, stack.enter_context(open(writing, "wb", buffering=0))


def in_memory(stack: ExitStack, text: str) -> int:
    """An open file without a name that holds the text, to be read from its beginning."""
    file = stack.enter_context(_unnamed())
    file.write(text.encode("utf-8", "surrogateescape"))
    file.seek(0)
    return file.fileno()


def _unnamed() -> IO[bytes]:
    return open(os.memfd_create("sandbox"), "w+b") if sys.platform == "linux" else tempfile.TemporaryFile()


def hear_line(fd: int, deadline: float) -> bytes:
    """One line, without waiting past the deadline; empty if it does not come."""
    received = b""
    for chunk in _chunks(fd, deadline):
        received += chunk
        if b"\n" in received:
            return received.split(b"\n", 1)[0]
    return b""


def hear_rest(fd: int) -> str:
    """What has been written so far, for a message."""
    received = b"".join(_chunks(fd, time.monotonic() + 0.2))
    return received.decode(errors="replace").strip()[-2000:]


def _chunks(fd: int, deadline: float) -> Iterator[bytes]:
    left = _MOST
    while left > 0:
        ready = select.select([fd], [], [], max(0.0, deadline - time.monotonic()))[0]
        chunk = os.read(fd, min(left, 4096)) if ready else b""
        if not chunk:
            return
        left -= len(chunk)
        yield chunk
