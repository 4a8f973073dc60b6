"""One fork server, from outside: a process that has imported everything, from which kernels are forked."""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import SandboxError
from ..inside.setup import ServerSetup, StartReport, to_json
from ..limits import SandboxLimits
from .launch import LaunchPlan, Started, kernel_setup, read_report, spawn
from .pipes import hear_line, in_memory, pipe
from .pool import pool
from .view import View, masked, readable

IDLE = 120.0
"""Seconds without a kernel after which a server ends. (A Jupyter server lives on long after its last kernel.)"""
START_SECONDS = 120.0
"""Seconds that a server may take to import everything."""


@dataclass(frozen=True, slots=True)
class ServerKind:
    """What a server's forks have in common; a kernel that needs something else gets another server."""

    bubblewrap: Path | None
    shown: tuple[tuple[Path, float], ...]
    """The paths shown read-only, and when each was last changed: a path that was replaced must be mounted anew."""
    masked: tuple[Path, ...]
    preload: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]


def kind_of(plan: LaunchPlan) -> ServerKind | None:
    """The kind of server that could fork this one; None where none could."""
    if sys.platform != "linux" or plan.preload is None or not plan.connection_file:
        return None
    view = plan.view
    if not all(path.is_relative_to(pool()) for path in (view.work, view.run)):
        return None
    if any(path.is_relative_to(pool()) for path in view.read_only):
        return None  # a fork sees nothing of it but its own folders
    shown = tuple((path, path.stat().st_mtime) for path in readable(view))
    own = tuple(sorted(view.environment.items()))
    program = None if plan.bubblewrap is None else plan.bubblewrap.path
    return ServerKind(program, shown, masked(_widened(view)), plan.preload, own)


def _widened(view: View) -> View:
    """The view of the server itself: an empty folder where all submissions' are, for forks to mount their own in."""
    return replace(view, work=pool(), run=pool())


