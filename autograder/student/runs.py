"""Whether the function that is judged is the one that its cell says now: cells are changed and not run, and runs fail.

Nothing heavy is imported here: it begins with the set-up cell's `from autograder import check`.
"""

from __future__ import annotations

import json
import linecache
import os
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..base.messages import Translate

MOST = 50 * 2**20
"""Bytes of a notebook that is read."""

_runs: dict[str, float] = {}
"""When each text of a cell was run last, in seconds since 1970."""


def watch_runs(shell: Any) -> None:
    """From now on, note when each cell is run."""
    shell.events.register("pre_run_cell", _note_run)


def _note_run(info: Any) -> None:
    _runs[str(info.raw_cell).strip()] = time.time()


def doubts_about(function: object, grade_id: str, shell: Any, _: Translate) -> Iterator[str]:
    """Why what is judged may not be what the student sees: one sentence, or none."""
    code = getattr(function, "__code__", None)
    if code is None:
        return
    own = "".join(linecache.getlines(code.co_filename)).strip()
    runs = [str(cell).strip() for cell in shell.user_ns.get("In", ())]
    run = next((cell for cell in reversed(runs) if _run_as(cell, shell) == own), None)
    if not own or run is None:
        return  # it comes from a file, or from a cell that IPython has run in a way of its own
    name = code.co_name
    last = next((cell for cell in reversed(runs) if _defines(cell, name)), run)
    if _run_as(last, shell) != own and not last.startswith("%%"):
        yield _(
            "The last run of the cell of {function} failed, so this is about the function as an earlier run defined "
            "it: mend the cell, run it, and check again."
        ).format(function=name)
        return
    saved = _saved_cells(shell)
    if saved is None or run in saved.cells or saved.when <= _runs.get(run, saved.when):
        return
    text = saved.by_grade_id.get(grade_id, "")
    if _defines(text, name):
        yield _(
            "The cell of {function} has been changed since it was run, so this is about the function as it was: "
            "run the cell, and check again."
        ).format(function=name)
    elif text in runs[runs.index(run) :]:
        yield _(
            "The cell of {function}, as it was run last, defines no function of this name, so this is about the one "
            "that an earlier run defined. Is the name spelt as it was given?"
        ).format(function=name)


def _defines(cell: str, name: str) -> bool:
    return re.search(rf"^(async )?def {re.escape(name)}\b", cell, re.MULTILINE) is not None


def _run_as(cell: str, shell: Any) -> str:
    """A cell as IPython ran it: magics written out."""
    try:
        return str(shell.transform_cell(cell)).strip()
    except Exception:
        return cell


@dataclass(frozen=True)
class _Saved:
    """The texts of a saved notebook's cells, all of them and by their grade_id, and when it was saved."""

    cells: frozenset[str]
    by_grade_id: Mapping[str, str]
    when: float


def _saved_cells(shell: Any) -> _Saved | None:
    """What the saved notebook holds; None where it isn't known."""
    name = os.environ.get("JPY_SESSION_NAME", "") or str(shell.user_ns.get("__vsc_ipynb_file__", ""))
    path = Path(name)
    try:
        found = path.stat()
        if path.suffix != ".ipynb" or found.st_size > MOST:
            return None
        texts, by_grade_id = set(), {}
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            text = (cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])).strip()
            texts.add(text)
            by_grade_id[cell["metadata"].get("nbgrader", {}).get("grade_id")] = text
        return _Saved(frozenset(texts), by_grade_id, found.st_mtime)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
