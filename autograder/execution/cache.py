"""Results that are kept: an execution whose inputs have not changed is not done again.

A result is what `execution.execute` wrote into a notebook. It is found by a key over everything that it depends on: the
student's cells and files, the tests and locked cells, the references, the settings, this package and the libraries.
So `autograder grade` can work ahead in parallel, and `nbgrader autograde` then finds the results ready.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from nbformat import NotebookNode, from_dict
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from ..base.course import Course
from ..exercises.train_signs import WEIGHTS_FILE
from ..lesson.training.weights import state_of
from . import record
from .execute import Settings, Submission, execute
from .record import CellRecord, NotebookRecord
from .submission.companions import companions
from .submission.model import TrustedCell

FORMAT = 1
PACKAGES = ("tensorflow", "keras", "numpy", "h5py", "ipykernel", "ipython", "nbformat", "nbgrader")


class CellResult(BaseModel):
    """What running one code cell left in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outputs: tuple[JsonValue, ...] = ()
    execution_count: int | None = None
    record: CellRecord | None = None


class Result(BaseModel):
    """What running a notebook left in it, a code cell at a time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cells: tuple[CellResult, ...]
    whole: NotebookRecord

    @property
    def complete(self) -> bool:
        """Whether every test has a score: what could not be computed is worth another try."""
        return all(cell.record is None or cell.record.score is not None for cell in self.cells)


def run(nb: NotebookNode, submission: Submission, trusted: Sequence[TrustedCell], settings: Settings) -> list[str]:
    """Execute the notebook, or fill in the result that is kept; gives doubts. Raises as `execute` does."""
    kept = _path(submission.course, key(nb, submission, trusted, settings))
    found = _load(kept)
    if found is not None and _fill(nb, found):
        return []
    doubts = execute(nb, submission, trusted, settings)
    result = _taken_from(nb)
    if result.complete:
        _save(kept, result)
    return doubts


def key(nb: NotebookNode, submission: Submission, trusted: Sequence[TrustedCell], settings: Settings) -> str:
    """A digest of everything that the result depends on."""
    facts = {
        "format": FORMAT,
        "versions": versions(),
        "cells": [_facts(cell) for cell in nb.cells],
        "trusted": [asdict(cell) for cell in trusted],
        "settings": asdict(settings),
        "submitted": dict(_submitted(submission.submitted)),
        "source": dict(source_files(submission.source)),
        "references": [digest(path) for path in submission.course.judged_by],
        "weights": state_of(submission.handed_in / WEIGHTS_FILE),
        "notebook": (submission.assignment, submission.notebook),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()


@cache
def versions() -> tuple[str, ...]:
    """This package's own code, and the libraries that a result can depend on."""
    package = Path(__file__).resolve().parents[1]
    own = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            own.update(str(path.relative_to(package)).encode() + path.read_bytes())
    python = f"{sys.implementation.name} {sys.version.split()[0]}"
    return (own.hexdigest(), python, *(f"{name} {_version(name)}" for name in PACKAGES))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def _facts(cell: NotebookNode) -> list[Any]:
    marks = cell.metadata.get("nbgrader", {})
    roles = {name: marks.get(name) for name in ("grade_id", "grade", "solution", "locked", "points")}
    return [cell.cell_type, cell.source, roles, sorted(cell.metadata.get("tags", []))]


def _submitted(folder: Path) -> Iterator[tuple[str, str]]:
    if folder.is_dir():
        files, _ = companions(folder)
        others = (path.relative_to(folder) for path in sorted(folder.glob("*.ipynb")) if not path.is_symlink())
        for path in (*files, *others):
            yield str(path), digest(folder / path)


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


def _load(path: Path) -> Result | None:
    try:
        return Result.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _save(path: Path, result: Result) -> None:
    """Whole or not at all, and for the instructor's eyes only: it holds what hidden tests printed."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(f".{secrets.token_hex(6)}")
    with open(draft, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(result.model_dump_json().encode())
    draft.replace(path)


def _taken_from(nb: NotebookNode) -> Result:
    cells = [cell for cell in nb.cells if cell.cell_type == "code"]
    return Result(
        cells=tuple(
            CellResult(
                outputs=tuple(json.loads(json.dumps(cell.outputs))),
                execution_count=cell.execution_count,
                record=record.cell_record(cell),
            )
            for cell in cells
        ),
        whole=record.notebook_record(nb),
    )


def _fill(nb: NotebookNode, result: Result) -> bool:
    cells = [cell for cell in nb.cells if cell.cell_type == "code"]
    if len(cells) != len(result.cells):
        return False
    for cell, found in zip(cells, result.cells, strict=True):
        cell.outputs = [from_dict(output) for output in found.outputs]  # type: ignore[no-untyped-call]
        cell.execution_count = found.execution_count
        if found.record is not None:
            record.write(cell, found.record)
    record.write(nb, result.whole)
    return True
