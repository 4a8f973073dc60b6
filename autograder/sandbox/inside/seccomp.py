"""A filter for system calls that no notebook needs and that reach deep into the kernel or around a limit.

Made here as the kernel wants it, a small program for its filter machine, so that no library is needed.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from .libc import call, keep_privileges_down

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE = 0, 4  # where things stand in what the filter sees
_FIRST, _SECOND, _THIRD, _FOURTH = 16, 24, 32, 40
_ALLOW, _ERRNO, _KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000

_NEW_NAMESPACES = 0x7E020000  # clone's flags for each kind
_FAMILIES = (1, 2, 10, 16)  # Unix, IPv4, IPv6, and netlink, which the C library asks about addresses
_SOCKET_LEVEL = 1  # SOL_SOCKET
_TERMINAL_TRICKS = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX: to type into another's terminal

_NONE = -1
# Numbers on x86_64 and on aarch64; _NONE: not there.
_FORBIDDEN = {
    # other processes' insides
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440),
    # keys, which are shared beyond namespaces
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # large and often broken parts of the kernel
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "fanotify_init": (300, 262),
    "modify_ldt": (154, _NONE),
    "uselib": (134, _NONE),
    "lookup_dcookie": (212, 18),
    "move_pages": (279, 239),
    "migrate_pages": (256, 238),
    "mbind": (237, 235),
    "personality": (135, 92),
    # another view of the file system
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_tree_attr": (467, 467),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "unshare": (272, 97),
    "setns": (308, 268),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    # the machine itself
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "iopl": (172, _NONE),
    "ioperm": (173, _NONE),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "acct": (163, 89),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "adjtimex": (159, 171),
    "clock_adjtime": (305, 266),
    "syslog": (103, 116),
    "vhangup": (153, 58),
    # memory that belongs to no process and so escapes its count
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    "vmsplice": (278, 75),
    "landlock_create_ruleset": (444, 444),
    "landlock_add_rule": (445, 445),
    # what all of a user's processes on the machine have a bounded number of together
    "io_setup": (206, 0),
}
# Answered as if the kernel did not have them, so that callers take the older way.
_ABSENT = {
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "clone3": (435, 435),
    "inotify_init": (253, _NONE),
    "inotify_init1": (294, 26),
}
_HUGE_PAGES = 0x40000  # MAP_HUGETLB: memory that is set aside, and shown in no process's size
# MAP_SHARED with MAP_ANONYMOUS: memory that stays when no process shows it any more. What lies in /dev/shm is counted.
_SHARED, _ANONYMOUS = 0x1, 0x20
_RECORD_LOCKS = (6, 7, 37, 38)  # F_SETLK, F_SETLKW and the same for open files: each takes memory of nobody's
_BUFFER_SIZES = (7, 8)  # SO_SNDBUF, SO_RCVBUF: so that a socket holds no more than it is charged for


@dataclass(frozen=True, slots=True)
class _Architecture:
    column: int
    """Of the tables above."""
    number: int
    clone: int
    socket: int
    ioctl: int
    mmap: int
    setsockopt: int
    fcntl: int


_ARCHITECTURES = {
    "x86_64": _Architecture(0, 0xC000003E, 56, 41, 16, 9, 54, 72),
    "aarch64": _Architecture(1, 0xC00000B7, 220, 198, 29, 222, 208, 25),
}


def forbid() -> bool:
    """Filter the calling thread's system calls, and those of all that it will ever start.

    Returns:
        Whether this machine and kernel could.
    """
    architecture = _ARCHITECTURES.get(os.uname().machine) if sys.maxsize > 2**32 else None
    if architecture is None:
        return False
    code = program(architecture)
    held = ctypes.create_string_buffer(code, len(code))
    filtering = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(held))
    try:
        keep_privileges_down()
        call("prctl", 22, 2, filtering, 0, 0)
    except OSError:
        return False
    return True


def program(architecture: _Architecture) -> bytes:
    """The filter, instruction by instruction."""
    refuse = _ERRNO | errno.EPERM
    steps = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_EQUAL, architecture.number, 1, 0),
        _step(_RETURN, _KILL_PROCESS),  # 32-bit calls have other numbers
        _step(_LOAD, _NUMBER),
    ]
    if architecture.column == 0:
        steps += [_step(_AT_LEAST, 0x40000000, 0, 1), _step(_RETURN, refuse)]  # so have x32 calls
    for table, answer in ((_FORBIDDEN, refuse), (_ABSENT, _ERRNO | errno.ENOSYS)):
        steps += _each(table, architecture.column, answer)
    steps += [_step(_EQUAL, architecture.clone, 0, 4), _step(_LOAD, _FIRST), _step(_ANY_BIT, _NEW_NAMESPACES, 0, 1)]
    steps += [_step(_RETURN, refuse), _step(_RETURN, _ALLOW)]
    steps += [_step(_EQUAL, architecture.ioctl, 0, 5), _step(_LOAD, _SECOND)]
    steps += [_step(_EQUAL, _TERMINAL_TRICKS[0], 1, 0), _step(_EQUAL, _TERMINAL_TRICKS[1], 0, 1)]
    steps += [_step(_RETURN, refuse), _step(_RETURN, _ALLOW)]
    steps += [_step(_EQUAL, architecture.mmap, 0, 6), _step(_LOAD, _FOURTH), _step(_ANY_BIT, _HUGE_PAGES, 2, 0)]
    steps += [_step(_ANY_BIT, _ANONYMOUS, 0, 2), _step(_ANY_BIT, _SHARED, 0, 1)]
    steps += [_step(_RETURN, _ERRNO | errno.ENOMEM), _step(_RETURN, _ALLOW)]
    # The rest is answered as if it were granted: locks that only processes of one sandbox would heed, ...
    steps += [_step(_EQUAL, architecture.fcntl, 0, len(_RECORD_LOCKS) + 3), _step(_LOAD, _SECOND)]
    steps += [_step(_EQUAL, command, len(_RECORD_LOCKS) - i, 0) for i, command in enumerate(_RECORD_LOCKS)]
    steps += [_step(_RETURN, _ALLOW), _step(_RETURN, _ERRNO)]
    # ... and sizes, which are a wish.
    steps += [_step(_EQUAL, architecture.setsockopt, 0, 8), _step(_LOAD, _SECOND)]
    steps += [_step(_EQUAL, _SOCKET_LEVEL, 0, 5), _step(_LOAD, _THIRD)]
    steps += [_step(_EQUAL, _BUFFER_SIZES[0], 1, 0), _step(_EQUAL, _BUFFER_SIZES[1], 0, 1)]
    steps += [_step(_RETURN, _ERRNO), _step(_RETURN, _ALLOW), _step(_RETURN, _ALLOW)]
    steps += [_step(_EQUAL, architecture.socket, 0, len(_FAMILIES) + 2), _step(_LOAD, _FIRST)]
    steps += [_step(_EQUAL, family, len(_FAMILIES) - i, 0) for i, family in enumerate(_FAMILIES)]
    steps += [_step(_RETURN, _ERRNO | errno.EAFNOSUPPORT), _step(_RETURN, _ALLOW)]
    return b"".join(steps)


def _each(table: Mapping[str, tuple[int, int]], column: int, answer: int) -> list[bytes]:
    """Answer these calls so, and go on with any other."""
    steps = []
    for numbers in table.values():
        if numbers[column] != _NONE:
            steps += [_step(_EQUAL, numbers[column], 0, 1), _step(_RETURN, answer)]
    return steps


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
