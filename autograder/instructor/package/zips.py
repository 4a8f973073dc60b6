"""Zips to hand on: the same files give the same bytes, and every one can be unpacked everywhere."""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Collection, Mapping
from itertools import pairwise
from pathlib import Path, PurePosixPath

from ...base.course import CourseError
from ...base.files import Why, read_plain, replacing

TIME = (1980, 1, 1, 0, 0, 0)
"""When all files of a zip were made: the same course gives the same bytes."""
LARGEST = 2**30
"""Bytes of a file."""
LONGEST = 120
"""Characters of a path in the zip: Windows takes 260 in all, and some are for where it is unpacked."""
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*(?<!\.)")
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_OURS = frozenset((".github", ".gitignore"))
"""Names that begin with a point, of files that the kit adds."""


def read_file(path: Path) -> bytes:
    """A plain file's bytes. Raises CourseError with what to do where there is none."""
    found = read_plain(path, LARGEST)
    if isinstance(found, bytes):
        return found
    if found.why in (Why.LINK, Why.NO_FILE):
        raise CourseError(f"{path} is a link or no file: put a plain file there.")
    raise CourseError(f"{path} can't be read: {found.words or found.why}. Run `autograder build` first.")


def write_zip(made: Path, members: Mapping[str, bytes], programs: Collection[str] = (), private: bool = False) -> Path:
    """Write the files by their paths in the zip, whole or not at all; `programs` may be executed where it is unpacked.

    A `private` zip is its owner's alone.

    Raises CourseError for a path that Windows or an old unpacker would not take, and where it can't be written.
    """
    for name in members:
        _require_fitting(name)
    lowered = sorted(members, key=str.lower)
    for one, other in pairwise(lowered):
        if one.lower() == other.lower():
            raise CourseError(f"{one} and {other} differ in capitals alone: rename one.")
    try:
        made.parent.mkdir(parents=True, exist_ok=True)
        with (
            replacing(made, private=private) as draft,
            zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        ):
            for name in sorted(members):
                entry = zipfile.ZipInfo(name, TIME)
                entry.create_system = 3  # or the bytes would depend on the system that writes them
                entry.external_attr = (stat.S_IFREG | (0o755 if name in programs else 0o644)) << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, members[name])
    except OSError as error:
        raise CourseError(f"{error.filename or made.parent} can't be written: {error.strerror}.") from None
    return made


def _require_fitting(name: str) -> None:
    parts = [part for part in PurePosixPath(name).parts if part not in _OURS]
    if len(name) > LONGEST or not all(_PLAIN.fullmatch(part) and not _DEVICES.fullmatch(part) for part in parts):
        raise CourseError(
            f"{name} can't be unpacked everywhere: use letters, digits, '_', '-' and '.' alone, no name of a Windows "
            f"device, and at most {LONGEST} characters."
        )
