"""The processes that work side by side on one machine."""

from __future__ import annotations

import subprocess
import sys

TURNS = """
import asyncio
from jupyter_core.utils import run_sync
from autograder.instructor.processes import in_own_context, processes

async def nothing():
    pass

async def turn():
    await asyncio.to_thread(int)  # ends when a thread wakes this process's event loop

def turns(number):
    for _ in range(1000):
        run_sync(turn)()
    return number

run_sync(nothing)()  # as a kernel leaves it: this process has an event loop
with processes(3) as executor:
    waiting = [executor.submit(in_own_context, turns, number) for number in range(3)]
    print([future.result(timeout=40) for future in waiting])
"""


def test_no_process_takes_what_wakes_another() -> None:
    """Else a class graded from a process that had run a kernel before could wait for ever."""
    done = subprocess.run([sys.executable, "-c", TURNS], capture_output=True, text=True, timeout=100)
    assert (done.returncode, done.stdout) == (0, "[0, 1, 2]\n"), done.stderr
