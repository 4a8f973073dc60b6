"""Run one test cell on the trusted side and say what it is worth.

The cell is the instructor's: it is run statement by statement in this process, with proxies for what the student wrote.
Its outputs and its score are written here, so nothing that the student's kernel sends can take their place.

A cell is run once where students are told what becomes of it, as far as nothing hidden is asked there, and what is left
of it a second time, as a whole, in silence: of that run nothing is kept but the score.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import io
import linecache
import math
import numbers
import traceback
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from nbformat import NotebookNode

from ...base.timelimit import Interrupted, at_most, interruptible
from ..kernel.outputs import output_node, plain
from ..record import FOR_INSTRUCTOR
from .cell import Step, TestCell, Unheard
from .names import Names
from .proxy import is_proxy
from .thrown import Silence, Stopped, StudentCodeError

MAX_PRINTED = 100_000
_GRADERS = frozenset(("autograder", "check", "grade", "hint", "solution"))
"""The names by which a test cell asks for reports."""
DECIMALS = 2
"""How finely points from a silent run are told: a number of any length could tell all that the student's code saw."""


@dataclass(slots=True)
class TestRun:
    """What came of a test cell.

    `score` is None where it could not be computed; `why` then says so. `outputs` are the cell's, those for the
    instructor alone marked as such.
    """

    __test__ = False

    outputs: list[NotebookNode] = field(default_factory=list)
    score: float | None = None
    why: str = ""

    def clear(self) -> None:
        """Forget what came of it so far."""
        self.outputs, self.score, self.why = [], None, ""

    def show(self, data: dict[str, str], instructor_only: bool = False) -> None:
        """Append something to look at, MIME type to text."""
        metadata = FOR_INSTRUCTOR if instructor_only else {}
        self.outputs.append(output_node("display_data", data=data, metadata=metadata))

    def not_graded(self, why: str, hidden: bool = False) -> None:
        """No score can be computed, and it is not the student's doing; `hidden` if `why` is not for them to read."""
        self.score, self.why = None, plain(why, 500)
        told = self.why
        if hidden:
            self.show({"text/plain": told}, instructor_only=True)
            told = "a hidden test could not be run"
        self.error("NotGraded", told, f"Not graded: {told}")

    def error(self, name: str, words: str, told: str) -> None:
        """Append an error; `told` is what stands on the page."""
        self.outputs.append(output_node("error", ename=name, evalue=words, traceback=told.split("\n")))


@dataclass(frozen=True, slots=True)
class Heard:
    """How far a cell has been run where it is heard: to its statement number `end`; `settled` if that decides it."""

    end: int
    settled: bool


OwnError = Callable[[BaseException, Collection[str]], str]
"""What to say of an error in this kit's own code, "" for any other; the second argument names the test cells' files."""


NO_NUMBER = "the last line is no number"
"""What the solution's trace says of a test cell that measures nothing."""


def no_own_error(_error: BaseException, _cells: Collection[str]) -> str:
    """For where nothing tells the kit's own errors from others."""
    return ""


def run_heard(
    cell: TestCell, names: Names, unheard: Unheard, run: TestRun, own_error: OwnError = no_own_error
) -> Heard:
    """Run a cell as far as students are told about it, and fill in `run`. Where that settles the cell, it has a score.

    The score is the last expression's value if that is a number, all points if it is anything else or nothing, and 0
    where the cell raises an exception. Where `own_error` says that this kit raised it, there is no score. Never raises,
    but for a person's Ctrl-C.
    """
    end = unheard.heard_part(cell)
    at, printed = _Position(), _Printed(run)
    with _source_of(cell):
        try:
            with (
                contextlib.closing(printed),
                _at_work(cell, end, names),
                contextlib.redirect_stdout(printed),
                contextlib.redirect_stderr(_Nowhere()),
            ):
                value = _execute_fairly(cell.steps[:end], names, at)
            if end < len(cell.steps):
                return Heard(end, settled=False)
            _score(value, at, cell.points, names, run)
        except Silence:
            unheard.leave(cell, at.number)
            return Heard(at.number, settled=False)
        except Stopped as stopped:
            _stop(stopped, run)
        except Interrupted:
            raise
        except BaseException as error:  # pytest's own, such as Failed, are no Exception
            if names.link.stopped is not None:
                _stop(names.link.stopped, run)
            elif why := own_error(error, (cell.filename,)):
                run.not_graded(why)
            else:
                _fail(error, cell, run)
    return Heard(end, settled=True)


