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
from typing import Any

from .bubblewrap import Bubblewrap
from .command import View, arguments, environment, made_up, readable
from .limits import Limits
from .protection import SandboxError

_MOST = 2**16
"""Bytes that are read from a starting sandbox at most."""
_FIRST_TO_GO = ("/bin/sh", "-c", 'echo 500 >/proc/self/oom_score_adj; exec "$0" "$@"')
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


@dataclass(frozen=True, slots=True)
class Started:
    """A sandbox that has reported."""

    process: subprocess.Popen[bytes]
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
        report, report_end = _pipe(stack)
        status, status_end = _pipe(stack)
        errors, errors_end = _pipe(stack)
        setup = _file(stack, json.dumps(_setup(plan)))
        program = [sys.executable, "-I", "-m", f"{__package__}.inside", str(setup), str(report_end)]
        inherited = [setup, report_end]
        variables = environment(plan.view, str(plan.view.work))
        if plan.bubblewrap is not None:
            files = {path: _file(stack, text) for path, text in made_up().items()}
            options = arguments(plan.view, plan.limits, status_end, files, one_level=plan.bubblewrap.one_level)
            # Through a file, since the command line of a sandbox's first process can be read inside.
            args = _file(stack, "".join(f"{o}\0" for o in options))
            program = [*_FIRST_TO_GO, str(plan.bubblewrap.path), "--args", str(args), "--", *program]
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
            answer = _line(report, deadline)
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


def _setup(plan: Plan) -> dict[str, Any]:
    view = plan.view
    return {
        "limits": asdict(plan.limits),
        "confined": plan.bubblewrap is not None,
        "read": [*map(str, readable(view)), *made_up(), "/proc"],
        "write": [str(view.work), str(view.run), "/tmp", "/dev/shm"],
        "devices": ["/dev"],
        "connection_file": plan.connection_file,
    }


def _pipe(stack: contextlib.ExitStack) -> tuple[int, int]:
    """A pipe whose reading end closes with the stack; whoever gets the writing end closes it."""
    reading, writing = os.pipe()
    stack.callback(os.close, reading)
    return reading, writing


def _file(stack: contextlib.ExitStack, text: str) -> int:
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
    line = _line(status, deadline)
    return int(json.loads(line)["child-pid"]) if line else 0


def _line(fd: int, deadline: float) -> bytes:
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
