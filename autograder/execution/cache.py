"""Results that are kept: an execution whose inputs have not changed is not done again.

A result is found by a key over everything that it depends on: the student's cells and files, the tests and locked
cells, the references, the settings, this package and the libraries. Nothing else depends on its being found.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from pydantic import ValidationError

from ..base.course import Course
from ..base.files import write_whole
from ..kinds import kinds, plugged_in
from .execute import Settings, execute
from .result import ExecutedNotebook, NotebookResult
from .submission.companions import companions
from .submission.model import RestoredNotebook, Submission

FORMAT = 1
PACKAGES = ("tensorflow", "keras", "numpy", "h5py", "ipykernel", "ipython", "nbformat", "nbgrader")


def execute_once(submission: Submission, notebook: RestoredNotebook, settings: Settings) -> ExecutedNotebook:
    """Do as `execute`, or give the kept result where the very same has been executed before."""
    kept = _path(submission.course, key(submission, notebook, settings))
    found = _load(kept)
    if found is not None:
        return ExecutedNotebook(notebook, found)
    executed = execute(submission, notebook, settings)
    if executed.result.complete:
        _save(kept, executed.result)
    return executed


def key(submission: Submission, notebook: RestoredNotebook, settings: Settings) -> str:
    """A digest of everything that the result depends on."""
    found = {
        "format": FORMAT,
        "versions": versions(),
        "refused": notebook.refused,
        "cells": facts(notebook.node),
        "trusted": [asdict(cell) for cell in notebook.trusted],
        "settings": asdict(settings),
        "submitted": dict(_submitted(submission, notebook)),
        "source": dict(source_files(submission.source)),
        "references": [digest(path) for path in submission.course.judged_by()],
        "beside": [kind.state_of(submission.folder) for kind in kinds().values()],
        "notebook": (submission.assignment, notebook.name),
    }
    return hashlib.sha256(json.dumps(found, sort_keys=True, default=str).encode()).hexdigest()


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


def _submitted(submission: Submission, notebook: RestoredNotebook) -> Iterator[tuple[str, str]]:
    """What the submission's code finds beside itself, each file with its digest: see `workfolder.fill`."""
    if submission.folder.is_dir():
        files, _ = companions(submission.folder)
        yield from ((str(path), digest(submission.folder / path)) for path in files)
    for name, node in notebook.handed_in.items():
        yield f"{name}.ipynb", hashlib.sha256(json.dumps(node, sort_keys=True).encode()).hexdigest()


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


# --- on disk ---------------------------------------------------------------------------------------------------


def _path(course: Course, name: str) -> Path:
    return course.results / f"{name}.json"


def _load(path: Path) -> NotebookResult | None:
    try:
        return NotebookResult.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _save(path: Path, result: NotebookResult) -> None:
    """Whole or not at all, and for the instructor's eyes only: it holds what hidden tests printed."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(path, result.model_dump_json(), private=True, durable=False)  # one that is lost is made again
