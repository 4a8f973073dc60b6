"""Start a fresh sandbox and hear from it, once, what protects the machine from it."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from .. import inside
from ..errors import SandboxError
from ..inside.setup import NOTHING, KernelSetup, Own, StartReport, to_json
from ..limits import SandboxLimits
from . import users
from .arguments import MADE_UP, arguments
from .bubblewrap import Bubblewrap
from .pipes import hear_line, hear_rest, in_memory, pipe
from .view import View, environment, granted, readable

FIRST_TO_GO = ("/bin/sh", "-c", 'echo 500 >/proc/self/oom_score_adj; exec "$0" "$@"')
"""Goes before a command: when the machine runs out of memory, Linux is to end this process before any other."""


@dataclass(frozen=True, slots=True)
class LaunchPlan:
    """Everything that a start needs. Without `bubblewrap` the kernel is a process that shares all with the machine."""

    view: View
    limits: SandboxLimits
    bubblewrap: Bubblewrap | None
    connection_file: str = ""
    """Where the kernel reads its ports and key; empty for a trial that ends after its report."""
    timeout: float = 60
    """Seconds until the report must be there."""
    preload: tuple[str, ...] | None = None
    """Modules that a fork server is to have imported; None where the kernel is to start afresh."""

    @property
    def own(self) -> Own:
        """What the kernel gets of its own."""
        return NOTHING if self.bubblewrap is None else self.bubblewrap.own

    @property
    def temporary(self) -> str:
        """Its folder for temporary files."""
        return f"{self.view.work}/.tmp" if self.bubblewrap is None else "/tmp"


class Process(Protocol):
    """A process as `subprocess.Popen` shows one."""

    pid: int

    def wait(self, timeout: float | None = None) -> int: ...

    def kill(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Started:
    """A sandbox that has reported."""

    process: Process
    first: int
    """The process that all others in the sandbox descend from, by its number outside."""
    pidfd: int | None
    """That process as an open file: it names no other, even when the number is given to another process."""
    report: StartReport
    held: ExitStack
    """Files that must stay open until the sandbox has ended, `pidfd` among them; the receiver closes them then."""


def launch(plan: LaunchPlan) -> Started:
    """Start a sandbox. It dies with the calling *thread*.

    Raises SandboxError if it does not start, or does not report in time.
    """
    deadline = time.monotonic() + plan.timeout
    with ExitStack() as stack:
        report, report_end = pipe(stack)
        errors, errors_end = pipe(stack)
        setup = in_memory(stack, to_json(kernel_setup(plan, stack)))
        process, status = spawn(plan, "first", (setup, report_end.fileno()), stack, errors_end)
        report_end.close()
        errors_end.close()
        pidfd = None
        try:
            first = process.pid if plan.bubblewrap is None else _first(status, deadline)
            if first and hasattr(os, "pidfd_open"):
                pidfd = os.pidfd_open(first)
                stack.callback(os.close, pidfd)
            answer = hear_line(report, deadline)
            if not first or not answer:
                words = "did not report in time" if time.monotonic() > deadline else "ended before it reported"
                raise SandboxError(f"The sandbox {words}. {hear_rest(errors)}".strip())
            found = read_report(answer, "The sandbox")
        except BaseException:
            process.kill()  # and with it all of the sandbox
            process.wait()
            if pidfd is not None:
                select.select([pidfd], [], [], 10)
            raise
        return Started(process, first, pidfd, found, stack.pop_all())


def spawn(
    plan: LaunchPlan,
    program: str,
    given: tuple[int, ...],
    stack: ExitStack,
    errors: BinaryIO | int = subprocess.DEVNULL,
    nests: bool = False,
) -> tuple[subprocess.Popen[bytes], int]:
    """Start a program of `inside` in the plan's bubblewrap, or as a plain process where the plan has none.

    Args:
        plan: for the view, the limits and the bubblewrap.
        program: the module's name.
        given: open files that it gets, their numbers as its arguments.
        stack: closes what has to stay open until the process has ended.
        errors: where it writes its errors.
        nests: whether it makes sandboxes of its own inside.

    Returns:
        The process, and an open file from which bubblewrap's word on it can be read.
    """
    command = [os.path.abspath(sys.executable), "-I", "-m", f"{inside.__name__}.{program}", *map(str, given)]
    variables = environment(plan.view, plan.temporary)
    status, status_end = pipe(stack)  # nobody listens later, but bubblewrap must not find it closed
    passed = [*given]
    if plan.bubblewrap is not None:
        files = {path: in_memory(stack, text) for path, text in MADE_UP.items()}
        options = arguments(plan.view, plan.limits, status_end.fileno(), files, plan.own, nests=nests)
        # Through a file, since the command line of a sandbox's first process can be read inside.
        args = in_memory(stack, "".join(f"{option}\0" for option in options))
        command = [str(plan.bubblewrap.path), "--args", str(args), "--", *command]
        passed += [status_end.fileno(), args, *files.values()]
        variables = {}
    if sys.platform == "linux":
        command = [*FIRST_TO_GO, *command]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=errors,
        pass_fds=passed,
        env=variables,
        cwd="/" if plan.bubblewrap else plan.view.work,
        start_new_session=True,
    )
    status_end.close()
    return process, status


def kernel_setup(plan: LaunchPlan, stack: ExitStack) -> KernelSetup:
    """What the sandbox's first program is told. `stack` closes what has to stay open until the sandbox has ended."""
    alone = plan.bubblewrap is None
    return KernelSetup(
        limits=plan.limits,
        own=plan.own,
        read=granted(plan.view) if alone else (*map(str, readable(plan.view)), *MADE_UP),
        folders=(str(plan.view.work), str(plan.view.run)),
        environment=environment(plan.view, plan.temporary),
        connection_file=plan.connection_file,
        user=users.free(plan.view, stack) if alone else 0,
    )


def read_report(answer: bytes, who: str) -> StartReport:
    """What `who` reported. Raises SandboxError where it is that something went wrong."""
    found = StartReport(**json.loads(answer))
    if found.error:
        raise SandboxError(f"{who} could not confine itself or start its kernel. {found.error}")
    return found


def _first(status: int, deadline: float) -> int:
    """The sandbox's first process, by bubblewrap's word; 0 if there is none."""
    line = hear_line(status, deadline)
    return int(json.loads(line)["child-pid"]) if line else 0
