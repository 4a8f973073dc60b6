"""The fork server's program: it imports what kernels need, once, and forks a kernel for each that is asked for.

It runs in a sandbox of its own, which shows nothing of any submission. It runs nothing of
theirs, and no TensorFlow operation, whose threads would not survive a fork. A fork leaves all namespaces for new ones
before it confines itself further as a fresh sandbox's first program does:

    server ── guard ── first ── kernel
              waits    PID 1    Landlock, seccomp, limits, then student code
              outside  of its own namespaces
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import random
import select
import signal
import socket
import sys
import threading
import traceback
from typing import NoReturn

from . import namespaces
from .first import become_first, run_kernel
from .group import end_with_parent, lead
from .setup import MACHINE_FILES, MACHINE_FOLDERS, USER, KernelSetup, ServerSetup, StartReport, to_json

ALWAYS = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.core.ultratb",
    "IPython.extensions.storemagic",
    "ipykernel.debugger",
    "rich._emoji_codes",
    "runpy",
    "sqlite3",
    "tornado.platform.asyncio",
    "tornado.queues",
    "zmq.utils.garbage",
)
"""Modules that every kernel needs; whoever starts the server names more."""
INLINE = "matplotlib_inline.backend_inline"
"""Shows figures below the cell that drew them, and closes them, once a kernel has imported it itself."""


def main(control_fd: int, setup_fd: int) -> None:
    """Make ready, say so, and fork until the other side hangs up."""
    setup = ServerSetup.read_from(setup_fd)
    if not setup.own.namespaces:
        end_with_parent(signal.SIGKILL)
    control = socket.socket(fileno=control_fd)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # a guard that has ended leaves nothing behind
    trouble = _prepare(setup)
    control.sendall(to_json(StartReport(trouble)).encode())
    while not trouble:
        message, fds, *_ = socket.recv_fds(control, 16, 4)
        if not message:
            return
        if os.fork() == 0:
            control.close()
            _guard(setup.pool, *fds)
        for fd in fds:
            os.close(fd)


def _prepare(told: ServerSetup) -> str:
    """Import everything. Returns why this process can't be forked now, "" if it can."""
    if told.own.proc:
        namespaces.uncover("/proc")
    if told.own.namespaces:
        namespaces.drop_capabilities(but=namespaces.SETFCAP)
    gc.disable()  # looking for garbage takes a fifth of the time that importing TensorFlow takes
    os.environ["MPLBACKEND"] = f"module://{INLINE}"  # as a kernel sets it, but Matplotlib looks when it is imported
    for name in (*told.preload, *ALWAYS, INLINE):
        with contextlib.suppress(Exception):  # a course's module may not be there; its notebook will say so
            importlib.import_module(name)
    sys.modules.pop(INLINE, None)
    if threading.active_count() > 1:
        return f"what the course imports starts threads: {', '.join(t.name for t in threading.enumerate())}"
    if _tensorflow_has_begun():
        return "what the course imports runs TensorFlow operations"
    gc.freeze()  # else the first collection in every fork copies it all
    gc.enable()
    return ""


def _tensorflow_has_begun() -> bool:
    context = sys.modules.get("tensorflow.python.eager.context")
    begun = context and context.context_safe()
    return bool(begun and begun._context_handle is not None)


