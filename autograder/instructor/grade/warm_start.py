"""A fork server that imports TensorFlow while this process is still importing nbgrader: seconds each, on two cores."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator, Sequence

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from ...base.course import Course
from ...base.notebooks import modules_imported
from ...execution.kernel.confined import shared_fork_server
from ...sandbox.machine import machine


@contextlib.contextmanager
def early_fork_server(course: Course, assignments: Sequence[str], unprotected: bool) -> Iterator[None]:
    """Start a fork server early, if there is something new to grade; where it can't start, all goes on without it.

    It serves kernels that have the settings of the course's nbgrader_config.py; others start a server of their own.
    """
    new = [one for one in assignments if _something_new(course, one)]
    config = _configuration(course)
    wanted = new and config is not None and config.Execute.get("fork_server", True) is not False
    if not wanted or sys.platform != "linux" or threading.active_count() > 1 or not machine().protection.active:
        yield
        return
    sandbox = Config(SandboxProvisioner=dict(config.SandboxProvisioner if config is not None else {}))
    if unprotected:
        sandbox.SandboxProvisioner.allow_unprotected = True
    with shared_fork_server(course, sandbox, modules_imported(course.source / new[0])):
        yield


def _something_new(course: Course, assignment: str) -> bool:
    """Whether more has been handed in than was ever graded: a class that is graded again may need no kernel at all."""
    return len(course.handed_in(assignment)) > sum(1 for _ in course.notes(assignment).glob("*.json"))


def _configuration(course: Course) -> Config | None:
    """What nbgrader_config.py says; None where it can't be read here, which nbgrader will find words for."""
    try:
        return PyFileConfigLoader(course.nbgrader_config.name, path=str(course.root)).load_config()
    except Exception:
        return None
