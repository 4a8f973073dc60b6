"""nbgrader, called as a library with the course's own nbgrader_config.py.

Each call is what the command of the same name does. nbgrader logs much and reports failure by exceptions or by a
dictionary; here every failure is an `NbgraderError` with the log's last lines.
"""

from __future__ import annotations

import glob
import logging
import os
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.apps import NbGrader
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import OperationalError, SAWarning
from traitlets.config import Config

from ..base.course import Course, CourseError
from ..execution.result import ExecutedSubmission
from ..execution.settings import Settings
from .private import close, private
from .steps.execute import Execute
from .steps.sanitize import handed_over


class NbgraderError(Exception):
    """nbgrader could not do what it was asked; the message holds the end of its log."""


@contextmanager
def _inside(course: Course) -> Iterator[None]:
    """Work where nbgrader looks: it reads its configuration from the current folder and finds `alembic` on PATH."""
    before, path = Path.cwd(), os.environ["PATH"]
    os.chdir(course.root)
    os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), path))
    try:
        with warnings.catch_warnings():
            # nbgrader's queries are older than SQLAlchemy's advice about them.
            warnings.simplefilter("ignore", SAWarning)
            yield
    finally:
        os.chdir(before)
        os.environ["PATH"] = path


def _api(course: Course) -> NbGraderAPI:
    app = NbGrader()
    app.config_file_paths  # noqa: B018  (computed from the current folder)
    app.load_config_file()
    config: Config = app.config
    config.CourseDirectory.root = str(course.root)
    logger = logging.getLogger("autograder.nbgrader")
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    directory = CourseDirectory(config=config)
    api = NbGraderAPI(directory, config=config)
    api.log = logger
    directory.log = logger
    return api


def generate_assignment(course: Course, assignment: str) -> None:
    """Make the student version in release/."""
    with gradebook(course):
        pass  # made here, it is the instructor's alone; what students get is not
    with _inside(course):
        _succeed(_api(course).generate_assignment(assignment, force=True, create=True), f"{assignment}: generate")


def autograde(course: Course, assignment: str, executed: ExecutedSubmission, unprotected: bool = False) -> None:
    """Have a submission that has been executed graded, again if it was graded before.

    `unprotected` says that it may be executed without a sandbox where some step of the configuration asks for more.
    """
    with _inside(course), private(course), handed_over(executed):
        api = _api(course)
        if unprotected:
            api.config.Execute.allow_unprotected = True
        _succeed(api.autograde(assignment, glob.escape(executed.student), force=True, create=True), "autograding")


def execution_settings(course: Course, unprotected: bool = False) -> Settings:
    """How the course's configuration says that submissions are to be executed."""
    with _inside(course):
        step = Execute(config=_api(course).config)
        step.allow_unprotected = step.allow_unprotected or unprotected
        return step.settings()


def configuration(course: Course) -> Config:
    """What the course's nbgrader_config.py says."""
    with _inside(course):
        found: Config = _api(course).config
        return found


def generate_feedback(course: Course, assignment: str, student: str) -> None:
    """Write one student's feedback pages. `nbgrader release_feedback` hands them out with the rights that they have."""
    with _inside(course):
        _succeed(_api(course).generate_feedback(assignment, glob.escape(student), force=True), "feedback")
        close(course)


@contextmanager
def gradebook(course: Course) -> Iterator[Gradebook]:
    """The course's gradebook, open for the length of the block. Raises CourseError where the database refuses."""
    with _inside(course):
        directory = _api(course).coursedir
        try:
            with private(course):
                book = Gradebook(directory.db_url, directory.course_id)
            with book:
                yield book
        except OperationalError as error:
            raise CourseError(
                f"The gradebook can't be used ({str(error.orig).strip()}): see that its database runs and that nothing "
                "else keeps it locked, and try again."
            ) from None


def has_gradebook(course: Course) -> bool:
    """Whether there is one yet: opening it would make an empty one. A database on a server counts as one."""
    with _inside(course):
        url = str(_api(course).coursedir.db_url)
    file = url.removeprefix("sqlite:///")
    return file == url or Path(file).is_file()


def _succeed(result: dict[str, object], what: str) -> None:
    if not result.get("success"):
        raise NbgraderError(f"{what} failed: {_reason(str(result.get('log') or ''), str(result.get('error') or ''))}")


_RAISED = re.compile(r"^\s+(?:\w+\.)*(?P<name>\w+): (?P<words>\S.*)$")


def _reason(log: str, error: str) -> str:
    """What an exception in the log says; nbgrader's own last words are that one should look above."""
    lines = log.splitlines()
    raised = [m for line in lines if (m := _RAISED.match(line)) and m["name"] != "NbGraderException"]
    if raised:
        return raised[-1]["words"][:500]
    told = [line.strip() for line in (*log.splitlines(), *error.splitlines()) if line.strip()]
    return told[-1][:500] if told else "no reason given"
