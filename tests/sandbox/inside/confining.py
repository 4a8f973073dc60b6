"""Run code in a process of its own, which may give up rights that it does not get back."""

from __future__ import annotations

import subprocess
import sys
import textwrap

TRIED = """
import os, socket, subprocess, sys
def tried(function, *arguments, **named):
    try:
        function(*arguments, **named)
    except OSError as error:
        return error.strerror
    return "done"
"""


def run(code: str) -> str:
    """What the code prints; `tried(function, ...)` gives "done" or why the system refused."""
    program = TRIED + textwrap.dedent(code)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
