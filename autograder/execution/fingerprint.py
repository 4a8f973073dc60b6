"""Fingerprints of what a result depends on: this package, the libraries, an assignment's files, a notebook's cells."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from ..kinds import plugged_in

PACKAGES = ("tensorflow", "keras", "numpy", "pandas", "h5py", "ipykernel", "ipython", "nbformat", "nbgrader")


@cache
def versions() -> tuple[str, ...]:
    """This package's own code, and the libraries that a result can depend on."""
    package = Path(__file__).resolve().parents[1]
    own = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            own.update(str(path.relative_to(package)).encode() + path.read_bytes())
    python = f"{sys.implementation.name} {sys.version.split()[0]}"
    return (own.hexdigest(), python, *(f"{name} {_version(name)}" for name in PACKAGES), *plugged_in())


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def facts(node: NotebookNode) -> list[list[Any]]:
    """All of a notebook's cells that its execution depends on: type, source, roles, points and tags."""
    names = ("grade_id", "grade", "solution", "locked", "points")
    return [
        [
            cell.cell_type,
            cell.source,
            {name: cell.metadata.get("nbgrader", {}).get(name) for name in names},
            sorted(cell.metadata.get("tags", [])),
        ]
        for cell in node.cells
    ]


def source_files(folder: Path) -> Iterator[tuple[str, str]]:
    """The files beside an assignment's notebooks, which tests may read, each with its digest."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".ipynb" and ".ipynb_checkpoints" not in path.parts:
            yield str(path.relative_to(folder)), digest(path)


def digest(path: Path) -> str:
    """Of a file's content; "" where it can't be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
