"""A submission's notebook, executed on two sides: student cells in a sandboxed kernel, test cells in this process."""

from __future__ import annotations

import contextlib
import copy
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from traitlets.config import Config

from ..base.messages import language_in
from ..base.notebooks import is_left_out, is_test, modules_imported
from ..diagnosis import Verdicts
from ..evidence.evidence import Evidence
from ..exercises import Exercise, TestCase
from ..references.references import Reference, ReferencesError, load_again
from ..references.sets import set_with
from ..report import Report
from ..sandbox.kernel import SandboxKernel
from ..sandbox.start import forkserver
from ..student.notebook_api import Place, standing_at
from . import record
from .kernel.confined import remove, start_kernel
from .kernel.session import Cell, CellRun, Session, SessionError, Times
from .result import ExecutedNotebook, taken_from
from .selection import decisive
from .submission.model import RestoredNotebook, Submission, TrustedCell
from .submission.workfolder import fill
from .testcell.names import Names
from .testcell.proxy import Proxy, Stopped
from .testcell.run import TestRun, describe_stop, run_test
from .trust import code_lines, weighed


@dataclass(frozen=True, slots=True)
class Settings:
    """How a submission may run. Times are in seconds; `sandbox` holds SandboxProvisioner's settings by name.

    `fork_server` says whether kernels are forked from a process that has imported what the course's notebooks import.
    """

    timeout: float = 180.0
    startup_timeout: float = 90.0
    submission_timeout: float = 3600.0
    max_kernels: int = 8
    fork_server: bool = True
    sandbox: Mapping[str, Any] = field(default_factory=dict)

    @property
    def config(self) -> Config:
        return Config({"SandboxProvisioner": dict(self.sandbox)})


def execute(submission: Submission, notebook: RestoredNotebook, settings: Settings) -> ExecutedNotebook:
    """Run all cells of a restored notebook: the student's in a sandbox, the tests here.

    One that is refused is not run, and its test cells say why. Raises SandboxUnavailable where this machine can't
    protect itself and the settings don't say to go on regardless.
    """
    node = copy.deepcopy(notebook.node)
    if notebook.refused:
        _refuse(node, notebook.refused)
        return ExecutedNotebook(notebook, taken_from(node))
    preload = modules_imported(submission.source) if settings.fork_server else None
    with forkserver.scratch() as scratch:
        doubts: tuple[str, ...] = ()

        def launch() -> SandboxKernel:
            """A kernel in a fresh folder: what filled the disk must not bring down the next one, too."""
            nonlocal doubts
            remove(scratch)
            doubts = fill(scratch / "work", submission.folder, submission.source, notebook.handed_in)
            return start_kernel(scratch, submission.course, settings.config, settings.startup_timeout, preload)

        session = Session(
            launch,
            Times(settings.timeout, settings.startup_timeout, settings.submission_timeout),
            settings.max_kernels,
        )
        try:
            _Execution(node, submission, notebook.trusted, session, settings.config).run()
        finally:
            session.close()
    troubles = tuple((name, describe_stop(error)) for name, error in session.culprits)
    record.write(node, record.NotebookRecord(protection=session.protection_words, troubles=troubles))
    return ExecutedNotebook(notebook, taken_from(node), doubts)


def _refuse(node: NotebookNode, why: str) -> None:
    """Note in every test cell that it could not be graded, and why."""
    for cell in node.cells:
        if cell.cell_type == "code" and is_test(cell):
            run = TestRun()
            run.not_graded(why)
            cell.outputs = run.outputs
            record.write(cell, record.CellRecord(score=None, why=run.why))


