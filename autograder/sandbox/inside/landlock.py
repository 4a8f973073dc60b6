"""Landlock: a process gives up rights for itself and for all that it will ever start. Linux 5.13 and later.

The numbers of the system calls are the same on every architecture.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterable

from .libc import call, keep_privileges_down

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_MAKE_CHAR, _MAKE_BLOCK = 1 << 6, 1 << 11
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
_FOR_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_ALL = (1 << 16) - 1

READ = _READ_FILE | _READ_DIR | _EXECUTE
"""To read and to run."""
WRITE = _ALL & ~(_EXECUTE | _MAKE_CHAR | _MAKE_BLOCK | _IOCTL_DEV)
"""To do all with files and folders except to run them and to make device nodes."""
WRITE_IN_PLACE = WRITE & ~_REFER
"""The same, except that nothing moves from one folder to another: so whoever counts what is there can't miss it."""
DEVICE = _READ_FILE | _WRITE_FILE | _READ_DIR | _TRUNCATE | _IOCTL_DEV
"""To use what is there, as one uses /dev/null or a terminal."""

SCOPES = 6
"""The version from which signals and abstract sockets stay inside: Linux 6.12."""


def version() -> int:
    """The version of Landlock that this kernel speaks; 0 where it has none."""
    try:
        return call("syscall", _CREATE_RULESET, None, 0, 1)
    except OSError:
        return 0


def confine(rules: Iterable[tuple[str, int]]) -> int:
    """Keep the calling thread, and all that it starts, to the files that `rules` name, each with its rights.

    No TCP (from version 4 on), no signal to and no abstract socket of a process outside (from `SCOPES` on).

    Returns:
        The version of Landlock that now holds; 0 where this kernel has none.

    Raises OSError if the kernel has Landlock and refuses.
    """
    keep_privileges_down()
    abi = version()
    if not abi:
        return 0
    handled = _ALL & ((1 << (13 if abi < 2 else 14 if abi < 3 else 15 if abi < 5 else 16)) - 1)
    attributes = struct.pack("=QQQ", handled, 0b11, 0b11)[: 8 if abi < 4 else 16 if abi < SCOPES else 24]
    ruleset = call("syscall", _CREATE_RULESET, attributes, len(attributes), 0)
    try:
        for path, rights in rules:
            _allow(ruleset, path, rights & handled)
        call("syscall", _RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    return abi


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return  # what isn't shown needs no right
    try:
        if not stat.S_ISDIR(os.fstat(beneath).st_mode):
            rights &= _FOR_FILES
        call("syscall", _ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, beneath), 0, path=path)
    finally:
        if not path.startswith("/proc/"):  # there a rule holds as long as the file is remembered
            os.close(beneath)
