"""What the sandboxes of one user on one machine tell each other: that they are there, and whether they have to wait.

Each has a small file in a folder that sandboxes don't see. A file that nobody has written to for a while is one of a
process that was killed.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

_FRESH = 5.0
"""Seconds that a word counts."""
_OLD = 60.0
"""Seconds after which a file is removed, whoever wrote it."""


@dataclass(frozen=True, slots=True)
class Word:
    """What one sandbox says of itself: whether it has had to wait for the processor, and its bytes of memory."""

    waits: bool
    memory: int


class Neighbours:
    """The other sandboxes of this user on this machine."""

    def __init__(self) -> None:
        """Join them. Where there can be no folder for that, there is nobody else."""
        self._own: Path | None = None
        folder = Path(tempfile.gettempdir(), f"ag-neighbours-{os.getuid()}")
        if _is_mine(folder):
            self._own = folder / secrets.token_hex(8)

    def tell(self, word: Word) -> None:
        """Say how this one fares."""
        if self._own is not None and _is_mine(self._own.parent):
            with contextlib.suppress(OSError):
                # Always as long, and written at once: so nobody reads half a word.
                fd = os.open(self._own, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
                try:
                    os.write(fd, f"{int(word.waits)} {word.memory:020d}".encode())
                finally:
                    os.close(fd)

    def others(self) -> tuple[Word, ...]:
        """What the others have said lately."""
        if self._own is None:
            return ()
        found, now = [], time.time()
        with contextlib.suppress(OSError):
            for path in self._own.parent.iterdir():
                with contextlib.suppress(OSError, ValueError):
                    age = now - path.stat().st_mtime
                    if age > _OLD:
                        path.unlink()
                    elif age < _FRESH and path != self._own:
                        waits, memory = path.read_text().split()
                        found.append(Word(waits == "1", int(memory)))
        return tuple(found)

    def leave(self) -> None:
        """Tell nothing more; the last one clears the folder away."""
        if self._own is not None:
            with contextlib.suppress(OSError):
                self._own.unlink(missing_ok=True)
                self._own.parent.rmdir()


def _is_mine(folder: Path) -> bool:
    """Whether that is a folder of this user's; it is made where there is none."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder.lstat().st_uid == os.getuid() and not folder.is_symlink()
    except OSError:
        return False
