"""What the two ends of a start tell each other, as JSON: a setup goes in, one report comes out.

The report is made before any student code runs, and nothing that comes after it is believed.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from ..limits import SandboxLimits
from .landlock import SCOPES

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
class Own:
    """What a sandbox has of its own; what it has not, it shares with the machine, and rules have to keep it in."""

    namespaces: bool = True
    """Of processes, users, mounts and IPC, from bubblewrap. False: it has none at all, and nothing below."""
    network: bool = True
    host_name: bool = True
    proc: bool = True
    """A /proc that shows its own processes alone."""
    lock: bool = True
    """A lock on further user namespaces, beside the filter of system calls that refuses them."""


NOTHING = Own(namespaces=False, network=False, host_name=False, proc=False, lock=False)


@dataclass(frozen=True, slots=True)
class KernelSetup:
    """What a kernel's first program is told; it reads this before any student code could."""

    limits: SandboxLimits
    own: Own
    read: tuple[str, ...]
    folders: tuple[str, str]
    """The two folders that are this sandbox's alone: `work` and `run`."""
    environment: dict[str, str]
    connection_file: str
    """Where the kernel reads its ports and key; empty for a trial that ends after its report."""
    user: int = 0
    """The user to become, where the kernel shares the machine's users; 0 for none."""

    @classmethod
    def read_from(cls, fd: int) -> KernelSetup:
        """Read it from an open file, and close that."""
        with open(fd) as file:
            told = json.load(file)
        return cls(**{**told, "limits": SandboxLimits(**told["limits"]), "own": Own(**told["own"])})


@dataclass(frozen=True, slots=True)
class ServerSetup:
    """What the fork server is told: the folder that all submissions' folders are made in, and what to import."""

    pool: str
    preload: tuple[str, ...]
    own: Own

    @classmethod
    def read_from(cls, fd: int) -> ServerSetup:
        """Read it from an open file, and close that."""
        with open(fd) as file:
            told = json.load(file)
        return cls(**{**told, "own": Own(**told["own"])})


@dataclass(frozen=True, slots=True)
class StartReport:
    """What a sandbox says of itself once it has confined itself, or of what kept it from that."""

    error: str = ""
    landlock: int = 0
    """Version of Landlock; 0 where there is none."""
    seccomp: bool = False
    filtered: bool = False
    """Whether the second filter stands, where one is needed for what is shared with the machine."""
    group: int = 0
    """The kernel's process group, where it shares the machine's processes."""
    user: int = 0
    """The user that it became, where it shares the machine's users; 0 where it stayed what it was."""

    @property
    def signal_scope(self) -> bool:
        """Whether Landlock keeps signals and abstract sockets inside: Linux 6.12 and later."""
        return self.landlock >= SCOPES


def to_json(told: KernelSetup | ServerSetup | StartReport) -> str:
    """It as JSON, on one line."""
    return json.dumps(asdict(told))
