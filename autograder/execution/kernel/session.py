"""One submission at work: its cells run in a kernel that is not trusted, and are asked for plain data.

A kernel that dies, hangs or floods costs the cell that did it: it is replaced, and what ran before is run again without
the culprit. What it answers is read from files in a folder that student code can write to, so every file is opened as
a stranger's: no links, no pipes, no more bytes than asked for.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Protocol

from pydantic import ValidationError

from ...base.errors import UserError
from ...base.files import read_plain
from ...evidence.evidence import MAX_EVIDENCE, Evidence, EvidenceError, StudentError, from_json
from ...exercises import Exercise, PlainTask, TestCase
from . import answers, wire
from .answers import CANNOT, RAISED, VALUE, EvidenceRequest
from .client import Client, KernelGone, Run

WEIGHTY = 256 * 2**20
"""Bytes of evidence with all weights of a large model; only instructors' own notebooks get so much."""
MAX_SENTENCE = 2000
IMPORT_FROM_HERE = "'' in __import__('sys').path or __import__('sys').path.insert(0, '')"
"""Modules beside the notebook can be imported, as in any notebook; a sandboxed Python starts without that."""

Ending = Literal["timeout", "dead", "flood", "memory", "processes", "disk", "files", "wall", "cpu"]


class Protection(Protocol):
    """What confines a kernel."""

    @property
    def words(self) -> str: ...


class Kernel(Protocol):
    """A running kernel; `run` is the folder through which it answers."""

    @property
    def connection_info(self) -> Mapping[str, Any]: ...

    @property
    def run(self) -> Path: ...

    @property
    def protection(self) -> Protection: ...

    def alive(self) -> bool: ...

    def ended_by(self) -> str | None: ...

    def kill(self) -> None: ...


class SessionError(UserError):
    """No kernel can be had: nothing that the student's code did to this one counts, and no score can be computed."""


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds: for one cell, or all that one test cell asks for; for a kernel to start; for the submission in all."""

    cell: float = 180.0
    start: float = 90.0
    submission: float = 3600.0


@dataclass(frozen=True, slots=True)
class Cell:
    """A student's code cell: its grade_id, else its id, and its source."""

    name: str
    source: str


@dataclass(frozen=True, slots=True)
class CellRun:
    """What came of a cell. `trouble` says why it could not run to its end; an ordinary exception is an output."""

    run: Run
    trouble: StudentError | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a student's name stands for; `value` is plain data where `kind` is "value", else the type's name."""

    kind: Literal["value", "callable", "other", "undefined"]
    value: Any


class Raised(Exception):
    """The student's code raised; `error` says what."""

    def __init__(self, error: StudentError) -> None:
        super().__init__(error.message)
        self.error = error


class NoAnswer(Exception):
    """The kernel gave no usable answer; `error` says why, in the form of a student's error."""

    def __init__(self, error: StudentError) -> None:
        super().__init__(error.message)
        self.error = error


