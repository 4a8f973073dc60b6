"""What the two ends of a start tell each other, as JSON: a setup goes in, one report comes out.

The report is made before any student code runs, and nothing that comes after it is believed.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from ..limits import SandboxLimits

USER = 1000
"""The number of the sandbox's only user and group, whoever runs it outside."""

MACHINE_FILES = tuple(
    "buddyinfo cgroups diskstats interrupts iomem ioports kallsyms kcore key-users keys kmsg kpagecgroup kpagecount "
    "kpageflags loadavg locks meminfo modules pagetypeinfo partitions schedstat slabinfo softirqs stat swaps "
    "timer_list uptime vmallocinfo vmstat zoneinfo".split()
)
MACHINE_FOLDERS = ("driver", "fs", "pressure", "sys", "sysvipc")
"""What /proc tells of the whole machine, and so of what others do on it: covered where it is there."""


@dataclass(frozen=True, slots=True)
class KernelSetup:
    """What a kernel's first program is told; it reads this before any student code could."""

    limits: SandboxLimits
    confined: bool
    """Whether to give up rights: false where the kernel is a plain process with limits."""
    read: tuple[str, ...]
    own: tuple[str, str]
    """The two folders that are this sandbox's alone: `work` and `run`."""
    environment: dict[str, str]
    connection_file: str
    """Where the kernel reads its ports and key; empty for a trial that ends after its report."""

    @classmethod
    def read_from(cls, fd: int) -> KernelSetup:
        """Read it from an open file, and close that."""
        with open(fd) as file:
            told = json.load(file)
        return cls(**{**told, "limits": SandboxLimits(**told["limits"])})


@dataclass(frozen=True, slots=True)
class ServerSetup:
    """What the fork server is told: the folder that all submissions' folders are made in, and what to import."""

    pool: str
    preload: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StartReport:
    """What a sandbox says of itself once it has confined itself, or of what kept it from that."""

    error: str = ""
    landlock: int = 0
    """Version of Landlock; 0 where there is none."""
    seccomp: bool = False

    @property
    def signal_scope(self) -> bool:
        """Whether Landlock keeps signals and abstract sockets inside: Linux 6.12 and later."""
        return self.landlock >= 6


def to_json(told: KernelSetup | ServerSetup | StartReport) -> str:
    """It as JSON, on one line."""
    return json.dumps(asdict(told))
