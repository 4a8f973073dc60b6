"""`autograder watch NOTEBOOK`: a check after every save, at the terminal, until Ctrl-C.

The file is asked twice a second whether it has changed: that works on every file system, whoever writes and however.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..base.course import Course
from ..base.messages import Translate, translator
from ..base.notebooks import NotebookError, grade_id
from ..execution.kernel.session import SessionError
from ..kinds import kinds
from ..lesson.waiting import Clock, beating
from ..references.notebook import Notebook, read_notebook
from ..references.references import ReferencesError
from ..report import Report, render_text
from ..report.text import MARKS
from .check import NotebookReport, check_notebook

POLL = 0.5
"""Seconds between two looks at the file."""
PATIENCE = 6
"""Looks in a row at which the file can't be read before that is worth a line: it is usually just being written."""
FIRST = 20.0
"""Seconds that a first check takes, about, on two cores."""
CLEAR = "\x1b[H\x1b[2J"


def watch(path: Path, course: Course) -> None:
    """Check a notebook now and after every save that changes its code; returns on Ctrl-C.

    Raises NotebookError, ReferencesError or SessionError where there can be no first check. Later on, a file that
    can't be read and a kernel that doesn't start are told, and the next save is waited for.
    """
    first = read_notebook(path, course)
    _ = translator(first.language)
    try:
        _Watch(path, course).run(first)
    except KeyboardInterrupt:
        print("\n" + _("Stopped watching."), flush=True)


class _Watch:
    """What is known of the file, and of the last check."""

    def __init__(self, path: Path, course: Course) -> None:
        self._path = path
        self._course = course
        self._: Translate = translator("en")
        self._seen: object = None
        self._checked: object = None
        self._unread = 0
        self._passed = False
        self._usual = FIRST

    def run(self, first: Notebook) -> None:
        """Check the notebook as it was first read, and again as it changes."""
        self._check(first)
        while True:
            time.sleep(POLL)
            notebook = self._changed()
            if notebook is None:
                continue
            try:
                self._check(notebook)
            except NotebookError:
                # It was read a moment ago, so it is being written again: nothing counts as seen.
                self._seen = None
            except SessionError as error:
                print(error, flush=True)

    def _changed(self) -> Notebook | None:
        """The notebook, if a save has changed its code since the last check.

        JupyterLab saves also what is no code, such as an output; checking that again would tell nothing new.
        """
        stamp = _stamp(self._path)
        if stamp == self._seen:
            self._unread = 0
            return None
        try:
            notebook = read_notebook(self._path, self._course)
        except NotebookError as error:
            self._unread += 1
            if self._unread == PATIENCE:
                print(self._("The notebook can't be read now; its next save is waited for."), error, flush=True)
            return None
        self._seen, self._unread = stamp, 0
        return notebook if _code(notebook) != self._checked else None

    def _check(self, notebook: Notebook) -> None:
        self._ = _ = translator(notebook.language)
        words = _("Checking {notebook} ...").format(notebook=self._path.name)
        print(words, flush=True)
        # The look comes first: a save during the check then differs from what was seen, and is checked next.
        self._seen = _stamp(self._path)
        began = time.monotonic()
        with _counting(words, self._usual, _):
            result = check_notebook(self._path, self._course)
        self._usual = seconds = time.monotonic() - began
        self._checked = _code(result.notebook)
        newly = result.passed and not self._passed
        self._passed = result.passed
        clear = CLEAR if sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb" else ""
        width = shutil.get_terminal_size((100, 40)).columns
        print(clear + "\n".join(screen(result, newly, seconds, width)), flush=True)
        if result.passed:
            self._go_on(result.notebook)

    def _go_on(self, notebook: Notebook) -> None:
        """Watch what the notebook names as the next one, if that lies here."""
        named = notebook.node.metadata.get("autograder", {}).get("next")
        following = self._path.parent / named if isinstance(named, str) else self._path
        if not following.is_file() or following.resolve() == self._path.resolve():
            return
        try:
            found = read_notebook(following, self._course)
        except (NotebookError, ReferencesError):
            return
        self._path, self._passed, self._checked = following, False, None
        print(self._("Next: {notebook}. It is watched from now on.").format(notebook=following), flush=True)
        self._check(found)


@contextmanager
def _counting(words: str, usual: float, _: Translate) -> Iterator[None]:
    """At a terminal the line with these words says how long it takes, and is taken away in the end."""
    if not sys.stdout.isatty():
        yield
        return
    clock = Clock(usual)

    def draw() -> None:
        print(f"\r{words} {clock.words(_)}   ", end="", flush=True)

    with beating(draw):
        yield
    print("\r", end="", flush=True)


def _stamp(path: Path) -> object:
    """What changes when the file is saved, in place or by renaming another, or what is handed in beside it is."""
    return _facts(path), _beside(path)


def _beside(path: Path) -> object:
    return [_facts(path.with_name(name)) for kind in kinds().values() for name in kind.beside]


def _facts(path: Path) -> object:
    """What changes when a file is written: its time, size and number; () where there is no file."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino


def _code(notebook: Notebook) -> object:
    """All that a check's outcome depends on."""
    cells = [(grade_id(cell), cell.source) for cell in notebook.node.cells if cell.cell_type == "code"]
    return notebook.language, cells, _beside(notebook.path)


def screen(result: NotebookReport, newly: bool, seconds: float, width: int = 100) -> Iterator[str]:
    """What is shown after a check; `newly` says that everything is right and was not before."""
    _ = translator(result.notebook.language)
    yield from result.notebook.doubts
    yield from (_line(report) for report in result.reports)
    right, all_of_them = sum(report.passed for report in result.reports), len(result.reports)
    bar = "#" * (30 * right // all_of_them)
    yield f"  [{bar:-<30}] " + _("{right} of {all} exercises").format(right=right, all=all_of_them)
    yield ""
    wrong = next((report for report in result.reports if not report.passed), None)
    if wrong is not None:
        yield render_text(wrong, min(100, max(40, width)))
        yield ""
        yield _("Stuck? Run `hint({function})` in the notebook: first a question, then a pointer.").format(
            function=wrong.function
        )
    if newly:
        closing = next(filter(None, (exercise.closing for exercise in result.notebook.exercises)), "")
        yield _(closing) if closing else _("Everything is right: well done.")
    yield _("Checked at {clock} in {seconds} s; waiting for the next save (Ctrl-C ends).").format(
        clock=time.strftime("%H:%M:%S"), seconds=f"{seconds:.1f}"
    )


def _line(report: Report) -> str:
    _ = translator(report.language)
    text = (
        _("{function}: done, {points} of {max_points} points")
        if report.passed
        else _("{function}: not yet, {points} of {max_points} points")
    )
    points, most = f"{report.points:g}", f"{report.max_points:g}"
    return f"  {MARKS[report.passed]} " + text.format(function=report.function, points=points, max_points=most)
