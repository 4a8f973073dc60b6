"""A class graded on many machines: a Dask cluster's workers in the place of this machine's processes.

Scheduler, workers and this process unpickle what they send each other, so all of them are trusted; student code can't
reach them, since a sandbox has no network. Workers write results into the course's folder, on a file system that all
share, just as local processes do.
"""

from __future__ import annotations

import contextlib
import logging
import os
import platform
import secrets
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Executor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...base.course import Course
from ...base.errors import UserError
from ...execution.fingerprint import versions
from ...sandbox.errors import SandboxUnavailable
from ...sandbox.machine import machine

if TYPE_CHECKING:
    from distributed import Client


class ClusterError(UserError):
    """The cluster can't be used as it is; the message says why and what to do."""


@contextlib.contextmanager
def workers(
    address: str, course: Course, unprotected: bool = False, reach: float = 10.0, patience: float = 60.0
) -> Iterator[Executor]:
    """An executor of the workers that the Dask scheduler at the address has, now and later.

    It waits `reach` seconds for scheduler and workers to be there, and gives up when there has been no worker for
    `patience` seconds. A lost worker's submissions go to another one. Raises ClusterError where the cluster can't be
    reached, a worker would not give the results that this machine gives, or all of it is lost on the way.
    """
    client = _connect(address, reach)
    try:
        try:
            _require_scheduler(client)
            _require_workers(client, reach)
            _require_alike(client)
            _require_place(client, course, unprotected)
        except OSError as error:
            raise ClusterError(f"The scheduler at {address} went away ({_line(error)}).") from None
        executor = client.get_executor(pure=False)
        with _watched(client, executor, patience) as gone:
            try:
                yield executor
            except CancelledError:
                lost = "All workers" if gone.is_set() else "The scheduler"
                raise ClusterError(
                    f"{lost} at {address} went away. What has been graded is kept: start them again, and this command."
                ) from None
            finally:
                executor.shutdown(wait=False)  # nothing is left to wait for, unless this was interrupted
    finally:
        with contextlib.suppress(Exception):
            client.close(timeout=5)


# --- reaching it -----------------------------------------------------------------------------------------------


def _connect(address: str, reach: float) -> Client:
    _require_address(address)
    try:
        import distributed
    except ImportError:
        raise ClusterError(
            "--scheduler needs Dask: `pip install 'residual-networks-course-kit[cluster]'`, here and on the workers."
        ) from None
    _quiet()
    if address.startswith("tls://"):
        _require_certificates(address)
    try:
        return distributed.Client(address, timeout=reach, set_as_default=False)
    except Exception as error:
        raise ClusterError(
            f"There is no Dask scheduler to be reached at {address} ({_line(error)}): "
            "is `dask scheduler` running, and does it listen there?"
        ) from None


def _require_address(address: str) -> None:
    """Raise ClusterError for what is no address: Dask would fail an assertion on some, and wait for others."""
    scheme, found, place = address.rpartition("://")
    host, _, port = place.rpartition(":")
    brackets = host.startswith("[") == host.endswith("]") == (":" in host)
    if (found and scheme not in ("tcp", "tls")) or not host or not brackets or not _is_port(port):
        raise ClusterError(
            f"{address!r} is not a scheduler's address: write tcp://HOST:PORT, tls://HOST:PORT or HOST:PORT."
        )


def _require_certificates(address: str) -> None:
    from distributed.security import Security

    try:
        ready = Security().get_connection_args("client")["ssl_context"] is not None
        why = "Dask's configuration names none"
    except (OSError, TypeError) as error:
        ready, why = False, _line(error)
    if not ready:
        raise ClusterError(
            f"{address} needs certificates ({why}): set distributed.comm.tls in Dask's configuration, "
            "as in docs/guides/scaling.md."
        )


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text) < 65536


def _quiet() -> None:
    """Silence Dask's warnings in this process: lost connections and unequal versions get a sentence of our own."""
    from distributed.versions import VersionMismatchWarning

    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in ("distributed", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    warnings.simplefilter("ignore", VersionMismatchWarning)


def _line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]


# --- what scheduler and workers must be like -----------------------------------------------------------------------


def _require_scheduler(client: Client) -> None:
    """Raise ClusterError unless the scheduler has the same versions as this machine: it unpickles what it hands on."""
    try:
        its = client.run_on_scheduler(versions)
    except Exception as error:
        raise ClusterError(f"The scheduler can't run this package ({_line(error)}): install it there.") from None
    if its != versions():
        raise ClusterError(f"The scheduler {_difference(its)}.")


