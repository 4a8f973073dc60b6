"""A sandboxed kernel for code that is not trusted: what of a course it may see, and what never."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from traitlets.config import Config

from ...base.course import Course
from ...kinds import kinds
from ...sandbox.folders import remove as remove_folder
from ...sandbox.protection import SandboxError, SandboxUnavailable
from .session import SessionError

if TYPE_CHECKING:
    from ...sandbox.kernel import SandboxKernel

ON_WINDOWS = os.name == "nt"


def start_kernel(
    scratch: Path, course: Course, config: Config, seconds: float, preload: Sequence[str] | None = None
) -> SandboxKernel:
    """A sandboxed kernel that sees nothing of the course but its public references and other public files.

    It comes from a fork server that has imported `preload`, where that is given and there can be one.

    Raises SandboxUnavailable where this machine can't give the protection, SessionError where a kernel fails to start.
    """
    try:
        return _start(scratch, course, config, seconds, preload)
    except SandboxError as error:
        raise SessionError(str(error)) from None


def _start(
    scratch: Path, course: Course, config: Config, seconds: float, preload: Sequence[str] | None
) -> SandboxKernel:
    if ON_WINDOWS:
        raise SandboxUnavailable(
            "There is no sandbox on Windows, with or without --unprotected: check other people's notebooks on Linux or "
            "in WSL; `autograder check` without --hidden, for notebooks of your own, works here."
        )
    from ...sandbox.kernel import SandboxKernel  # which can't even be imported on Windows

    see = _view(course)
    return SandboxKernel.start(
        scratch,
        config=config,
        read_only=see.read_only,
        hide=see.hide,
        environment=see.environment,
        preload=preload,
        startup_timeout=seconds,
    )


@contextmanager
def shared_fork_server(course: Course, config: Config, preload: Sequence[str]) -> Iterator[None]:
    """A fork server for kernels that are started as by `start_kernel`, here and in processes forked from this one.

    It begins to import at once, and nobody waits for it before they need it. The main thread's alone.
    """
    from ...sandbox import forkserver
    from ...sandbox.kernel import settings
    from ...sandbox.provisioner import SandboxProvisioner

    see, place = _view(course), forkserver.pool()
    wanted = settings(place, config, see.read_only, see.hide, see.environment, preload, 60)
    plan = SandboxProvisioner(config=config, **wanted).plan(place, place, place / "kernel.json")
    with forkserver.shared(plan):
        yield


@dataclass(frozen=True, slots=True)
class _See:
    """What a kernel may see, what never, and its variables."""

    read_only: tuple[Path, ...]
    hide: tuple[Path, ...]
    environment: Mapping[str, str]


def _view(course: Course) -> _See:
    others = (path for kind in kinds().values() for path in kind.public_files(course))
    return _See(
        read_only=tuple(path for path in (*course.public_references(), *others) if path.is_file()),
        hide=tuple(secret_paths(course)),
        environment={
            "AUTOGRADER_COURSE": str(course.root),
            "AUTOGRADER_SANDBOX": "1",
            "NBGRADER_EXECUTION": "autograde",
            "TF_CPP_MIN_LOG_LEVEL": "3",
        },
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
