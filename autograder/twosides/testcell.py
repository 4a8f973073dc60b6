"""Run one test cell on the trusted side and say what it is worth.

The cell is the instructor's: it is run statement by statement in this process, with stand-ins for what the student
wrote. Its outputs and its score are written here, so nothing that the student's kernel sends can take their place.
"""

from __future__ import annotations

import ast
import contextlib
import io
import linecache
import math
import numbers
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from nbformat import NotebookNode
from nbformat.v4 import new_output

from ..evidence import StudentError
from .names import Names, needed_by, statements
from .outputs import plain
from .standin import StandIn, Stopped, StudentCodeError

BEGIN_HIDDEN, END_HIDDEN = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"
MAX_PRINTED = 100_000
FOR_INSTRUCTOR = {"autograder": {"for": "instructor"}}
"""The mark on an output that no student gets to see."""

Fault = Literal["student", "course"]


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
        self.outputs.append(_output("display_data", data=data, metadata=metadata))

    def not_graded(self, why: str) -> None:
        """No score can be computed, and it is not the student's doing."""
        self.score, self.why = None, plain(why, 500)
        self.outputs.append(_output("error", ename="NotGraded", evalue=self.why, traceback=[f"Not graded: {self.why}"]))


def _output(kind: str, **fields: Any) -> NotebookNode:
    output: NotebookNode = new_output(kind, **fields)  # type: ignore[no-untyped-call]
    return output


def hidden_lines(source: str) -> frozenset[int]:
    """The numbers of the lines in hidden regions, the marks included; the first line is 1."""
    hidden, inside = set(), False
    for number, line in enumerate(source.splitlines(), 1):
        inside = inside or BEGIN_HIDDEN in line
        if inside:
            hidden.add(number)
        inside = inside and END_HIDDEN not in line
    return frozenset(hidden)


def run_test(name: str, source: str, max_points: float, names: Names, run: TestRun) -> None:
    """Run the test cell called `name`, fill in `run`.

    The score is the last expression's value if that is a number, all points if it is anything else or nothing, and 0
    where the cell raises an exception. Never raises, but for KeyboardInterrupt.
    """
    filename = f"<{name}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    hidden = hidden_lines(source)
    at = _Place(filename)
    printed = _Printed(run, hidden)
    try:
        names.forget_fetched()
        cell = statements(source)
        names.provide(needed_by(cell))
        with contextlib.redirect_stdout(printed), names.session.one_test():
            value = _execute([statement.node for statement in cell], names, at, printed)
        printed.flush_to(run)
        _score(value, at.last_from_student, max_points, run)
    except Stopped as stopped:
        printed.flush_to(run)
        _stop(stopped, at.line in hidden, run)
    except SyntaxError as error:
        run.not_graded(f"the test cell is not Python: {error.msg}, line {error.lineno}")
    except (Exception, SystemExit) as error:
        printed.flush_to(run)
        _fail(error, at, hidden, run)
    finally:
        del linecache.cache[filename]


@dataclass(slots=True)
class _Place:
    """Where a test cell is: its file name for tracebacks, and the line of the statement that is running."""

    filename: str
    line: int = 0
    last_from_student: bool = False


class _Printed(io.TextIOBase):
    """What the test cell prints, bounded, in pieces that are hidden or not."""

    def __init__(self, run: TestRun, hidden: frozenset[int]) -> None:
        self._hidden, self._run = hidden, run
        self._text: list[str] = []
        self._size = 0
        self.line = 0

    def write(self, text: str) -> int:
        if self._size <= MAX_PRINTED:
            self._text.append(text)
            self._size += len(text)
        return len(text)

    def writable(self) -> bool:
        return True

    def at(self, line: int) -> None:
        """The statement at this line runs next."""
        if (self.line in self._hidden) != (line in self._hidden):
            self.flush_to(self._run)
        self.line = line

    def flush_to(self, run: TestRun) -> None:
        """Turn what has been printed so far into an output."""
        text = plain("".join(self._text), MAX_PRINTED)
        self._text.clear()
        if text and self.line in self._hidden:
            run.show({"text/plain": text}, instructor_only=True)
        elif text:
            run.outputs.append(_output("stream", name="stdout", text=text))


