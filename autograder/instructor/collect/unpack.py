"""Everything that lies in a folder of downloads or in a zip, zips within zips too, as plain files at safe places.

A zip is a stranger's: its names may lead out of it, be in any encoding or be links, it may be damaged, locked, or
unpack to more than a disk or the memory holds. Nothing is written under a name that a zip gives. Whatever is wrong with
one student's zip, or whatever it asks for, the others' are unpacked: see `bounds`.
"""

from __future__ import annotations

import errno
import io
import os
import shutil
import stat
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

from ...execution.submission.model import LIMITS
from .bounds import BOUNDS, Bounds, Reading, Share, TooMuch, copy
from .platforms import platforms_of, read_mark

OTHER_ARCHIVES = (".7z", ".bz2", ".gz", ".rar", ".tar", ".tgz", ".xz")
NOT_HANDED_IN = ("__MACOSX", ".ipynb_checkpoints", ".DS_Store", "Thumbs.db", "desktop.ini")
"""What systems and JupyterLab leave beside people's own files."""

DEEPEST = 3
"""A platform's zip, a student's zip in it, and one more."""
MOST_SENTENCES = 20
LONGEST_NAME, LONGEST_PATH = 200, 1000
"""In bytes: a file system takes 255 and some 4,000, and folders stand before it."""
_UTF8 = 0x800
"""The flag of a zip's entry whose name is UTF-8."""
READ_HERE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What every system packs by. zipfile would unpack the others in one piece, and a few bytes of those make many."""
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_STEERING = ("Cc", "Cf", "Cs", "Zl", "Zp")
_JOINERS = "\u200c\u200d"
"""Letters of Persian and of Indian scripts are joined or kept apart by them."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file: its `path` below the downloads, where a zip counts as a folder, and where its bytes lie.

    `zips` are the places in the path of what were zips. `modified` is in seconds since 1970, as the platform's zip or
    the disk has it: for what lies in a student's own zip, that of the whole zip. `own` is what that zip says itself.
    `unpacked` says that the bytes were unpacked from a zip, and nobody else needs them.
    """

    path: PurePosixPath
    content: Path
    modified: float
    own: float = 0.0
    zips: frozenset[int] = frozenset()
    unpacked: bool = False


@dataclass
class Unpacked:
    """All files in order of their paths, and a sentence for each thing that was left out."""

    files: list[Found] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


class _NoRoom(Exception):
    pass


def unpack(downloads: Path, store: Path, bounds: Bounds = BOUNDS) -> Unpacked:
    """What lies in `downloads`, a folder or a zip; what comes out of zips is put into the folder `store`."""
    return _Unpacking(store, bounds).all_of(downloads)


@dataclass(frozen=True, slots=True)
class _Zip:
    """A zip that is being unpacked: what it is called, its place, and for a student's own, whose share and its time."""

    called: str
    folder: PurePosixPath
    zips: frozenset[int]
    depth: int
    share: Share | None
    modified: float | None = None

    @property
    def is_nobodys(self) -> bool:
        """Whether no platform has written that it, or the folder that it lies in, is a student's."""
        return not any(read_mark(part) for part in self.folder.parts)


