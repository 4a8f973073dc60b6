"""A second filter, for what namespaces and mounts of its own would keep in: a process that has none shares the machine.

Landlock says which files may be opened. What it does not cover is refused here: changing the modes, times and owners of
files, reaching other processes of the same user, sockets, and what hides from whoever watches.
"""

from __future__ import annotations

import errno
import os

from .bpf import (
    ALLOW,
    ANY_BIT,
    AT_LEAST,
    EQUAL,
    ERRNO,
    FIRST,
    LOAD,
    NONE,
    RETURN,
    SECOND,
    THIRD,
    Architecture,
    architecture,
    beginning,
    each,
    install,
    on,
    only,
    step,
)

_LAST_KNOWN = 470
"""The last system call that these lists were made with: a later one could do anything."""
# Numbers on x86_64 and on aarch64.
_FORBIDDEN = {
    # owners and attributes of files
    "chown": (92, NONE),
    "lchown": (94, NONE),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "setxattrat": (463, 463),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
    # other processes
    "ioprio_set": (251, 30),
    "pidfd_open": (434, 434),
    "process_mrelease": (448, 448),
    # System V objects and message queues that others have made
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "semop": (65, 193),
    "semctl": (66, 191),
    "semtimedop": (220, 192),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "msgctl": (71, 187),
    "mq_unlink": (241, 181),
    # what is mounted, and what happens to files
    "statmount": (457, 457),
    "listmount": (458, 458),
    "listns": (470, 470),
    "inotify_add_watch": (254, 27),
    "fanotify_mark": (301, 263),
    # an open file that is sent is seen in no process
    "sendmsg": (46, 211),
    "sendmmsg": (307, 269),
}
_UNSUPPORTED = {
    "fallocate": (285, 47),  # it takes room faster than anyone can count
    "getxattr": (191, 8),
    "lgetxattr": (192, 9),
    "fgetxattr": (193, 10),
    "getxattrat": (464, 464),
    "listxattr": (194, 11),
    "llistxattr": (195, 12),
    "flistxattr": (196, 13),
    "listxattrat": (465, 465),
}
# Answered as if it were done: copies and archives set modes and times, programs make sessions and locks.
_PRETENDED = {
    "chmod": (90, NONE),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "utime": (132, NONE),
    "utimes": (235, NONE),
    "futimesat": (261, NONE),
    "utimensat": (280, 88),
    "flock": (73, 32),
    # All of a sandbox stay one process group: so they can be found, and ended at once.
    "setsid": (112, 157),
    "setpgid": (109, 154),
}
# For the calling thread alone, which is 0; for another it is pretended: libzmq asks for it, and aborts without.
_OF_A_THREAD = {
    "sched_setaffinity": (203, 122),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "sched_setattr": (314, 274),
}
# Where Landlock does not keep signals inside, they go to the process itself or to its group.
_SIGNALS = {"kill": (62, 129), "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240)}
_OTHER_SIGNALS = {"tkill": (200, 130), "pidfd_send_signal": (424, 424)}
_PRLIMIT, _SETPRIORITY, _PRCTL, _UMASK = (302, 261), (141, 140), (157, 167), (95, 166)
_MKDIR, _MKDIRAT, _CLOSE_RANGE = (83, NONE), (258, 34), (436, 436)
_SOCKETPAIR, _CONNECT = (53, 199), (42, 203)

# What these three may be asked for. They can do more than anyone can list: change a file's flags, send signals, set
# leases, forget to end with the parent, hide from /proc.
_FCNTL = (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030, 1032)
"""Descriptors and their flags, record locks (which the first filter pretends), the size of a pipe."""
_IOCTL = (0x5401, 0x540F, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451, 0x802C542A, 0x8910, 0x8912, 0x8913, 0x8933)
"""About terminals, what waits to be read, blocking, closing on exec, and names of network interfaces."""
_PRCTLS = (2, 3, 7, 15, 16, 21, 22, 23, 29, 30, 37, 38, 39, 41, 42, 0x53564D41)
"""To ask, to name threads and memory, and what only restricts further."""
_THREAD, _SHARED_FILES = 0x10000, 0x400  # CLONE_THREAD, CLONE_FILES
_UNSHARE_FILES = 2  # CLOSE_RANGE_UNSHARE
_OWNER = 0o700
_UNIX, _STREAM, _NETLINK, _KIND = 1, 1, 16, 0xF


def forbid_alone(scoped: bool) -> bool:
    """Filter the calling process's system calls as one needs that shares processes, files and network with the machine.

    Args:
        scoped: whether Landlock keeps signals inside.

    Returns:
        Whether this machine and kernel could.
    """
    machine = architecture()
    return machine is not None and install(program(machine, os.getpid(), scoped))


def forbid_network() -> bool:
    """The same for one that shares the network alone."""
    machine = architecture()
    if machine is None:
        return False
    return install(b"".join([*beginning(machine), *_no_network(machine), step(RETURN, ALLOW)]))


def program(machine: Architecture, own: int, scoped: bool) -> bytes:
    """The filter, instruction by instruction; `own` is the number of the process and of its group."""
    column, refuse = machine.column, ERRNO | errno.EPERM
    steps = beginning(machine)
    steps += [step(AT_LEAST, _LAST_KNOWN + 1, 0, 1), step(RETURN, ERRNO | errno.ENOSYS)]
    steps += each(_FORBIDDEN, column, refuse)
    steps += each(_UNSUPPORTED, column, ERRNO | errno.EOPNOTSUPP)
    steps += each(_PRETENDED, column, ERRNO)
    for numbers in _OF_A_THREAD.values():
        steps += on(numbers[column], only(FIRST, (0,), ERRNO))
    steps += on(_PRLIMIT[column], only(FIRST, (0, own), refuse))
    if not scoped:
        steps += each(_OTHER_SIGNALS, column, refuse)
        for numbers in _SIGNALS.values():
            steps += on(numbers[column], only(FIRST, (0, own, -own & 0xFFFFFFFF), refuse))
    # Its own niceness alone: the process, by the number 0.
    steps += on(
        _SETPRIORITY[column],
        [step(LOAD, FIRST), step(EQUAL, 0, 1, 0), step(RETURN, refuse), *only(SECOND, (0,), refuse)],
    )
    steps += on(machine.fcntl, only(SECOND, _FCNTL, refuse))
    steps += on(machine.ioctl, only(SECOND, _IOCTL, ERRNO | errno.ENOTTY))
    steps += on(_PRCTL[column], only(FIRST, _PRCTLS, refuse))
    # No folder that its owner can't look into, and no table of open files that /proc shows nowhere.
    steps += on(_MKDIR[column], only(SECOND, (_OWNER,), refuse, _OWNER))
    steps += on(_MKDIRAT[column], only(THIRD, (_OWNER,), refuse, _OWNER))
    steps += on(_UMASK[column], only(FIRST, (0,), ERRNO, _OWNER))
    steps += on(_CLOSE_RANGE[column], only(THIRD, (0,), refuse, _UNSHARE_FILES))
    steps += on(
        machine.clone,
        [
            step(LOAD, FIRST),
            step(ANY_BIT, _THREAD, 1, 0),
            step(RETURN, ALLOW),
            *only(FIRST, (_SHARED_FILES,), refuse, _SHARED_FILES),
        ],
    )
    return b"".join([*steps, *_no_network(machine), step(RETURN, ALLOW)])


def _no_network(machine: Architecture) -> list[bytes]:
    """Unix streams alone, which connect to nothing; and netlink's routes, to ask about: libzmq aborts without."""
    column, refuse = machine.column, ERRNO | errno.EAFNOSUPPORT
    steps = on(_CONNECT[column], [step(RETURN, ERRNO | errno.EPERM)])
    unix, netlink = only(SECOND, (_STREAM,), refuse, _KIND), only(THIRD, (0,), refuse)
    steps += on(
        machine.socket,
        [
            step(LOAD, FIRST),
            step(EQUAL, _UNIX, 0, len(unix)),
            *unix,
            step(EQUAL, _NETLINK, 0, len(netlink)),
            *netlink,
            step(RETURN, refuse),
        ],
    )
    return steps + on(
        _SOCKETPAIR[column],
        [step(LOAD, FIRST), step(EQUAL, _UNIX, 0, len(unix)), *unix, step(RETURN, refuse)],
    )
