"""Start a sandbox and hear from it, once, what protects the machine from it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from .bubblewrap import Bubblewrap
from .command import View, arguments, environment, made_up, readable
from .limits import Limits
from .protection import SandboxError

_MOST = 2**16
"""Bytes that are read from a starting sandbox at most."""
FIRST_TO_GO = ("/bin/sh", "-c", 'echo 500 >/proc/self/oom_score_adj; exec "$0" "$@"')
"""Where the machine as a whole runs out of memory, the kernel is to end a sandbox rather than anything else."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a start needs. Without `bubblewrap` the kernel is a plain process with limits."""

    view: View
    limits: Limits
    bubblewrap: Bubblewrap | None
    connection_file: str = ""
    """Where the kernel reads its ports and key; empty for a trial that ends after its report."""
    timeout: float = 60
    """Seconds until the report must be there."""
    preload: tuple[str, ...] | None = None
    """Modules that a fork server is to have imported; None where the kernel is to start afresh."""


class Process(Protocol):
    """What `subprocess.Popen` shows of a process."""

    pid: int

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def kill(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Started:
    """A sandbox that has reported."""

    process: Process
    first: int
    """The process that all others in the sandbox descend from, by its number outside."""
    pidfd: int | None
    """That process as a file, so that no other can be meant; the receiver closes it."""
    report: dict[str, Any]
    status: int
    """Where bubblewrap says how it ended: nobody listens, but it must not find it closed. The receiver closes it."""


def launch(plan: Plan) -> Started:
    """Start a sandbox. It dies with the calling *thread*.

    Raises:
        SandboxError: if it does not start, or does not report in time.
    """
    deadline = time.monotonic() + plan.timeout
    with contextlib.ExitStack() as stack:
        report, report_end = pipe(stack)
        status, status_end = pipe(stack)
        errors, errors_end = pipe(stack)
        setup = in_memory(stack, json.dumps(setup_of(plan)))
        program = [os.path.abspath(sys.executable), "-I", "-m", f"{__package__}.inside", str(setup), str(report_end)]
        inherited = [setup, report_end]
        variables = environment(plan.view, str(plan.view.work))
        if plan.bubblewrap is not None:
            files = {path: in_memory(stack, text) for path, text in made_up().items()}
            options = arguments(plan.view, plan.limits, status_end, files, one_level=plan.bubblewrap.one_level)
            # Through a file, since the command line of a sandbox's first process can be read inside.
            args = in_memory(stack, "".join(f"{o}\0" for o in options))
            program = [*FIRST_TO_GO, str(plan.bubblewrap.path), "--args", str(args), "--", *program]
            inherited += [status_end, args, *files.values()]
            variables = {}
        process = subprocess.Popen(
            program,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors_end,
            pass_fds=inherited,
            env=variables,
            cwd="/" if plan.bubblewrap else plan.view.work,
            start_new_session=True,
        )
        for end in (report_end, status_end, errors_end):
            os.close(end)
        pidfd = None
        try:
            first = process.pid if plan.bubblewrap is None else _first(status, deadline)
            pidfd = os.pidfd_open(first) if first and hasattr(os, "pidfd_open") else None
            answer = hear_line(report, deadline)
            if not first or not answer:
                words = "did not report in time" if time.monotonic() > deadline else "ended before it reported"
                raise SandboxError(f"The sandbox {words}. {_rest(errors)}".strip())
            found = json.loads(answer)
            if found["error"]:
                raise SandboxError(f"The sandbox could not confine itself or start its kernel. {found['error']}")
        except BaseException:
            process.kill()  # and with it all of the sandbox
            process.wait()
            if pidfd is not None:
                select.select([pidfd], [], [], 10)
                os.close(pidfd)
            raise
        return Started(process, first, pidfd, found, os.dup(status))


def setup_of(plan: Plan) -> dict[str, Any]:
    """What the sandbox's first program is told; for it alone, before any student code."""
    view = plan.view
    return {
        "limits": asdict(plan.limits),
        "confined": plan.bubblewrap is not None,
        "read": [*map(str, readable(view)), *made_up(), "/proc"],
        "write": [str(view.work), str(view.run), "/tmp", "/dev/shm"],
        "devices": ["/dev"],
        "environment": environment(view, "/tmp"),
        "connection_file": plan.connection_file,
    }


def pipe(stack: contextlib.ExitStack) -> tuple[int, int]:
    """A pipe whose reading end closes with the stack; whoever gets the writing end closes it."""
    reading, writing = os.pipe()
    stack.callback(os.close, reading)
    return reading, writing


def in_memory(stack: contextlib.ExitStack, text: str) -> int:
    """A file to be read from, which goes with the stack."""
    file = stack.enter_context(contextlib.closing(_Unnamed()))
    os.write(file.fd, text.encode("utf-8", "surrogateescape"))
    os.lseek(file.fd, 0, os.SEEK_SET)
    return file.fd


class _Unnamed:
    """An open file in memory, with no name anywhere."""

    def __init__(self) -> None:
        if sys.platform == "linux":
            self.fd = os.memfd_create("sandbox")
        else:
            import tempfile

            self.fd, name = tempfile.mkstemp()
            os.unlink(name)

    def close(self) -> None:
        os.close(self.fd)


def _first(status: int, deadline: float) -> int:
    """The sandbox's first process, by bubblewrap's word; 0 if there is none."""
    line = hear_line(status, deadline)
    return int(json.loads(line)["child-pid"]) if line else 0


def hear_line(fd: int, deadline: float) -> bytes:
    """One line, without waiting past the deadline; empty if it does not come."""
    received = b""
    for chunk in _chunks(fd, deadline):
        received += chunk
        if b"\n" in received:
            return received.split(b"\n", 1)[0]
    return b""


def _rest(fd: int) -> str:
    """What has been written so far, for a message."""
    received = b"".join(_chunks(fd, time.monotonic() + 0.2))
    return received.decode(errors="replace").strip()[-2000:]


def _chunks(fd: int, deadline: float) -> Iterator[bytes]:
    left = _MOST
    while left > 0:
        ready: Sequence[int] = select.select([fd], [], [], max(0.0, deadline - time.monotonic()))[0]
        chunk = os.read(fd, min(left, 4096)) if ready else b""
        if not chunk:
            return
        left -= len(chunk)
        yield chunk
