"""What one sandbox may use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

MIB = 2**20
GIB = 2**30


def _limit(default: int, words: str) -> Any:
    return field(default=default, metadata={"help": words})


@dataclass(frozen=True, slots=True)
class SandboxLimits:
    """Bounds of one sandbox; every one is positive. Each is a setting of `SandboxProvisioner`, with these words."""

    memory: int = _limit(
        4 * GIB,
        "Bytes of memory of all processes together, what lies in /tmp and /dev/shm included. Also the most private "
        "memory that one process can ask for: beyond it Python raises MemoryError.",
    )
    processes: int = _limit(
        512, "Tasks, that is processes and their threads, all together. TensorFlow takes some ten, and two a core."
    )
    file_size: int = _limit(512 * MIB, "Bytes of one file.")
    disk: int = _limit(
        2 * GIB, "Bytes of all files in the writable folder together. They lie in memory, and count as such, too."
    )
    files: int = _limit(20_000, "Files and folders in the writable folder together.")
    cpu_seconds: int = _limit(3600, "Seconds of CPU time of each process.")
    open_files: int = _limit(1024, "Open files of each process. All together may have eight times as many.")
    wall_seconds: int = _limit(
        3600,
        "Seconds from the kernel's start until it is ended, whatever it does. Time in which it had to wait for the "
        "processor does not count; ten times as many end it in any case.",
    )
    spare_memory: int = _limit(
        256 * MIB,
        "Bytes of this machine's memory that stay available. Where there are fewer, the sandbox that takes most ends.",
    )
    tmp_size: int = _limit(512 * MIB, "Bytes of the private /tmp; /dev/shm gets as much again.")

    @property
    def open_files_together(self) -> int:
        """Open files of all processes."""
        return self.open_files * 8

    @property
    def folder_size(self) -> int:
        """Bytes that fit into a writable folder at all: more than may be, so that it can be told what the limit was."""
        return self.disk * 5 // 4

    @property
    def folder_files(self) -> int:
        """The same for files."""
        return self.files * 5 // 4 + 100

    def words(self) -> tuple[str, ...]:
        """The limits in a few words each."""
        return (
            f"memory {in_bytes(self.memory)}",
            f"{self.processes} tasks",
            f"disk {in_bytes(self.disk)}",
            f"CPU {self.cpu_seconds} s a process",
            f"time {self.wall_seconds} s",
        )


def in_bytes(number: int) -> str:
    """A number of bytes as people write it, rounded to one digit after the point."""
    for unit, size in (("GiB", GIB), ("MiB", MIB), ("KiB", 2**10)):
        if number >= size:
            return f"{round(number / size, 1):g} {unit}"
    return f"{number} bytes"
