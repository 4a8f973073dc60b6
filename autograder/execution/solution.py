"""What the course's own solution does under the kit: where its objects stay in its kernel, and what its tests give it.

A test cell that does not give the solution all its points here can't decide anything about a student's answer, whatever
the reason: it is left without a score, and named by `autograder doctor ASSIGNMENT`. Where the solution hands the test
objects, a student's objects may take their place; where it hands plain data, nothing else is plain data's equal.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from nbformat import NotebookNode
from pydantic import BaseModel, ConfigDict, ValidationError

from ..base.files import write_whole
from ..base.locks import Busy, locked
from ..base.notebooks import NotebookError, grade_id, read_node
from .fingerprint import digest, source_files, versions
from .record import FOR_INSTRUCTOR, cell_record
from .settings import Settings
from .submission.model import RestoredNotebook, Submission, TrustedCell
from .submission.restore import restore_any
from .testcell.link import Trace

PATIENCE = 600.0
"""Seconds that one process waits for another that runs the same solution."""
_GRADE = re.compile(r"\bgrade\(")


class Solution(BaseModel):
    """`places` are where it has objects, as `link.Place`; `lacks` says by test cell why it gets no points there.

    `partly` are cells that give it a part of their points, which may be what they are meant to give. In the cells of
    `classes_there` the course's own classes are those of the student's kernel.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    places: tuple[tuple[str, int, str], ...] = ()
    lacks: dict[str, str] = {}
    partly: dict[str, str] = {}
    classes_there: tuple[str, ...] = ()

    @property
    def trace(self) -> Trace:
        return Trace(set(self.places), frozenset(self.classes_there))


Run = Callable[[Submission, RestoredNotebook, Trace], NotebookNode]
"""Executes a notebook and gives it back with its records; the trace is filled in."""


def solution_of(submission: Submission, name: str, settings: Settings, run: Run) -> Solution | None:
    """The solution of one notebook, executed once for all submissions; None where there is none to be executed.

    Where all tests ask for reports (`grade(...)`), which a build has proven with the solution, it is not executed.
    """
    trusted = submission.notebooks.get(name, ())
    tests = [cell for cell in trusted if cell.grade and not cell.solution and cell.cell_type == "code"]
    path = submission.source / f"{name}.ipynb"
    if not path.is_file() or all(_GRADE.search(cell.source) for cell in tests):
        return None
    kept = submission.course.results.with_name("solutions") / f"{_key(submission, name, settings)}.json"
    found = _load(kept)
    if found is not None:
        return found
    try:
        with locked(kept.with_suffix(".lock"), PATIENCE):
            found = _load(kept) or _executed(submission, path, run)
            if found is not None:
                write_whole(kept, found.model_dump_json(), private=True, durable=False)
    except (Busy, OSError):
        return found
    return found


def _executed(submission: Submission, path: Path, run: Run) -> Solution | None:
    try:
        written = read_node(path)
    except NotebookError:
        return None
    if not _is_solved(written, submission.notebooks[path.stem]):
        return None
    node, _ = restore_any(written, submission.notebooks[path.stem])
    nothing = submission.course.results.with_name("solutions") / "nothing-handed-in"
    own = Submission(
        submission.course, "solution", submission.assignment, nothing, submission.source, submission.notebooks
    )
    notebook = RestoredNotebook(path.stem, node, submission.notebooks[path.stem], {})
    here = Trace()
    lacks, partly = _lacking(run(own, notebook, here))
    if not lacks:
        return Solution(places=tuple(sorted(here.places)), partly=partly)
    # Objects of the course's own classes can't be handed over: where that is why, the kernel's classes are taken.
    there = Trace(all_classes_there=True)
    lacks_there, _ = _lacking(run(own, notebook, there))
    better = tuple(cell for cell in lacks if cell not in lacks_there)
    places = {one for one in here.places if one[0] not in better} | {one for one in there.places if one[0] in better}
    return Solution(
        places=tuple(sorted(places)),
        lacks={cell: why for cell, why in lacks.items() if cell not in better},
        partly=partly,
        classes_there=better,
    )


def _is_solved(node: NotebookNode, trusted: Sequence[TrustedCell]) -> bool:
    """Whether any solution stands in the instructor's notebook: one that is released as it is shows nothing."""
    given = {cell.grade_id: cell.source.strip() for cell in trusted if cell.solution}
    written = ((grade_id(cell), cell.source.strip()) for cell in node.cells)
    return any(name is not None and name in given and source != given[name] for name, source in written)


def _lacking(done: NotebookNode) -> tuple[dict[str, str], dict[str, str]]:
    """The test cells that gave no points, and those that gave some, each with why or how many."""
    lacks: dict[str, str] = {}
    partly: dict[str, str] = {}
    for cell in done.cells:
        record = cell_record(cell) if cell.cell_type == "code" else None
        points = float(cell.metadata.nbgrader.get("points") or 0.0) if record else 0.0
        if record is None or record.score == points:
            continue
        told = record.why or f"it gets {record.score:g} of {points:g} points{_failure(cell)}"
        (partly if record.score else lacks)[str(cell.metadata.nbgrader.grade_id)] = told
    return lacks, partly


def _failure(cell: NotebookNode) -> str:
    """The line of a test cell at which it failed, and with what."""
    for output in cell.outputs:
        if output.output_type == "display_data" and output.metadata == FOR_INSTRUCTOR:
            lines = output.data["text/plain"].splitlines()
            return "".join(f"; {line.strip()}" for line in lines[-2:])
        if output.output_type == "error":
            return "".join(f"; {line.strip()}" for line in output.traceback[-2:])
    return ""


def _key(submission: Submission, name: str, settings: Settings) -> str:
    whole = {
        "versions": versions(),
        "notebook": digest(submission.source / f"{name}.ipynb"),
        "trusted": [asdict(cell) for cell in submission.notebooks[name]],
        "source": dict(source_files(submission.source)),
        "settings": asdict(settings),
    }
    return hashlib.sha256(json.dumps(whole, sort_keys=True, default=str).encode()).hexdigest()


def _load(path: Path) -> Solution | None:
    try:
        return Solution.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
