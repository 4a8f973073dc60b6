"""Results that are kept: an execution whose inputs have not changed is not done again.

A result is found by a key over everything that it depends on: the student's cells and files, the tests and locked
cells, the references, the settings, this package and the libraries. Nothing else depends on its being found.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from pydantic import ValidationError

from ..base.course import Course
from ..base.files import write_whole
from ..kinds import kinds
from .execute import execute
from .fingerprint import digest, facts, source_files, versions
from .result import ExecutedNotebook, NotebookResult
from .settings import Settings
from .submission.companions import companions
from .submission.model import RestoredNotebook, Submission

FORMAT = 2


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
        "instructors": digest(submission.source / f"{notebook.name}.ipynb"),
        "references": [digest(path) for path in submission.course.judged_by()],
        "beside": [kind.state_of(submission.folder) for kind in kinds().values()],
        "notebook": (submission.assignment, notebook.name),
    }
    return hashlib.sha256(json.dumps(found, sort_keys=True, default=str).encode()).hexdigest()


def _submitted(submission: Submission, notebook: RestoredNotebook) -> Iterator[tuple[str, str]]:
    """What the submission's code finds beside itself, each file with its digest: see `workfolder.fill`."""
    if submission.folder.is_dir():
        files, _ = companions(submission.folder)
        yield from ((str(path), digest(submission.folder / path)) for path in files)
    for name, node in notebook.handed_in.items():
        yield f"{name}.ipynb", hashlib.sha256(json.dumps(node, sort_keys=True).encode()).hexdigest()


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
