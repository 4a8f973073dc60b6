"""Bubblewrap's arguments: what a sandbox can see, and what it has of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .limits import Limits

PACKAGE = Path(__file__).resolve().parents[1]
"""The autograder package: the sandbox's first program and what collects evidence beside student code."""
USER = 1000
"""The number of the sandbox's only user and group, whoever runs it outside."""
NAMESPACES = ("network", "processes", "IPC", "users", "mounts", "host name")

_MERGED = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_ETC = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime", "/etc/alternatives")
_MADE_UP = {
    "/etc/passwd": f"student:x:{USER}:{USER}::/tmp:/bin/sh\n",
    "/etc/group": f"student:x:{USER}:\n",
    "/etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}


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
    found |= {Path(p) for p in _MERGED if os.path.isdir(p) and not os.path.islink(p)}
    return tuple(sorted(found, key=lambda p: (len(p.parts), p)))


def environment(view: View, temporary: str) -> dict[str, str]:
    """The only variables that the kernel gets."""
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


def arguments(
    view: View, limits: Limits, status_fd: int, files: Mapping[str, int], *, one_level: bool, nests: bool = False
) -> list[str]:
    """Bubblewrap's options.

    Args:
        view: what to show.
        limits: for the sizes of what lies in memory.
        status_fd: where bubblewrap says which process is the sandbox's first.
        files: an open file to read from for each path of `made_up`.
        one_level: forbid further user namespaces inside; not every machine can.
        nests: for a program that is trusted and makes sandboxes of its own inside: it may make namespaces and mounts.
    """
    # For another number bubblewrap makes a second user namespace, which has no say over the mounts any more.
    user = "0" if nests else str(USER)
    return [
        *("--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"),
        *(["--disable-userns"] if one_level and not nests else []),
        *("--uid", user, "--gid", user, "--hostname", "sandbox"),
        *("--die-with-parent", "--new-session", "--as-pid-1", "--cap-drop", "ALL", "--clearenv"),
        # To uncover what bubblewrap, started by root, covers of /proc, else no other /proc may be mounted inside; and
        # to give another number away.
        *(["--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_SETFCAP"] if nests else []),
        *(word for name, value in environment(view, "/tmp").items() for word in ("--setenv", name, value)),
        *("--json-status-fd", str(status_fd)),
        *_system(files),
        *(word for _, _, words in sorted(_folders(view, limits), key=lambda f: f[:2]) for word in words),
        *("--dev", "/dev", "--remount-ro", "/dev"),
        *("--perms", "1777", "--size", str(limits.tmp_size), "--tmpfs", "/dev/shm"),
        # Read-only as a whole: to the machine's root, /proc/sys is writable without any capability.
        *("--proc", "/proc", *(() if nests else ("--remount-ro", "/proc"))),
        # What bubblewrap makes by itself lies in memory too, and nothing bounds it.
        *(word for path in masked(view) if path.is_dir() for word in ("--remount-ro", str(path))),
        *("--remount-ro", "/"),
        *("--chdir", str(view.work)),
    ]


def made_up() -> Mapping[str, str]:
    """Files that the sandbox sees instead of the machine's own."""
    return _MADE_UP


def _system(files: Mapping[str, int]) -> Iterator[str]:
    for path in _MERGED:
        if os.path.islink(path):
            yield from ("--symlink", os.readlink(path), path)
    for path, fd in files.items():
        yield from ("--ro-bind-data", str(fd), path)


def _folders(view: View, limits: Limits) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """What to mount, each with its place: outer folders first, so that an inner one shows within a masked one."""
    yield 1, 0, ("--perms", "1777", "--size", str(limits.tmp_size), "--tmpfs", "/tmp")
    shown = readable(view)
    for path in shown:
        yield len(path.parts), 1, ("--ro-bind", str(path), str(path))
    for path in masked(view):
        place = len(path.parts), 2
        if path.is_dir():
            yield *place, ("--perms", "0555", "--size", "4096", "--tmpfs", str(path))
        else:
            yield *place, ("--ro-bind", "/dev/null", str(path))
    for path in (view.work, view.run):
        yield len(path.parts), 3, ("--bind", str(path), str(path))


def masked(view: View) -> tuple[Path, ...]:
    """The paths to hide that would be seen otherwise, links followed."""
    shown = (*readable(view), view.work, view.run)
    given = {p for path in view.hide for p in (path.absolute(), path.resolve())}
    hidden = {p for p in given if os.path.exists(p) and not os.path.islink(p)}
    return tuple(sorted(p for p in hidden if any(p.is_relative_to(s) for s in shown)))
