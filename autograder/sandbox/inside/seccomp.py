"""A filter for system calls that no notebook needs and that reach deep into the kernel or around a limit.

Made here as the kernel wants it, a small program for its filter machine, so that no library is needed.
"""

from __future__ import annotations

import errno

from .bpf import (
    ALLOW,
    ANY_BIT,
    AT_LEAST,
    EQUAL,
    ERRNO,
    FIRST,
    FOURTH,
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
    step,
)

_NEW_NAMESPACES = 0x7E020000  # clone's flags for each kind
_FAMILIES = (1, 2, 10, 16)  # Unix, IPv4, IPv6, and netlink, which the C library asks about addresses
_SOCKET_LEVEL = 1  # SOL_SOCKET
_TERMINAL_TRICKS = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX: to type into another's terminal

# Numbers on x86_64 and on aarch64.
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
    "modify_ldt": (154, NONE),
    "uselib": (134, NONE),
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
    "iopl": (172, NONE),
    "ioperm": (173, NONE),
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
    "inotify_init": (253, NONE),
    "inotify_init1": (294, 26),
    # which parts of the files that all sandboxes share lie in memory: what others have read, and when
    "mincore": (27, 232),
    "cachestat": (451, 451),
    "preadv2": (327, 286),
}
# Answered as if it were granted, and not done: others would see a lock on a file that all share, and when it is let go
# of, or which parts of it are no longer in memory.
_IN_NAME = {
    "flock": (73, 32),
    "fadvise64": (221, 223),
}
_HUGE_PAGES = 0x40000  # MAP_HUGETLB: memory that is set aside, and shown in no process's size
# MAP_SHARED with MAP_ANONYMOUS: memory that stays when no process shows it any more. What lies in /dev/shm is counted.
_SHARED, _ANONYMOUS = 0x1, 0x20
# F_SETLK, F_SETLKW and the same for open files: each takes memory of nobody's. F_SETLEASE: whoever opens the file waits
# for its holder. F_NOTIFY: tells what others read in a folder.
_LOCKS = (6, 7, 37, 38, 1024, 1026)
_OUT_OF_MEMORY = (20, 21)  # MADV_COLD, MADV_PAGEOUT: as fadvise64
_BUFFER_SIZES = (7, 8)  # SO_SNDBUF, SO_RCVBUF: so that a socket holds no more than it is charged for


def forbid() -> bool:
    """Filter the calling thread's system calls, and those of all that it will ever start.

    Returns:
        Whether this machine and kernel could.
    """
    machine = architecture()
    return machine is not None and install(program(machine))


def program(machine: Architecture) -> bytes:
    """The filter, instruction by instruction."""
    refuse = ERRNO | errno.EPERM
    steps = beginning(machine)
    if machine.column == 0:
        steps += [step(AT_LEAST, 0x40000000, 0, 1), step(RETURN, refuse)]  # so have x32 calls
    for table, answer in ((_FORBIDDEN, refuse), (_ABSENT, ERRNO | errno.ENOSYS), (_IN_NAME, ERRNO)):
        steps += each(table, machine.column, answer)
    steps += [step(EQUAL, machine.clone, 0, 4), step(LOAD, FIRST), step(ANY_BIT, _NEW_NAMESPACES, 0, 1)]
    steps += [step(RETURN, refuse), step(RETURN, ALLOW)]
    steps += [step(EQUAL, machine.ioctl, 0, 5), step(LOAD, SECOND)]
    steps += [step(EQUAL, _TERMINAL_TRICKS[0], 1, 0), step(EQUAL, _TERMINAL_TRICKS[1], 0, 1)]
    steps += [step(RETURN, refuse), step(RETURN, ALLOW)]
    steps += [step(EQUAL, machine.mmap, 0, 6), step(LOAD, FOURTH), step(ANY_BIT, _HUGE_PAGES, 2, 0)]
    steps += [step(ANY_BIT, _ANONYMOUS, 0, 2), step(ANY_BIT, _SHARED, 0, 1)]
    steps += [step(RETURN, ERRNO | errno.ENOMEM), step(RETURN, ALLOW)]
    # The rest is answered as if it were granted: locks that only processes of one sandbox would heed, ...
    steps += [step(EQUAL, machine.fcntl, 0, len(_LOCKS) + 3), step(LOAD, SECOND)]
    steps += [step(EQUAL, command, len(_LOCKS) - i, 0) for i, command in enumerate(_LOCKS)]
    steps += [step(RETURN, ALLOW), step(RETURN, ERRNO)]
    # ... advice on what files all share, ...
    steps += [step(EQUAL, machine.madvise, 0, 5), step(LOAD, THIRD)]
    steps += [step(EQUAL, _OUT_OF_MEMORY[0], 1, 0), step(EQUAL, _OUT_OF_MEMORY[1], 0, 1)]
    steps += [step(RETURN, ERRNO), step(RETURN, ALLOW)]
    # ... and sizes, which are a wish.
    steps += [step(EQUAL, machine.setsockopt, 0, 8), step(LOAD, SECOND)]
    steps += [step(EQUAL, _SOCKET_LEVEL, 0, 5), step(LOAD, THIRD)]
    steps += [step(EQUAL, _BUFFER_SIZES[0], 1, 0), step(EQUAL, _BUFFER_SIZES[1], 0, 1)]
    steps += [step(RETURN, ERRNO), step(RETURN, ALLOW), step(RETURN, ALLOW)]
    steps += [step(EQUAL, machine.socket, 0, len(_FAMILIES) + 2), step(LOAD, FIRST)]
    steps += [step(EQUAL, family, len(_FAMILIES) - i, 0) for i, family in enumerate(_FAMILIES)]
    steps += [step(RETURN, ERRNO | errno.EAFNOSUPPORT), step(RETURN, ALLOW)]
    return b"".join(steps)
