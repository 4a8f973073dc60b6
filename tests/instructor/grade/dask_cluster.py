"""A real Dask scheduler and real workers on this machine, for tests."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import psutil

T = TypeVar("T")


@dataclass
class Cluster:
    """A scheduler and the workers that were started for it; each worker has a session, and a log, of its own."""

    folder: Path
    address: str = ""
    scheduler: subprocess.Popen[bytes] | None = None
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start_scheduler(self, path: Path | None = None) -> None:
        """`path` goes first into what Python imports from."""
        file = self.folder / "scheduler.json"
        self.scheduler = self._start(
            "scheduler",
            ["dask", "scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file)],
            {"PYTHONPATH": str(path)} if path else {},
        )
        self.address = json.loads(wait_for(lambda: file.read_text() if file.is_file() else ""))["address"]

    def start_worker(
        self, name: str, *options: str, before: Sequence[str] = (), path: Path | None = None, nanny: bool = False
    ) -> None:
        """`before` goes before the command, `path` first into what Python imports from."""
        options = (*options, "--name", name, "--local-directory", str(self.folder / name))
        options = options if "--nthreads" in options else (*options, "--nthreads", "1")
        options = options if nanny else (*options, "--no-nanny")
        environment = {"PYTHONPATH": str(path)} if path else {}
        self.workers[name] = self._start(name, [*before, "dask", "worker", self.address, *options], environment)

    def wait_for_worker(self, name: str) -> None:
        wait_for(lambda: "Registered to" in self.log(name))

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def stop_worker(self, name: str) -> None:
        _end(self.workers.pop(name))

    def stop(self) -> None:
        for name in list(self.workers):
            self.stop_worker(name)
        if self.scheduler:
            _end(self.scheduler)

    def _start(
        self, name: str, command: list[str], environment: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("wb") as log:
            return subprocess.Popen(
                [*command, "--no-dashboard"],
                cwd=self.folder,
                env=os.environ | (environment or {}),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )


@contextlib.contextmanager
def cluster(folder: Path, path: Path | None = None) -> Iterator[Cluster]:
    """A scheduler without workers; all that was started for it has ended after the block."""
    made = Cluster(folder)
    try:
        made.start_scheduler(path)
        yield made
    finally:
        made.stop()


def _end(process: subprocess.Popen[bytes]) -> None:
    children = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for child in children:
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()


def wait_for(question: Callable[[], T], seconds: float = 60.0) -> T:
    """The first answer that is true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = question()
        if answer:
            return answer
        time.sleep(0.1)
    raise AssertionError("it did not come")
