"""A kernel on a processor that others keep busy: what it has to wait does not count, and what that cost is said."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from autograder.execution.kernel.session import Cell, Session, Times
from autograder.sandbox.kernel import SandboxKernel
from autograder.sandbox.start import forkserver

COMPUTES = """
import time
begin = time.process_time()
while time.process_time() - begin < {seconds}:
    pass
print("done")
"""


@contextmanager
def busy(opened: Session, number: int) -> Iterator[None]:
    """One core for the code of a kernel, and so many processes that keep that core busy."""
    core = {min(os.sched_getaffinity(0))}

    def like_a_sandbox() -> None:
        os.sched_setaffinity(0, core)
        os.nice(5)

    done = opened.run(Cell("core", f"import os\nos.sched_setaffinity(0, {core!r})"))
    assert done.trouble is None
    ends_with_this_process = f"while kill -0 {os.getpid()}; do :; done"
    others = [
        subprocess.Popen(["sh", "-c", ends_with_this_process], start_new_session=True, preexec_fn=like_a_sandbox)
        for _ in range(number)
    ]
    for other in others:
        with suppress(OSError):  # as low as a sandbox's, where sessions are scheduled as one
            Path(f"/proc/{other.pid}/autogroup").write_text("5")
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


@pytest.fixture
def scratch() -> Iterator[Path]:
    with forkserver.scratch() as folder:
        yield folder


@contextmanager
def session(scratch: Path, seconds: float) -> Iterator[Session]:
    opened = Session(lambda: SandboxKernel.start(scratch), Times(cell=seconds, start=120.0))
    try:
        yield opened
    finally:
        opened.close()


def test_what_it_has_to_wait_does_not_count(scratch: Path) -> None:
    """One process beside it: what takes 3 of the 4 seconds that it may takes 6 by the clock."""
    with session(scratch, seconds=4.0) as opened, busy(opened, 1):
        done = opened.run(Cell("cell", COMPUTES.format(seconds=3)))
        assert done.trouble is None
        assert done.run.outputs[0].text == "done\n"
        assert opened.waited > 2


def test_what_lacked_the_processor_is_said(scratch: Path) -> None:
    """Of thirty times as long it is given ten times: what it might have done alone, nobody knows."""
    with session(scratch, seconds=1.0) as opened, busy(opened, 30):
        done = opened.run(Cell("cell", COMPUTES.format(seconds=0.75)))
        assert done.trouble is not None
        assert opened.crowded


@pytest.mark.parametrize("cell", ["while True: pass", "import time\ntime.sleep(600)"])
def test_what_had_its_time_is_stopped_for_good(scratch: Path, cell: str) -> None:
    with session(scratch, seconds=2.0) as opened:
        done = opened.run(Cell("cell", cell))
        assert done.trouble is not None
        assert done.trouble.type == "CellTimeoutError"
        assert opened.waited > 0.1 or not opened.crowded  # this machine may be busy with something else


def test_what_was_answered_can_be_read_when_the_kernel_is_gone(scratch: Path) -> None:
    with session(scratch, seconds=60.0) as opened:
        opened.run(Cell("cell", "def half(): open('x', 'w').close()"))
        kernel = opened._kernel
        assert isinstance(kernel, SandboxKernel)
        (kernel.run / "answer").write_text("half of it")
        opened._drop()
        assert not kernel.alive()
        assert (kernel.run / "answer").read_text() == "half of it"
