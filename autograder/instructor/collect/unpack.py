"""Everything that lies in a folder of downloads or in a zip, zips within zips too, as plain files at safe places.

A zip is a stranger's: its names may lead out of it, be in any encoding or be links, it may be damaged, locked, or
unpack to more than a disk holds. Nothing is written under a name that a zip gives.
"""

from __future__ import annotations

import os
import shutil
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO

from ...execution.submission.model import LIMITS

OTHER_ARCHIVES = (".7z", ".bz2", ".gz", ".rar", ".tar", ".tgz", ".xz")
NOT_HANDED_IN = ("__MACOSX", ".ipynb_checkpoints", ".DS_Store", "Thumbs.db", "desktop.ini")
"""What systems and JupyterLab leave beside people's own files."""

MOST_FILES = 100_000
MOST_BYTES = 20 * 2**30
"""What all zips together may unpack to."""
DEEPEST = 3
"""A platform's zip, a student's zip in it, and one more."""
_UTF8 = 0x800
"""The flag of a zip's entry whose name is UTF-8."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file: its `path` below the downloads, where a zip counts as a folder, and where its bytes lie.

    `modified` is seconds since 1970, as far as the zip or the disk can tell.
    """

    path: PurePosixPath
    content: Path
    modified: float


@dataclass
class Unpacked:
    """All files in order of their paths, and a sentence for each thing that was left out."""

    files: list[Found] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


class _TooMuch(Exception):
    pass


def unpack(downloads: Path, store: Path) -> Unpacked:
    """What lies in `downloads`, a folder or a zip; what comes out of zips is put into the folder `store`."""
    return _Unpacking(store).all_of(downloads)


class _Unpacking:
    def __init__(self, store: Path) -> None:
        self.store = store
        self.unpacked = Unpacked()
        self.files, self.bytes = 0, 0

    def all_of(self, downloads: Path) -> Unpacked:
        try:
            if downloads.is_dir():
                for path, relative in _walk(downloads):
                    info = path.lstat()
                    if stat.S_ISREG(info.st_mode):
                        self._file(Found(relative, path, info.st_mtime), depth=0)
                    else:
                        self._left_out(f"{relative} is a link or no file: it is left out.")
            else:
                self._zip(downloads, PurePosixPath(), downloads.name, depth=1)
        except _TooMuch:
            self._left_out(f"more than {MOST_FILES} files or {MOST_BYTES // 2**30} GB: the rest is left out.")
        self.unpacked.files.sort(key=lambda found: found.path)
        return self.unpacked

    def _file(self, found: Found, depth: int) -> None:
        """A zip counts as the folder that it holds."""
        suffix = found.path.suffix.lower()
        if suffix in OTHER_ARCHIVES:
            self._left_out(f"{found.path} is an archive of a kind that isn't read here: unpack it and collect again.")
        elif suffix == ".zip":
            self._zip(found.content, found.path.with_suffix(""), str(found.path), depth + 1)
        else:
            self.unpacked.files.append(found)

    def _zip(self, path: Path, folder: PurePosixPath, called: str, depth: int) -> None:
        if depth > DEEPEST:
            self._left_out(f"{called} lies too deep in other zips: it is left out.")
            return
        try:
            with zipfile.ZipFile(path) as archive:
                for entry in archive.infolist():
                    self._entry(archive, entry, folder, called, depth)
        except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError):
            self._left_out(f"{called} is damaged or no zip: ask for it again.")

    def _entry(
        self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: PurePosixPath, called: str, depth: int
    ) -> None:
        name = _decoded(entry)
        if entry.is_dir() or name.endswith("/") or any(part in NOT_HANDED_IN for part in name.split("/")):
            return
        relative = _inside(name)
        if relative is None:
            self._left_out(f"{called}: the name {name!r:.120} leads out of the zip: it is left out.")
        elif stat.S_ISLNK(entry.external_attr >> 16):
            self._left_out(f"{called}: {name} is a link: it is left out.")
        elif entry.flag_bits & 1:
            self._left_out(f"{called}: {name} is locked with a password: ask for it without one.")
        else:
            content = self._unpack_one(archive, entry, f"{called}: {name}")
            if content is not None:
                self._file(Found(folder / relative, content, _modified(entry)), depth)

    def _unpack_one(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, called: str) -> Path | None:
        self.files += 1
        if self.files > MOST_FILES:
            raise _TooMuch
        target = self.store / str(self.files)
        try:
            with archive.open(entry) as packed, target.open("wb") as file:
                size = _copy(packed, file, LIMITS.file)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError):
            self._left_out(f"{called} is damaged: ask for it again.")
            return None
        if size > LIMITS.file:
            self._left_out(f"{called} is larger than {LIMITS.file // 2**20} MB: it is left out.")
            target.unlink()
            return None
        self.bytes += size
        if self.bytes > MOST_BYTES:
            raise _TooMuch
        return target

    def _left_out(self, sentence: str) -> None:
        self.unpacked.left_out.append(sentence)


def _walk(folder: Path) -> Iterator[tuple[Path, PurePosixPath]]:
    """Every file below a folder, by its path from there; links are named and not followed."""
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in NOT_HANDED_IN)
        links = [name for name in folders if (Path(where) / name).is_symlink()]
        for name in sorted([*files, *links]):
            if name not in NOT_HANDED_IN:
                path = Path(where) / name
                relative = _read_bytes(os.fsencode(path.relative_to(folder)))
                yield path, PurePosixPath(unicodedata.normalize("NFC", relative))


def _copy(packed: IO[bytes], file: IO[bytes], most: int) -> int:
    """Copy until the end, or until there is more than `most`; returns the number of bytes."""
    size = 0
    while size <= most and (chunk := packed.read(2**20)):
        size += len(chunk)
        file.write(chunk)
    return size


def _decoded(entry: zipfile.ZipInfo) -> str:
    """An entry's name. Where it doesn't say that it is UTF-8, zipfile reads it as cp437, and it may be any encoding."""
    name = entry.filename
    if not entry.flag_bits & _UTF8 and not name.isascii():
        name = _read_bytes(name.encode("cp437"))
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _read_bytes(raw: bytes) -> str:
    """A file's name in an encoding that nobody tells.

    UTF-8 is recognised by its form, and GB 18030, which Chinese Windows writes, by what comes out; else it is cp437, as
    the zip format says.
    """
    for encoding in ("utf-8", "gb18030"):
        try:
            read = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or _is_chinese(read):
            return read
    return raw.decode("cp437")


def _is_chinese(text: str) -> bool:
    """Whether all letters beside ASCII are Chinese, and one of them is an everyday one, of GB 2312.

    The accented letters of cp437 come out as rare characters: Müller as M乴ler.
    """
    letters = [letter for letter in text if not letter.isascii()]
    everyday = any(letter.encode("gb2312", "ignore") for letter in letters)
    return everyday and all("\u4e00" <= letter <= "\u9fff" or letter in "，。（）－　·" for letter in letters)


def _inside(name: str) -> PurePosixPath | None:
    """A name as a path below the zip's own folder; None if it leads anywhere else."""
    path = PurePosixPath(name)
    first = path.parts[0] if path.parts else ""
    if not first or path.is_absolute() or ".." in path.parts or first.endswith(":") or "\0" in name:
        return None
    return path


def _modified(entry: zipfile.ZipInfo) -> float:
    try:
        return datetime(*entry.date_time).timestamp()
    except (ValueError, OverflowError):
        return 0.0


def copy_content(found: Found, to: Path) -> None:
    """Write a file's bytes to a path; its folder is made."""
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(found.content, to, follow_symlinks=False)
