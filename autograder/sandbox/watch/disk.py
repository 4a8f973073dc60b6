"""How much a folder holds, without following a link and without looking at more than a bounded number of files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Held:
    """Bytes on disk, and the number of files and folders, which is at most one more than was asked about."""

    size: int
    files: int
    vanished: int = 0
    """How many of them were gone before they were looked at."""
    closed: bool = False
    """Whether there is a folder that can't be looked into."""


def held(folders: Sequence[Path], most_files: int) -> Held:
    """Count what is in the folders, a file with two names once in `size`.

    A name that vanishes meanwhile does not count in them, nor does what cannot be read. No more than `most_files` + 1
    are looked at.
    """
    size = files = vanished = 0
    closed = False
    seen: set[tuple[int, int]] = set()
    waiting = [str(f) for f in folders]
    while waiting:
        try:
            entries = os.scandir(waiting.pop())
        except (FileNotFoundError, NotADirectoryError):
            vanished += 1
            continue
        except OSError:  # such as a path that is longer than the system takes
            closed = True
            continue
        with entries:
            for entry in entries:
                files += 1
                if files > most_files:
                    return Held(size, files, vanished, closed)
                try:
                    status = entry.stat(follow_symlinks=False)
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                except OSError:
                    vanished += 1
                    continue
                if (status.st_dev, status.st_ino) not in seen:
                    seen.add((status.st_dev, status.st_ino))
                    size += status.st_blocks * 512
    return Held(size, files, vanished, closed)
