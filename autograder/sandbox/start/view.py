"""Which paths of the machine a sandbox sees, and which variables it gets."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2]
"""The autograder package: the sandbox's first program and what collects evidence beside student code."""
MERGED = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
"""Folders that are links into /usr on most machines, and folders of their own on others."""
_ETC = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime", "/etc/alternatives")


@dataclass(frozen=True, slots=True)
class View:
    """What a sandbox sees beside the system and Python: read-only paths, its own folder, and what it never may see."""

    work: Path
    """Where student code runs; writable."""
    run: Path
    """Where sockets and answers are; writable."""
    read_only: tuple[Path, ...] = ()
    hide: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


def readable(view: View) -> tuple[Path, ...]:
    """Every path that is bound read-only, as given and with its links followed, the shortest first."""
    given = [Path("/usr"), *map(Path, _ETC), PACKAGE, *view.read_only]
    given += [Path(p) for p in (sys.base_prefix, sys.base_exec_prefix, sys.prefix, sys.exec_prefix)]
    found = {p for path in given for p in (path.absolute(), path.resolve()) if os.path.exists(p)}
    found |= {Path(p) for p in MERGED if os.path.isdir(p) and not os.path.islink(p)}
    return tuple(sorted(found, key=lambda p: (len(p.parts), p)))


def masked(view: View) -> tuple[Path, ...]:
    """The paths to hide that would be seen otherwise, links followed."""
    shown = (*readable(view), view.work, view.run)
    given = {p for path in view.hide for p in (path.absolute(), path.resolve())}
    hidden = {p for p in given if os.path.exists(p) and not os.path.islink(p)}
    return tuple(sorted(p for p in hidden if any(p.is_relative_to(s) for s in shown)))


def granted(view: View) -> tuple[str, ...]:
    """What to allow where nothing can be mounted over what is hidden: in its place, all that lies beside it.

    A folder that something hidden lies in can't be listed then. Raises OSError where one can't be looked into here.
    """
    hidden = masked(view)
    return tuple(one for path in readable(view) for one in _beside(path, hidden))


def _beside(path: Path, hidden: tuple[Path, ...]) -> Iterator[str]:
    if path in hidden or any(path.is_relative_to(one) for one in hidden):
        return
    if not any(one.is_relative_to(path) for one in hidden):
        yield str(path)
        return
    for inner in path.iterdir():
        if not inner.is_symlink():  # where it leads to is allowed or not for itself
            yield from _beside(inner, hidden)


def environment(view: View, temporary: str) -> dict[str, str]:
    """The only variables that the kernel gets; `temporary` is its folder for temporary files."""
    work = str(view.work)
    own = {
        "PATH": os.pathsep.join((str(Path(sys.prefix) / "bin"), "/usr/local/bin", "/usr/bin", "/bin")),
        "LANG": "C.UTF-8",
        "HOME": work,
        "TMPDIR": temporary,
        "IPYTHONDIR": f"{work}/.ipython",
        "JUPYTER_CONFIG_DIR": f"{work}/.jupyter",
        "JUPYTER_RUNTIME_DIR": str(view.run),
        "XDG_CACHE_HOME": f"{work}/.cache",
        "XDG_CONFIG_HOME": f"{work}/.config",
        "KERAS_HOME": f"{work}/.keras",
        "MPLCONFIGDIR": f"{work}/.config/matplotlib",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    return own | dict(view.environment)
