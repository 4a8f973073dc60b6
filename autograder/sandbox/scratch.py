"""A sandbox's two folders on disk, made so that nothing a student left there can lead outside."""

from __future__ import annotations

import os
import secrets
import subprocess
from pathlib import Path

from .errors import SandboxError


def fresh_run(scratch: Path) -> Path:
    """Make `work` if it is missing and `run` anew, both in `scratch`; return `run`.

    Raises SandboxError if `work` is a link, or one of them can't be made.
    """
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        work, run = scratch / "work", scratch / "run"
        if work.is_symlink():
            raise SandboxError(f"{work} is a link: a sandbox's folder must be a real one.")
        work.mkdir(exist_ok=True)
        if run.is_symlink():
            run.unlink()  # to the folder of the sandbox before, which has ended
        elif run.exists():
            # Out of the way at once, whatever lies in it; then gone, as far as its rights let us.
            old = scratch / f".old-{secrets.token_hex(8)}"
            run.rename(old)
            remove(old)
        run.mkdir(mode=0o700)
    except OSError as error:
        raise SandboxError(f"A sandbox's folder can't be made: {error}") from error
    return run


def remove(folder: Path) -> None:
    """Remove a folder that student code wrote: however deep, whatever its rights, and no link followed."""
    # Python's own rmtree recurses, and a student's folders can be deeper than that.
    if os.geteuid() != 0:
        subprocess.run(["chmod", "-R", "u+rwX", "--", folder], capture_output=True, check=False)
    subprocess.run(["rm", "-rf", "--", folder], capture_output=True, check=False)
