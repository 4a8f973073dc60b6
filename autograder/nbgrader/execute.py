"""nbgrader's execution step on two sides: student cells in a sandboxed kernel, test cells in this process.

Set by `c.Autograde.autograde_preprocessors` in nbgrader_config.py, so that `nbgrader autograde` and the Formgrader's
button grade through it. It works for any nbgrader course, see docs/security.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Float, Integer

from ..base.course import find_course
from ..execution import cache as results
from ..execution import record
from ..execution.execute import Settings, Submission, refuse
from ..execution.submission.model import TrustedCell
from ..nbgrader.gradebook import trusted_cells


class Execute(NbGraderPreprocessor):
    """Runs a submission's cells: the student's in a sandbox, the tests outside it."""

    timeout = Integer(
        180, min=1, help="Seconds that one student cell may take, or all that one test cell asks for together."
    ).tag(config=True)
    startup_timeout = Float(90.0, min=1, help="Seconds that a kernel may take to start.").tag(config=True)
    submission_timeout = Integer(
        3600, min=1, help="Seconds that all cells of one notebook may take together, replacing kernels included."
    ).tag(config=True)
    max_kernels = Integer(
        8, min=1, help="How many kernels one notebook may use up: each that dies or hangs is replaced by another."
    ).tag(config=True)
    fork_server = Bool(
        True,
        help="Fork kernels from one process that has imported what the course's own notebooks import, where that can "
        "be had; each is confined as a fresh one is.",
    ).tag(config=True)
    allow_unprotected = Bool(
        False,
        help="Grade on a machine that can't give the sandbox, with what protection there is. Every report says so.",
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Run all cells and write their outputs, or take them from a run with the same answers, tests and settings.

        Raises SandboxUnavailable where this machine can't protect itself and nobody has said to go on regardless.
        """
        if resources.get("refused"):
            refuse(nb, resources["refused"])
            return nb, resources
        submission, trusted, settings = self._submission(resources), self._trusted(resources), self.settings()
        for doubt in results.run(nb, submission, trusted, settings):
            self.log.warning("%s: %s", submission.student, doubt)
        resources["protection"] = record.notebook_record(nb).protection
        return nb, resources

    def settings(self) -> Settings:
        """What the configuration says, as plain data."""
        sandbox = dict(self.config.SandboxProvisioner)
        if self.allow_unprotected:
            sandbox["allow_unprotected"] = True
        return Settings(
            timeout=float(self.timeout),
            startup_timeout=self.startup_timeout,
            submission_timeout=float(self.submission_timeout),
            max_kernels=self.max_kernels,
            fork_server=self.fork_server,
            sandbox=sandbox,
        )

    def _submission(self, resources: Any) -> Submission:
        marks = resources["nbgrader"]
        directory = self.parent.parent.coursedir  # the exporter's converter has it
        student, assignment = marks["student"], marks["assignment"]
        place = directory.format_path
        return Submission(
            course=find_course(Path(directory.root)),
            student=student,
            assignment=assignment,
            notebook=marks["notebook"],
            submitted=Path(place(directory.submitted_directory, student, assignment)),
            source=Path(place(directory.source_directory, ".", assignment)),
        )

    def _trusted(self, resources: Any) -> tuple[TrustedCell, ...]:
        marks = resources["nbgrader"]
        with Gradebook(marks["db_url"]) as book:
            return trusted_cells(book, marks["assignment"], marks["notebook"])
