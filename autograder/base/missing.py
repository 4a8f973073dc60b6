"""What this installation or this system lacks, in one sentence for who called."""

from __future__ import annotations

import os
import platform
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from .errors import UserError

KIT = "residual-networks-course-kit"
_EXTRAS = {"distributed": "cluster", "psycopg": "postgresql", "psycopg2": "postgresql"}
"""The extras of the package that bring what not every instructor needs, by module."""


def lacking(module: str, extra: str = "instructor") -> str:
    """How to get a module of another package's that is not installed."""
    extra = _EXTRAS.get(module, extra)
    return f"{module} is not installed: run `pip install '{KIT}[{extra}]'` (in a checkout of the kit: `make install`)"


def require(module: str, extra: str) -> None:
    """Raise UserError where a module that another process is going to need is not installed."""
    if find_spec(module) is None:
        raise UserError(f"{lacking(module, extra)}.")


def refuse_another_copy() -> None:
    """Raise UserError where this is one copy of the kit, and kernels would run another: one can't judge for the other.

    Kernels are started by `python -I`, without the folder that the command was typed in and without PYTHONPATH, where
    this copy may have come from.
    """
    package = __package__.partition(".")[0]
    typed_in = {"", os.getcwd(), *os.environ.get("PYTHONPATH", "").split(os.pathsep)}
    path = [entry for entry in sys.path if entry not in typed_in]
    found = (finder.find_spec(package, path) for finder in sys.meta_path)
    kernels = next((spec.origin for spec in found if spec is not None and spec.origin), None)
    here = Path(__file__).resolve().parents[1]
    if kernels is not None and Path(kernels).resolve().parent != here:
        raise UserError(
            f"This runs the kit in {here}, and its kernels would run the one in {Path(kernels).resolve().parent}: "
            "use the command `autograder`, or install this copy."
        )


def missing(error: Exception, extra: str = "instructor") -> str | None:
    """The sentence for an error that says what is not here; None where it says something else.

    `extra` is the package's extra that brings what the caller's command needs.
    """
    if isinstance(error, ModuleNotFoundError) and error.name:
        name = error.name.partition(".")[0]
        if name in sys.stdlib_module_names:
            return _not_on_this_system(name)
        return None if name == __package__.partition(".")[0] else f"{lacking(name, extra)}."
    if isinstance(error, AttributeError) and isinstance(error.obj, ModuleType):
        module = error.obj.__name__
        return _not_on_this_system(f"{module}.{error.name}") if module in ("os", "select", "signal", "socket") else None
    return None


def _not_on_this_system(name: str) -> str:
    return (
        f"{platform.system()} has no {name}, which this needs: run it on Linux, on Windows in WSL 2. "
        "What students use (`check`, `watch`, `study`) works everywhere."
    )
