"""What protects the machine and the grades from student code, as data and in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from .inside.setup import StartReport
from .limits import SandboxLimits
from .start.bubblewrap import Bubblewrap

ENOUGH = 3
"""The version of Landlock that can do without namespaces: it knows of files that are cut short. Linux 6.2."""


class Level(IntEnum):
    """How much keeps student code in; docs/design/security.md says what each keeps and what it loses."""

    none = 0
    landlock = 1
    """No namespaces: Landlock's rules and two filters of system calls."""
    partial = 2
    """Namespaces from bubblewrap, but not all that there are; Landlock's rules for the rest."""
    full = 3
    """All namespaces, Landlock's rules and a filter of system calls."""


@dataclass(frozen=True, slots=True)
class Protection:
    """What was active around one kernel, as the sandbox reported it before any student code ran."""

    bubblewrap: Bubblewrap | None
    """None where the kernel has no namespaces."""
    report: StartReport
    limits: SandboxLimits
    why_none: str = ""
    """Why there is no bubblewrap."""

    @property
    def level(self) -> Level:
        """How much that is."""
        report = self.report
        strict = report.landlock >= ENOUGH and report.seccomp and report.filtered
        if self.bubblewrap is None:
            return Level.landlock if strict else Level.none
        own = self.bubblewrap.own
        if own.network and own.host_name and own.proc:
            return Level.full if report.landlock else Level.none
        return Level.partial if strict else Level.none

    @property
    def active(self) -> bool:
        """Whether student code is kept in at all."""
        return self.level > Level.none

    @property
    def missing(self) -> tuple[str, ...]:
        """What could be had and was not, in words."""
        report = self.report
        lacks = {f"bubblewrap ({self.why_none})": self.bubblewrap is None}
        if self.bubblewrap is not None:
            own = self.bubblewrap.own
            lacks["a network of its own"] = not own.network
            lacks["a host name of its own"] = not own.host_name
            lacks["a /proc of its own"] = not own.proc
            lacks["a lock on further user namespaces"] = not own.lock
        lacks |= {
            "Landlock (Linux 5.13)": not report.landlock,
            "Landlock 3 (Linux 6.2)": 0 < report.landlock < ENOUGH and self.level is Level.none,
            "Landlock's signal scoping (Linux 6.12)": report.landlock > 0 and not report.signal_scope,
            "a filter of system calls (made for x86_64 and aarch64)": not report.seccomp,
        }
        return tuple(words for words, true in lacks.items() if true)

    @property
    def words(self) -> str:
        """One line for reports and the gradebook."""
        report, parts = self.report, []
        if self.bubblewrap is not None:
            parts.append(f"bubblewrap {self.bubblewrap.version} ({self._namespaces()})")
        if report.landlock:
            scope = " with signal scoping" if report.signal_scope else ""
            parts.append(f"Landlock {report.landlock}{scope}")
        if report.seccomp:
            parts.append("two filters of system calls" if self.bubblewrap is None and report.filtered else "seccomp")
        if report.user:
            parts.append("a user of its own")
        title = {
            Level.none: "none: ",
            Level.landlock: "without namespaces: ",
            Level.partial: "with some namespaces: ",
            Level.full: "",
        }[self.level]
        line = title + ", ".join([*(parts or ["only limits"]), *self.limits.words()])
        return f"{line}; without {', '.join(self.missing)}" if self.missing else line

    def _namespaces(self) -> str:
        assert self.bubblewrap is not None
        own = self.bubblewrap.own
        names = ["processes", "IPC", "users", "mounts", *(["host name"] if own.host_name else [])]
        return f"no network{'' if own.network else ' by a filter'}; own {', '.join(names)}"
