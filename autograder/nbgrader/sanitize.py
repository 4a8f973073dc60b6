"""The first half of autograding: what was handed in becomes a notebook whose cells play the roles the gradebook says.

`SubmissionExporter` reads any file, `Restore` takes the place of nbgrader's DeduplicateIds and OverwriteCells, which
believe a cell's own metadata on what it is. Set in nbgrader_config.py.
"""

from __future__ import annotations

import copy
import glob
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor

from ..base.course import Course
from ..execution.submission.read import prepare
from ..execution.submission.restore import restore
from ..execution.submission.staging import stage, staged_folder, why_not_an_id
from ..nbgrader.gradebook import trusted_cells


class SubmissionExporter(NotebookExporter):
    """Reads notebooks as a stranger's, from plain copies of what was handed in.

    nbgrader's converter makes its exporter when it has found the submissions and before it touches one: that is when
    they are copied, and when folders that can't be a student's are left out.
    """

    def __init__(self, **kw: Any) -> None:
        super().__init__(**kw)  # type: ignore[no-untyped-call]
        self.refused: dict[tuple[str, str, str], str] = {}
        if hasattr(self.parent, "assignments"):
            self._stage(self.parent)

    def _stage(self, converter: Any) -> None:
        """Have the converter work on plain copies; the course directory is others', too, so it gets one of its own."""
        given = converter.coursedir
        course = Course(Path(given.root))
        converter.coursedir = copy.copy(given)
        converter.coursedir.submitted_directory = str(staged_folder(course).relative_to(course.root))
        assignments = {}
        pattern = given.format_path(given.submitted_directory, given.student_id, given.assignment_id)
        for submitted in map(Path, sorted(glob.glob(pattern))):
            student, assignment = submitted.parent.name, submitted.name
            trouble = why_not_an_id(student)
            if trouble:
                self.log.error(trouble)
                continue
            wanted = _notebooks(given, assignment, given.notebook_id)
            if not wanted:
                raise NbGraderException(f"{assignment} was never released: run `nbgrader generate_assignment` first.")
            if not submitted.is_dir():
                continue
            staged = stage(course, submitted, student, assignment, wanted)
            for doubt in staged.doubts:
                self.log.warning("%s: %s", student, doubt)
            self.refused |= {(student, assignment, notebook): why for notebook, why in staged.refused.items()}
            assignments[str(staged.folder)] = [str(staged.folder / f"{notebook}.ipynb") for notebook in wanted]
        converter.assignments = assignments

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> tuple[NotebookNode, Any]:
        """The notebook after the preprocessors; an empty one where it can't be graded, for `resources["refused"]`."""
        path = Path(filename)
        resources = self._init_resources(resources)  # type: ignore[no-untyped-call]
        resources["metadata"].update(name=path.stem, path=str(path.parent))
        marks = resources["nbgrader"]
        resources["refused"] = self.refused.get((marks["student"], marks["assignment"], marks["notebook"]), "")
        nothing_there = resources["refused"] and getattr(self.parent, "_sanitizing", False)
        taken = None if nothing_there else prepare(path.parent, [path.stem])[path.stem]
        if taken is not None and taken.node is None:
            resources["refused"] = " ".join(taken.sentences)
        node = new_notebook() if taken is None or taken.node is None else taken.node  # type: ignore[no-untyped-call]
        return self.from_notebook_node(node, resources, **kw)  # type: ignore[no-untyped-call, no-any-return]


def _notebooks(coursedir: Any, assignment: str, wanted: str) -> list[str]:
    """The names of the assignment's notebooks, as far as they are asked for; none for an unknown assignment."""
    with Gradebook(coursedir.db_url, coursedir.course_id) as book:
        try:
            names = [notebook.name for notebook in book.find_assignment(assignment).notebooks]
        except MissingEntry:
            return []
    return sorted(name for name in names if wanted in ("*", name))


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