def _require_workers(client: Client, reach: float) -> None:
    try:
        client.wait_for_workers(1, timeout=reach)
    except TimeoutError:
        raise _no_workers(client) from None
    # A test cell stands in the course's folder while it runs, and a process stands in one folder only.
    threads: Mapping[str, int] = client.nthreads()
    busy = {name: number for name, number in threads.items() if number != 1}
    _refuse({name: f"has {number} threads: start it with `--nthreads 1`" for name, number in busy.items()})


def _no_workers(client: Client) -> ClusterError:
    address = client.scheduler.address
    return ClusterError(
        f"The scheduler at {address} has no workers: start some, each with `dask worker {address} --nthreads 1`."
    )


def _require_alike(client: Client) -> None:
    """Refuse workers whose versions of Python or of the packages are not this process's: their results could differ."""
    pythons = _ask(client, platform.python_version)
    mine = platform.python_version()
    _refuse({name: f"runs Python {its}, and this is {mine}" for name, its in pythons.items() if its != mine})
    theirs = _ask(client, versions)
    _refuse({name: _difference(its) for name, its in theirs.items() if its != versions()})


def _difference(its: tuple[str, ...]) -> str:
    for theirs, ours in zip(its[1:], versions()[1:], strict=False):
        if theirs != ours:
            return f"has {theirs}, and this machine has {ours}: install the same there"
    return "has another version of this package: install the same there, and restart it"


def _require_place(client: Client, course: Course, unprotected: bool) -> None:
    """Every worker sees this very folder, can write results that can be read here, and has the sandbox."""
    course.results.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=course.results, prefix=f"cluster-{secrets.token_hex(8)}-") as marker:
        troubles = _ask(client, look, course.root, Path(marker.name).name, os.getuid(), unprotected)
    _refuse({name: trouble for name, trouble in troubles.items() if trouble})


def look(root: Path, marker: str, user: int, unprotected: bool) -> str:
    """What on this machine keeps submissions of the course from being executed, "" where nothing does."""
    folder = Course(root).results
    if not (folder / marker).is_file():
        return f"does not see {root} as it is here: all need the course's folder on a shared file system, at one path"
    if os.getuid() != user:
        return f"runs as user {os.getuid()}, and this is user {user}: what it writes could not be read here"
    try:
        with tempfile.NamedTemporaryFile(dir=folder):
            pass
    except OSError as error:
        return f"can't write into {folder} ({error.strerror})"
    try:
        if not unprotected:
            machine().require()
    except SandboxUnavailable as error:
        return f"can't give the sandbox. {error}"
    return ""


def _ask(client: Client, question: Callable[..., Any], *arguments: object) -> dict[str, Any]:
    """What every worker answers; one that is lost while it is asked is not there any more."""
    from distributed.comm import CommClosedError

    answers: dict[str, Any] = client.run(question, *arguments, on_error="return")
    there = {name: answer for name, answer in answers.items() if not isinstance(answer, CommClosedError)}
    failed = {name: _line(answer) for name, answer in there.items() if isinstance(answer, Exception)}
    _refuse({name: f"can't run this package ({why}): install it there" for name, why in failed.items()})
    if not there:
        raise _no_workers(client)
    return there


def _refuse(troubles: Mapping[str, str]) -> None:
    for name, trouble in troubles.items():
        others = f" (and {len(troubles) - 1} more)" if len(troubles) > 1 else ""
        raise ClusterError(f"The worker {name}{others} {trouble}.")


# --- while it works --------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _watched(client: Client, executor: Executor, patience: float) -> Iterator[threading.Event]:
    """During the block, cancel all waiting tasks once the cluster has had no worker for `patience` seconds.

    The event that it gives is set when that has happened.
    """
    gone, ended = threading.Event(), threading.Event()

    def watch() -> None:
        seen = time.monotonic()
        while not ended.wait(1.0):
            with contextlib.suppress(Exception):  # without a scheduler, Dask itself cancels everything
                if client.nthreads():
                    seen = time.monotonic()
            if time.monotonic() - seen > patience:
                gone.set()
                executor.shutdown(wait=False)
                return

    thread = threading.Thread(target=watch, name="cluster-watch", daemon=True)
    thread.start()
    try:
        yield gone
    finally:
        ended.set()
        thread.join()
