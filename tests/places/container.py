"""Run a command as in a container, without an engine: `container.py [--podman] [--user] COMMAND...`.

What Docker's default profile refuses that a sandbox needs is refused here by a filter of system calls that is loaded
before the command: new namespaces, mounts, and what goes with them. As in Docker, no program gains privileges, and root
keeps fourteen capabilities. Under `--podman` namespaces can be made, and parts of /proc are covered; that takes root.

`--user` runs the command as an ordinary user: Debian's `nobody`, in a home folder of its own.
"""

from __future__ import annotations

import argparse
import errno
import os
import struct
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from autograder.sandbox.inside.bpf import (  # noqa: E402
    ALLOW,
    ANY_BIT,
    ERRNO,
    FIRST,
    LOAD,
    RETURN,
    Architecture,
    architecture,
    beginning,
    each,
    install,
    on,
    step,
)
from autograder.sandbox.inside.libc import call  # noqa: E402

NOBODY = 65534
KEPT = (0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31)
"""CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID, SETPCAP, NET_BIND_SERVICE, NET_RAW, SYS_CHROOT, MKNOD,
AUDIT_WRITE, SETFCAP: what Docker leaves root."""
NEW_NAMESPACES = 0x7E020000
NAMING = {"sethostname": (170, 161), "setdomainname": (171, 162)}
REFUSED = {
    **NAMING,
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_by_handle_at": (304, 265),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
}
COVERED = ("acpi", "kcore", "keys", "timer_list", "interrupts", "scsi")
PRIVATE, RECURSIVE, BIND, READ, REMOUNT = 1 << 18, 16384, 4096, 1, 32
READ_ONLY = ("sys", "irq", "bus", "fs", "sysrq-trigger")


def docker(machine: Architecture) -> bytes:
    """The part of Docker's default filter that matters here."""
    refuse = ERRNO | errno.EPERM
    spaces = [step(LOAD, FIRST), step(ANY_BIT, NEW_NAMESPACES, 0, 1), step(RETURN, refuse), step(RETURN, ALLOW)]
    steps = [*beginning(machine), *each(REFUSED, machine.column, refuse), *on(machine.clone, spaces)]
    steps += each({"clone3": (435, 435)}, machine.column, ERRNO | errno.ENOSYS)
    return b"".join([*steps, step(RETURN, ALLOW)])


def podman(machine: Architecture) -> bytes:
    """The part of Podman's."""
    named = each(NAMING, machine.column, ERRNO | errno.EPERM)
    return b"".join([*beginning(machine), *named, step(RETURN, ALLOW)])


def let_in() -> None:
    """Python and the checkout where others can reach them, as in an image; here they may lie in root's own folders."""
    call("mount", None, b"/", None, RECURSIVE | PRIVATE, None)
    closed = {place: _closed_above(place) for place in (Path(sys.base_prefix), ROOT)}
    handles = {place: os.open(place, os.O_PATH) for place, above in closed.items() if above}
    for above in {above for above in closed.values() if above}:
        call("mount", b"tmpfs", bytes(above), b"tmpfs", 0, b"mode=755")
    for place, handle in handles.items():
        place.mkdir(parents=True, exist_ok=True)
        call("mount", f"/proc/self/fd/{handle}".encode(), bytes(place), None, BIND, None)
        os.close(handle)


def _closed_above(place: Path) -> Path | None:
    """The outermost folder above it that others may not go through."""
    return next((above for above in reversed(place.parents) if not above.stat().st_mode & 0o001), None)


def cover_proc() -> None:
    """As container engines do: so no other /proc can be mounted by whoever has fewer rights."""
    for name in COVERED:
        place = Path("/proc", name)
        if place.is_dir():
            call("mount", b"tmpfs", bytes(place), b"tmpfs", READ, None)
        elif place.exists():
            call("mount", b"/dev/null", bytes(place), None, BIND, None)
    for name in READ_ONLY:
        place = bytes(Path("/proc", name))
        if os.path.exists(place):
            call("mount", place, place, None, BIND, None)
            call("mount", None, place, None, REMOUNT | BIND | READ, None)


def drop_rights(keep: tuple[int, ...]) -> None:
    last = int(Path("/proc/sys/kernel/cap_last_cap").read_text())
    for number in range(last + 1):
        if number not in keep:
            call("prctl", 24, number, 0, 0, 0)
    if os.getuid() == 0:
        kept = sum(1 << number for number in keep)
        call("capset", struct.pack("=Ii", 0x20080522, 0), struct.pack("=6I", kept, kept, 0, 0, 0, 0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--podman", action="store_true")
    parser.add_argument("--user", action="store_true")
    parser.add_argument("--closed", action="store_true", help="leave Python where root alone may reach it")
    parser.add_argument("--no-landlock", action="store_true", help="answer for Landlock as an older kernel does")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    machine = architecture()
    assert machine is not None
    if os.getuid() == 0:
        call("unshare", 0x20000)  # mounts
        if not options.closed:
            let_in()
    if options.podman:
        cover_proc()
    if os.getuid() == 0:
        if options.user:
            home = tempfile.mkdtemp(prefix="home-")
            os.chown(home, NOBODY, NOBODY)
            os.environ.update(HOME=home, USER="nobody")
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
        elif not options.podman:
            drop_rights(KEPT)
    assert install(podman(machine) if options.podman else docker(machine))
    if options.no_landlock:
        absent = each({"landlock_create_ruleset": (444, 444)}, machine.column, ERRNO | errno.ENOSYS)
        assert install(b"".join([*beginning(machine), *absent, step(RETURN, ALLOW)]))
    os.execvp(options.command[0], options.command)


if __name__ == "__main__":
    main()