def run_silent(cell: TestCell, names: Names, run: TestRun, own_error: OwnError = no_own_error) -> None:
    """Run a whole cell in silence: of what the student's code says, nothing gets into `run` but the score.

    What it costs is said in the same words whatever went wrong. The instructor alone is told in which of the test's
    lines that was. Never raises, but for a person's Ctrl-C.
    """
    at = _Position()
    with _source_of(cell):
        try:
            with _no_output(), _at_work(cell, len(cell.steps), names):
                value = _execute_fairly(cell.steps, names, at)
            _score(value, at, cell.points, names, run, silent=True)
        except Stopped as stopped:
            _stop_silently(stopped, cell, run)
        except Interrupted:
            raise
        except BaseException as error:  # pytest's own, such as Failed, are no Exception
            if names.link.stopped is not None:
                _stop_silently(names.link.stopped, cell, run)
            elif why := own_error(error, (cell.filename,)):
                run.not_graded(why, hidden=True)
            else:
                _fail_silently(error, cell, run, names.link.is_solution)


def run_again(cell: TestCell, end: int, names: Names) -> None:
    """Run the first statements of a cell that is settled, for what it defines; nothing comes of it, errors included."""
    try:
        with _no_output(), _at_work(cell, end, names):
            _execute(cell.steps[:end], names, _Position())
    except Interrupted:
        raise
    except BaseException:
        return


@contextlib.contextmanager
def _source_of(cell: TestCell) -> Iterator[None]:
    """Within the block tracebacks find the cell's lines."""
    linecache.cache[cell.filename] = (len(cell.text), None, cell.text.splitlines(keepends=True), cell.filename)
    try:
        yield
    finally:
        linecache.cache.pop(cell.filename, None)


@contextlib.contextmanager
def _at_work(cell: TestCell, end: int, names: Names) -> Iterator[None]:
    """Within the block the cell's first statements find the names that they need, and have their time."""
    seconds = names.session.test_seconds
    names.begin(cell.name, cell.text)
    with interruptible(), at_most(seconds, lambda: _too_long(seconds), lambda: _waited(names)):
        graded = bool(_GRADERS & cell.needs(end=end))
        if not graded:
            names.link.begin_there()
        names.provide(cell.needs(end=end) | cell.named, graded)
        with names.session.one_test():
            try:
                yield
            finally:
                names.end()


@contextlib.contextmanager
def _no_output() -> Iterator[None]:
    nowhere = _Nowhere()
    with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        yield


def _waited(names: Names) -> float:
    """Seconds that the student's kernel and this process have had to wait for the processor."""
    own = 0.0
    with contextlib.suppress(OSError, ValueError, IndexError):  # only Linux tells, and not every one
        own = int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e9
    return own + names.session.waited


def _too_long(seconds: float) -> Stopped:
    return Stopped("course", "Timeout", f"the test cell itself ran for more than {seconds:g} seconds")


@dataclass(slots=True)
class _Position:
    """Where a test cell is: the number of the statement that is running, and whether its value is the student's."""

    number: int = 0
    last_from_student: bool = False


class _Nowhere(io.TextIOBase):
    """Takes what is printed, and keeps none of it."""

    def write(self, text: str) -> int:
        return len(text)

    def writable(self) -> bool:
        return True


class _Printed(io.TextIOBase):
    """What the test cell prints, bounded; an output of its own when closed."""

    def __init__(self, run: TestRun) -> None:
        self._run = run
        self._text: list[str] = []
        self._size = 0

    def write(self, text: str) -> int:
        if self._size <= MAX_PRINTED:
            self._text.append(text)
            self._size += len(text)
        return len(text)

    def writable(self) -> bool:
        return True

    def flush(self) -> None:
        """Turn what has been printed so far into an output."""
        text = plain("".join(self._text), MAX_PRINTED)
        self._text.clear()
        if text:
            self._run.outputs.append(output_node("stream", name="stdout", text=text))


def _execute_fairly(steps: Sequence[Step], names: Names, at: _Position) -> object:
    """Run the statements; where a call changed arguments that the solution leaves alone, once more without that.

    A test may look at what became of an argument, and it may compare with the argument itself. So such an answer is
    worth what it earns both ways.
    """
    value = _execute(steps, names, at)
    link = names.link
    if not link.changed_more:
        return value
    if link.doubted:
        raise link.stop("course", "Changed", "the function changes an argument, which may be its task")
    link.takes_changes = False
    try:
        with _no_output():
            again = _execute(steps, names, at)
    finally:
        link.takes_changes = True
    both = (value, again)
    return min(both) if all(type(one) in (int, float) for one in both) else again  # type: ignore[type-var]


