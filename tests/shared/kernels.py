"""Ordinary kernels that are forked from a process which has imported TensorFlow: four seconds of a core for each less.

Only where what a notebook gives is tested, and not how its kernel starts.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import random
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NoReturn
from unittest import mock

from tests.shared.helpers import ROOT


@contextlib.contextmanager
def forked_kernels() -> Iterator[None]:
    """Within the block, kernels of this process are forked ones."""
    with mock.patch("jupyter_client.provisioning.local_provisioner.launch_kernel", Forked):
        yield


@cache
def _server() -> tuple[socket.socket, int]:
    """The line to the process that forks, and its number. It ends with this process."""
    mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        command = [sys.executable, "-m", __name__, str(theirs.fileno())]
        process = subprocess.Popen(command, cwd=ROOT, pass_fds=[theirs.fileno()])
    atexit.register(mine.close)
    return mine, process.pid


class Forked:
    """A forked kernel, as `subprocess.Popen` would show it to jupyter_client."""

    stdin = stdout = stderr = None

    def __init__(
        self, command: Sequence[str], cwd: str = "", env: Mapping[str, str] | None = None, **streams: object
    ) -> None:
        control, parent = _server()
        self.returncode: int | None = None
        self._line, theirs = socket.socketpair()
        with theirs, open(os.devnull, "r+b") as nothing:
            given = [streams.get(name) for name in ("stdout", "stderr")]
            fds = [nothing.fileno() if one == subprocess.DEVNULL else number for number, one in enumerate(given, 1)]
            asked = {"argv": command[command.index("-m") + 1 :], "cwd": cwd or os.getcwd()}
            asked["env"] = {**(env or os.environ), "JPY_PARENT_PID": str(parent)}
            with os.fdopen(os.memfd_create("asked"), "w+") as file:
                json.dump(asked, file)
                file.flush()
                os.lseek(file.fileno(), 0, os.SEEK_SET)
                socket.send_fds(control, [b"fork"], [theirs.fileno(), file.fileno(), nothing.fileno(), *fds])
        self.pid = int(self._line.recv(16))

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self._line], [], [], 0)[0]:
            self.returncode = int(self._line.recv(16) or b"-9")
            self._line.close()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None and not select.select([self._line], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("kernel", timeout or 0)
        found = self.poll()
        assert found is not None
        return found

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


# --- the process that forks -----------------------------------------------------------------------------------


def _serve(control: socket.socket) -> None:
    """Fork a kernel for each that is asked for, until the other side hangs up, and tell how each ended."""
    import ipykernel.ipkernel
    import ipykernel.kernelapp  # noqa: F401
    import tensorflow  # noqa: F401

    lines: dict[int, tuple[int, socket.socket]] = {}  # by what tells that a kernel has ended
    while True:
        for ready in select.select([control, *lines], [], [])[0]:
            if ready is not control:
                pid, line = lines.pop(ready)
                status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                with contextlib.suppress(OSError), line:
                    line.sendall(str(status).encode())
                os.close(ready)
                continue
            message, fds, *_ = socket.recv_fds(control, 16, 5)
            if not message:
                for pid, _line in lines.values():
                    os.kill(pid, signal.SIGKILL)
                return
            pid = os.fork()
            if not pid:
                for held in (control, *(line for _, line in lines.values())):
                    held.close()
                _become(*fds)
            lines[os.pidfd_open(pid)] = pid, socket.socket(fileno=fds[0])
            for fd in fds[1:]:
                os.close(fd)


def _become(line: int, asked: int, *streams: int) -> NoReturn:
    """Be the kernel, as Python would start it."""
    os.setsid()
    os.write(line, str(os.getpid()).encode())  # not before it has a process group of its own, which may be killed
    os.close(line)
    with open(asked) as file:
        given = json.load(file)
    for number, fd in enumerate(streams):
        os.dup2(fd, number)
        os.close(fd)
    os.chdir(given["cwd"])
    os.environ.clear()
    os.environ.update(given["env"])
    module, *arguments = given["argv"]
    sys.argv = [module, *arguments]
    sys.path[0] = given["cwd"]
    random.seed()
    sys.modules["numpy"].random.seed()
    import runpy

    runpy.run_module(module, run_name="__main__", alter_sys=True)
    sys.exit(0)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
