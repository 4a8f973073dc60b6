"""Plain copies of what was handed in, for nbgrader to copy on.

nbgrader copies a submission's files by following links, hangs or stops at what is no file, and takes any folder's name
for a student's. So plain files alone are copied first, and the notebooks as they were read.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import parse_utc

from ...base.course import Course
from ...base.locks import Busy, locked
from ...execution.submission.companions import companions
from ...execution.submission.model import Submission

LONGEST_ID = 128
NOT_IN_IDS = frozenset('<>&"\\*?[]')
"""Characters that nbgrader's pages show as they are, or that are patterns to it; no student's id needs them."""
TIMESTAMP = "timestamp.txt"
STAGED = Path(".autograder") / "submitted"
"""Where the plain copies are, in the course's folder: STUDENT/ASSIGNMENT/ in it, as in submitted/."""
ACTS = re.compile(
    r".*\.(?:x?html?|xht|shtml|mht|mhtml|hta|svgz?|xml|xslt?|m?js)|(?:nbgrader|jupyter|ipython)\w*config\.(?:py|json)",
    re.IGNORECASE,
)
"""Files that a browser runs as pages, or Jupyter's tools as their configuration."""
PATIENCE = 30.0
"""Seconds that one process waits for another that is grading the same submission."""

WHY_LEFT_OUT = "browsers or Jupyter would run them, or they are called like a file that grading needs."


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
    waiting = f"{assignment} of {student} is being graded by another process"
    with (
        _alone(_lock(course, assignment), waiting, say, shared=True),
        _alone(_lock(course, f"{assignment}/{student}"), waiting, say),
    ):
        yield


@contextmanager
def none_being_graded(
    course: Course, assignment: str, say: Callable[[str], None] = lambda _words: None
) -> Iterator[None]:
    """Let no other process grade any submission of the assignment during the block, as `being_graded` does of one.

    Raises BeingGradedError where it takes too long.
    """
    with _alone(_lock(course, assignment), f"{assignment} is being graded by another process", say):
        yield


@contextmanager
def _alone(lock: Path, busy: str, say: Callable[[str], None], *, shared: bool = False) -> Iterator[None]:
    try:
        with locked(lock, PATIENCE, lambda: say(f"{busy}: waiting"), shared=shared):
            yield
    except Busy:
        raise BeingGradedError(f"{busy}: try again when that has ended") from None


def _lock(course: Course, what: str) -> Path:
    return course.results.with_name("locks") / hashlib.sha256(what.encode("utf-8", "surrogateescape")).hexdigest()


def stage(submission: Submission, folder: Path, notebooks: Mapping[str, NotebookNode]) -> tuple[str, ...]:
    """Make the plain copy of a submission anew, in `folder`; gives sentences on what executing it doesn't tell.

    `notebooks` are those that could be read, cleaned. For each other one there is an empty file, for nbgrader to find.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    files, _ = companions(submission.folder)
    needed = {TIMESTAMP, *(f"{name}{ending}" for name in submission.notebooks for ending in (".ipynb", ".html"))}
    left_out = {path: None for path in files if path.parts[0] in needed or _acts(submission.folder / path)}
    for path in files:
        if path not in left_out:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(submission.folder / path, folder / path, follow_symlinks=False)
    for name in submission.notebooks:
        path = folder / f"{name}.ipynb"
        if name in notebooks:
            nbformat.write(notebooks[name], path)  # type: ignore[no-untyped-call]
        else:
            path.write_bytes(b"")
    there = [str(path) for path in left_out if path != Path(TIMESTAMP)]
    kept_back = [f"{len(there)} files stay in submitted/, such as {there[0]!r:.100}: {WHY_LEFT_OUT}"] if there else []
    return (*kept_back, *_copy_timestamp(submission.folder, folder, Path(TIMESTAMP) in files))


def _acts(path: Path) -> bool:
    """Whether a browser or a tool of Jupyter's might run the file, by its name or because it begins as a page does."""
    if ACTS.fullmatch(path.name):
        return True
    with path.open("rb") as file:
        return file.read(256).removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe\0\t\n\f\r ").startswith(b"<")


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
