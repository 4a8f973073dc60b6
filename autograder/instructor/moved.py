"""Old dotted names in somebody's `nbgrader_config.py`: for one more version they lead to `autograder.plugins`."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

PLACE = "autograder.instructor."
OLD = frozenset("sanitize execute save filters downloads downloads.plugins canvas moodle gradescope".split())
"""Modules that are gone. `feedback` and `export` have become packages, which look their old names up here."""


def plugin(module: str, name: str) -> Any:
    """What `name` was in an old module; warns of the old name. Raises AttributeError where there was no such thing."""
    found = getattr(import_module("autograder.plugins"), name)
    warnings.warn(
        f"{module}.{name} has moved: write autograder.plugins.{name} in nbgrader_config.py. "
        "The old name goes with the next version.",
        FutureWarning,
        stacklevel=3,
    )
    return found


class _Old(MetaPathFinder, Loader):
    """Imports a module that is gone as one that looks its names up among the plugins."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> Any:
        gone = fullname.startswith(PLACE) and fullname.removeprefix(PLACE) in OLD
        return ModuleSpec(fullname, self, is_package=fullname == f"{PLACE}downloads") if gone else None

    def exec_module(self, module: ModuleType) -> None:
        module.__getattr__ = lambda name: plugin(module.__name__, name)  # type: ignore[method-assign]


def find_old_names() -> None:
    """Let the modules that are gone be imported from now on."""
    if not any(isinstance(finder, _Old) for finder in sys.meta_path):
        sys.meta_path.append(_Old())