def _execute(steps: Sequence[Step], names: Names, at: _Position) -> object:
    """Run the statements; the value of a last expression, else None."""
    value: object = None
    for number, step in enumerate(steps):
        at.number = names.link.number = number
        at.last_from_student = step.value is not None and _calls_student(step.value, names)
        names.note(step.statement)
        if names.defined_there(step.statement):
            continue
        value = eval(step.code, names.space)  # noqa: S307  (the instructor's own test cell)
        if step.code.co_flags & inspect.CO_COROUTINE:
            value = asyncio.run(_awaited(value))
    names.push()
    if names.link.stopped is not None:  # the test's own `except:` has caught it
        raise names.link.stopped
    return value


async def _awaited(value: Any) -> object:
    return await value


def _calls_student(node: ast.expr, names: Names) -> bool:
    """Whether the expression is nothing but a call of the student's function: its value is theirs, and no score."""
    inner = node.func if isinstance(node, ast.Call) else node
    return isinstance(inner, ast.Name) and is_proxy(names.space.get(inner.id))


def _score(value: object, at: _Position, max_points: float, names: Names, run: TestRun, silent: bool = False) -> None:
    """Set the score by nbgrader's rule, except that False, nan and numbers out of bounds are no score.

    Neither is what is no number where the course's own solution gives one: it would be all the points that it measures.
    """
    if value is None or at.last_from_student:
        run.score = max_points
        return
    if is_proxy(value) or isinstance(value, bool | np.bool_) or not isinstance(value, numbers.Real):
        false = isinstance(value, bool | np.bool_) and not value
        if not false and names.link.believes(NO_NUMBER):
            run.score = max_points
            return
        gives = "is False, which are no points" if false else f"gives a {type(value).__name__}, not points"
        why = f"the test cell's last line {gives}; write `assert` before it"
        run.not_graded("the test cell's last line gives no points" if silent else why, silent)
        return
    try:
        score = float(value)
    except OverflowError:
        score = math.inf
    if not math.isfinite(score) or not 0 <= score <= max_points:
        gave = "a number that is out of bounds" if silent else f"{score:g}"
        run.not_graded(f"the test cell gave {gave} of {max_points:g} points", silent)
        return
    run.score = min(round(score, DECIMALS), max_points) if silent else score
    run.outputs.append(output_node("execute_result", data={"text/plain": repr(run.score)}, execution_count=None))


def _stop(stopped: Stopped, run: TestRun) -> None:
    if stopped.fault == "course":
        run.not_graded(stopped.message)
        return
    run.score = 0.0
    text = stopped.words
    run.error(stopped.kind, text, text)


def _stop_silently(stopped: Stopped, cell: TestCell, run: TestRun) -> None:
    if stopped.fault == "course":
        run.not_graded(stopped.message, hidden=True)
    else:
        _fail_silently(stopped, cell, run)


def _fail(error: BaseException, cell: TestCell, run: TestRun) -> None:
    run.score = 0.0
    told = "\n".join(["Traceback (most recent call last):", *_frames(error, cell.filename), *_words(error)])
    run.error(type(error).__name__, plain(str(error), 2000), told)


def _fail_silently(error: BaseException, cell: TestCell, run: TestRun, is_solution: bool = False) -> None:
    run.score = 0.0
    told = ["Failed here:", *_frames(error, cell.filename), *(_words(error) if is_solution else ())]
    run.show({"text/plain": "\n".join(told)}, instructor_only=True)
    run.error("HiddenTestFailed", "A hidden test failed.", "A hidden test failed.")


def _frames(error: BaseException, filename: str) -> Iterator[str]:
    """The traceback as far as it lies in the test cell."""
    for frame, number in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename == filename:
            yield f"  {filename}, line {number}\n    {linecache.getline(filename, number).strip()}"


def _words(error: BaseException) -> list[str]:
    text = plain(str(error), 4000)
    name = "" if isinstance(error, StudentCodeError) else f"{type(error).__name__}: "
    return f"{name}{text}".splitlines() or [name]
