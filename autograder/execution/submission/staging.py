"""Plain copies of what was handed in, for nbgrader to work on.

nbgrader copies a submission's files by following links, hangs or stops at what is no file, and takes any folder's name
for a student's. So a submission is copied first: its notebooks cleaned and under the names that the assignment wants,
beside them plain files alone. What can't be graded is said in a sentence, and keeps nobody else from being graded.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbgrader.utils import parse_utc

from ...base.course import Course
from .companions import companions
from .read import prepare

LONGEST_ID = 128
NOT_IN_IDS = frozenset('<>&"\\*?[]')
"""Characters that nbgrader's pages show as they are, or that are patterns to it; no student's id needs them."""
TIMESTAMP = "timestamp.txt"


@dataclass(frozen=True, slots=True)
class Staged:
    """A submission's plain copy. `refused` says by notebook name why it can't be graded."""

    folder: Path
    refused: Mapping[str, str]
    doubts: tuple[str, ...]


def staged_folder(course: Course) -> Path:
    """Where the plain copies are: as submitted/, a folder a student, and in it one an assignment."""
    return course.results.with_name("submitted")


def why_not_an_id(student: str) -> str:
    """What is wrong with a folder's name as a student's id; "" if nothing."""
    if not student.isprintable() or student != student.strip() or NOT_IN_IDS & set(student):
        return (
            f"the folder {student!r:.80} is not graded: a student's id has no line breaks or other control characters, "
            'no space at its ends, and none of < > & " \\ * ? [ ]. Rename the folder.'
        )
    if len(student) > LONGEST_ID:
        return f"the folder {student!r:.80}... is not graded: a student's id has at most {LONGEST_ID} characters."
    return ""


def stage(course: Course, submitted: Path, student: str, assignment: str, notebooks: Sequence[str]) -> Staged:
    """Make the plain copy of one submission anew, for these notebooks of the assignment."""
    folder = staged_folder(course) / student / assignment
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    files, doubts = companions(submitted)
    for path in files:
        if path != Path(TIMESTAMP):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(submitted / path, folder / path, follow_symlinks=False)
    told = [*doubts, *_copy_timestamp(submitted, folder, Path(TIMESTAMP) in files)]
    refused = {}
    taken = prepare(submitted, notebooks)
    for name in notebooks:
        found = taken[name]
        told += found.sentences
        if found.node is None:
            refused[name] = " ".join(found.sentences)
            (folder / f"{name}.ipynb").write_bytes(b"")  # for nbgrader to find; it is never read
        else:
            nbformat.write(found.node, folder / f"{name}.ipynb")  # type: ignore[no-untyped-call]
    return Staged(folder, refused, tuple(told))


def _copy_timestamp(submitted: Path, folder: Path, there: bool) -> tuple[str, ...]:
    if not there:
        return ()
    text = (submitted / TIMESTAMP).read_text(encoding="utf-8", errors="replace")[:200].strip()
    try:
        parse_utc(text)
    except Exception:  # dateutil raises what it likes
        return (f"{TIMESTAMP} holds no time ({text!r:.40}): the submission counts as in time.",)
    (folder / TIMESTAMP).write_text(text)
    return ()
