"""The folder that a submission's code runs in: what the student handed in and what the course ships beside a notebook.

Made from the submitted folder and from source/ as plain copies of plain files. nbgrader's own copy in autograded/ is
not used: it follows links, and its notebook holds the hidden tests.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from ...references.sets import instructors_files
from .companions import companions


def fill(work: Path, submitted: Path, source: Path, notebooks: Mapping[str, NotebookNode]) -> tuple[str, ...]:
    """Copy the student's files, then the course's files over them; gives doubts for the instructor.

    `notebooks` are written beside them, so that one can use what another defines.
    """
    work.mkdir(parents=True, exist_ok=True)
    doubts: tuple[str, ...] = ()
    if submitted.is_dir():
        given = {path.name for path in source.glob("*") if path.is_file()}
        files, doubts = companions(submitted, files_names={*given, *(f"{name}.ipynb" for name in notebooks)})
        for path in files:
            _copy(submitted / path, work / path)
    for name, node in notebooks.items():
        nbformat.write(node, work / f"{name}.ipynb")  # type: ignore[no-untyped-call]
    if source.is_dir():
        kept_back = instructors_files(source)
        for path in sorted(source.rglob("*")):
            if path in kept_back or ".ipynb_checkpoints" in path.parts:
                continue
            if path.is_file() and path.suffix != ".ipynb":
                _copy(path, work / path.relative_to(source))
    return doubts


def _copy(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    to.unlink(missing_ok=True)
    shutil.copyfile(path, to, follow_symlinks=False)
