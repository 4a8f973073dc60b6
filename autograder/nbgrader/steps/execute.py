"""nbgrader's execution step on two sides: student cells in a sandboxed kernel, test cells in this process.

Set by `c.Autograde.autograde_preprocessors` in nbgrader_config.py, so that `nbgrader autograde` and the Formgrader's
button grade through it. docs/design/security.md says which courses can use it.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Float, Integer, List, Unicode

from ...base.plain import plain
from ...execution.cache import execute_once
from ...execution.fingerprint import facts
from ...execution.result import write_into
from ...execution.settings import Settings
from ...execution.submission.model import RestoredNotebook, Submission
from ...execution.submission.restore import intake
from ...sandbox.errors import SandboxUnavailable
from .sanitize import executed_anew, submission_of


class Execute(NbGraderPreprocessor):
    """Runs a submission's cells: the student's in a sandbox, the tests outside it."""

    timeout = Integer(
        180,
        min=1,
        allow_none=True,
        help="Seconds that one student cell may take, or all that one test cell asks for together. Those in which its "
        "kernel has to wait for the processor don't count, up to ten times as many. None: as long as all cells "
        "together may take.",
    ).tag(config=True)
    startup_timeout = Float(90.0, min=1, help="Seconds that a kernel may take to start.").tag(config=True)
    submission_timeout = Integer(
        3600,
        min=1,
        help="Seconds that all cells of one notebook may take together, replacing kernels included. Where hidden tests "
        "need a second run of the cells, that has as many again.",
    ).tag(config=True)
    max_kernels = Integer(
        8,
        min=1,
        help="How many kernels one notebook may use up: each that dies or hangs is replaced by another. A second run "
        "of the cells has as many again.",
    ).tag(config=True)
    fork_server = Bool(
        True,
        help="Fork kernels from one process that has imported what the course's own notebooks import, where that can "
        "be had; each is confined as a fresh one is.",
    ).tag(config=True)
    in_students_kernel = List(
        Unicode(),
        help="Names (grade_ids) of test cells that can't be run outside the student's kernel and are to be run in it, "
        "as stock nbgrader does. Their points can be forged, and are marked as such: in the table, on the page, in the "
        "gradebook. `autograder doctor ASSIGNMENT` names such cells; by default they get no score.",
    ).tag(config=True)
    allow_unprotected = Bool(
        False,
        help="Grade on a machine that can't give the sandbox, with what protection there is. "
        "The comments in the gradebook say so.",
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Run all cells and write their outputs, unless that has been done by whoever hands the notebook over.

        Raises SandboxUnavailable where this machine can't protect itself and nobody has said to go on regardless.
        """
        executed = resources.get("executed")
        if executed is None or facts(executed.restored.node) != facts(nb):
            # The latter where other steps of the configuration have changed cells after they were restored.
            try:
                executed = execute_once(*self._restored(nb, resources), self.settings())
            except SandboxUnavailable as error:
                self.log.addFilter(_InOneSentence(str(error)))  # nbgrader logs the whole traceback of what is raised
                raise
            executed_anew(resources["nbgrader"]["notebook"], executed)
        for doubt in executed.doubts:
            self.log.warning("%s: %s", resources["nbgrader"]["student"], plain(doubt))
        write_into(nb, executed.result)
        resources["protection"] = executed.result.whole.protection
        resources["forgeable"] = [name for name, one in executed.tests() if one.forgeable]
        return nb, resources

    def settings(self) -> Settings:
        """What the configuration says, as plain data."""
        sandbox = dict(self.config.SandboxProvisioner)
        if self.allow_unprotected:
            sandbox["allow_unprotected"] = True
        return Settings(
            timeout=float(self.submission_timeout if self.timeout is None else self.timeout),
            startup_timeout=self.startup_timeout,
            submission_timeout=float(self.submission_timeout),
            max_kernels=self.max_kernels,
            fork_server=self.fork_server,
            there=tuple(self.in_students_kernel),
            sandbox=sandbox,
        )

    def _restored(self, nb: NotebookNode, resources: Any) -> tuple[Submission, RestoredNotebook]:
        """The notebook as all steps before this one have left it."""
        if resources.get("restored"):
            return resources["submission"], replace(resources["restored"], node=nb)
        marks = resources["nbgrader"]  # another exporter has read it
        submission = submission_of(self.parent.parent.coursedir, marks["student"], marks["assignment"])
        handed_in = {one.name: one.node for one in intake(submission).notebooks if one.node}
        return submission, RestoredNotebook(marks["notebook"], nb, submission.notebooks[marks["notebook"]], handed_in)


class _InOneSentence(logging.Filter):
    """Takes the place of a traceback that ends with a sentence for people."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self._sentence = sentence

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the record, with the sentence alone where it is that traceback."""
        said = record.getMessage()
        if said.startswith("Traceback") and said.rstrip().endswith(self._sentence):
            record.msg, record.args = self._sentence, ()
        return True
