"""The first program in a sandbox: it gives up what student code must not have, says so, and becomes an ipykernel.

Nothing here can be reached by student code before the report is written, and nothing after it is believed.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable

from ..limits import MIB, SandboxLimits
from .landlock import DEVICE, READ, WRITE, confine
from .libc import call
from .seccomp import forbid
from .setup import KernelSetup, StartReport, to_json

_FILES_SECONDS = 600
"""Seconds that the files handed in may take to be there; whoever starts this waits for less."""


def main(setup_fd: int, report_fd: int) -> None:
    """Read the setup and go on in a child, as the kernel."""
    setup = KernelSetup.read_from(setup_fd)
    if os.getpid() == 1:
        become_first()
    run_kernel(setup, report_fd)


def run_kernel(setup: KernelSetup, report_fd: int) -> None:
    """Confine this process, report, and run the kernel until it ends."""
    os.nice(5)  # the grader goes first, and above all what watches this
    launch: Callable[[], object] = signal.pause  # a trial waits for its end
    landlock, seccomp, error = 0, False, ""
    try:
        _limit(setup.limits)
        if setup.confined:
            landlock = confine(_rules(setup))
            seccomp = forbid()
        elif sys.platform == "linux":
            call("prctl", 1, signal.SIGKILL, 0, 0, 0)  # to end with the watcher, as bubblewrap does
        if setup.connection_file:
            launch = _kernel(setup.connection_file)
    except BaseException:
        error = traceback.format_exc()[-4000:]
    with open(report_fd, "w") as file:
        file.write(to_json(StartReport(error, landlock, seccomp)) + "\n")
        # What the sandbox's errors went to so far is nobody's business inside.
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
    if not error:
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
        until = time.monotonic() + _FILES_SECONDS
        while not os.path.exists(connection_file) and time.monotonic() < until:
            time.sleep(0.002)  # it is the last of the files that come from outside
        os.chdir(os.environ["HOME"])
        sys.argv = ["ipykernel"]
        IPKernelApp.launch_instance(argv=["-f", connection_file, "--HistoryManager.hist_file=:memory:"])

    return launch


def _limit(limits: SandboxLimits) -> None:
    """Set this process's limits, hard, for itself and all it starts, as far as this system knows them."""
    wanted = {
        "CORE": (0, 0),
        "FSIZE": (limits.file_size,) * 2,
        "CPU": (limits.cpu_seconds, limits.cpu_seconds + 1),  # first a signal that tells why
        "NOFILE": (limits.open_files,) * 2,
        "DATA": (limits.memory,) * 2,
        "MEMLOCK": (8 * MIB,) * 2,
        "SIGPENDING": (1024,) * 2,
        "MSGQUEUE": (0, 0),
    }
    if _kernel_counts_by_namespace():
        # The watcher ends the sandbox at the limit itself; this is for what grows faster than it looks.
        wanted["NPROC"] = (limits.processes * 5 // 4,) * 2
    for name, asked in wanted.items():
        number = getattr(resource, f"RLIMIT_{name}", None)
        if number is None:
            continue
        most = resource.getrlimit(number)[1]
        soft, hard = asked if most == resource.RLIM_INFINITY else (min(one, most) for one in asked)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(number, (soft, hard))


def _kernel_counts_by_namespace() -> bool:
    """Before Linux 5.14 all of a user's processes on the machine counted, so a busy user could start no kernel."""
    if sys.platform != "linux":
        return False
    numbers = os.uname().release.split("-")[0].split(".")
    return tuple(int(n) for n in numbers[:2] if n.isdigit()) >= (5, 14)


def _rules(setup: KernelSetup) -> list[tuple[str, int]]:
    writable = (*setup.own, "/tmp", "/dev/shm")
    return [(path, READ) for path in setup.read] + [("/dev", DEVICE)] + [(path, WRITE) for path in writable]


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