class Session:
    """A submission's kernel, replaced where needed. `launch` starts one; close the session when done."""

    def __init__(self, launch: Callable[[], Kernel], times: Times | None = None, max_kernels: int = 8) -> None:
        self._launch = launch
        self._times = times or Times()
        self._kernels_left = max_kernels
        self._kernel: Kernel | None = None
        self._client: Client | None = None
        self._done: list[Cell] = []
        self._evidence: dict[tuple[str, str, bool | None, bool], Evidence] = {}
        self._end = time.monotonic() + self._times.submission
        self._test_end: float | None = None
        self._suspects: set[object] = set()
        self.culprits: list[tuple[str, StudentError]] = []
        self.protection_words = ""

    def close(self) -> None:
        """End the kernel and all it started."""
        self._drop()

    # --- the kernel and its replacement ------------------------------------------------------------------------

    def _ready(self) -> Client:
        """A client of a kernel in which all earlier cells have run.

        Raises SessionError where none can be had, NoAnswer where the submission has used up its kernels or its time.
        """
        while self._client is None:
            if time.monotonic() > self._end:
                raise NoAnswer(_error("SubmissionTimeoutError", f"{self._times.submission:g}"))
            if self._kernels_left <= 0:
                raise NoAnswer(_error("DeadKernelError"))
            self._kernels_left -= 1
            self._start()
            self._replay()
        return self._client

    def _start(self) -> None:
        first = not self.protection_words
        self._kernel = self._launch()
        self.protection_words = self._kernel.protection.words
        try:
            self._client = Client(self._kernel, self._times.start)
            self._client.execute(IMPORT_FROM_HERE, self._times.cell, quiet=True)
        except KernelGone as gone:
            self._drop()
            if first:
                raise SessionError(str(gone)) from None
            raise NoAnswer(_error("DeadKernelError")) from None

    def _replay(self) -> None:
        for cell in tuple(self._done):
            assert self._client is not None
            if self._client.execute(cell.source, self._times.cell).status not in ("ok", "error"):
                if not self._may_be_an_accident("dead", cell):
                    self._done.remove(cell)
                    self._lose(cell.name, "dead")
                return

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
        if self._kernel is not None:
            self._kernel.kill()
        self._client = self._kernel = None

    def _may_be_an_accident(self, status: str, culprit: object) -> bool:
        """Whether to give up the kernel and try once more before anybody is blamed.

        A kernel that is simply gone may have been ended from outside, by a machine short of memory or by a person. Who
        brings down two is no accident.
        """
        if self._why(status) not in ("dead", "exit", "killed") or culprit in self._suspects:
            return False
        self._suspects.add(culprit)
        self._kernels_left += 1
        self._drop()
        return True

    def _why(self, status: str) -> str:
        time.sleep(0.15 if status == "dead" else 0)  # the watch may be about to say what it was
        return (self._kernel.ended_by() if self._kernel else None) or status

    def _lose(self, culprit: str, status: str) -> StudentError:
        """Give up the kernel, note who brought it down, and say why."""
        error = _trouble(self._why(status), self._times.cell)
        self._drop()
        self.culprits.append((culprit, error))
        return error

    # --- cells -------------------------------------------------------------------------------------------------

    def run(self, cell: Cell) -> CellRun:
        """Run a student's cell. Raises SessionError."""
        self._evidence.clear()
        try:
            client = self._ready()
        except NoAnswer as none:
            return CellRun(Run("dead"), none.error)
        run = client.execute(cell.source, self._seconds())
        if run.status in ("ok", "error"):
            self._done.append(cell)
            return CellRun(run)
        if run.status == "dead" and self._may_be_an_accident(run.status, cell):
            return self.run(cell)
        if run.status == "interrupted":
            error = _trouble("timeout", self._times.cell)
            self.culprits.append((cell.name, error))
            return CellRun(run, error)
        return CellRun(run, self._lose(cell.name, run.status))

    def _seconds(self) -> float:
        now = time.monotonic()
        bounds = [self._times.cell, self._end - now]
        if self._test_end is not None:
            bounds.append(self._test_end - now)
        return max(min(bounds), 0.1)

    @property
    def test_seconds(self) -> float:
        """How long a test cell may take: what it asks for has the time of one cell, and so has the test itself."""
        return 2 * self._times.cell

    @contextmanager
    def one_test(self) -> Iterator[None]:
        """All that is asked within the block shares the time of one cell."""
        self._test_end = time.monotonic() + self._times.cell
        try:
            yield
        finally:
            self._test_end = None

    # --- questions ---------------------------------------------------------------------------------------------

    def look(self, names: Sequence[str]) -> dict[str, Seen]:
        """What the student's names stand for. Raises NoAnswer or SessionError."""
        asked = json.dumps(list(names))
        path = self._ask("looking at the notebook's names", lambda path: _code("look", asked, path))
        try:
            found = self._value(path)
        except (Raised, wire.CannotCross):  # not what `answers.look` says
            found = None
        if type(found) is not dict or set(found) != set(names):
            raise NoAnswer(_error("DeadKernelError"))
        return {name: _seen(entry) for name, entry in found.items()}

    def call(self, name: str, positional: Sequence[object], named: Mapping[str, object]) -> Any:
        """Call the student's function with plain data and give the plain data it returns.

        Raises wire.CannotCross, Raised, NoAnswer or SessionError.
        """
        arguments = wire.dumps((list(positional), dict(named)))
        path = self._ask(name, lambda path: _code("call", name, arguments, path))
        return self._value(path)

    def collect(
        self,
        exercise: Exercise,
        cases: Sequence[TestCase],
        with_weights: bool | None = None,
        graph_alone: bool = False,
    ) -> tuple[Evidence, ...]:
        """The evidence of one exercise, test case by test case; whatever the kernel does, there is one for each.

        `graph_alone` asks for the graph without outputs, where the function does nothing but build it. What has been
        collected since the last cell ran is not asked for again. Raises SessionError.
        """
        keys = [(exercise.name, case.name, with_weights, graph_alone) for case in cases]
        new = [case for case, key in zip(cases, keys, strict=True) if key not in self._evidence]
        if new:
            for case, found in zip(new, self._collect(exercise, new, with_weights, graph_alone), strict=True):
                self._evidence[exercise.name, case.name, with_weights, graph_alone] = found
        return tuple(self._evidence[key] for key in keys)

    def _collect(
        self, exercise: Exercise, cases: Sequence[TestCase], with_weights: bool | None, graph_alone: bool
    ) -> list[Evidence]:
        def code(path: Path) -> str:
            asked = EvidenceRequest(
                exercise=PlainTask.model_validate(exercise),
                cases=tuple(cases),
                with_weights=with_weights,
                graph_alone=graph_alone,
                path=str(path),
            )
            return _code("evidence", asked.model_dump_json())

        trouble = StudentError(kind="raised", type="DeadKernelError")
        asked_at: list[Path] = []
        try:
            self._ask(exercise.name, code, asked_at)
        except NoAnswer as none:
            trouble = none.error
        if not asked_at:
            return [Evidence(exercise.function, case.name, error=trouble) for case in cases]
        path = asked_at[-1]
        limit = WEIGHTY if with_weights else MAX_EVIDENCE
        return [
            self._read_evidence(path.with_name(f"{path.name}.{i}"), exercise, case, trouble, limit, graph_alone)
            for i, case in enumerate(cases)
        ]

    def _read_evidence(
        self, path: Path, exercise: Exercise, case: TestCase, trouble: StudentError, limit: int, graph_alone: bool
    ) -> Evidence:
        try:
            found = replace(from_json(_read(path, limit), limit), graph_alone=graph_alone)
        except EvidenceError:
            return Evidence(exercise.function, case.name, error=trouble)
        if found.error is not None and found.error.kind == "undefined":
            return replace(found, error=self._why_undefined(exercise) or found.error)
        return found

    def _why_undefined(self, exercise: Exercise) -> StudentError | None:
        """A function is not there where its cell brought the kernel down before defining it."""
        errors = [error for name, error in self.culprits if name == exercise.name]
        return errors[-1].model_copy(update={"function": exercise.function}) if errors else None

    def _path(self) -> Path:
        """A new name in the folder for answers, of the kernel that is there now."""
        self._ready()
        assert self._kernel is not None
        return self._kernel.run / f"answer-{secrets.token_hex(12)}"

    def _ask(self, who: str, code: Callable[[Path], str], asked_at: list[Path] | None = None) -> Path:
        """Have the kernel answer into a new file, and give its path, which `asked_at` gets at once.

        Raises NoAnswer where that brings the kernel down.
        """
        path = self._path()
        if asked_at is not None:
            asked_at.append(path)
        run = self._ready().execute(code(path), self._seconds(), quiet=True)
        if run.status in ("ok", "error"):
            return path
        if run.status == "interrupted":
            raise NoAnswer(_trouble("timeout", self._times.cell))
        if run.status == "dead" and self._may_be_an_accident(run.status, f"asked: {who}"):
            return self._ask(who, code, asked_at)
        raise NoAnswer(self._lose(who, run.status))

    def _value(self, path: Path) -> Any:
        try:
            data = _read(path, wire.MAX_BYTES)
            if data.startswith(RAISED):
                raise Raised(StudentError.model_validate_json(data[len(RAISED) :]))
            if data.startswith(CANNOT):
                text = data[len(CANNOT) :][:MAX_SENTENCE].decode("utf-8", "replace")
                raise wire.CannotCross(f"it returned {text}")
            if not data.startswith(VALUE):
                raise wire.WireError("not an answer")
            return wire.loads(data[len(VALUE) :])
        except (wire.WireError, ValidationError):
            raise NoAnswer(_error("DeadKernelError")) from None


def _code(function: str, *arguments: str | Path) -> str:
    values = ", ".join(repr(str(argument)) for argument in arguments)
    return f"__import__({answers.__name__!r}, fromlist=['answers']).{function}({values})"


def _seen(entry: object) -> Seen:
    if type(entry) is tuple and len(entry) == 2 and entry[0] in ("value", "callable", "other", "undefined"):
        return Seen(entry[0], entry[1])
    raise NoAnswer(_error("DeadKernelError"))


def _error(kind: str, message: str = "") -> StudentError:
    return StudentError(kind="raised", type=kind, message=message)


def _trouble(why: str, seconds: float) -> StudentError:
    """Why a kernel was lost, in the form of a student's error; report/sentences.py has the words."""
    if why == "timeout":
        return _error("CellTimeoutError", f"{seconds:g}")
    if why in ("flood", "memory", "processes", "disk", "files", "wall", "cpu"):
        return _error("LimitError", why)
    return _error("DeadKernelError")


def _read(path: Path, most: int) -> bytes:
    """What the kernel wrote; nothing, which is no answer, where it is no plain file or has more bytes than `most`."""
    found = read_plain(path, most)
    return found if isinstance(found, bytes) else b""
