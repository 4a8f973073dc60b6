"""The machine and the versions that figures were measured on."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import sys
from importlib.metadata import version
from pathlib import Path


def description() -> list[str]:
    """A line for each thing that a figure depends on."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {version(package)}" for name, package in LIBRARIES.items())
    return [
        f"{_processor()}, {cores} core{'s' if cores > 1 else ''}, {memory:.0f} GB",
        f"{platform.system()} {platform.release()} on {platform.machine()}, Python {platform.python_version()}",
        versions,
    ]


LIBRARIES = {"TensorFlow": "tensorflow", "Keras": "keras", "nbgrader": "nbgrader"}


def code() -> str:
    """A digest of the package: where it changes on the way, kept results don't count, and figures mean nothing."""
    package = Path(__file__).resolve().parents[1] / "autograder"
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(package)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def load() -> float:
    """How many processes wanted a core in the last minute: above 0 before a run, others worked here, too."""
    return os.getloadavg()[0]


def _processor() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1] if found else platform.processor() or sys.platform
