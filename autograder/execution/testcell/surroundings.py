"""Where test cells run: in a copy of the course's folder, and in a process that is afterwards as it was before.

A test may write files, change the environment or put something in a function's place. None of it gets into source/, and
none of it is there when the next notebook is graded, so that no mark depends on the order.

What a test writes is there when the student's code runs, and what that code writes is there for the test: as plain
files of bounded size, in folders that are there, and none under the name of a file of the course's. Nothing comes that
Python would import, or by which pytest would leave tests out; and where a test reads files in a form that can hold
code, such as pickle, none comes at all.
"""

from __future__ import annotations

import builtins
import contextlib
import dataclasses
import inspect
import os
import random
import re
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ...base.files import plain_files
from ..kernel.answers import MAX_FILE
from .proxy import asked_there

_BUILTINS = dict(vars(builtins))
_ASKED_THERE: tuple[tuple[Any, str], ...] = (
    (inspect, "getsource"),
    (inspect, "getsourcelines"), (dataclasses, "asdict"), (dataclasses, "astuple"), (dataclasses, "replace"),
    (dataclasses, "fields"),
)  # fmt: skip
_SEEDING: tuple[tuple[Any, str], ...] = (
    (random, "seed"), (random, "setstate"), (np.random, "seed"), (np.random, "set_state"),
)  # fmt: skip
_TEMPORARY: list[str | None] = [None]
SEEDED = [0]
"""How often tests have seeded; the same seed once more leaves the same state, but not in the student's kernel."""


class Surroundings:
    """The folder in which one notebook's test cells run; close it when the last has run."""

    def __init__(self, source: Path) -> None:
        self._source = source
        self._held = contextlib.ExitStack()
        self._folder: Path | None = None

    @property
    def folder(self) -> Path:
        """The copy, made when it is first asked for."""
        if self._folder is None:
            made = self._held.enter_context(tempfile.TemporaryDirectory(prefix="ag-test-", ignore_cleanup_errors=True))
            self._folder = Path(made).resolve()
            if self._source.is_dir():
                ignored = shutil.ignore_patterns("*.ipynb", ".ipynb_checkpoints", "__pycache__")
                shutil.copytree(self._source, self._folder, ignore=ignored, dirs_exist_ok=True)
            self._held.enter_context(_process_left_alone(self._folder))
        return self._folder

    def close(self) -> None:
        """Remove the folder, and undo what test cells changed in this process."""
        self._held.close()
        self._folder = None

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Within the block the folder is the current one, and modules are imported from it."""
        before, folder = Path.cwd(), str(self.folder)
        _TEMPORARY[0] = tempfile.tempdir  # so that the student's code has such files of the test's, too
        tempfile.tempdir = folder
        os.chdir(folder)
        sys.path.insert(0, folder)
        try:
            yield
        finally:
            tempfile.tempdir = _TEMPORARY[0]
            os.chdir(before)
            with contextlib.suppress(ValueError):
                sys.path.remove(folder)
            _mend_builtins()  # this package's own code uses them between two cells


@contextlib.contextmanager
def own_temporary_folder() -> Iterator[None]:
    """Within the block, where the student's kernel is asked, temporary files are made where the kit makes its own."""
    before, tempfile.tempdir = tempfile.tempdir, _TEMPORARY[0]
    try:
        yield
    finally:
        tempfile.tempdir = before


@contextlib.contextmanager
def _process_left_alone(folder: Path) -> Iterator[None]:
    """At the block's end what a test may have changed in this process is what it was."""
    modules, environment, path = set(sys.modules), dict(os.environ), list(sys.path)
    drawn, drawn_by_numpy = random.getstate(), np.random.get_state()
    with warnings.catch_warnings(), np.printoptions(), np.errstate(), _libraries_know_proxies():
        try:
            yield
        finally:
            _mend_builtins()
            sys.path[:] = path
            if dict(os.environ) != environment:
                os.environ.clear()
                os.environ.update(environment)
            random.setstate(drawn)
            np.random.set_state(drawn_by_numpy)
            for name in set(sys.modules) - modules:
                if str(getattr(sys.modules[name], "__file__", None) or "").startswith(f"{folder}{os.sep}"):
                    del sys.modules[name]  # another assignment may have a module of that name
            pyplot = sys.modules.get("matplotlib.pyplot")
            if pyplot is not None:
                pyplot.close("all")


@contextlib.contextmanager
def _libraries_know_proxies() -> Iterator[None]:
    """Within the block some functions of libraries know objects in the student's kernel, and seeds are counted."""
    made = [(module, name, asked_there(getattr(module, name))) for module, name in _ASKED_THERE]
    made += [(module, name, _counted(getattr(module, name))) for module, name in _SEEDING]
    with contextlib.ExitStack() as held:
        for module, name, function in made:
            held.callback(setattr, module, name, getattr(module, name))
            setattr(module, name, function)
        yield


def _counted(function: Callable[..., Any]) -> Callable[..., Any]:
    def counted(*positional: Any, **named: Any) -> Any:
        SEEDED[0] += 1
        return function(*positional, **named)

    return counted


def _mend_builtins() -> None:
    now = vars(builtins)
    for name in set(now) - set(_BUILTINS) - {"_"}:
        del now[name]
    for name, value in _BUILTINS.items():
        if now.get(name) is not value:
            now[name] = value


MAX_FILES = 200
_TAKEN = re.compile(
    r"(?!(?i:pytest|tox|pyproject)\.)\w[\w .-]{0,80}\."
    r"(txt|csv|tsv|jsonl?|md|log|dat|out|tex|html|npy|png|jpe?g|gif|svg|pdf|ini|toml)",
    re.ASCII,
)
_READS_CODE = re.compile(r"pickle|joblib|dill|shelve|marshal|torch\.load|yaml|\bexec\b|\beval\b|runpy|__import__")
"""What stands in a test that reads files which could run as code."""


def may_read_code(cells: Iterable[str], folder: Path) -> bool:
    """Whether test cells, locked cells or modules in the folder may read files in a form that can hold code."""
    modules = (path.read_text(encoding="utf-8", errors="replace") for path in folder.glob("*.py"))
    return any(_READS_CODE.search(text) for text in (*cells, *modules))


class SharedFiles:
    """The files in the folder of test cells; with `sends_alone` none comes from the student's code."""

    def __init__(self, folder: Path, sends_alone: bool = False) -> None:
        self.folder = folder
        self._sends_alone = sends_alone
        self._seen = plain_files(self.folder)
        self._courses = frozenset(self._seen)

    def written(self) -> dict[str, bytes]:
        """What the test has written since the last look."""
        now = plain_files(self.folder)
        changed = [name for name, state in now.items() if self._seen.get(name) != state and state[0] <= MAX_FILE]
        self._seen = now
        return {name: b"" if name.endswith("/") else (self.folder / name).read_bytes() for name in changed}

    def take(self, name: str, content: bytes) -> None:
        """Put what the student's code has written beside the test, unless it is nothing to be taken."""
        folder, _, last = name.rpartition("/")
        own = name in self._seen and "." not in last  # a temporary file, say
        if self._sends_alone or name in self._courses or not (own or _TAKEN.fullmatch(last)):
            return
        if folder and f"{folder}/" not in plain_files(self.folder):
            return
        if len(content) > MAX_FILE or len(self._seen) > MAX_FILES:
            return
        path = self.folder / name
        if path.is_symlink() or (path.exists() and not path.is_file()):
            return
        path.write_bytes(content)
        status = path.stat()
        self._seen[name] = status.st_size, status.st_mtime_ns
