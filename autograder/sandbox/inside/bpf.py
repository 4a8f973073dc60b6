"""A filter of system calls as the kernel wants it: a small program for its filter machine (seccomp(2), bpf(2)).

Made here, so that no library is needed.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .libc import call, keep_privileges_down

LOAD, EQUAL, AT_LEAST, ANY_BIT, AND, RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
FIRST, SECOND, THIRD, FOURTH = 16, 24, 32, 40
"""Where a call's arguments stand in what the filter sees; each is loaded by its low half."""
_NUMBER, _ARCHITECTURE = 0, 4
ALLOW, ERRNO, _KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
NONE = -1
"""A call that an architecture does not have."""


@dataclass(frozen=True, slots=True)
class Architecture:
    """Numbers of calls, of which there are two columns in every table: x86_64's and aarch64's."""

    column: int
    number: int
    clone: int
    socket: int
    ioctl: int
    mmap: int
    setsockopt: int
    fcntl: int
    madvise: int


_ARCHITECTURES = {
    "x86_64": Architecture(0, 0xC000003E, 56, 41, 16, 9, 54, 72, 28),
    "aarch64": Architecture(1, 0xC00000B7, 220, 198, 29, 222, 208, 25, 233),
}


def architecture() -> Architecture | None:
    """This machine's; None where a filter can't be made for it."""
    return _ARCHITECTURES.get(os.uname().machine) if sys.maxsize > 2**32 else None


def install(code: bytes) -> bool:
    """Filter the calling thread's system calls, and those of all that it will ever start; whether the kernel could."""
    held = ctypes.create_string_buffer(code, len(code))
    filtering = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(held))
    try:
        keep_privileges_down()
        call("prctl", 22, 2, filtering, 0, 0)
    except OSError:
        return False
    return True


def beginning(machine: Architecture) -> list[bytes]:
    """End the process at another architecture's call, since its numbers are others; load the call's number."""
    return [
        step(LOAD, _ARCHITECTURE),
        step(EQUAL, machine.number, 1, 0),
        step(RETURN, _KILL_PROCESS),
        step(LOAD, _NUMBER),
    ]


def each(table: Mapping[str, tuple[int, int]], column: int, answer: int) -> list[bytes]:
    """Answer these calls so, and go on with any other."""
    steps = []
    for numbers in table.values():
        steps += on(numbers[column], [step(RETURN, answer)])
    return steps


def on(number: int, steps: list[bytes]) -> list[bytes]:
    """Take these steps for that call, the last of which returns; go on with any other."""
    return [] if number == NONE else [step(EQUAL, number, 0, len(steps)), *steps]


def only(place: int, values: Iterable[int], otherwise: int, mask: int | None = None) -> list[bytes]:
    """Allow a call if that argument, or these bits of it, is one of the values; else answer so."""
    allowed = tuple(values)
    masked = [] if mask is None else [step(AND, mask)]
    compare = [step(EQUAL, value, len(allowed) - i, 0) for i, value in enumerate(allowed)]
    return [step(LOAD, place), *masked, *compare, step(RETURN, otherwise), step(RETURN, ALLOW)]


def step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """One instruction; the last two say how many to leave out."""
    return struct.pack("=HBBI", code, if_true, if_false, value)
