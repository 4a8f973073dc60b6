"""What protects the machine and the grades from student code, as data and in words."""

from __future__ import annotations

from dataclasses import dataclass

from .inside.setup import StartReport
from .limits import SandboxLimits
from .start.arguments import NAMESPACES
from .start.bubblewrap import Bubblewrap


@dataclass(frozen=True, slots=True)
class Protection:
    """What was active around one kernel, as the sandbox reported it before any student code ran."""

    bubblewrap: Bubblewrap | None
    """None where the kernel is a plain process."""
    report: StartReport
    limits: SandboxLimits
    why_none: str = ""
    """Why there is no bubblewrap."""

    @property
    def active(self) -> bool:
        """Whether both fences stand: bubblewrap's namespaces and Landlock's rules."""
        return self.bubblewrap is not None and self.report.landlock > 0

    @property
    def missing(self) -> tuple[str, ...]:
        """What could be had and was not, in words."""
        if self.bubblewrap is None:
            return (self.why_none,)
        lacks = {
            "Landlock (Linux 5.13)": not self.report.landlock,
            "Landlock's signal scoping (Linux 6.12)": self.report.landlock and not self.report.signal_scope,
            "a filter of system calls (made for x86_64 and aarch64)": not self.report.seccomp,
            "a lock on further user namespaces": not self.bubblewrap.one_level,
        }
        return tuple(words for words, true in lacks.items() if true)

    @property
    def words(self) -> str:
        """One line for reports and the gradebook."""
        limits = ", ".join(self.limits.words())
        if self.bubblewrap is None:
            return f"none: {self.why_none}; only limits: {limits}"
        parts = [f"bubblewrap {self.bubblewrap.version} (no network; own {', '.join(NAMESPACES)})"]
        if self.report.landlock:
            scope = " with signal scoping" if self.report.signal_scope else ""
            parts.append(f"Landlock {self.report.landlock}{scope}")
        if self.report.seccomp:
            parts.append("seccomp")
        line = ", ".join([*parts, limits])
        return f"{line}; without {', '.join(self.missing)}" if self.missing else line
