"""The fork server from outside: one process that has imported everything, from which kernels are forked.

A process that grades has one, started with its first kernel, or before: `shared` starts one for all processes that are
forked from this one. It is a short cut and no more: whoever can't have it starts a fresh sandbox, with the same
protection.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import json
import logging
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .command import View, arguments, made_up, masked, readable
from .folders import remove
from .launch import FIRST_TO_GO, Plan, Started, hear_line, in_memory, launch, pipe, setup_of
from .limits import Limits
from .protection import SandboxError

log = logging.getLogger(__name__)

IDLE = 120.0
"""Seconds without a kernel after which a server ends, where the process that has it goes on: a Jupyter server."""
_START = 120.0
"""Seconds that a server may take to import everything."""


def start(plan: Plan) -> Started:
    """Start a sandbox: a fork where there can be one, else a fresh one. It dies with the calling thread, or with this
    process.

    Raises:
        SandboxError: if it does not start, or does not report in time.
    """
    server = None
    try:
        server = _server_for(plan)
        if server is not None:
            return server.fork(plan)
    except SandboxError as error:
        if server is not None and server.alive:
            _hopeless.add(server.kind)  # what one fork can't do the next one can't, either
        log.warning("No fork server, so each kernel starts afresh: %s", str(error).strip().splitlines()[-1])
    return launch(plan)


# --- the folder that all submissions' folders are made in --------------------------------------------------------


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for one sandbox's `work` and `run`, where the fork server sees it; it goes with the block."""
    with _lock:
        if _current is not None and not _current.alive:
            _let_go()
    folder = Path(tempfile.mkdtemp(prefix="ag-", dir=pool()))
    try:
        yield folder
    finally:
        remove(folder)


@cache
def pool() -> Path:
    """This process's folder for them; those of processes that are no more are cleared away."""
    _clear_away()
    folder = Path(tempfile.mkdtemp(prefix=_POOL)).resolve()
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(lock, fcntl.LOCK_EX)  # held until this process ends, however it ends
    owner = os.getpid()
    atexit.register(lambda: shutil.rmtree(folder, ignore_errors=True) if os.getpid() == owner else None)
    return folder


_POOL = "ag-pool-"


def _clear_away() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_POOL}*"):
        with contextlib.suppress(OSError):
            if folder.is_symlink() or folder.stat().st_uid != os.geteuid() or time.time() - folder.stat().st_mtime < 60:
                continue
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                remove(folder)
            finally:
                os.close(lock)


# --- servers -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kind:
    """What a server's forks have in common; a kernel that needs something else gets another server."""

    bubblewrap: Path
    shown: tuple[tuple[Path, float], ...]
    """What is bound read-only, each with its last change: a file that is replaced is bound anew."""
    masked: tuple[Path, ...]
    preload: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]


def _kind(plan: Plan) -> Kind | None:
    """The kind of server that could fork this one; None where none could."""
    if plan.bubblewrap is None or not plan.bubblewrap.one_level or plan.preload is None or not plan.connection_file:
        return None
    view = plan.view
    if not all(path.is_relative_to(pool()) for path in (view.work, view.run)):
        return None
    if any(path.is_relative_to(pool()) for path in view.read_only):
        return None  # a fork sees nothing of it but its own folders
    shown = tuple((path, path.stat().st_mtime) for path in readable(view))
    own = tuple(sorted(view.environment.items()))
    return Kind(plan.bubblewrap.path, shown, masked(_inner(view)), plan.preload, own)


def _inner(view: View) -> View:
    return View(pool(), pool(), view.read_only, view.hide, view.environment)


_lock = threading.Lock()
_current: ForkServer | None = None
_hopeless: set[Kind] = set()


@contextmanager
def shared(plan: Plan) -> Iterator[None]:
    """A server for this process and those that it forks within the block; nobody waits for it before they need it.

    The main thread's alone: the server dies with the thread that starts it. Where it can't be had, or a kernel needs
    another kind, all goes on without it.
    """
    global _current
    with _lock:
        kind = _kind(plan)
        if kind is not None and _current is None:
            with contextlib.suppress(SandboxError):
                _current = ForkServer(kind, plan, in_thread=False)
    try:
        yield
    finally:
        with _lock:
            _let_go()


