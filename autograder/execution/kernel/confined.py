"""A sandboxed kernel for code that is not trusted: what of a course it may see, and what never."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from traitlets.config import Config

from ...base.course import Course
from ...kinds import kinds
from ...sandbox.errors import SandboxError, SandboxUnavailable
from ...sandbox.scratch import remove as remove_folder
from . import answers
from .session import SessionError

if TYPE_CHECKING:
    from ...sandbox.kernel import SandboxKernel
    from ...sandbox.provisioner import Needs

ON_WINDOWS = os.name == "nt"


def start_kernel(
    scratch: Path, course: Course, config: Config, seconds: float, preload: Sequence[str] | None = None
) -> SandboxKernel:
    """A sandboxed kernel that sees nothing of the course but its public references and other public files.

    It comes from a fork server that has imported `preload`, where that is given and there can be one.

    Raises SandboxUnavailable where this machine can't give the protection, SessionError where a kernel fails to start.
    """
    if ON_WINDOWS:
        raise SandboxUnavailable(
            "There is no sandbox on Windows, with or without --unprotected: check other people's notebooks on Linux or "
            "in WSL; `autograder check` without --hidden, for notebooks of your own, works here."
        )
    from ...sandbox.kernel import SandboxKernel  # which can't even be imported on Windows

    try:
        return SandboxKernel.start(scratch, config, _needs(course, preload, seconds))
    except SandboxError as error:
        raise SessionError(str(error)) from None


@contextmanager
def shared_fork_server(course: Course, config: Config, preload: Sequence[str]) -> Iterator[None]:
    """A fork server for kernels that are started as by `start_kernel`, here and in processes forked from this one.

    It begins to import at once, and nobody waits for it before they need it. The main thread's alone.
    """
    from ...sandbox.provisioner import SandboxProvisioner
    from ...sandbox.start import forkserver
    from ...sandbox.start.pool import pool

    provisioner = SandboxProvisioner(config=config, writable=str(pool()))
    plan = provisioner.plan(_needs(course, preload, 60))
    with forkserver.shared(plan):
        yield


def _needs(course: Course, preload: Sequence[str] | None, seconds: float) -> Needs:
    from ...sandbox.provisioner import Needs

    references = course.public_references()
    others = (path for kind in kinds().values() for path in kind.public_files(course))
    return Needs(
        read_only=[path for path in (*references, *others) if path.is_file()],
        hide=secret_paths(course),
        environment={
            "AUTOGRADER_COURSE": str(course.root),
            "AUTOGRADER_SANDBOX": "1",
            "AUTOGRADER_SETS": "/".join(path.parent.name for path in references),
            "NBGRADER_EXECUTION": "autograde",
            "TF_CPP_MIN_LOG_LEVEL": "3",
        },
        preload=None if preload is None else (*preload, answers.__name__),
        startup_seconds=seconds,
    )


def secret_paths(course: Course) -> list[Path]:
    """What is never shown to student code, even if it should lie in a folder that the sandbox shows."""
    found = [course.source, course.submitted, course.autograded, course.feedback, course.nbgrader_config]
    found += (course.root / name for name in ("gradebook.db", ".git", ".autograder", "tests"))
    found += (*course.root.glob("report-*.html"), *course.hidden_data())
    return [path for path in found if path.exists()]


def remove(scratch: Path) -> None:
    """Remove what student code wrote, whatever it left there."""
    for child in scratch.iterdir():
        remove_folder(child)
