"""A build's notebooks run at the same time, and none goes on once the build has failed."""

from __future__ import annotations

import contextlib
import os
import time
from concurrent.futures import Future
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.execution.kernel.notebookrun import running
from autograder.execution.kernel.session import SessionError
from autograder.instructor.build.kernels import Kernels

MEET = """\
import pathlib, time
pathlib.Path("{mine}").touch()
until = time.monotonic() + 60
while not pathlib.Path("{other}").exists() and time.monotonic() < until:
    time.sleep(0.05)
assert pathlib.Path("{other}").exists()
"""
STAY = "import os, pathlib, time\npathlib.Path('pid').write_text(str(os.getpid()))\ntime.sleep(600)"


def _run(kernels: Kernels, folder: Path, source: str) -> int:
    """How many cells failed."""
    notebook = new_notebook(cells=[new_code_cell(source)])
    with running(notebook, lambda: kernels.launch(folder)) as session:
        return len(session.errors)


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core runs one kernel at a time")
def test_two_notebooks_run_at_the_same_time(tmp_path: Path) -> None:
    with Kernels() as kernels:
        both = [
            kernels.begin(_run, kernels, tmp_path, MEET.format(mine=mine, other=other))
            for mine, other in (("one", "two"), ("two", "one"))
        ]
        assert [one.result() for one in both] == [0, 0]


def _fail(folder: Path) -> list[Future[int]]:
    """Leave the block by an exception, with one kernel for each core in a long cell and others to follow."""
    pid = folder / "pid"
    staying: list[Future[int]] = []
    with contextlib.suppress(ZeroDivisionError), Kernels() as kernels:
        staying += [kernels.begin(_run, kernels, folder, STAY) for _ in range(9)]
        while not (pid.exists() and pid.read_text()):
            time.sleep(0.05)
        raise ZeroDivisionError
    with pytest.raises(SessionError):
        kernels.launch(folder)
    return staying


def test_a_failure_ends_those_that_run(tmp_path: Path) -> None:
    begun = time.monotonic()
    staying = _fail(tmp_path)
    assert time.monotonic() - begun < 100  # a cell has 120 s
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text()}").exists()
    assert staying[0].done()
    assert staying[-1].cancelled()