def _server_for(plan: Plan) -> ForkServer | None:
    """The server of this process, started anew where there is none, or one of another kind.

    Raises:
        SandboxError: if it does not start; it is not tried again.
    """
    global _current
    with _lock:
        if _current is not None and not (_current.alive and _current.kind == _kind(plan)):
            _let_go()
        kind = _kind(plan)  # after letting go of what was another process's, in whose folder this kernel's lies
        if kind is None or kind in _hopeless:
            return None
        try:
            if _current is None:
                _current = ForkServer(kind, plan)
            _current.wait_until_ready()
        except SandboxError:
            _hopeless.add(kind)
            _let_go()
            raise
        return _current


def _let_go() -> None:
    """Be without a server, and without its folder where that is another process's."""
    global _current
    if _current is not None:
        _current.close()
        if not _current.own:
            pool.cache_clear()
    _current = None


def _in_a_child() -> None:
    """A child shares its parent's server and the folder that this sees, or has neither."""
    if _current is None:
        pool.cache_clear()


os.register_at_fork(after_in_child=_in_a_child)


class ForkServer:
    """A process in a sandbox, and the thread that it lives as long as."""

    def __init__(self, kind: Kind, plan: Plan, in_thread: bool = True) -> None:
        """Start it: in a thread of its own, or in the calling one.

        Raises:
            SandboxError: if it can't be started.
        """
        self.kind = kind
        self._owner = os.getpid()
        self._used = time.monotonic()
        self._ready = False
        self._forks: list[socket.socket] = []
        self._started = threading.Event()
        self._trouble: OSError | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None
        self._open = contextlib.ExitStack()  # what bubblewrap must not find closed
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control = ours
        if in_thread:
            # Bubblewrap dies with the thread that started it; this one lives as long as the server.
            self._thread = threading.Thread(target=self._live, args=(plan, theirs), name="fork-server", daemon=True)
            self._thread.start()
            self._started.wait()
        else:
            self._begin(plan, theirs)
        theirs.close()
        if self._trouble is not None:
            self.close()
            raise SandboxError(f"The fork server can't be started: {self._trouble}")

    @property
    def own(self) -> bool:
        """Whether this process has started it."""
        return self._owner == os.getpid()

    @property
    def alive(self) -> bool:
        """Whether anybody is at the other end."""
        if self._control.fileno() < 0 or (self.own and (self._process is None or self._process.poll() is not None)):
            return False
        line = select.poll()
        line.register(self._control, 0)
        return not line.poll(0)  # nothing was asked for but what is told unasked: that they have hung up

    def close(self) -> None:
        """End it, and every kernel that was forked from it; of another process's, let go."""
        self._control.close()
        if self.own and self._process is not None:
            self._process.kill()
            self._process.wait()
        if self.own and self._thread is not None:
            self._thread.join()
        self._open.close()

    def fork(self, plan: Plan) -> Started:
        """A kernel for this plan, which has reported.

        Raises:
            SandboxError: if it does not come up.
        """
        deadline = time.monotonic() + plan.timeout
        self._used = time.monotonic()
        with contextlib.ExitStack() as stack:
            report, report_end = pipe(stack)
            setup = in_memory(stack, json.dumps(setup_of(plan)))
            line, line_end = socket.socketpair()
            try:
                try:
                    socket.send_fds(self._control, [b"fork"], [setup, report_end, line_end.fileno()])
                except OSError as error:
                    raise SandboxError(f"The fork server has ended: {error}") from None
                finally:
                    os.close(report_end)
                    line_end.close()
                pidfd = _received(line, deadline)
                if pidfd is None:
                    raise SandboxError(f"A fork did not start. {hear_line(report, deadline).decode(errors='replace')}")
                try:
                    process = Forked(line, pidfd)
                    answer = hear_line(report, deadline)
                    found = json.loads(answer) if answer else {"error": "it ended before it reported"}
                    if found["error"]:
                        raise SandboxError(f"A fork could not confine itself or start its kernel. {found['error']}")
                    if not process.pid:
                        raise SandboxError("A fork ended at once.")
                except BaseException:
                    os.close(pidfd)
                    raise
            except BaseException:
                line.close()  # at which the guard ends it
                raise
        self._forks = [fork for fork in self._forks if fork.fileno() >= 0] + [line]
        return Started(process, process.pid, pidfd, found, os.open(os.devnull, os.O_RDONLY))

    def _live(self, plan: Plan, theirs: socket.socket) -> None:
        self._begin(plan, theirs)
        self._started.set()
        if self._process is not None:
            self._wait(self._process)
        self._open.close()

    def _begin(self, plan: Plan, theirs: socket.socket) -> None:
        try:
            self._process = self._launch(plan, theirs, self._open)
        except OSError as error:
            self._trouble = error

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        while process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(1.0)
            if time.monotonic() - self._used > IDLE and all(fork.fileno() < 0 for fork in self._forks):
                process.kill()

    def _launch(self, plan: Plan, theirs: socket.socket, stack: contextlib.ExitStack) -> subprocess.Popen[bytes]:
        assert plan.bubblewrap is not None
        _, status_end = pipe(stack)  # nobody listens, but bubblewrap must not find it closed
        view = _inner(plan.view)
        setup = in_memory(stack, json.dumps({"pool": str(pool()), "preload": self.kind.preload}))
        files = {path: in_memory(stack, text) for path, text in made_up().items()}
        options = arguments(view, Limits(), status_end, files, one_level=True, nests=True)
        args = in_memory(stack, "".join(f"{option}\0" for option in options))
        python = os.path.abspath(sys.executable)
        program = [python, "-I", "-m", f"{__package__}.serve", str(theirs.fileno()), str(setup)]
        process = subprocess.Popen(
            [*FIRST_TO_GO, str(plan.bubblewrap.path), "--args", str(args), "--", *program],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[theirs.fileno(), setup, status_end, args, *files.values()],
            env={},
            cwd="/",
            start_new_session=True,
        )
        os.close(status_end)
        return process

    def wait_until_ready(self) -> None:
        """Wait for its word that it has imported everything, which stays in the line, for others to see.

        Raises:
            SandboxError: if it does not come, or is that it can't fork; the server is closed.
        """
        if self._ready:
            return
        try:
            deadline = time.monotonic() + _START
            while not select.select([self._control], [], [], 0.1)[0]:
                if not self.alive:
                    raise SandboxError("The fork server ended while it started.")
                if time.monotonic() > deadline:
                    raise SandboxError(f"The fork server was not ready within {_START:g} seconds.")
            word = self._control.recv(2**16, socket.MSG_PEEK)
            if not word:
                raise SandboxError("The fork server ended while it started.")
            trouble = json.loads(word)["error"]
            if trouble:
                raise SandboxError(f"The fork server can't fork: {trouble}")
        except BaseException:
            self.close()
            raise
        self._ready = True


