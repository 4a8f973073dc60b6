"""Which fork server a kernel is forked from, and a fresh start where there can be none.

A process that grades has one server, started with its first kernel, or before: `shared` starts one for all processes
that are forked from this one. It is a short cut and no more: whoever can't have it starts a fresh sandbox, with the
same protection.
"""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import SandboxError
from ..scratch import remove
from .launch import LaunchPlan, Started, launch
from .pool import pool
from .server import ForkServer, ServerKind, kind_of

log = logging.getLogger(__name__)

_lock = threading.Lock()
_current: ForkServer | None = None
_hopeless: set[ServerKind] = set()
"""Kinds of which a server did not start, or could not fork: they are not tried again."""


def start(plan: LaunchPlan) -> Started:
    """Start a sandbox: a fork where there can be one, else a fresh one.

    A fresh one dies with the calling thread, a fork with this process.

    Raises SandboxError if it does not start, or does not report in time.
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


@contextmanager
def shared(plan: LaunchPlan) -> Iterator[None]:
    """A server for this process and those that it forks within the block; nobody waits for it before they need it.

    The main thread's alone: the server dies with the thread that starts it. Where it can't be had, or a kernel needs
    another kind, all goes on without it.
    """
    global _current
    with _lock:
        kind = kind_of(plan)
        if kind is not None and _current is None:
            with contextlib.suppress(SandboxError):
                _current = ForkServer(kind, plan, in_thread=False)
    try:
        yield
    finally:
        with _lock:
            _let_go()


def _server_for(plan: LaunchPlan) -> ForkServer | None:
    """The server of this process, started anew where there is none, or one of another kind.

    Raises SandboxError if it does not start; it is not tried again.
    """
    global _current
    with _lock:
        kind = kind_of(plan)
        if kind is not None and _current is not None and not (_current.alive and _current.kind == kind):
            _let_go()
            kind = kind_of(plan)  # what was another process's may have gone with its folder, where this kernel's lies
        if kind is None or kind in _hopeless:  # no reason to end what the server has forked for others
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
    """Close the server. Where another process started it, leave its folder, too: this process will need its own."""
    global _current
    if _current is not None:
        _current.close()
        if not _current.own:
            pool.cache_clear()
    _current = None


def _in_a_child() -> None:
    """Let a fork of a process without a server make a folder of its own instead of using its parent's."""
    if _current is None:
        pool.cache_clear()


os.register_at_fork(after_in_child=_in_a_child)
