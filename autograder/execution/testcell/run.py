"""Run one test cell on the trusted side and say what it is worth.

The cell is the instructor's: it is run statement by statement in this process, with proxies for what the student wrote.
Its outputs and its score are written here, so nothing that the student's kernel sends can take their place.

A cell is run once where students are told what becomes of it, as far as nothing hidden is asked there, and what is left
of it a second time, as a whole, in silence: of that run nothing is kept but the score.
"""

from __future__ import annotations

import ast
import contextlib
import io
import linecache
import math
import numbers
import traceback
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from ...base.timelimit import at_most
from ...evidence.evidence import StudentError
from ..kernel.outputs import output_node, plain
from .cell import Step, TestCell, Unheard
from .names import Names
from .proxy import Proxy, Silence, Stopped, StudentCodeError

MAX_PRINTED = 100_000
FOR_INSTRUCTOR = {"autograder": {"for": "instructor"}}
"""The mark on an output that no student gets to see."""
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


def no_own_error(_error: BaseException, _cells: Collection[str]) -> str:
    """For where nothing tells the kit's own errors from others."""
    return ""


def run_heard(
    cell: TestCell, names: Names, unheard: Unheard, run: TestRun, own_error: OwnError = no_own_error
) -> Heard:
    """Run a cell as far as students are told about it, and fill in `run`. Where that settles the cell, it has a score.

    The score is the last expression's value if that is a number, all points if it is anything else or nothing, and 0
    where the cell raises an exception. Where `own_error` says that this kit raised it, there is no score. Never raises,
    but for KeyboardInterrupt.
    """
    end = unheard.heard_part(cell)
    at, printed = _Position(), _Printed(run)
    with _source_of(cell):
        try:
            with contextlib.closing(printed), _at_work(cell, end, names), contextlib.redirect_stdout(printed):
                value = _execute(cell.steps[:end], names, at)
            if end < len(cell.steps):
                return Heard(end, settled=False)
            _score(value, at, cell.points, run)
        except Silence:
            unheard.leave(cell, at.number)
            return Heard(at.number, settled=False)
        except Stopped as stopped:
            _stop(stopped, run)
        except (Exception, SystemExit) as error:
            if why := own_error(error, (cell.filename,)):
                run.not_graded(why)
            else:
                _fail(error, cell, run)
    return Heard(end, settled=True)


def run_silent(cell: TestCell, names: Names, run: TestRun, own_error: OwnError = no_own_error) -> None:
    """Run a whole cell in silence: of what the student's code says, nothing gets into `run` but the score.

    What it costs is said in the same words whatever went wrong. The instructor alone is told in which of the test's
    lines that was. Never raises, but for KeyboardInterrupt.
    """
    at = _Position()
    with _source_of(cell):
        try:
            with _no_output(), _at_work(cell, len(cell.steps), names):
                value = _execute(cell.steps, names, at)
            _score(value, at, cell.points, run, silent=True)
        except Stopped as stopped:
            if stopped.fault == "course":
                run.not_graded(stopped.message, hidden=True)
            else:
                _fail_silently(stopped, cell, run)
        except (Exception, SystemExit) as error:
            if why := own_error(error, (cell.filename,)):
                run.not_graded(why, hidden=True)
            else:
                _fail_silently(error, cell, run)


def run_again(cell: TestCell, end: int, names: Names) -> None:
    """Run the first statements of a cell that is settled, for what it defines; nothing comes of it, errors included."""
    with contextlib.suppress(Exception, SystemExit, Stopped), _no_output(), _at_work(cell, end, names):
        _execute(cell.steps[:end], names, _Position())


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
    names.forget_fetched()
    with at_most(seconds, lambda: _too_long(seconds), lambda: _waited(names)):
        names.provide(cell.needs(end=end))
        with names.session.one_test():
            yield


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


def _execute(steps: Sequence[Step], names: Names, at: _Position) -> object:
    """Run the statements; the value of a last expression, else None."""
    value: object = None
    for number, step in enumerate(steps):
        at.number = number
        at.last_from_student = step.value is not None and _calls_student(step.value, names)
        value = eval(step.code, names.space)  # noqa: S307  (the instructor's own test cell)
    return value


def _calls_student(node: ast.expr, names: Names) -> bool:
    """Whether the expression is nothing but a call of the student's function: its value is theirs, and no score."""
    inner = node.func if isinstance(node, ast.Call) else node
    return isinstance(inner, ast.Name) and isinstance(names.space.get(inner.id), Proxy)


def _score(value: object, at: _Position, max_points: float, run: TestRun, silent: bool = False) -> None:
    """Set the score by nbgrader's rule, except that nan, True and numbers out of bounds are no score."""
    if value is None or at.last_from_student:
        run.score = max_points
        return
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        why = f"the test cell's last line gives a {type(value).__name__}, not points; write `assert` before it"
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


REASONS = {
    "CellTimeoutError": "The code ran for more than {message} seconds and was stopped.",
    "SubmissionTimeoutError": "The whole notebook ran for more than {message} seconds and was stopped.",
    "LimitError": "The code went past a limit ({message}) and was stopped.",
    "DeadKernelError": "The kernel died while running this code.",
}


def describe_stop(error: StudentError) -> str:
    """Why a student's code could not run to its end."""
    return _reason(error.type, error.message)


def _reason(kind: str, message: str) -> str:
    return REASONS.get(kind, "{message}").format(message=message)


def _stop(stopped: Stopped, run: TestRun) -> None:
    if stopped.fault == "course":
        run.not_graded(stopped.message)
        return
    run.score = 0.0
    text = _reason(stopped.kind, stopped.message)
    run.error(stopped.kind, text, text)


def _fail(error: BaseException, cell: TestCell, run: TestRun) -> None:
    run.score = 0.0
    told = "\n".join(["Traceback (most recent call last):", *_frames(error, cell.filename), *_words(error)])
    run.error(type(error).__name__, plain(str(error), 2000), told)


def _fail_silently(error: BaseException, cell: TestCell, run: TestRun) -> None:
    run.score = 0.0
    run.show({"text/plain": "\n".join(["Failed here:", *_frames(error, cell.filename)])}, instructor_only=True)
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
