"""One submission at work: its cells run in a kernel that is not trusted, and are asked for plain data.

A kernel that dies, hangs or floods costs the cell that did it: it is replaced, and what ran before is run again without
the culprit.

A session is heard at first: what its cells say stands on pages. Once it is silent, its code may be asked what nobody is
to hear of, such as hidden test cases; from then on nothing of what it says is handed on but answers, and these are for
verdicts alone. It never becomes heard again.
"""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ...base.errors import UserError
from ...base.timelimit import CEILING
from ...evidence.evidence import MAX_EVIDENCE, Evidence, StudentError
from ...exercises import Exercise, PlainTask, TestCase
from . import answers, wire
from .answers import EvidenceRequest
from .client import END_OF_INPUT, Client, KernelGone, Run, RunningKernel
from .replies import Answer, Called, Conversation, NoAnswer, Question, no_answer, read_answer, read_evidence

WEIGHTY = 256 * 2**20
"""Bytes of evidence with all weights of a large model; only instructors' own notebooks get so much."""
BEGIN = f"__import__({answers.__name__!r}, fromlist=['answers']).begin()"

_LIMITS = frozenset("flood memory processes disk files wall cpu processor".split()) | {"open files"}
_NOTEWORTHY = 0.1
"""Share of a limit on time that was spent waiting for the processor, from which on it may have cost something."""


