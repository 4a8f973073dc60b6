"""The first half of autograding: what was handed in becomes a notebook whose cells play the roles the gradebook says.

`SubmissionExporter` reads any file, `Restore` takes the place of nbgrader's DeduplicateIds and OverwriteCells, which
believe a cell's own metadata on what it is. Set in nbgrader_config.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from .intake import prepare, restore, trusted_cells


class Unreadable(Exception):
    """What was handed in can't be graded; the message is for the instructor."""


class SubmissionExporter(NotebookExporter):
    """Reads a notebook as a stranger's: bounded in size, cleaned, and mended where it can be."""

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> tuple[NotebookNode, Any]:
        """The notebook after the preprocessors. Raises Unreadable."""
        path = Path(filename)
        taken = prepare(path.parent, [path.stem])[path.stem]
        for sentence in taken.sentences:
            self.log.warning("%s: %s", path.parent, sentence)
        if taken.node is None:
            unscore(resources)
            raise Unreadable(" ".join(taken.sentences))
        resources = self._init_resources(resources)  # type: ignore[no-untyped-call]
        resources["metadata"].update(name=path.stem, path=str(path.parent))
        return self.from_notebook_node(taken.node, resources, **kw)  # type: ignore[no-untyped-call, no-any-return]


def unscore(resources: Any) -> None:
    """Take back what the gradebook says of this notebook, so that no old score stands where grading now fails."""
    marks = resources["nbgrader"]
    with Gradebook(marks["db_url"]) as book:
        submitted = book.find_submission_notebook(marks["notebook"], marks["assignment"], marks["student"])
        for grade in submitted.grades:
            grade.auto_score = None
            grade.needs_manual_grade = True
        book.db.commit()


class Restore(NbGraderPreprocessor):
    """Gives every cell the role and, where it is locked, the source that the gradebook has for it."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        marks = resources["nbgrader"]
        with Gradebook(marks["db_url"]) as book:
            trusted = trusted_cells(book, marks["assignment"], marks["notebook"])
        unscore(resources)
        nb, doubts = restore(nb, trusted)
        for doubt in doubts:
            self.log.warning("%s: %s", marks["student"], doubt)
        return nb, resources