class _Unpacking:
    def __init__(self, store: Path, bounds: Bounds) -> None:
        self.store, self.bounds = store, bounds
        self.unpacked = Unpacked()
        self.number = 0
        self.shares: list[Share] = []

    def all_of(self, downloads: Path) -> Unpacked:
        if downloads.is_dir():
            for path, relative in _walk(downloads):
                info = path.lstat()
                if stat.S_ISREG(info.st_mode):
                    self._file(Found(relative, path, info.st_mtime), depth=0)
                else:
                    self._left_out(f"{relative} is a link or no file: it is left out.")
        else:
            self._zip(downloads, _Zip(downloads.name, PurePosixPath(), frozenset(), 1, None))
        dropped = {path for share in self.shares if share.dropped for path in share.paths}
        self.unpacked.files = [found for found in self.unpacked.files if found.content not in dropped]
        self.unpacked.files.sort(key=lambda found: found.path)
        return self.unpacked

    def _file(self, found: Found, depth: int, share: Share | None = None) -> None:
        """A zip counts as the folder that it holds."""
        suffix = found.path.suffix.lower()
        if suffix in OTHER_ARCHIVES:
            self._left_out(f"{found.path} is an archive of a kind that isn't read here: unpack it and collect again.")
        elif suffix == ".zip":
            zips = found.zips | {len(found.path.parts) - 1}
            place = found.path.with_suffix("")
            self._zip(found.content, _Zip(str(found.path), place, zips, depth + 1, share, found.modified))
            if depth:
                found.content.unlink(missing_ok=True)  # what it held lies beside it now
        else:
            self.unpacked.files.append(found)

    def _zip(self, path: Path, this: _Zip) -> None:
        if this.depth > DEEPEST:
            self._left_out(f"{this.called} lies too deep in other zips: it is left out.")
            return
        try:
            with Reading(io.FileIO(path), self.bounds.directory) as raw, zipfile.ZipFile(raw) as archive:
                self._entries(archive, this, path.stat().st_size)
        except TooMuch as much:
            self._too_much(this.called, much, this.share)
        except Exception:  # an archive that was made to break zipfile breaks it in many ways
            self._left_out(f"{this.called} is damaged or no zip: ask for it again.")

    def _entries(self, archive: zipfile.ZipFile, this: _Zip, size: int) -> None:
        """Unpack a zip, the smallest files first: where there is too much, it is the largest that are left out."""
        entries = []
        for entry in archive.infolist():
            if len(entry.filename) > LONGEST_PATH:  # even to read it properly may take long
                self._left_out(f"{this.called}: {entry.filename[:80]}... has too long a name.", this.share)
            else:
                entries.append((_decoded(entry), entry))
        tops = {name.split("/")[0] for name, _ in entries}
        # Of a class's zip each student has a share of their own. A zip that was handed in is one share altogether.
        of_class = this.share is None and (this.modified is None or (bool(platforms_of(tops)) and this.is_nobodys))
        if this.share is None and not of_class:
            this = _Zip(this.called, this.folder, this.zips, this.depth, self._share(this.called), this.modified)
        whole = Share(this.called, self.bounds.of_zip(size))
        shares: dict[str, Share] = {}
        for name, entry in sorted(entries, key=lambda one: one[1].file_size):
            if not name or name.endswith("/") or any(part in NOT_HANDED_IN for part in name.split("/")):
                continue
            share = this.share or self._share_in(shares, name, this.called)
            if share.dropped or share.full:
                continue
            try:
                with share.timed(), whole.timed():
                    for one in (whole, share):
                        one.check()
                        one.count(entry.file_size if entry.file_size <= LIMITS.file else 0)
                    self._entry(archive, entry, name, this, share)
            except TooMuch as much:
                if whole.full:
                    raise
                self._too_much(share.called, much, share)

    def _share_in(self, shares: dict[str, Share], name: str, called: str) -> Share:
        """The share of the student whom a platform's zip names; what it names nobody for has one together."""
        top = name.split("/", maxsplit=1)[0]
        mark = read_mark(top)
        whose = f"{mark.platform} {mark.student} {mark.number}" if mark else top
        if whose not in shares:
            shares[whose] = self._share(f"{called}: {top}")
        return shares[whose]

    def _share(self, called: str) -> Share:
        self.shares.append(Share(called, self.bounds))
        return self.shares[-1]

    def _entry(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, this: _Zip, share: Share) -> None:
        called = f"{this.called}: {name:.200}"
        relative = _inside(name)
        if relative is None:
            self._left_out(f"{this.called}: the name {name!r:.120} leads out of the zip: it is left out.", share)
        elif why := _not_taken(entry, relative):
            self._left_out(f"{called} {why}.", share)
        elif (content := self._unpack_one(archive, entry, called, share)) is not None:
            own = _modified(entry)
            modified = own if this.modified is None or this.share is None else this.modified
            # A zip within a class's is a student's own.
            self._file(
                Found(this.folder / relative, content, modified, own, this.zips, unpacked=True), this.depth, share
            )

    def _unpack_one(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, called: str, share: Share) -> Path | None:
        self.number += 1
        target = self.store / str(self.number)
        while True:
            try:
                self._write(archive, entry, target, share)
            except _NoRoom:
                target.unlink(missing_ok=True)
                if not self._make_room(share):
                    return None
            except TooMuch:
                target.unlink(missing_ok=True)
                raise
            except Exception:  # a damaged file raises what its compression likes
                target.unlink(missing_ok=True)
                self._left_out(f"{called} is damaged: ask for it again.", share)
                return None
            else:
                share.paths.append(target)
                return target

    def _write(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, share: Share) -> None:
        with archive.open(entry) as packed:
            try:
                with target.open("wb") as file:
                    copy(packed, file, share)
            except OSError as error:
                if error.errno in NO_ROOM:
                    raise _NoRoom from None
                raise

    def _make_room(self, share: Share) -> bool:
        """Give up the largest share: who asks for much is left out, not who comes last. False if it is this one."""
        largest = max(self.shares, key=lambda one: (0 if one.dropped else one.bytes, one is share))
        largest.dropped = True
        for path in largest.paths:
            path.unlink(missing_ok=True)
        self._left_out(
            f"{largest.called} is left out: there is no room for it on the disk of {self.store.parent}. It is not "
            "damaged: make room and collect again."
        )
        return largest is not share

    def _too_much(self, called: str, much: TooMuch, share: Share | None) -> None:
        """Say so once of each share."""
        if share is None or not share.told:
            self._left_out(f"{called} {much}: the rest is left out.")
        if share is not None:
            share.told = True

    def _left_out(self, sentence: str, share: Share | None = None) -> None:
        """Note a sentence; of one share so many at most that nobody else's are lost among them."""
        if share is not None:
            share.sentences += 1
            if share.sentences > MOST_SENTENCES:
                return
            if share.sentences == MOST_SENTENCES:
                sentence = f"{share.called}: so much is left out that no more of it is listed."
        self.unpacked.left_out.append(sentence)


