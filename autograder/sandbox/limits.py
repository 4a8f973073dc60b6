"""What one sandbox may use."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 2**20
GIB = 2**30


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one sandbox. Bytes, seconds and counts; every one is positive."""

    memory: int = 4 * GIB
    """Bytes of all processes together, /tmp and /dev/shm included; also the private memory of each process."""
    processes: int = 512
    """Tasks, that is processes and their threads, all together."""
    file_size: int = 512 * MIB
    """Bytes of one file."""
    disk: int = 2 * GIB
    """Bytes of all files in the writable folder together."""
    files: int = 20_000
    """Files and folders in the writable folder together."""
    cpu_seconds: int = 3600
    """CPU seconds of each process."""
    open_files: int = 1024
    """Open files of each process."""
    wall_seconds: int = 3600
    """Seconds from the kernel's start to its end."""
    tmp_size: int = 512 * MIB
    """Bytes of /tmp; /dev/shm gets as much again."""

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
