"""A sandboxed kernel for code that is not trusted: what of a course it may see, and what never."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from traitlets.config import Config

from ..course import Course
from ..sandbox.folders import remove as remove_folder
from ..sandbox.kernel import SandboxKernel
from ..sandbox.protection import SandboxError
from .session import SessionError


def start_kernel(
    scratch: Path, course: Course, config: Config, seconds: float, preload: Sequence[str] | None = None
) -> SandboxKernel:
    """A sandboxed kernel that sees nothing of the course but its public references and images.

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
    public = [path for path in course.reference_files() if path.name == course.public_references.name]
    return SandboxKernel.start(
        scratch,
        config=config,
        read_only=[path for path in (*public, *course.public_images) if path.is_file()],
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
    references = [path for path in course.reference_files() if path.name == course.hidden_references.name]
    hidden = (*references, course.hidden_images, course.trained_solution, course.secret_seed)
    return [path for path in (*found, *hidden) if path.exists()]


def remove(scratch: Path) -> None:
    """Remove what student code wrote, whatever it left there."""
    for child in scratch.iterdir():
        remove_folder(child)
