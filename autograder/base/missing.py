"""What this installation or this system lacks, in one sentence for who called."""

from __future__ import annotations

import platform
import sys
from importlib.util import find_spec
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
