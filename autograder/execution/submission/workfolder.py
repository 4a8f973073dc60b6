"""The folder that a submission's code runs in: what the student handed in and what the course ships beside a notebook.

Made from the submitted folder and from source/ as plain copies of plain files. nbgrader's own copy in autograded/ is
not used: it follows links, and its notebook holds the hidden tests.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from ...references.sets import instructors_files
from .companions import companions
from .model import LIMITS


def fill(work: Path, submitted: Path, source: Path, ignore: Sequence[str] = ()) -> tuple[str, ...]:
    """Copy the student's files and notebooks, then the course's files over them; gives doubts for the instructor."""
    work.mkdir(parents=True, exist_ok=True)
    doubts: tuple[str, ...] = ()
    if submitted.is_dir():
        files, doubts = companions(submitted, ignore)
        for path in files:
            _copy(submitted / path, work / path)
        for notebook in _notebooks(submitted):
            _copy(notebook, work / notebook.name)
    if source.is_dir():
        kept_back = instructors_files(source)
        for path in sorted(source.rglob("*")):
            if path in kept_back or ".ipynb_checkpoints" in path.parts:
                continue
            if path.is_file() and path.suffix != ".ipynb":
                _copy(path, work / path.relative_to(source))
    return doubts


def _notebooks(submitted: Path) -> Iterator[Path]:
    """The notebooks as handed in, so that one can use what another defines; no hidden test is in them."""
    for path in sorted(submitted.glob("*.ipynb")):
        status = os.lstat(path)
        if stat.S_ISREG(status.st_mode) and status.st_size <= LIMITS.notebook:
            yield path


def _copy(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    to.unlink(missing_ok=True)
    shutil.copyfile(path, to, follow_symlinks=False)
