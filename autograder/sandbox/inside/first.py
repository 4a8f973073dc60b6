"""The first program in a sandbox: it gives up what student code must not have, says so, and becomes an ipykernel.

Nothing here can be reached by student code before the report is written, and nothing after it is believed.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..limits import MIB, SandboxLimits
from .alone import forbid_alone, forbid_network
from .group import end_with_parent, give_up_rights, lead
from .landlock import DEVICE, READ, SCOPES, WRITE, WRITE_IN_PLACE, confine
from .seccomp import forbid
from .setup import KernelSetup, StartReport, to_json

_OF_ITSELF = ("cmdline", "comm", "fd", "limits", "maps", "smaps", "stat", "statm", "status")
"""What a process sees of itself in a /proc that is the whole machine's."""
_HARMLESS = ("cpuinfo", "version")
"""And of the machine."""
_DEVICES = ("null", "full", "random", "urandom")
"""Of the machine's own. Not "zero": memory that is shared through it belongs to no process and no file system."""
_OTHERS = 4096
"""Tasks that all other programs of a user may have more than they have now."""
_FILES_SECONDS = 600
"""Seconds that the files handed in may take to be there; whoever starts this waits for less."""


def main(setup_fd: int, report_fd: int) -> None:
    """Read the setup and go on in a child, as the kernel."""
    setup = KernelSetup.read_from(setup_fd)
    if not setup.own.namespaces and sys.platform == "linux":
        lead()
    elif os.getpid() == 1:
        become_first()
    run_kernel(setup, report_fd)


def run_kernel(setup: KernelSetup, report_fd: int) -> None:
    """Confine this process, report, and run the kernel until it ends."""
    os.nice(5)  # the grader goes first, and above all what watches this
    launch: Callable[[], object] = signal.pause  # a trial waits for its end
    report = StartReport()
    try:
        if sys.platform == "linux":
            report = _confine(setup)
        else:
            _limit(setup.limits, own_count=False)
        if setup.connection_file:
            launch = _kernel(setup)
    except BaseException:
        report = StartReport(traceback.format_exc()[-4000:])
    with open(report_fd, "w") as file:
        file.write(to_json(report) + "\n")
        # What the sandbox's errors went to so far is nobody's business inside.
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
    if not report.error:
        launch()


def _confine(setup: KernelSetup) -> StartReport:
    """Give up what student code must not have; say what could be given up."""
    alone, user, group = not setup.own.namespaces, 0, 0
    if alone:
        group = os.getpid()
        Path(setup.environment["TMPDIR"]).mkdir(exist_ok=True)
        user = give_up_rights(setup.user, setup.folders, setup.read)
        end_with_parent(signal.SIGKILL)  # becoming another user made it forget
    _limit(setup.limits, own_count=not alone or user > 0)
    landlock = confine(_rules(setup))
    filtered = True
    if alone:
        filtered = forbid_alone(scoped=landlock >= SCOPES)
    elif not setup.own.network:
        filtered = forbid_network()
    return StartReport("", landlock, forbid(), filtered, group, user)


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


def _kernel(setup: KernelSetup) -> Callable[[], object]:
    from ipykernel.kernelapp import IPKernelApp

    connection_file = setup.connection_file
    if not setup.own.namespaces:
        _without_terminals()

    def launch() -> None:
        until = time.monotonic() + _FILES_SECONDS
        while not os.path.exists(connection_file) and time.monotonic() < until:
            time.sleep(0.002)  # it is the last of the files that come from outside
        os.chdir(os.environ["HOME"])
        sys.argv = ["ipykernel"]
        IPKernelApp.launch_instance(argv=["-f", connection_file, "--HistoryManager.hist_file=:memory:"])

    return launch


def _without_terminals() -> None:
    """Let `!command` use pipes: terminals belong to the whole machine, those of whoever grades among them."""
    from ipykernel.zmqshell import ZMQInteractiveShell
    from IPython.core import interactiveshell
    from IPython.utils import _process_common

    def system(shell: Any, command: str) -> None:
        words = ["/bin/sh", "-c", shell.var_expand(command, depth=1)]
        with subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                print(line, end="")
        shell.user_ns["_exit_code"] = process.returncode

    vars(interactiveshell)["getoutput"] = _process_common.getoutput
    ZMQInteractiveShell.system = system


def _limit(limits: SandboxLimits, own_count: bool) -> None:
    """Set this process's limits, hard, for itself and all it starts, as far as this system knows them.

    `own_count` says whether its tasks are counted apart from all others of its user on the machine.
    """
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
    # The watcher ends the sandbox at the limit itself; this is for what grows faster than it looks.
    most_tasks = limits.processes * 5 // 4
    if own_count and _kernel_counts_by_namespace():
        wanted["NPROC"] = (most_tasks,) * 2
    elif not own_count and sys.platform == "linux":
        _limit_tasks(most_tasks + _OTHERS)
    for name, asked in wanted.items():
        number = getattr(resource, f"RLIMIT_{name}", None)
        if number is None:
            continue
        most = resource.getrlimit(number)[1]
        soft, hard = asked if most == resource.RLIM_INFINITY else (min(one, most) for one in asked)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(number, (soft, hard))


def _limit_tasks(more: int) -> None:
    """Let this user have so many tasks more than it has now, if all that it has can be seen from here."""
    tasks = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError, IndexError):
            if status.stat().st_uid == os.getuid():
                tasks += int(status.read_text().partition("\nThreads:")[2].split()[0])
    before = resource.getrlimit(resource.RLIMIT_NPROC)
    most = tasks + more
    if before[1] != resource.RLIM_INFINITY and before[1] <= most:
        return
    resource.setrlimit(resource.RLIMIT_NPROC, (most, before[1]))
    try:
        thread = threading.Thread(target=int)
        thread.start()
        thread.join()
    except RuntimeError:  # in a container the same user may have others outside
        resource.setrlimit(resource.RLIMIT_NPROC, before)
    else:
        resource.setrlimit(resource.RLIMIT_NPROC, (most, most))


def _kernel_counts_by_namespace() -> bool:
    """Before Linux 5.14 all of a user's processes on the machine counted, so a busy user could start no kernel."""
    if sys.platform != "linux":
        return False
    numbers = os.uname().release.split("-")[0].split(".")
    return tuple(int(n) for n in numbers[:2] if n.isdigit()) >= (5, 14)


def _rules(setup: KernelSetup) -> list[tuple[str, int]]:
    rules = [(path, READ) for path in setup.read]
    if setup.own.proc:
        rules.append(("/proc", READ))
    else:
        rules += [(f"/proc/{name}", READ) for name in (*_HARMLESS, *(f"self/{name}" for name in _OF_ITSELF))]
    if setup.own.namespaces:
        writable = [*setup.folders, "/tmp", "/dev/shm"]
        return [*rules, ("/dev", DEVICE), *((path, WRITE) for path in writable)]
    rules += [(f"/dev/{name}", DEVICE) for name in _DEVICES]
    return [*rules, *((path, WRITE_IN_PLACE) for path in setup.folders)]


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