def _not_taken(entry: zipfile.ZipInfo, path: PurePosixPath) -> str:
    """Why a file of a zip is left out, "" if it isn't."""
    if _is_too_long(path):
        return "has too long a name: it is left out"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "is a link: it is left out"
    if entry.flag_bits & 1:
        return "is locked with a password: ask for it without one"
    if entry.compress_type not in READ_HERE:
        return "is packed in a way that isn't read here: ask for an ordinary zip"
    if entry.file_size > LIMITS.file:
        return f"is larger than {LIMITS.file // 2**20} MB: it is left out"
    return ""


def _walk(folder: Path) -> Iterator[tuple[Path, PurePosixPath]]:
    """Every file below a folder, by its path from there; links are named and not followed."""
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in NOT_HANDED_IN)
        links = [name for name in folders if (Path(where) / name).is_symlink()]
        for name in sorted([*files, *links]):
            if name not in NOT_HANDED_IN:
                path = Path(where) / name
                yield path, PurePosixPath(_plain(_read_bytes(os.fsencode(path.relative_to(folder)))))


def _decoded(entry: zipfile.ZipInfo) -> str:
    """An entry's name. Where it doesn't say that it is UTF-8, zipfile reads it as cp437, and it may be any encoding."""
    name = entry.filename
    if not entry.flag_bits & _UTF8 and not name.isascii():
        name = _read_bytes(name.encode("cp437"))
    return _plain(name.replace("\\", "/"))


def _plain(name: str) -> str:
    """A name in composed letters, without characters that steer a terminal or turn the reading direction."""
    if name.isascii() and name.isprintable():
        return name
    shown = (c for c in name if c in _JOINERS or unicodedata.category(c) not in _STEERING)
    return unicodedata.normalize("NFC", "".join(shown))


def _is_too_long(path: PurePosixPath) -> bool:
    parts = [len(os.fsencode(part)) for part in path.parts]
    return max(parts) > LONGEST_NAME or sum(parts) + len(parts) > LONGEST_PATH


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


def hand_over(found: Found, to: Path) -> None:
    """Put a file's bytes to a path, for good; its folder is made. What was unpacked takes no room a second time.

    Raises OSError.
    """
    to.parent.mkdir(parents=True, exist_ok=True)
    if found.unpacked:
        shutil.move(found.content, to)
    else:
        shutil.copyfile(found.content, to, follow_symlinks=False)
