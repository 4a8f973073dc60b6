"""A sandboxed kernel for code that is not trusted: what of a course it may see, and what never."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from traitlets.config import Config

from ..course import Course
from ..sandbox.folders import remove as remove_folder
from ..sandbox.protection import SandboxError, SandboxUnavailable
from .session import SessionError

if TYPE_CHECKING:
    from ..sandbox.kernel import SandboxKernel

ON_WINDOWS = os.name == "nt"


def start_kernel(
    scratch: Path, course: Course, config: Config, seconds: float, preload: Sequence[str] | None = None
) -> SandboxKernel:
    """A sandboxed kernel that sees nothing of the course but its public references.

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
    from ..sandbox.kernel import SandboxKernel  # which can't even be imported on Windows

    public = course.public_references
    return SandboxKernel.start(
        scratch,
        config=config,
        read_only=[public] if public.is_file() else [],
        hide=secret_paths(course),
        environment={
            "AUTOGRADER_COURSE": str(course.root),
            "AUTOGRADER_SANDBOX": "1",
            "NBGRADER_EXECUTION": "autograde",
            "TF_CPP_MIN_LOG_LEVEL": "3",
        },
        preload=preload,
        startup_timeout=seconds,
    )


SECRET = (
    "source",
    "submitted",
    "autograded",
    "feedback",
    "gradebook.db",
    "nbgrader_config.py",
    ".git",
    ".autograder",
    "tests",
)


def secret_paths(course: Course) -> list[Path]:
    """What is never shown to student code, even if it should lie in a folder that the sandbox shows."""
    found = [course.root / name for name in SECRET]
    return [path for path in (*found, course.hidden_references, course.secret_seed) if path.exists()]


def remove(scratch: Path) -> None:
    """Remove what student code wrote, whatever it left there."""
    for child in scratch.iterdir():
        remove_folder(child)
