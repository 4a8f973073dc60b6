"""What to do on a machine that can't give the whole sandbox: from what bubblewrap and the kernel answered there.

The same refusal has many causes, and each another cure; nothing is concluded from files that say "this is a container".
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_DOCKER = (
    "A filter of system calls refuses new namespaces, as in most containers. Docker and Podman: start the container "
    "with `--security-opt seccomp=unconfined --security-opt systempaths=unconfined` (on Ubuntu also `--security-opt "
    "apparmor=unconfined`)."
)
_KUBERNETES = (
    "A filter of system calls refuses new namespaces. Kubernetes: in the pod, `hostUsers: false`; in the container's "
    "securityContext, `seccompProfile: {type: Unconfined}` and `procMount: Unmasked`."
)
_COVERED = (
    "Namespaces can be made here, but parts of /proc are covered, as containers do it. Podman: start the container "
    "with `--security-opt unmask=ALL --security-opt seccomp=unconfined`; Docker: with `--security-opt "
    "systempaths=unconfined --security-opt seccomp=unconfined`; Kubernetes: `procMount: Unmasked`."
)
_APPARMOR = (
    "AppArmor keeps programs from using user namespaces here (Ubuntu 23.10 and later). Let this one: `printf 'abi "
    "<abi/4.0>,\\ninclude <tunables/global>\\nprofile autograder-bwrap {path} flags=(unconfined) {{ userns, }}\\n' | "
    "sudo tee /etc/apparmor.d/autograder-bwrap && sudo apparmor_parser -r /etc/apparmor.d/autograder-bwrap`; or all: "
    "`sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`."
)
_WSL_1 = "WSL 1 has no namespaces: run `wsl --set-version DISTRIBUTION 2` in Windows."
_WSL_LANDLOCK = (
    "WSL 2 can have Landlock: in Windows, write `kernelCommandLine = lsm=landlock` under `[wsl2]` in .wslconfig in "
    "your home folder, then run `wsl --update` and `wsl --shutdown`."
)
_LANDLOCK = "Landlock needs Linux 5.13 or later (without namespaces 6.2) with `landlock` in its list `lsm=`."


@dataclass(frozen=True, slots=True)
class Answers:
    """What a machine said.

    Attributes:
        error: bubblewrap's, with all that it can give; "" where it gave it.
        program: the bubblewrap that was tried.
        some: whether it could give some namespaces.
        landlock: whether there is Landlock.
        filtered: whether a filter of system calls stands around this process already.
        pod: whether Kubernetes has started it.
        release: the kernel's.
        settings: what stands under /proc/sys, by path; what is not there is not in it.
    """

    error: str
    program: str
    some: bool
    landlock: bool
    filtered: bool
    pod: bool
    release: str
    settings: dict[str, str]


def ask(error: str, program: str, some: bool, landlock: bool) -> Answers:
    """Add what this machine's kernel says to what bubblewrap said."""
    names = (
        "kernel/apparmor_restrict_unprivileged_userns",
        "kernel/unprivileged_userns_clone",
        "user/max_user_namespaces",
    )
    settings = {name: value for name in names if (value := _read(f"/proc/sys/{name}"))}
    filtered = "\nSeccomp:\t2" in _read("/proc/self/status")
    pod = "KUBERNETES_SERVICE_HOST" in os.environ  # every pod has it (kubernetes.io, Environment variables)
    return Answers(error, program, some, landlock, filtered, pod, os.uname().release, settings)


def advise(said: Answers) -> str:
    """How to get what is missing, in a sentence or two; "" where nothing is."""
    microsoft = "microsoft" in said.release.lower()
    if not said.landlock:
        return _WSL_LANDLOCK if microsoft and "wsl2" in said.release.lower() else _LANDLOCK
    if not said.error:
        return ""
    if said.some:
        return _COVERED
    if microsoft and "wsl2" not in said.release.lower():
        return _WSL_1
    return _no_namespaces(said)


def _no_namespaces(said: Answers) -> str:
    if said.settings.get("user/max_user_namespaces") == "0":
        return "User namespaces are switched off: run `sudo sysctl user.max_user_namespaces=15000`."
    if said.settings.get("kernel/unprivileged_userns_clone") == "0":
        return "User namespaces are switched off: run `sudo sysctl kernel.unprivileged_userns_clone=1`."
    # Bubblewrap's words for a refusal by a filter. AppArmor lets it make a namespace, and refuses what it does next.
    if "No permissions to creat" in said.error and said.filtered:
        return _KUBERNETES if said.pod else _DOCKER
    if said.settings.get("kernel/apparmor_restrict_unprivileged_userns") == "1":
        return _APPARMOR.format(path=said.program)
    return "Run this as a user who may make user namespaces (`unshare --user --map-root-user true` must work)."


def _read(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""
