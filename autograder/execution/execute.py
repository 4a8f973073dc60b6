"""A submission's notebook, executed on two sides: student cells in a sandboxed kernel, test cells in this process."""

from __future__ import annotations

import contextlib
import copy
import os
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from traitlets.config import Config

from ..base.face import taken_over_by
from ..base.messages import language_in
from ..base.notebooks import is_left_out, is_test, modules_imported
from ..sandbox.kernel import SandboxKernel
from ..sandbox.start import forkserver
from . import kit_errors, record
from .kernel.confined import remove, start_kernel
from .kernel.session import Cell, CellRun, Session, SessionError, Times
from .official import Official, OfficialFunctions
from .result import ExecutedNotebook, taken_from
from .submission.model import RestoredNotebook, Submission, TrustedCell
from .submission.workfolder import fill
from .testcell.names import Names
from .testcell.run import TestRun, describe_stop, run_test
from .trust import code_lines


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
            execution = _Execution(node, submission, notebook.trusted, session, settings.config)
            execution.run()
        finally:
            session.close()
    stopped = ((name, describe_stop(error)) for name, error in session.culprits)
    troubles = (*stopped, *((name, f"no picture: {why}") for name, why in execution.official.problems))
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
        language = next((language for language in found if language), "en")
        self.official = Official(submission, session, config, language, code_lines(nb))
        self.trouble: str = ""

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
        functions = OfficialFunctions(self.official, run)
        if self.trouble:
            run.not_graded(self.trouble)
        else:
            with taken_over_by(functions), _beside(self.submission.source):
                run_test(marks["grade_id"], cell.source, float(marks["points"]), self.names, run, self._own_error)
        cell.outputs = run.outputs
        cell.execution_count = None
        shown = functions.shown
        found = tuple(one for report in shown for one in record.findings_of(report)) if shown else None
        record.write(cell, record.CellRecord(score=run.score, why=run.why, findings=found))

    def _own_error(self, error: BaseException, cells: Collection[str]) -> str:
        """The sentence on an error in this kit's own code, which is written down; "" for any other error."""
        if not kit_errors.is_the_kits(error, cells):
            return ""
        course, of = self.submission.course, self.submission
        return kit_errors.note(course, f"{of.assignment} {of.student}: not graded", error)


def _is_locked(cell: NotebookNode) -> bool:
    marks = cell.metadata.get("nbgrader", {})
    return bool(marks.get("locked")) and not marks.get("solution")


def _outputs(done: CellRun) -> list[NotebookNode]:
    found = [output.node(done.run.count) for output in done.run.outputs]
    if done.trouble is not None:
        words = describe_stop(done.trouble)
        found.append(new_output("error", ename=done.trouble.type, evalue=words, traceback=[words]))  # type: ignore[no-untyped-call]
    return found


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
