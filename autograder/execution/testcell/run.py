"""Run one test cell on the trusted side and say what it is worth.

The cell is the instructor's: it is run statement by statement in this process, with proxies for what the student wrote.
Its outputs and its score are written here, so nothing that the student's kernel sends can take their place.
"""

from __future__ import annotations

import ast
import contextlib
import io
import linecache
import math
import numbers
import sys
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import CodeType

from nbformat import NotebookNode

from ...base.timelimit import at_most
from ...evidence.evidence import StudentError
from ..kernel.outputs import output_node, plain
from .names import Names, as_python, needed_by, statements
from .proxy import Proxy, Stopped, StudentCodeError

BEGIN_HIDDEN, END_HIDDEN = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"
MAX_PRINTED = 100_000
FOR_INSTRUCTOR = {"autograder": {"for": "instructor"}}
"""The mark on an output that no student gets to see."""


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


def hidden_lines(source: str) -> frozenset[int]:
    """The numbers of the lines in hidden regions, the marks included; the first line is 1."""
    hidden, inside = set(), False
    for number, line in enumerate(source.splitlines(), 1):
        inside = inside or BEGIN_HIDDEN in line
        if inside:
            hidden.add(number)
        inside = inside and END_HIDDEN not in line
    return frozenset(hidden)


OwnError = Callable[[BaseException, Collection[str]], str]
"""What to say of an error in this kit's own code, "" for any other; the second argument names the test cells' files."""


def _no_own_error(_error: BaseException, _cells: Collection[str]) -> str:
    return ""


def run_test(
    name: str, source: str, max_points: float, names: Names, run: TestRun, own_error: OwnError = _no_own_error
) -> None:
    """Run the test cell called `name`, fill in `run`.

    The score is the last expression's value if that is a number, all points if it is anything else or nothing, and 0
    where the cell raises an exception. Where `own_error` says that this kit raised it, there is no score. Never raises,
    but for KeyboardInterrupt.
    """
    filename = f"<{name}>"
    try:
        text = as_python(source)
        cell = statements(text)
        steps = [_compiled(statement.node, filename, statement is cell[-1]) for statement in cell]
    except (SyntaxError, ValueError, RecursionError) as error:
        why = f"{error.msg}, line {error.lineno}" if isinstance(error, SyntaxError) else error
        run.not_graded(f"the test cell is not Python: {why}")
        return
    names.hidden[filename] = hidden_lines(text)
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    at = _Position(filename, names.hidden)
    printed = _Printed(run, names.hidden)
    seconds = names.session.test_seconds
    try:
        names.forget_fetched()
        with contextlib.closing(printed), at_most(seconds, lambda: _too_long(seconds)):
            names.provide(needed_by(cell))
            with contextlib.redirect_stdout(printed), names.session.one_test():
                value = _execute(steps, names, at)
        _score(value, at, max_points, run)
    except Stopped as stopped:
        _stop(stopped, at.is_hidden(stopped), run)
    except (Exception, SystemExit) as error:
        if why := own_error(error, names.hidden):
            run.not_graded(why)
        else:
            _fail(error, at, run)
    finally:
        linecache.cache.pop(filename, None)


def _too_long(seconds: float) -> Stopped:
    return Stopped("course", "Timeout", f"the test cell itself ran for more than {seconds:g} seconds")


@dataclass(frozen=True, slots=True)
class _CompiledStatement:
    """One statement of a test cell, compiled. `value` is the expression that a last statement consists of."""

    node: ast.stmt
    code: CodeType
    value: ast.expr | None


def _compiled(node: ast.stmt, filename: str, last: bool) -> _CompiledStatement:
    """Compile a statement so that `assert` counts even where Python runs with -O. Raises SyntaxError."""
    value = node.value if last and isinstance(node, ast.Expr) else None
    tree = ast.Expression(value) if value is not None else ast.Module([node], [])
    mode = "exec" if value is None else "eval"
    code = compile(tree, filename, mode, dont_inherit=True, optimize=0)
    return _CompiledStatement(node, code, value)


@dataclass(slots=True)
class _Position:
    """Where a test cell is: its file name for tracebacks, and the statement that is running.

    `hidden` are the hidden lines of this cell and of those before, by file name.
    """

    filename: str
    hidden: Mapping[str, frozenset[int]]
    node: ast.stmt | None = None
    last_from_student: bool = False

    def is_hidden(self, error: BaseException | None = None) -> bool:
        """Whether the running statement, or the error, involves a hidden line."""
        mine = self.hidden[self.filename]
        if self.node is not None and any(n in mine for n in range(_first(self.node), _last(self.node) + 1)):
            return True
        frames = traceback.walk_tb(error.__traceback__ if error else None)
        return any(number in self.hidden.get(frame.f_code.co_filename, ()) for frame, number in frames)


