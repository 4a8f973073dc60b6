"""Plain copies of what was handed in, for nbgrader to copy on.

nbgrader copies a submission's files by following links, hangs or stops at what is no file, and takes any folder's name
for a student's. So plain files alone are copied first, and the notebooks as they were read.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import parse_utc

from ..base.course import Course
from ..base.locks import Busy, locked
from ..execution.submission.companions import companions
from ..execution.submission.model import Submission

LONGEST_ID = 128
NOT_IN_IDS = frozenset('<>&"\\*?[]')
"""Characters that nbgrader's pages show as they are, or that are patterns to it; no student's id needs them."""
TIMESTAMP = "timestamp.txt"
STAGED = Path(".autograder") / "submitted"
"""Where the plain copies are, in the course's folder: STUDENT/ASSIGNMENT/ in it, as in submitted/."""
PATIENCE = 30.0
"""Seconds that one process waits for another that is grading the same submission."""


class BeingGradedError(Exception):
    """Another process is grading the same submission; the message says what to do."""


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


@contextmanager
def being_graded(
    course: Course, student: str, assignment: str, say: Callable[[str], None] = lambda _words: None
) -> Iterator[None]:
    """Let no other process grade this submission during the block; where one does already, `say` so and wait for it.

    Raises BeingGradedError where it takes too long.
    """
    busy = f"{assignment} of {student} is being graded by another process"
    name = hashlib.sha256(f"{assignment}/{student}".encode("utf-8", "surrogateescape")).hexdigest()
    try:
        with locked(course.results.with_name("locks") / name, PATIENCE, lambda: say(f"{busy}: waiting")):
            yield
    except Busy:
        raise BeingGradedError(f"{busy}: try again when that has ended") from None


def stage(submission: Submission, folder: Path, notebooks: Mapping[str, NotebookNode]) -> tuple[str, ...]:
    """Make the plain copy of a submission anew, in `folder`; gives sentences on what was left out.

    `notebooks` are those that could be read, cleaned. For each other one there is an empty file, for nbgrader to find.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    needed = {TIMESTAMP, *(f"{name}.ipynb" for name in submission.notebooks)}
    files, doubts = companions(submission.folder, files_names=needed)
    for path in files:
        if path != Path(TIMESTAMP):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(submission.folder / path, folder / path, follow_symlinks=False)
    for name in submission.notebooks:
        path = folder / f"{name}.ipynb"
        if name in notebooks:
            nbformat.write(notebooks[name], path)  # type: ignore[no-untyped-call]
        else:
            path.write_bytes(b"")
    return (*doubts, *_copy_timestamp(submission.folder, folder, Path(TIMESTAMP) in files))


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
