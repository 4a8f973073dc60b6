"""Landlock: a process gives up rights for itself and for all that it will ever start. Linux 5.13 and later.

The system calls are made through ctypes, since the C library has no wrapper for them. Their numbers are the same on
every architecture.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Iterable
from dataclasses import dataclass

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PATH_BENEATH = 1
_PR_SET_NO_NEW_PRIVS = 38

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_MAKE_CHAR, _MAKE_BLOCK = 1 << 6, 1 << 11
_TRUNCATE, _IOCTL_DEV = 1 << 14, 1 << 15
_FOR_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV

READ = _READ_FILE | _READ_DIR | _EXECUTE
"""To read and to run."""
DEVICE = _READ_FILE | _WRITE_FILE | _READ_DIR | _TRUNCATE | _IOCTL_DEV
"""To use what is there, as one uses /dev/null or a terminal."""


@dataclass(frozen=True, slots=True)
class Landlock:
    """What was given up: `version` 0 means that this kernel has no Landlock."""

    version: int
    tcp: bool
    scopes: bool


def version() -> int:
    """The version of Landlock that this kernel speaks; 0 where it has none."""
    found = _call(_CREATE_RULESET, None, 0, 1)
    return max(found, 0)


def writing(abi: int) -> int:
    """The right to do all with files and folders except to run them and to make device nodes."""
    return _handled(abi) & ~(_EXECUTE | _MAKE_CHAR | _MAKE_BLOCK | _IOCTL_DEV)


def confine(rules: Iterable[tuple[str, int]]) -> Landlock:
    """Keep the calling thread, and all that it starts, to the files that `rules` name, each with its rights.

    No TCP, no signal to and no abstract socket of a process outside, as far as this kernel can forbid it.

    Raises:
        OSError: if the kernel has Landlock and refuses.
    """
    _check(ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    abi = version()
    if not abi:
        return Landlock(0, False, False)
    handled = _handled(abi)
    attributes = struct.pack("=QQQ", handled, 0b11, 0b11)[: 8 if abi < 4 else 16 if abi < 6 else 24]
    ruleset = _check(_call(_CREATE_RULESET, attributes, len(attributes), 0))
    try:
        for path, rights in rules:
            _allow(ruleset, path, rights & handled)
        _check(_call(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)
    return Landlock(abi, abi >= 4, abi >= 6)


def _handled(abi: int) -> int:
    return (1 << (13 if abi < 2 else 14 if abi < 3 else 15 if abi < 5 else 16)) - 1


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return  # what isn't shown needs no right
    try:
        if not stat.S_ISDIR(os.fstat(beneath).st_mode):
            rights &= _FOR_FILES
        rule = struct.pack("=Qi", rights, beneath)
        _check(_call(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0))
    finally:
        os.close(beneath)


def _call(number: int, *arguments: int | bytes | None) -> int:
    syscall = ctypes.CDLL(None, use_errno=True).syscall
    syscall.restype = ctypes.c_long
    converted = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return int(syscall(ctypes.c_long(number), *converted))


def _check(result: int) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result
