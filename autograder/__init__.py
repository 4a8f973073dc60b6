"""A course kit on residual networks whose autograder says which step is wrong.

Notebooks use `check`, `grade`, `hint`, `solution` and `progress`. Nothing heavy is imported before one is called.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from .base.face import NotebookFunctions
    from .report import Report

__all__ = ["check", "grade", "hint", "progress", "solution"]


def check(function: Callable[..., Any]) -> Report:
    """Try `function` on the public examples, show the report, and return it. Costs nothing, as often as you like."""
    return cast("Report", _functions().check(function))


def grade(function: Callable[..., Any]) -> float:
    """The points that `function` earns, as a plain float; hidden examples count where they are at hand."""
    return _functions().grade(function)


def hint(function: Callable[..., Any]) -> None:
    """Show the next hint for `function`: first a question, then a pointer, then nearly the answer."""
    _functions().hint(function)


def progress() -> None:
    """Say what is done and what isn't, in this notebook and in those that it leads on to, as they were last saved."""
    import_module(f"{__name__}.student.notebook_api").progress()


def solution(function: Callable[..., Any] | str) -> None:
    """Show the course's own solution of `function`, for who learns alone and has had its three hints.

    The name of a question to be answered in words, such as "the_trap", gives its model answer, after one's own.
    """
    _functions().solution(function)


def _functions() -> NotebookFunctions:
    """What is behind `check` and the others: official grading's functions in a test cell, else the kernel's own."""
    from .base.face import current

    return current() or cast("NotebookFunctions", import_module(f"{__name__}.student.notebook_api"))


def _watch_runs() -> None:
    """In a notebook, note when cells are run: `check` says when a cell was changed and not run."""
    import sys

    interactive = sys.modules.get("IPython")
    shell = interactive.get_ipython() if interactive else None
    if shell is not None:
        import_module(f"{__name__}.student.runs").watch_runs(shell)


def __getattr__(name: str) -> Any:
    """`from autograder import MODULE` in the lesson's notebooks: a module of the lesson's."""
    lesson = import_module(f"{__name__}.lesson")  # `from . import lesson` would ask here for it first
    if name in lesson.MODULES:
        return import_module(f"{lesson.__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


_watch_runs()
