"""Files that are written whole or not at all, and files of strangers, read with care."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache, reduce, wraps
from operator import or_
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def once_a_change(read: Callable[[Path], T]) -> Callable[[Path], T]:
    """What a file comes to, found out once for each change of it: nobody may change what is given."""

    @lru_cache(maxsize=16)
    def kept(path: Path, _state: tuple[int, int] | None) -> T:
        return read(path)

    @wraps(read)
    def again(path: Path) -> T:
        found = path.stat() if path.is_file() else None
        return kept(path, found and (found.st_mtime_ns, found.st_size))

    return again


@contextlib.contextmanager
def replacing(path: Path, *, private: bool = False, durable: bool = True) -> Iterator[Path]:
    """An empty file in the same folder, to be written in the block; at its end it takes the place of `path`.

    So whoever opens `path` finds what was there before or all of what is new, also after the process is killed or the
    power fails. Where the block raises, what was there before stays. A `private` file is its owner's alone from its
    first byte on. `durable=False` does not wait for the disk: for what another process is going to read soon, or never.

    Raises OSError where the file can't be written.
    """
    draft = path.with_name(f".{secrets.token_hex(8)}.part")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o666))
    try:
        yield draft
        if durable:
            _flush(draft, os.O_RDWR)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    if durable:
        with contextlib.suppress(OSError):  # the file is in its place; Windows and some file systems can't do more
            _flush(path.parent, os.O_RDONLY)


def write_whole(path: Path, data: bytes | str, *, private: bool = False, durable: bool = True) -> None:
    """Write a file whole or not at all, as `replacing` does; text becomes UTF-8. Raises OSError."""
    with replacing(path, private=private, durable=durable) as draft:
        draft.write_bytes(data.encode() if isinstance(data, str) else data)


def _flush(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Why(StrEnum):
    """Why a file was not read."""

    MISSING = "there is no such file"
    LINK = "it is a link"
    NO_FILE = "it is no plain file"
    TOO_LARGE = "it is too large"
    FAILED = "it can't be read"


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that was not read. `size` is in bytes, where it is too large; `words` are what the system says of it."""

    why: Why
    size: int = 0
    words: str = ""


_WHY = {errno.ENOENT: Why.MISSING, errno.ELOOP: Why.LINK, errno.ENXIO: Why.NO_FILE}
"""ELOOP is how O_NOFOLLOW says that it is a link, ENXIO how a socket says that it is no file."""
_CAREFULLY = reduce(
    or_, (getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY")), os.O_RDONLY
)
"""Windows has the last flag alone, other systems the rest."""


def read_plain(path: Path, most: int, *, one_name: bool = False) -> bytes | Unread:
    """The bytes of a stranger's file, or why there are none. Nothing but a plain file of at most `most` bytes is read.

    A pipe would never end, a device may do anything, and a link leads to what may be somebody else's. So may a second
    name of a file, a hard link: with `one_name` a file that has several is not taken for a plain one.
    """
    try:
        descriptor = os.open(path, _CAREFULLY)
    except OSError as error:
        return Unread(_WHY.get(error.errno or 0, Why.FAILED), words=str(error.strerror))
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or (one_name and found.st_nlink > 1):
            return Unread(Why.NO_FILE)
        with open(descriptor, "rb", closefd=False) as file:
            data = b"" if found.st_size > most else file.read(most + 1)
        size = max(found.st_size, len(data))  # it may have grown since
        return Unread(Why.TOO_LARGE, size) if size > most else data
    except OSError as error:
        return Unread(Why.FAILED, words=str(error.strerror))
    finally:
        os.close(descriptor)


def plain_files(folder: Path, most: int = 500, within: str = "") -> dict[str, tuple[int, int]]:
    """Bytes and nanoseconds of change of the plain files in a folder and its folders, by their names.

    A folder's own name ends in a slash. What can't be read is left out.
    """
    found: dict[str, tuple[int, int]] = {}
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if len(found) >= most:
                break
            if entry.is_file(follow_symlinks=False):
                status = entry.stat(follow_symlinks=False)
                found[within + entry.name] = status.st_size, status.st_mtime_ns
            elif not within and entry.is_dir(follow_symlinks=False):
                found |= {f"{entry.name}/": (0, 0)} | plain_files(Path(entry), most - len(found), f"{entry.name}/")
    return found
