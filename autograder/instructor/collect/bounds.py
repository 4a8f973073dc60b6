"""How much one student's files may take of room, memory and time, so that nobody's zip costs the others theirs."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO


class TooMuch(Exception):
    """More than one may take; the message says of what, and follows a name."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one student's files, zips within zips and all, may come to. Sizes are in bytes, times in seconds.

    `directory` is the size of a zip's list of its files: it is read into memory whole. `times` says how many times its
    size a zip may unpack to where that is more than `bytes`: a class's zip, of which nothing else is known.
    """

    files: int = 5_000
    bytes: int = 512 * 2**20
    seconds: float = 120.0
    directory: int = 8 * 2**20
    times: int = 100

    def of_zip(self, size: int) -> Bounds:
        """What a whole zip of this size may come to, whoever's it is."""
        return replace(
            self,
            files=max(2 * self.files, size // 100),
            bytes=max(2 * self.bytes, size * self.times),
            seconds=max(2 * self.seconds, size / 2**20),
        )


BOUNDS = Bounds()


@dataclass(eq=False)
class Share:
    """What one student's files have come to so far, and where they were unpacked to; `called` is for sentences."""

    called: str
    bounds: Bounds
    files: int = 0
    bytes: int = 0
    seconds: float = 0.0
    since: float | None = None
    paths: list[Path] = field(default_factory=list)
    dropped: bool = False
    full: bool = False
    told: bool = False
    sentences: int = 0

    def count(self, size: int) -> None:
        """Take a file of this size into account. Raises TooMuch."""
        self.files += 1
        self.bytes += size
        if self.files > self.bounds.files:
            self.refuse(f"holds more than {self.bounds.files} files")
        if self.bytes > self.bounds.bytes:
            self.refuse(f"unpacks to more than {self.bounds.bytes // 2**20} MB")

    def refuse(self, why: str) -> None:
        """Raises TooMuch."""
        self.full = True
        raise TooMuch(why)

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Count the time of the block; within it, `check` says when it is too long."""
        outermost, began = self.since is None, time.monotonic()
        self.since = began if outermost else self.since
        try:
            yield
        finally:
            if outermost:
                self.seconds += time.monotonic() - began
                self.since = None

    def check(self) -> None:
        """Raise TooMuch where unpacking takes too long."""
        now = self.seconds + (time.monotonic() - self.since if self.since is not None else 0.0)
        if now > self.bounds.seconds:
            self.refuse(f"takes more than {self.bounds.seconds:g} seconds to unpack")


class Reading(io.BufferedReader):
    """A zip's bytes, of which nobody may ask for more than `most` at once: zipfile reads a whole directory that way."""

    def __init__(self, raw: io.FileIO, most: int) -> None:
        super().__init__(raw)
        self._most = most

    def read(self, size: int | None = -1, /) -> bytes:
        """At most `most` bytes. Raises TooMuch where more are asked for."""
        if size is None or size < 0:
            size = self._most + 1
        elif size > self._most:
            raise TooMuch("lists more files than are taken")
        found = super().read(size)
        if len(found) > self._most:
            raise TooMuch("lists more files than are taken")
        return found


def copy(packed: IO[bytes], file: IO[bytes], share: Share) -> None:
    """Copy until the end, which zipfile sees to be where the zip says. Raises TooMuch."""
    while chunk := packed.read(2**20):
        file.write(chunk)
        share.check()
