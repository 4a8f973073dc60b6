"""The files handed in beside the notebooks: which of them can safely be copied."""

from __future__ import annotations

import fnmatch
import os
import stat
from collections.abc import Collection, Sequence
from pathlib import Path

from .model import LIMITS, Limits


def companions(
    submitted: Path, ignore: Sequence[str] = (), limits: Limits = LIMITS, files_names: Collection[str] = ()
) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """The files handed in beside the notebooks that can safely be copied, relative to the folder, and the doubts.

    Links, pipes and devices are left out, and so is what goes past the limits. `ignore` are name patterns, as
    nbgrader's `CourseDirectory.ignore`. `files_names` are names that files have to have in the copy: a folder that is
    called so is left out, or it would stand in a file's place.
    """
    files: list[Path] = []
    doubts: list[str] = []
    room = limits.companions_size
    for folder, folders, names in os.walk(submitted):
        folders[:] = sorted(name for name in folders if not _matches(name, ignore))
        if Path(folder) == submitted:
            misnamed = [name for name in folders if name in files_names and not Path(folder, name).is_symlink()]
            doubts += [f"{name!r} is a folder with a file's name and was left out." for name in misnamed]
            folders[:] = [name for name in folders if name not in misnamed]
        links = [name for name in folders if Path(folder, name).is_symlink()]
        for name in sorted((*links, *names)):
            path = Path(folder, name).relative_to(submitted)
            if _matches(name, ("*.ipynb", *ignore)):
                continue
            status = os.lstat(submitted / path)
            if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:  # a second name of a file that is not theirs
                doubts.append(f"{str(path)!r} is no plain file and was left out.")
            elif len(files) >= limits.companions or status.st_size > room:
                doubts.append("There are more files, or larger ones, than are taken; some were left out.")
                return tuple(files), tuple(doubts[-20:])
            else:
                files.append(path)
                room -= status.st_size
    return tuple(files), tuple(doubts[-20:])


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)