class SessionError(UserError):
    """No kernel can be started. That is not the student's doing, and no score can be computed."""


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds: for one cell, or all that one test cell asks for; for a kernel to start; for the submission in all.

    Those in which the kernel has to wait for the processor don't count, up to CEILING times as many.
    """

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


class Session:
    """A submission's kernel, replaced where needed. `launch` starts one; close the session when done."""

    def __init__(
        self,
        launch: Callable[[], RunningKernel],
        times: Times | None = None,
        max_kernels: int = 8,
        silent: bool = False,
    ) -> None:
        self.silent = silent
        """Whether nothing may be handed on of what the student's code says; see `silence`."""
        self.stopped_in_silence = False
        """Whether something had to be stopped since. What it was, and why, the student's code could choose."""
        self._launch = launch
        self._times = times or Times()
        self._kernels_left = max_kernels
        self._kernel: RunningKernel | None = None
        self._client: Client | None = None
        self._last: RunningKernel | None = None
        self._done: list[Cell] = []
        self._past: Counter[str] = Counter()
        self._span: Counter[str] = Counter()
        self._evidence: dict[tuple[str, str, bool | None, bool, bool], Evidence] = {}
        self._end = time.monotonic() + self._times.submission
        self._test_end: float | None = None
        self._suspects: set[object] = set()
        self._open: Conversation | None = None
        """What is said while the kernel has a question to answer."""
        self.read_input: Callable[[str], str] = lambda _prompt: END_OF_INPUT
        """What the student's `input` reads while it answers a test."""
        self.culprits: list[tuple[str, StudentError]] = []
        """The cells and functions that brought a kernel down or had to be stopped while heard, and what they did."""
        self.protection_words = ""
        self.crowded = False
        """Whether it might have come to its end alone on this machine: for want of the processor, or of memory."""

    def silence(self) -> None:
        """From now on hand on nothing of what the student's code says: call this before anything hidden is asked."""
        self.silent = True

    def close(self) -> None:
        """End the kernel and all it started."""
        self._drop()

    def _ready(self) -> Client:
        """A client of a kernel in which all earlier cells have run.

        Raises SessionError where none can be had, NoAnswer where the submission has used up its kernels or its time.
        """
        while self._client is None:
            if self._now() > self._end:
                self.crowded |= self._spent()["waited"] > _NOTEWORTHY * self._times.submission
                raise no_answer("SubmissionTimeoutError", f"{self._times.submission:g}")
            if self._kernels_left <= 0:
                raise no_answer()
            self._kernels_left -= 1
            self._start()
            self._replay()
        return self._client

    def _start(self) -> None:
        first = not self.protection_words
        self._last = None
        self._kernel = self._launch()
        self.protection_words = self._kernel.protection_words
        try:
            self._client = Client(self._kernel, self._times.start)
            self._client.execute(BEGIN, self._times.cell, quiet=True)
        except KernelGone as gone:
            self._drop()
            if first:
                raise SessionError(str(gone)) from None
            raise no_answer() from None

    def _replay(self) -> None:
        """Run again what ran before. A cell that does not survive it this time is left out, and the kernel given up."""
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
            self._past = self._spent()
            self._kernel.kill()
            self._last = self._kernel  # what it has answered can be read until there is another
        self._client = self._kernel = None

    def _may_be_an_accident(self, status: str, culprit: object) -> bool:
        """Whether to give up the kernel and try once more before anybody is blamed.

        A kernel that is simply gone may have been ended from outside, by a machine short of memory or by a person. A
        culprit that brings down two is to blame.
        """
        self.crowded |= self._why(status) == "machine"
        if self._why(status) not in ("dead", "exit", "killed", "machine") or culprit in self._suspects:
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
        why = self._why(status)
        error = self._trouble(why)
        if why in ("timeout", "wall"):
            self._note_time_is_up()
        self._drop()
        self._blame(culprit, error)
        return error

    def _blame(self, culprit: str, error: StudentError) -> None:
        if self.silent:
            self.stopped_in_silence = True
        else:
            self.culprits.append((culprit, error))

    def _trouble(self, why: str) -> StudentError:
        """Why a cell was stopped or a kernel was lost, in the form of a student's error."""
        if why in ("timeout", "interrupted"):
            return no_answer("CellTimeoutError", f"{self._times.cell:g}").error
        if why in _LIMITS:
            return no_answer("LimitError", why).error
        return no_answer().error

    def run(self, cell: Cell) -> CellRun:
        """Run a student's cell. Nothing comes of it where the session is silent. Raises SessionError."""
        done = self._run(cell)
        return CellRun(Run("ok")) if self.silent else done

    def run_for_outputs(self, cell: Cell) -> CellRun:
        """Run a test cell whose outputs decide, also in silence. Raises SessionError."""
        return self._run(cell)

    def _run(self, cell: Cell) -> CellRun:
        self._evidence.clear()
        self._span = self._spent()
        try:
            client = self._ready()
        except NoAnswer as none:
            return CellRun(Run("dead"), none.error)
        run = client.execute(cell.source, self._seconds())
        if run.status in ("ok", "error"):
            self._done.append(cell)
            return CellRun(run)
        if run.status == "dead" and self._may_be_an_accident(run.status, cell):
            return self._run(cell)
        if run.status == "interrupted":
            self._note_time_is_up()
            error = self._trouble(run.status)
            self._blame(cell.name, error)
            return CellRun(run, error)
        return CellRun(run, self._lose(cell.name, run.status))

    def _seconds(self) -> float:
        now = self._now()
        bounds = [self._times.cell, self._end - now]
        if self._test_end is not None:
            bounds.append(self._test_end - now)
        return max(min(bounds), 0.1)

    def _spent(self) -> Counter[str]:
        """Seconds that all kernels so far have used the processor, waited for it, and were kept from it."""
        now = self._kernel
        spent = {} if now is None else {"used": now.used(), "waited": now.waited(), "stopped": now.stopped()}
        return Counter({name: self._past[name] + spent.get(name, 0.0) for name in ("used", "waited", "stopped")})

    def _now(self) -> float:
        """The time, on a clock that stands still while the kernel has to wait for the processor."""
        return time.monotonic() - min(self.waited, (CEILING - 1) * self._times.submission)

    @property
    def waited(self) -> float:
        """Seconds that the submission's kernels have had to wait for the processor."""
        return self._spent()["waited"]

    @property
    def stopped(self) -> float:
        """Seconds that they were kept from running, for having taken more than their share."""
        return self._spent()["stopped"]

    def _note_time_is_up(self) -> None:
        """Time ran out: was it for want of the processor? Whoever has had it for as long as allowed lacked nothing."""
        cell, spent = self._times.cell, self._spent()
        used, waited = (spent[name] - self._span[name] for name in ("used", "waited"))
        self.crowded |= waited > _NOTEWORTHY * cell and used < (1 - _NOTEWORTHY) * cell

    @property
    def test_seconds(self) -> float:
        """How long a test cell may take: what it asks for has the time of one cell, and so has the test itself."""
        return 2 * self._times.cell

    @contextmanager
    def one_test(self) -> Iterator[None]:
        """All that is asked within the block shares the time of one cell."""
        self._span = self._spent()
        self._test_end = self._now() + self._times.cell
        try:
            yield
        finally:
            self._test_end = None

    # --- questions ---------------------------------------------------------------------------------------------

    def ask(self, who: str, question: Question, meet: wire.Meet, called: Called) -> Answer:
        """Ask something about the notebook's objects; `who` is blamed where that brings the kernel down.

        `meet` gives what a reference in the answer stands for, and `called` calls a function of the test's.
        Raises wire.CannotCross, Raised, NoAnswer or SessionError, and what `called` raises.
        """
        return read_answer(self._answer(who, called, "ask", question.what, question.request), meet)

    @property
    def kernels(self) -> int:
        """A number that changes with the kernel: what was lent by an earlier one is gone."""
        return self._kernels_left

    def collect(
        self,
        exercise: Exercise,
        cases: Sequence[TestCase],
        with_weights: bool | None = None,
        graph_alone: bool = False,
        of_blocks: bool = False,
    ) -> tuple[Evidence, ...]:
        """The evidence of one exercise, test case by test case; whatever the kernel does, there is one for each.

        `graph_alone` asks for the graph without outputs, where the function does nothing but build it. What has been
        collected since the last cell ran is not asked for again. `of_blocks` leaves a model's blocks whole, see
        `evidence.graphs.stand_in`. Raises SessionError.
        """
        how = with_weights, graph_alone, of_blocks
        keys = [(exercise.name, case.name, *how) for case in cases]
        new = [case for case, key in zip(cases, keys, strict=True) if key not in self._evidence]
        if new:
            for case, found in zip(new, self._collect(exercise, new, *how), strict=True):
                self._evidence[exercise.name, case.name, *how] = found
        return tuple(self._evidence[key] for key in keys)

    def _collect(
        self,
        exercise: Exercise,
        cases: Sequence[TestCase],
        with_weights: bool | None,
        graph_alone: bool,
        of_blocks: bool,
    ) -> Iterator[Evidence]:
        request = EvidenceRequest(
            exercise=PlainTask.model_validate(exercise),
            cases=tuple(cases),
            with_weights=with_weights,
            graph_alone=graph_alone,
            of_blocks=of_blocks,
        )
        path, trouble = self._ask(exercise.name, None, "evidence", request.model_dump_json())
        limit = WEIGHTY if with_weights else MAX_EVIDENCE
        for i, case in enumerate(cases):
            found = None if path is None else read_evidence(path.with_name(f"{path.name}.{i}"), limit)
            if found is None:
                yield Evidence(exercise.function, case.name, error=trouble or no_answer().error)
            else:
                yield replace(found, graph_alone=graph_alone, error=self._explained(found.error, exercise))

    def _explained(self, error: StudentError | None, exercise: Exercise) -> StudentError | None:
        """If a function is missing because its cell brought the kernel down, that is the error to report."""
        lost = [error for name, error in self.culprits if name == exercise.name]
        if error is None or error.kind != "undefined" or not lost:
            return error
        return lost[-1].model_copy(update={"function": exercise.function})

    def _answer(self, who: str, called: Called, function: str, *arguments: str) -> Path:
        """The file with an answer. Raises NoAnswer or SessionError, and what `called` raises."""
        if self._open is not None and self._client is not None and self._kernel is not None:
            path = _new_file(self._kernel)
            self._open.ask(self._client, path, arguments, self._seconds())
            return path
        found, trouble = self._ask(who, called, function, *arguments)
        if found is None or trouble is not None:
            raise NoAnswer(trouble or no_answer().error)
        return found

    def _ask(
        self, who: str, called: Called | None, function: str, *arguments: str
    ) -> tuple[Path | None, StudentError | None]:
        """Have a function of `answers` called in the kernel, with a new file to answer into as its last argument.

        Gives the file, None where there is no kernel to be asked, and what kept it from answering, perhaps in part.
        `who` is blamed where that brings the kernel down. Raises SessionError, and what `called` did.
        """
        try:
            client = self._ready()
        except NoAnswer as none:
            return None, none.error
        assert self._kernel is not None
        path = _new_file(self._kernel)
        values = ", ".join(repr(argument) for argument in (*arguments, str(path)))
        code = f"__import__({answers.__name__!r}, fromlist=['answers']).{function}({values})"
        said = self._open = None if called is None else Conversation(path, called, self.read_input)
        try:
            run = client.execute(code, self._seconds(), quiet=True, tell=None if said is None else said.tell)
        finally:
            self._open = None
        if said is not None and said.given_up is not None:
            raise said.given_up
        if run.status in ("ok", "error"):
            return path, None
        if run.status == "interrupted":
            self._note_time_is_up()
            return path, self._trouble(run.status)
        if run.status == "dead" and self._may_be_an_accident(run.status, f"asked: {who}"):
            again, trouble = self._ask(who, called, function, *arguments)
            return again or path, trouble
        return path, self._lose(who, run.status)


def _new_file(kernel: RunningKernel) -> Path:
    return kernel.run / f"answer-{secrets.token_hex(12)}"