class _Execution:
    """One notebook, from its first cell to its last."""

    def __init__(
        self, nb: NotebookNode, submission: Submission, trusted: Sequence[TrustedCell], session: Session, config: Config
    ) -> None:
        self.nb, self.submission, self.session, self.config = nb, submission, session, config
        given = [cell.source for cell in trusted if cell.solution and cell.cell_type == "code"]
        self.names = Names(session, given)
        found = (language_in(cell.source) for cell in trusted if cell.cell_type == "code")
        self.language = next((language for language in found if language), "en")
        self.lines = code_lines(nb)
        self.trouble: str = ""
        self.verdicts = Verdicts()
        self.weighed: dict[int, tuple[Evidence, Evidence]] = {}
        """What has been weighed before: each piece as given, by its identity, and as it is taken."""

    def run(self) -> None:
        for cell in self.nb.cells:
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            if is_test(cell):
                self._test(cell)
            elif not is_left_out(cell):
                if _is_locked(cell):
                    self.names.lock(cell.source)
                self._student(cell)

    def _student(self, cell: NotebookNode) -> None:
        if self.trouble:
            return
        name = str(cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id", ""))
        try:
            done = self.session.run(Cell(name, cell.source))
        except SessionError as error:
            self.trouble = str(error)
            return
        cell.outputs = _outputs(done)
        cell.execution_count = done.run.count

    def _test(self, cell: NotebookNode) -> None:
        marks = cell.metadata.nbgrader
        run = TestRun()
        shown: list[Report] = []
        if self.trouble:
            run.not_graded(self.trouble)
        else:
            with standing_at(self._place(run, shown)), _beside(self.submission.source):
                run_test(marks["grade_id"], cell.source, float(marks["points"]), self.names, run)
        cell.outputs = run.outputs
        cell.execution_count = None
        found = tuple(one for report in shown for one in record.findings_of(report)) if shown else None
        record.write(cell, record.CellRecord(score=run.score, why=run.why, findings=found))

    def _place(self, run: TestRun, shown: list[Report]) -> Place:
        def show(report: Report) -> None:
            shown.append(report)
            _show(report, run)

        return Place(
            collect=self._collect,
            show=show,
            fail=lambda error: Stopped("course", type(error).__name__, str(error)),
            official=lambda: True,
            handed_in=lambda: self.submission.folder,
            language=lambda: self.language,
            protection=self.session.protection_words,
            verdicts=self.verdicts,
        )

    def _collect(self, function: Any, exercise: Exercise, cases: Sequence[TestCase]) -> Sequence[Evidence | None]:
        if not isinstance(function, Proxy):
            raise Stopped("course", "TypeError", f"{exercise.function} is not a function of the student's")
        try:
            return decisive(
                exercise, cases, self._hidden(exercise), partial(self._ask, exercise), partial(self._passes, exercise)
            )
        except SessionError as error:
            raise Stopped("course", "SessionError", str(error)) from None

    def _hidden(self, exercise: Exercise) -> Sequence[TestCase]:
        """All hidden test cases, also where only public ones are asked about; `grade` says so where there are none."""
        return [one.case for one in self._references(exercise).values() if one.case.hidden]

    def _references(self, exercise: Exercise) -> dict[str, Reference]:
        """By their test cases' names."""
        found: dict[str, Reference] = {}
        for path in self._files(exercise):
            with contextlib.suppress(ReferencesError):
                found |= {one.case.name: one for one in load_again(path).of(exercise)}
        return found

    def _files(self, exercise: Exercise) -> tuple[Path, Path]:
        """The public and the hidden references of the exercise's set."""
        exercises = set_with(self.submission.course, [exercise.name])
        assert exercises is not None  # for the exercise was found there
        return exercises.public, exercises.hidden

    def _ask(self, exercise: Exercise, cases: Sequence[TestCase], graph_alone: bool) -> Sequence[Evidence]:
        found = self.session.collect(exercise, cases, graph_alone=graph_alone)
        return [self._weighed(given, case) for given, case in zip(found, cases, strict=True)]

    def _passes(self, exercise: Exercise, given: Evidence, case: TestCase) -> bool:
        reference = self._references(exercise)[case.name]
        canary = load_again(self._files(exercise)[0]).canary
        return self.verdicts.on(exercise, given, reference, canary).passed

    def _weighed(self, given: Evidence, case: TestCase) -> Evidence:
        if id(given) not in self.weighed:
            taken = weighed(given, case, self.lines, self.submission.course, self.config)
            self.weighed[id(given)] = given, taken
        return self.weighed[id(given)][1]


def _is_locked(cell: NotebookNode) -> bool:
    marks = cell.metadata.get("nbgrader", {})
    return bool(marks.get("locked")) and not marks.get("solution")


def _outputs(done: CellRun) -> list[NotebookNode]:
    found = [output.node(done.run.count) for output in done.run.outputs]
    if done.trouble is not None:
        words = describe_stop(done.trouble)
        found.append(new_output("error", ename=done.trouble.type, evalue=words, traceback=[words]))  # type: ignore[no-untyped-call]
    return found


def _show(report: Report, run: TestRun) -> None:
    run.show({"text/html": report._repr_html_(), "text/plain": str(report)})


@contextlib.contextmanager
def _beside(folder: Path) -> Iterator[None]:
    """Test cells run where the course's own files lie, and can import modules from there."""
    before, known = Path.cwd(), set(sys.modules)
    sys.path.insert(0, str(folder))
    if folder.is_dir():
        os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
        sys.path.remove(str(folder))
        for name in set(sys.modules) - known:
            if str(getattr(sys.modules[name], "__file__", None) or "").startswith(f"{folder}{os.sep}"):
                del sys.modules[name]  # another assignment may have a module of that name