class Forked:
    """A fork's first process, as `subprocess.Popen` shows one: its number outside, and how it ended.

    The guard, which no student code reaches, tells the status; while the line to it is open, the fork may live.
    """

    def __init__(self, line: socket.socket, pidfd: int) -> None:
        self._line = line
        self._status: int | None = None
        self.pid = _number(pidfd)

    def poll(self) -> int | None:
        """Its exit status, None while it lives."""
        if self._status is None and select.select([self._line], [], [], 0)[0]:
            self.wait()
        return self._status

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status, once it has ended; 137 where the fork server has ended it."""
        if self._status is None:
            self._line.settimeout(timeout)
            try:
                said = self._line.recv(16)
            except TimeoutError:
                raise subprocess.TimeoutExpired("fork", timeout or 0) from None
            except OSError:
                said = b""
            self._line.close()
            self._status = int(said or b"137")
        return self._status

    def kill(self) -> None:
        """Hang up, at which the guard ends it."""
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_WR)


def _received(line: socket.socket, deadline: float) -> int | None:
    """The first process as a file, through which alone it is meant: numbers differ inside, and are used again.

    None if there is none in time.
    """
    line.settimeout(max(0.01, deadline - time.monotonic()))
    try:
        _, fds, *_ = socket.recv_fds(line, 16, 1)
    except OSError:
        fds = []
    return fds[0] if fds else None


def _number(pidfd: int) -> int:
    """Its number here, 0 where it has ended (proc(5), /proc/pid/fdinfo)."""
    for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines():
        if line.startswith("Pid:"):
            return max(int(line.split()[1]), 0)
    return 0