def _first(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _last(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


class _Printed(io.TextIOBase):
    """What the test cell prints, bounded, in pieces that come from hidden lines or not."""

    def __init__(self, run: TestRun, hidden: Mapping[str, frozenset[int]]) -> None:
        self._regions, self._run = hidden, run
        self._text: list[str] = []
        self._size = 0
        self._hidden = False

    def write(self, text: str) -> int:
        hidden = self._from_hidden()
        if hidden != self._hidden:
            self.flush()
            self._hidden = hidden
        if self._size <= MAX_PRINTED:
            self._text.append(text)
            self._size += len(text)
        return len(text)

    def writable(self) -> bool:
        return True

    def _from_hidden(self) -> bool:
        frame = sys._getframe(2)
        while frame.f_back is not None:
            if frame.f_lineno in self._regions.get(frame.f_code.co_filename, ()):
                return True
            frame = frame.f_back
        return False

    def flush(self) -> None:
        """Turn what has been printed so far into an output."""
        text = plain("".join(self._text), MAX_PRINTED)
        self._text.clear()
        if text and self._hidden:
            self._run.show({"text/plain": text}, instructor_only=True)
        elif text:
            self._run.outputs.append(output_node("stream", name="stdout", text=text))


def _execute(steps: Sequence[_CompiledStatement], names: Names, at: _Position) -> object:
    """Run the statements; the value of a last expression, else None."""
    value: object = None
    for step in steps:
        at.node = step.node
        at.last_from_student = step.value is not None and _calls_student(step.value, names)
        value = eval(step.code, names.space)  # noqa: S307  (the instructor's own test cell)
    return value


def _calls_student(node: ast.expr, names: Names) -> bool:
    """Whether the expression is nothing but a call of the student's function: its value is theirs, and no score."""
    inner = node.func if isinstance(node, ast.Call) else node
    return isinstance(inner, ast.Name) and isinstance(names.space.get(inner.id), Proxy)


def _score(value: object, at: _Position, max_points: float, run: TestRun) -> None:
    """Set the score by nbgrader's rule, except that nan, True and numbers out of bounds are no score."""
    if value is None or at.last_from_student:
        run.score = max_points
        return
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        why = f"the test cell's last line gives a {type(value).__name__}, not points; write `assert` before it"
        run.not_graded(why, at.is_hidden())
        return
    try:
        score = float(value)
    except OverflowError:
        score = math.inf
    if not math.isfinite(score) or not 0 <= score <= max_points:
        run.not_graded(f"the test cell gave {score:g} of {max_points:g} points", at.is_hidden())
        return
    run.score = score
    run.outputs.append(output_node("execute_result", data={"text/plain": repr(score)}, execution_count=None))


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


def _stop(stopped: Stopped, hidden: bool, run: TestRun) -> None:
    if stopped.fault == "course":
        run.not_graded(stopped.message, hidden)
        return
    run.score = 0.0
    text = _reason(stopped.kind, stopped.message)
    if hidden and stopped.kind not in REASONS:
        run.show({"text/plain": text}, instructor_only=True)
        text = "A hidden test could not use what the code returned."
    run.error(stopped.kind, text, text)


def _fail(error: BaseException, at: _Position, run: TestRun) -> None:
    run.score = 0.0
    told = "\n".join(["Traceback (most recent call last):", *_frames(error, at.filename), *_words(error)])
    if not at.is_hidden(error):
        run.error(type(error).__name__, plain(str(error), 2000), told)
        return
    run.show({"text/plain": told}, instructor_only=True)
    name = "AssertionError" if isinstance(error, AssertionError) else "Error"
    text = "A hidden test failed." if name == "AssertionError" else "A hidden test ended in an error."
    run.error(name, text, text)


def _frames(error: BaseException, filename: str) -> Iterator[str]:
    """The traceback as far as it lies in the test cell."""
    for frame, number in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename == filename:
            yield f"  {filename}, line {number}\n    {linecache.getline(filename, number).strip()}"


def _words(error: BaseException) -> list[str]:
    text = plain(str(error), 4000)
    name = "" if isinstance(error, StudentCodeError) else f"{type(error).__name__}: "
    return f"{name}{text}".splitlines() or [name]