def _guard(pool: str, setup_fd: int, report_fd: int, line_fd: int) -> NoReturn:
    """Start a sandbox's first process, wait for its end and say how it ended; end it when the grader hangs up."""
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        setup = KernelSetup.read_from(setup_fd)
        if setup.own.namespaces:
            namespaces.leave(USER, setup.own)
        else:
            end_with_parent(signal.SIGTERM)
        first = os.fork()
        if first == 0:
            os.close(line_fd)
            _first(pool, setup, report_fd)
        os.close(report_fd)
        with socket.socket(fileno=line_fd) as line:
            pidfd = os.pidfd_open(first)
            # Also its own: the guard shares the sandbox's mounts, so they are gone when it has ended, too.
            socket.send_fds(line, [b"first"], [pidfd, os.pidfd_open(os.getpid())])
            ready = select.select([pidfd, line.fileno()], [], [])[0]
            if pidfd not in ready:
                # The head of a group ends what it leads before itself; the first of a namespace takes all with it.
                signal.pidfd_send_signal(pidfd, signal.SIGKILL if setup.own.namespaces else signal.SIGTERM)
            code = os.waitstatus_to_exitcode(os.waitpid(first, 0)[1])
            with contextlib.suppress(OSError):
                line.sendall(str(code).encode())
    except BaseException:
        _tell(report_fd)
    os._exit(0)


def _first(pool: str, setup: KernelSetup, report_fd: int) -> NoReturn:
    """Mount what this sandbox has of its own, give up the right to mount anything, and become the kernel in a child."""
    try:
        if setup.own.namespaces:
            _mount(pool, setup)
            namespaces.drop_capabilities()
            become_first()
        else:
            lead()
        os.closerange(3, report_fd)
        os.closerange(report_fd + 1, 1 << 16)
        os.environ.clear()
        os.environ.update(setup.environment)
        random.seed()
        if "numpy" in sys.modules:
            sys.modules["numpy"].random.seed()
        run_kernel(setup, report_fd)
    except SystemExit as end:
        os._exit(end.code if isinstance(end.code, int) else 1 if end.code else 0)
    except BaseException:
        _tell(report_fd)
    os._exit(1)


def _mount(pool: str, setup: KernelSetup) -> None:
    """The kernel's own /tmp, /dev/shm, /proc and terminals, and two folders of its own where all submissions' are."""
    # Python itself may lie in /tmp; and what is shown there is shown again.
    shown = [path for path in setup.read if path.startswith("/tmp/") and os.path.exists(path)]
    again = [(os.open(path, os.O_PATH | os.O_NOFOLLOW), path) for path in shown]
    for place in ("/tmp", "/dev/shm"):
        namespaces.mount("tmpfs", place, namespaces.NO_DEV, f"size={setup.limits.tmp_size},mode=1777")
    covered = not pool.startswith("/tmp/")
    if covered:
        namespaces.mount("tmpfs", pool, namespaces.NO_DEV, "size=64k,mode=755")
    for handle, path in again:
        namespaces.bind(handle, path)
        os.close(handle)
    limits = setup.limits
    for place in setup.folders:
        os.makedirs(place, exist_ok=True)
        size = f"size={limits.folder_size},nr_inodes={limits.folder_files},mode=700"
        namespaces.mount("tmpfs", place, namespaces.NO_DEV, size)
    if covered:
        namespaces.make_read_only(pool)
    namespaces.mount("devpts", "/dev/pts", namespaces.NO_EXEC, "newinstance,ptmxmode=0666,mode=620")
    if setup.own.proc:
        namespaces.mount("proc", "/proc", namespaces.READ_ONLY | namespaces.NO_DEV | namespaces.NO_EXEC)
        _cover_machine()


def _cover_machine() -> None:
    """What /proc tells of the machine: empty."""
    nothing = os.open("/dev/null", os.O_PATH)
    for place in (f"/proc/{name}" for name in MACHINE_FILES):
        if os.path.lexists(place):
            namespaces.bind(nothing, place)
    os.close(nothing)
    for place in (f"/proc/{name}" for name in MACHINE_FOLDERS):
        if os.path.lexists(place):
            namespaces.mount("tmpfs", place, namespaces.READ_ONLY | namespaces.NO_DEV, "size=4096,mode=555")


def _tell(report_fd: int) -> None:
    """What went wrong before there was a kernel; nobody listens any more where there is one."""
    with contextlib.suppress(OSError):
        os.write(report_fd, to_json(StartReport(traceback.format_exc()[-4000:])).encode() + b"\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
