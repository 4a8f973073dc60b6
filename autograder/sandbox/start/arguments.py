"""Bubblewrap's command line: what a sandbox mounts, and what it has of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from ..inside.setup import MACHINE_FILES, MACHINE_FOLDERS, USER, Own
from ..limits import SandboxLimits
from .view import MERGED, View, environment, masked, readable

MADE_UP: Mapping[str, str] = {
    "/etc/passwd": f"student:x:{USER}:{USER}::/tmp:/bin/sh\n",
    "/etc/group": f"student:x:{USER}:\n",
    "/etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}
"""Files that the sandbox sees instead of the machine's own: path to content."""
_PLACE_SIZE = 2**16
"""Bytes of a folder in which others are mounted, and nothing else lies."""


def arguments(
    view: View, limits: SandboxLimits, status_fd: int, files: Mapping[str, int], own: Own, *, nests: bool = False
) -> list[str]:
    """Bubblewrap's options.

    Args:
        view: what to show.
        limits: for the sizes of what lies in memory.
        status_fd: where bubblewrap says which process is the sandbox's first.
        files: an open file to read from for each path of `MADE_UP`.
        own: what to give the sandbox of its own; not every machine can give it all.
        nests: for a program that is trusted and makes sandboxes of its own inside: it may make namespaces and mounts.
    """
    # For another number bubblewrap makes a second user namespace, which has no say over the mounts any more.
    user = "0" if nests else str(USER)
    return [
        *("--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
        *(["--unshare-net"] if own.network else []),
        *(["--disable-userns"] if own.lock and not nests else []),
        *("--uid", user, "--gid", user, *(["--hostname", "sandbox"] if own.host_name else [])),
        *("--die-with-parent", "--new-session", "--as-pid-1", "--cap-drop", "ALL", "--clearenv"),
        # The first to uncover /proc, parts of which bubblewrap covers when root starts it, since no other /proc can be
        # mounted inside while it is covered; the second to give a fork another user's number.
        *(["--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_SETFCAP"] if nests else []),
        *(word for name, value in environment(view, "/tmp").items() for word in ("--setenv", name, value)),
        *("--json-status-fd", str(status_fd)),
        *(word for path in MERGED if os.path.islink(path) for word in ("--symlink", os.readlink(path), path)),
        *(word for path, fd in files.items() for word in ("--ro-bind-data", str(fd), path)),
        *(word for _, _, words in sorted(_mounts(view, limits, nests), key=lambda f: f[:2]) for word in words),
        # Zeros to read, but no memory to share that belongs to no process and no file system.
        *("--dev", "/dev", "--dev-bind", "/dev/full", "/dev/zero", "--remount-ro", "/dev"),
        *("--perms", "1777", "--size", str(limits.tmp_size), "--tmpfs", "/dev/shm"),
        *_proc(own.proc, nests),
        # What bubblewrap makes by itself lies in memory too, and nothing bounds it.
        *(word for path in masked(view) if path.is_dir() for word in ("--remount-ro", str(path))),
        *("--remount-ro", "/"),
        *("--chdir", str(view.work)),
    ]


def _proc(own: bool, nests: bool) -> tuple[str, ...]:
    """A /proc of its own; else the machine's, of which Landlock shows next to nothing."""
    if not own:
        return ("--bind" if nests else "--ro-bind", "/proc", "/proc")
    # Read-only as a whole: to the machine's root, /proc/sys is writable without any capability.
    return ("--proc", "/proc", *(() if nests else ("--remount-ro", "/proc", *_covers_machine())))


def _covers_machine() -> Iterator[str]:
    for place in (f"/proc/{name}" for name in MACHINE_FILES):
        if os.path.exists(place):
            yield from ("--dev-bind", "/dev/null", place)
    for place in (f"/proc/{name}" for name in MACHINE_FOLDERS):
        if os.path.exists(place):
            yield from ("--perms", "0555", "--size", "4096", "--tmpfs", place, "--remount-ro", place)


def _mounts(view: View, limits: SandboxLimits, nests: bool) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Options for mounts, each after its sort key: outer folders first, so that an inner one shows in a masked one."""
    yield 1, 0, ("--perms", "1777", "--size", str(limits.tmp_size), "--tmpfs", "/tmp")
    for path in readable(view):
        yield len(path.parts), 1, ("--ro-bind", str(path), str(path))
    for path in masked(view):
        place = len(path.parts), 2
        if path.is_dir():
            yield *place, ("--perms", "0555", "--size", "4096", "--tmpfs", str(path))
        else:
            yield *place, ("--ro-bind", "/dev/null", str(path))
    # Of what is handed in, a program that nests sandboxes sees nothing: each mounts folders of its own there.
    size = _PLACE_SIZE if nests else limits.folder_size
    for path in sorted({view.work, view.run}):
        yield len(path.parts), 3, ("--perms", "0700", "--size", str(size), "--tmpfs", str(path))
