"""A submission's notebook, executed on two sides: student cells in a sandboxed kernel, test cells in this process."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode
from traitlets.config import Config

from ..base.notebooks import is_test, modules_imported
from ..sandbox.kernel import SandboxKernel
from ..sandbox.start import forkserver
from . import record
from .kernel.confined import remove, start_kernel
from .kernel.session import Session, Times
from .passes import TwoPasses
from .result import ExecutedNotebook, taken_from
from .submission.model import RestoredNotebook, Submission
from .submission.workfolder import fill
from .testcell.run import TestRun


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

    @property
    def times(self) -> Times:
        """What each of the two passes over a notebook may take."""
        return Times(self.timeout, self.startup_timeout, self.submission_timeout)


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
            """A kernel in a fresh folder: nothing that an earlier one left there reaches it, nor fills its disk."""
            nonlocal doubts
            remove(scratch)
            doubts = fill(scratch / "work", submission.folder, submission.source, notebook.handed_in)
            return start_kernel(scratch, submission.course, settings.config, settings.startup_timeout, preload)

        def open_session(silent: bool) -> Session:
            return Session(launch, settings.times, settings.max_kernels, silent)

        passes = TwoPasses(node, submission, notebook.trusted, open_session, settings.config)
        passes.run()
    whole = record.NotebookRecord(
        protection=passes.protection, troubles=passes.troubles, crowded=passes.crowded, greedy=passes.greedy
    )
    record.write(node, whole)
    return ExecutedNotebook(notebook, taken_from(node), doubts, passes.silent_seconds)


def _refuse(node: NotebookNode, why: str) -> None:
    """Note in every test cell that it could not be graded, and why."""
    for cell in node.cells:
        if cell.cell_type == "code" and is_test(cell):
            run = TestRun()
            run.not_graded(why)
            cell.outputs = run.outputs
            record.write(cell, record.CellRecord(score=None, why=run.why))