class ForkServer:
    """A fork server: a process in a sandbox, which dies with the thread that started it."""

    def __init__(self, kind: ServerKind, plan: LaunchPlan, in_thread: bool = True) -> None:
        """Start it in a thread that lives as long as it does, or in the calling thread.

        Raises SandboxError if it can't be started.
        """
        self.kind = kind
        self._owner = os.getpid()
        self._used = time.monotonic()
        self._ready = False
        self._forks: list[socket.socket] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None
        self._held = ExitStack()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            if in_thread:
                # Bubblewrap dies with the thread that started it; this one lives as long as the server.
                begun: Future[subprocess.Popen[bytes]] = Future()
                self._thread = threading.Thread(
                    target=self._live, args=(plan, theirs, begun), name="fork-server", daemon=True
                )
                self._thread.start()
                self._process = begun.result()
            else:
                self._process = self._spawn(plan, theirs)
        except OSError as error:
            self.close()
            raise SandboxError(f"The fork server can't be started: {error}") from None
        finally:
            theirs.close()

    def _live(self, plan: LaunchPlan, theirs: socket.socket, begun: Future[subprocess.Popen[bytes]]) -> None:
        """Start the server, and end it where nobody has used it for long."""
        try:
            process = self._spawn(plan, theirs)
        except BaseException as error:
            begun.set_exception(error)
            return
        begun.set_result(process)
        line = select.poll()  # process.wait(1.0) would call time.sleep, which a test cell may have patched
        pidfd = os.pidfd_open(process.pid)
        self._held.callback(os.close, pidfd)
        line.register(pidfd, select.POLLIN)
        while not line.poll(1000):
            if time.monotonic() - self._used > IDLE and all(fork.fileno() < 0 for fork in self._forks):
                process.kill()
        self._held.close()

    def _spawn(self, plan: LaunchPlan, theirs: socket.socket) -> subprocess.Popen[bytes]:
        setup = in_memory(self._held, to_json(ServerSetup(str(pool()), self.kind.preload, plan.own)))
        wide = replace(plan, view=_widened(plan.view), limits=SandboxLimits())
        return spawn(wide, "serve", (theirs.fileno(), setup), self._held, nests=True)[0]

    @property
    def own(self) -> bool:
        """Whether this process has started it."""
        return self._owner == os.getpid()

    @property
    def alive(self) -> bool:
        """Whether it still listens."""
        if self._control.fileno() < 0 or (self.own and (self._process is None or self._process.poll() is not None)):
            return False
        line = select.poll()
        line.register(self._control, 0)
        return not line.poll(0)  # nothing was asked for but what is told unasked: that they have hung up

    def close(self) -> None:
        """End it and every kernel that was forked from it; a server of another process is only let go of."""
        self._control.close()
        if self.own and self._process is not None:
            self._process.kill()
            self._process.wait()
        if self.own and self._thread is not None:
            self._thread.join()
        self._held.close()

    def wait_until_ready(self) -> None:
        """Wait until it says that it has imported everything.

        The message is looked at but not taken: other processes that share the server wait for it, too.

        Raises SandboxError if it does not say so in time, or says that it can't fork; the server is closed then.
        """
        if self._ready:
            return
        try:
            deadline = time.monotonic() + START_SECONDS
            while not select.select([self._control], [], [], 0.1)[0]:
                if not self.alive:
                    raise SandboxError("The fork server ended while it started.")
                if time.monotonic() > deadline:
                    raise SandboxError(f"The fork server was not ready within {START_SECONDS:g} seconds.")
            word = self._control.recv(2**16, socket.MSG_PEEK)
            if not word:
                raise SandboxError("The fork server ended while it started.")
            trouble = StartReport(**json.loads(word)).error
            if trouble:
                raise SandboxError(f"The fork server can't fork: {trouble}")
        except BaseException:
            self.close()
            raise
        self._ready = True

    def fork(self, plan: LaunchPlan) -> Started:
        """Fork a kernel for this plan; return when it has reported. Raises SandboxError if it does not come up."""
        deadline = time.monotonic() + plan.timeout
        self._used = time.monotonic()
        with ExitStack() as stack:
            report, report_end = pipe(stack)
            setup = in_memory(stack, to_json(kernel_setup(plan, stack)))
            line, line_end = socket.socketpair()
            stack.enter_context(line)  # when this closes, the guard ends the fork
            with line_end:
                try:
                    socket.send_fds(self._control, [b"fork"], [setup, report_end.fileno(), line_end.fileno()])
                except OSError as error:
                    raise SandboxError(f"The fork server has ended: {error}") from None
            report_end.close()
            pidfds = _received(line, deadline)
            for fd in pidfds:
                stack.callback(os.close, fd)
            if len(pidfds) != 2:
                raise SandboxError(f"A fork did not start. {hear_line(report, deadline).decode(errors='replace')}")
            pidfd, guard = pidfds
            process = Forked(line, pidfd, guard)
            found = read_report(hear_line(report, deadline) or _NOTHING, "A fork")
            if not process.pid:
                raise SandboxError("A fork ended at once.")
            self._forks = [fork for fork in self._forks if fork.fileno() >= 0] + [line]
            return Started(process, process.pid, pidfd, found, stack.pop_all())


_NOTHING = to_json(StartReport("it ended before it reported")).encode()


class Forked:
    """A fork's first process, as `subprocess.Popen` shows one: its number outside, and how it ended.

    The guard, which no student code reaches, tells the status; while the line to it is open, the fork may live.
    """

    def __init__(self, line: socket.socket, pidfd: int, guard: int) -> None:
        """`pidfd` and `guard` stand for the fork's first process and for its guard; they stay the caller's."""
        self._line = line
        self._guard = guard
        self._status: int | None = None
        self.pid = _number(pidfd)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status, once it and its guard have ended; 137 where the fork server has ended it."""
        if self._status is None:
            self._line.settimeout(timeout)
            try:
                said = self._line.recv(16)
            except TimeoutError:
                raise subprocess.TimeoutExpired("fork", timeout or 0) from None
            except OSError:
                said = b""
            self._line.close()
            ended = select.poll()
            ended.register(self._guard, select.POLLIN)
            ended.poll(10_000)  # until then the sandbox's mounts are there
            self._status = int(said or b"137")
        return self._status

    def kill(self) -> None:
        """Hang up, at which the guard ends it."""
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_WR)


def _received(line: socket.socket, deadline: float) -> list[int]:
    """Open files that stand for the fork's first process and for its guard (pidfds); none if they don't come in time.

    A process is only ever addressed by such a file: inside, its number is another, and numbers are given out again.
    """
    line.settimeout(max(0.01, deadline - time.monotonic()))
    try:
        return socket.recv_fds(line, 16, 2)[1]
    except OSError:
        return []


def _number(pidfd: int) -> int:
    """The number that a process has here, 0 where it has ended (proc(5), /proc/pid/fdinfo)."""
    for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines():
        if line.startswith("Pid:"):
            return max(int(line.split()[1]), 0)
    return 0