def _execute(nodes: Sequence[ast.stmt], names: Names, at: _Place, printed: _Printed) -> object:
    """Run the statements; the value of a last expression, else None."""
    value: object = None
    for i, node in enumerate(nodes):
        at.line = node.lineno
        printed.at(node.lineno)
        if i == len(nodes) - 1 and isinstance(node, ast.Expr):
            at.last_from_student = _calls_student(node.value, names)
            code = compile(ast.Expression(node.value), at.filename, "eval")
            value = eval(code, names.space)  # noqa: S307  (the instructor's own test cell)
        else:
            exec(compile(ast.Module([node], []), at.filename, "exec"), names.space)
    return value


def _calls_student(node: ast.expr, names: Names) -> bool:
    """Whether the expression is nothing but a call of the student's function: its value is theirs, and no score."""
    inner = node.func if isinstance(node, ast.Call) else node
    return isinstance(inner, ast.Name) and isinstance(names.space.get(inner.id), StandIn)


def _score(value: object, from_student: bool, max_points: float, run: TestRun) -> None:
    """The rule of nbgrader without its gaps: nan, True, a negative number or too large a one are nobody's score."""
    if isinstance(value, bool) or from_student or not isinstance(value, numbers.Real):
        run.score = max_points
        return
    score = float(value)
    if not math.isfinite(score) or not 0 <= score <= max_points:
        run.not_graded(f"the test cell gave {score:g} of {max_points:g} points")
        return
    run.score = score
    run.outputs.append(_output("execute_result", data={"text/plain": repr(score)}, execution_count=None))


REASONS = {
    "CellTimeoutError": "The code ran for more than {message} seconds and was stopped.",
    "SubmissionTimeoutError": "The whole notebook ran for more than {message} seconds and was stopped.",
    "LimitError": "The code went past a limit ({message}) and was stopped.",
    "DeadKernelError": "The kernel died while running this code.",
}


def describe_stop(error: StudentError) -> str:
    """Why a student's code could not run to its end."""
    return REASONS.get(error.type, "{message}").format(message=error.message)


def _stop(stopped: Stopped, hidden: bool, run: TestRun) -> None:
    if stopped.fault == "course":
        run.not_graded(stopped.message)
        return
    run.score = 0.0
    text = REASONS.get(stopped.kind, "{message}").format(message=stopped.message)
    if hidden and stopped.kind not in REASONS:
        run.show({"text/plain": text}, instructor_only=True)
        text = "A hidden test could not use what the code returned."
    run.outputs.append(_output("error", ename=stopped.kind, evalue=text, traceback=[text]))


def _fail(error: BaseException, at: _Place, hidden: frozenset[int], run: TestRun) -> None:
    run.score = 0.0
    frames = list(_frames(error, at.filename))
    told = "\n".join(["Traceback (most recent call last):", *frames, *_words(error)])
    if at.line not in hidden and not any(number in hidden for number in _lines(error, at.filename)):
        name = type(error).__name__
        run.outputs.append(_output("error", ename=name, evalue=plain(str(error), 2000), traceback=told.split("\n")))
        return
    run.show({"text/plain": told}, instructor_only=True)
    name = "AssertionError" if isinstance(error, AssertionError) else "Error"
    text = "A hidden test failed." if name == "AssertionError" else "A hidden test ended in an error."
    run.outputs.append(_output("error", ename=name, evalue=text, traceback=[text]))


def _lines(error: BaseException, filename: str) -> Iterator[int]:
    for frame, number in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename == filename:
            yield number


def _frames(error: BaseException, filename: str) -> Iterator[str]:
    """The traceback as far as it lies in the test cell."""
    for number in _lines(error, filename):
        line = linecache.getline(filename, number).strip()
        yield f"  {filename}, line {number}\n    {line}"


def _words(error: BaseException) -> list[str]:
    text = plain(str(error), 4000)
    name = "" if isinstance(error, StudentCodeError) else f"{type(error).__name__}: "
    return f"{name}{text}".splitlines() or [name]
