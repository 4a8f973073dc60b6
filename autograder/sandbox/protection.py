"""What protects the machine and the grades from student code, as plain data and in words."""

from __future__ import annotations

from dataclasses import dataclass


class SandboxError(Exception):
    """A sandbox that should have worked did not come up."""


class SandboxUnavailable(Exception):
    """This machine can't give the protection asked for; the message says what is missing and what to do."""


@dataclass(frozen=True, slots=True)
class Protection:
    """What was active around one kernel, as the sandbox reported it before any student code ran."""

    bubblewrap: str = ""
    """Version of bubblewrap; empty where the kernel is a plain process."""
    namespaces: tuple[str, ...] = ()
    """What the sandbox has of its own: network, processes, ..."""
    landlock: int = 0
    """Version of Landlock; 0 where there is none."""
    signal_scope: bool = False
    """Whether Landlock keeps signals and abstract sockets inside."""
    seccomp: bool = False
    """Whether system calls that no notebook needs are refused."""
    limits: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    """What could be had and was not, in words."""

    @property
    def active(self) -> bool:
        """Whether both fences stand: bubblewrap's namespaces and Landlock's rules."""
        return bool(self.bubblewrap) and self.landlock > 0

    @property
    def words(self) -> str:
        """One line for reports and the gradebook."""
        limits = ", ".join(self.limits)
        if not self.bubblewrap:
            return f"none: {'; '.join(self.missing) or 'student code ran as a plain process'}; only limits: {limits}"
        own = ", ".join(n for n in self.namespaces if n != "network")
        network = "no network; " if "network" in self.namespaces else ""
        parts = [f"bubblewrap {self.bubblewrap} ({network}own {own})"]
        if self.landlock:
            parts.append(f"Landlock {self.landlock}" + (" with signal scoping" if self.signal_scope else ""))
        if self.seccomp:
            parts.append("seccomp")
        line = ", ".join([*parts, limits] if limits else parts)
        return f"{line}; without {', '.join(self.missing)}" if self.missing else line
