"""A submission's notebook, executed on two sides: student cells in a sandboxed kernel, test cells in this process."""

from __future__ import annotations

import copy
from functools import partial
from pathlib import Path

from nbformat import NotebookNode

from ..base.files import once_a_change
from ..base.notebooks import NotebookError, is_test, modules_imported, read_node
from ..sandbox.kernel import SandboxKernel
from ..sandbox.start import forkserver
from . import record
from .kernel.confined import remove, start_kernel
from .kernel.session import Session
from .passes import TwoPasses
from .result import ExecutedNotebook, taken_from
from .settings import Settings
from .solution import Solution, solution_of
from .submission.model import RestoredNotebook, Submission
from .submission.workfolder import fill
from .testcell.link import Trace
from .testcell.run import TestRun


def execute(submission: Submission, notebook: RestoredNotebook, settings: Settings) -> ExecutedNotebook:
    """Run all cells of a restored notebook: the student's in a sandbox, the tests here.

    One that is refused is not run, and its test cells say why. Raises SandboxUnavailable where this machine can't
    protect itself and the settings don't say to go on regardless.
    """
    refused = notebook.refused or _of_another_language(submission.source / f"{notebook.name}.ipynb")
    if refused:
        return ExecutedNotebook(notebook, taken_from(_refused(notebook, refused)))
    solution = solution_of(submission, notebook.name, settings, partial(run_solution, settings))
    passes, doubts = _run(submission, notebook, settings, solution)
    return ExecutedNotebook(notebook, taken_from(passes.node), doubts, passes.silent_seconds)


def run_solution(settings: Settings, submission: Submission, notebook: RestoredNotebook, trace: Trace) -> NotebookNode:
    """Execute the course's own solution; gives the notebook with its records, and fills in the trace."""
    passes, _ = _run(submission, notebook, settings, recording=trace)
    return passes.node


def _run(
    submission: Submission,
    notebook: RestoredNotebook,
    settings: Settings,
    solution: Solution | None = None,
    recording: Trace | None = None,
) -> tuple[TwoPasses, tuple[str, ...]]:
    """Run a notebook's cells in kernels of their own, and note in it how that went."""
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

        passes = TwoPasses(submission, notebook, settings, open_session, solution, recording)
        passes.run()
    whole = record.NotebookRecord(
        protection=passes.protection, troubles=passes.troubles, crowded=passes.crowded, greedy=passes.greedy
    )
    record.write(passes.node, whole)
    return passes, doubts


@once_a_change
def _of_another_language(instructors: Path) -> str:
    """Why a notebook can't be graded whose instructor wrote it for another language's kernel; "" where it can be."""
    try:
        found = read_node(instructors).metadata
    except NotebookError:
        return ""
    spec, info = found.get("kernelspec", {}), found.get("language_info", {})
    language = str(spec.get("language") or info.get("name") or "python")
    if language.lower() in ("python", "ipython"):
        return ""
    return f"{instructors.name} is a notebook for {language[:40]}, and this kit grades notebooks for Python"


def _refused(notebook: RestoredNotebook, why: str) -> NotebookNode:
    """The notebook, with a note in every test cell that it could not be graded, and why."""
    node = copy.deepcopy(notebook.node)
    for cell in node.cells:
        if cell.cell_type == "code" and is_test(cell):
            run = TestRun()
            run.not_graded(why)
            cell.outputs = run.outputs
            record.write(cell, record.CellRecord(score=None, why=run.why))
    return node
