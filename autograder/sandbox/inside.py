"""The first program in a sandbox: it gives up what student code must not have, says so, and becomes an ipykernel.

Nothing here can be reached by student code before the report is written, and nothing after it is believed.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

from .landlock import DEVICE, READ, confine, version, writing
from .seccomp import forbid


def main(setup_fd: int, report_fd: int) -> None:
    """Read the setup and go on in a child, as the kernel."""
    with open(setup_fd) as file:
        setup: dict[str, Any] = json.load(file)
    if os.getpid() == 1:
        become_first()
    run_kernel(setup, report_fd)


def run_kernel(setup: dict[str, Any], report_fd: int) -> None:
    """Confine this process, report, and run the kernel until it ends."""
    report: dict[str, Any] = {"error": ""}
    os.nice(5)  # the grader goes first, and above all what watches this
    launch: Callable[[], object] = signal.pause  # a trial waits for its end
    try:
        report["limits"] = _limit(setup["limits"])
        if setup["confined"]:
            found = confine(_rules(setup))
            report.update(landlock=found.version, tcp=found.tcp, scopes=found.scopes)
            forbid()
        elif sys.platform == "linux":
            ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)  # to end with the watcher, as bubblewrap does
        report.update(_status())
        if setup["connection_file"]:
            launch = _kernel(setup["connection_file"])
    except BaseException:
        report["error"] = traceback.format_exc()[-4000:]
    with open(report_fd, "w") as file:
        file.write(json.dumps(report) + "\n")
        # What the sandbox's errors went to so far is nobody's business inside.
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
    if not report["error"]:
        launch()


def become_first() -> None:
    """Go on in a child; the parent stays as the first process of the sandbox, which ends with the kernel.

    It stays outside the kernel's confinement and so out of its reach. Bubblewrap's own first process would be left
    for the machine's to clear away.
    """
    kernel = os.fork()
    if not kernel:
        return
    os.closerange(0, 256)
    while True:
        ended, status = os.wait()  # orphans too
        if ended == kernel:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)


def _kernel(connection_file: str) -> Callable[[], object]:
    from ipykernel.kernelapp import IPKernelApp

    def launch() -> None:
        os.chdir(os.environ["HOME"])
        sys.argv = ["ipykernel"]
        arguments = ["-f", connection_file, "--HistoryManager.hist_file=:memory:"]
        IPKernelApp.launch_instance(argv=arguments)

    return launch


def _limit(limits: dict[str, int]) -> list[str]:
    """Set this process's limits, hard, for itself and all it starts; return the names of those that hold."""
    wanted = {
        "CORE": (0, 0),
        "FSIZE": (limits["file_size"],) * 2,
        "CPU": (limits["cpu_seconds"], limits["cpu_seconds"] + 1),  # first a signal that tells why
        "NOFILE": (limits["open_files"],) * 2,
        "DATA": (limits["memory"],) * 2,
    }
    if _kernel_counts_by_namespace():
        # The watcher ends the sandbox at the limit itself; this is for what grows faster than it looks.
        wanted["NPROC"] = (limits["processes"] * 5 // 4,) * 2
    held = []
    for name, (soft, hard) in wanted.items():
        number = getattr(resource, f"RLIMIT_{name}", None)
        if number is None:
            continue
        most = resource.getrlimit(number)[1]
        if most != resource.RLIM_INFINITY:
            soft, hard = min(soft, most), min(hard, most)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(number, (soft, hard))
            held.append(name)
    return held


def _kernel_counts_by_namespace() -> bool:
    """Before Linux 5.14 all of a user's processes on the machine counted, so a busy user could start no kernel."""
    if sys.platform != "linux":
        return False
    numbers = os.uname().release.split("-")[0].split(".")
    return tuple(int(n) for n in numbers[:2] if n.isdigit()) >= (5, 14)


def _rules(setup: dict[str, Any]) -> list[tuple[str, int]]:
    write = writing(version())
    return (
        [(path, READ) for path in setup["read"]]
        + [(path, DEVICE) for path in setup["devices"]]
        + [(path, write) for path in setup["write"]]
    )


def _status() -> dict[str, Any]:
    """What the kernel says of this process: privileges for good given up, and a seccomp filter or none."""
    try:
        with open("/proc/self/status") as file:
            lines = dict(line.rstrip("\n").partition(":\t")[::2] for line in file)
    except OSError:
        return {"no_new_privileges": False, "seccomp": False, "capabilities": ""}
    return {
        "no_new_privileges": lines.get("NoNewPrivs") == "1",
        "seccomp": lines.get("Seccomp") == "2",
        "capabilities": lines.get("CapEff", ""),
    }


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
