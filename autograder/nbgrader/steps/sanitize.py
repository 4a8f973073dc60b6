"""The first half of autograding: what was handed in becomes a notebook whose cells play the roles the gradebook says.

`SubmissionExporter` reads any file. `Restore` takes the place of nbgrader's DeduplicateIds and OverwriteCells, which
believe a cell's own metadata on what it is. Set in nbgrader_config.py.
"""

from __future__ import annotations

import copy
import glob
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor

from ...base.course import find_course
from ...base.plain import plain
from ...execution.fingerprint import facts
from ...execution.result import ExecutedNotebook, ExecutedSubmission
from ...execution.submission.model import RestoredNotebook, Submission
from ...execution.submission.restore import restore_any, take_in
from ..gradebook.queries import enter_ungraded, released_cells, unscore
from ..private import close_kept
from .staging import STAGED, BeingGradedError, being_graded, stage, why_not_an_id

_executed: ContextVar[ExecutedSubmission | None] = ContextVar("executed", default=None)


@contextmanager
def handed_over(executed: ExecutedSubmission) -> Iterator[None]:
    """What is autograded within the block has been executed already, and whoever calls keeps other processes out."""
    token = _executed.set(executed)
    try:
        yield
    finally:
        _executed.reset(token)


def submission_of(directory: Any, student: str, assignment: str) -> Submission:
    """A submission as nbgrader's CourseDirectory has it; without notebooks where the assignment was never released."""
    place = directory.format_path
    with Gradebook(directory.db_url, directory.course_id) as book:
        cells = released_cells(book, assignment)
    return Submission(
        course=find_course(Path(directory.root)),
        student=student,
        assignment=assignment,
        folder=Path(place(directory.submitted_directory, student, assignment)),
        source=Path(place(directory.source_directory, ".", assignment)),
        notebooks={name: cells[name] for name in sorted(cells) if directory.notebook_id in ("*", name)},
    )


class SubmissionExporter(NotebookExporter):
    """Reads notebooks as a stranger's, and gives nbgrader plain copies of the files beside them.

    nbgrader's converter makes its exporter when it has found the submissions and before it touches one: that is when
    folders that can't be a student's are left out.
    """

    def __init__(self, **kw: Any) -> None:
        super().__init__(**kw)  # type: ignore[no-untyped-call]
        self.submissions: dict[tuple[str, str], Submission] = {}
        self._restored_here: dict[str, RestoredNotebook] = {}
        """The notebooks of the submission that is being graded."""
        if hasattr(self.parent, "assignments"):
            self._take_over(self.parent)

    def _take_over(self, converter: Any) -> None:
        """Have the converter work on plain copies; the course directory is others', too, so it gets one of its own."""
        given = converter.coursedir
        converter.assignments = {}
        pattern = given.format_path(given.submitted_directory, given.student_id, given.assignment_id)
        for folder in map(Path, sorted(glob.glob(pattern))):
            student, assignment = folder.parent.name, folder.name
            trouble = why_not_an_id(student)
            if trouble:
                self.log.error(trouble)
            elif folder.is_dir():
                submission = submission_of(given, student, assignment)
                if not submission.notebooks:
                    why = f"{assignment} was never released: run `nbgrader generate_assignment` first."
                    raise NbGraderException(why)
                place = Path(given.root) / STAGED / student / assignment
                self.submissions[student, assignment] = submission
                converter.assignments[str(place)] = [str(place / f"{name}.ipynb") for name in submission.notebooks]
        converter.coursedir = copy.copy(given)
        converter.coursedir.submitted_directory = str(STAGED)
        # nbgrader has no hook of its own before its first look at a submission's files.
        converter.convert_notebooks = lambda: self._convert(converter, Path(given.root) / STAGED)

    def _convert(self, converter: Any, staged: Path) -> None:
        """Convert with each submission's plain copy in place, and no other process at the same one meanwhile.

        A submission that another process is grading is passed over, and the others are graded. Raises
        NbGraderException that names it, when they are.
        """
        begin, busy = converter.init_destination, []
        with ExitStack() as end, ExitStack() as held:
            end.callback(close_kept)

            def init_destination(assignment: str, student: str) -> bool:
                held.close()  # the one before is done
                submission = self.submissions[student, assignment]
                if _executed.get() is None:
                    try:
                        held.enter_context(being_graded(submission.course, student, assignment, self.log.warning))
                    except BeingGradedError as error:
                        busy.append(str(error))
                        return False
                try:
                    self._take_in(submission, staged / student / assignment)
                    return bool(begin(assignment, student))
                except Exception:
                    # An older score would be taken for this submission's.
                    with Gradebook(converter.coursedir.db_url, converter.coursedir.course_id) as book:
                        enter_ungraded(book, assignment, student)
                    raise

            converter.init_destination = init_destination
            type(converter).convert_notebooks(converter)
        if busy:
            raise NbGraderException(f"{'; '.join(busy)}.")

    def _take_in(self, submission: Submission, place: Path) -> None:
        """Read the submission, unless it has been executed already, and lay its plain copy out in `place`."""
        done = _executed.get()
        if done is None:
            self._restored_here = {notebook.name: notebook for notebook in take_in(submission)}
        else:
            self._restored_here = {name: one.restored for name, one in done.notebooks.items()}
        handed_in = next(iter(self._restored_here.values())).handed_in
        for sentence in stage(submission, place, handed_in):
            self.log.warning("%s: %s", submission.student, plain(sentence))

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> tuple[NotebookNode, Any]:
        """Run the preprocessors: on the restored notebook in autograding's first half, on its result in the second."""
        path = Path(filename)
        resources = self._init_resources(resources)  # type: ignore[no-untyped-call]
        resources["metadata"].update(name=path.stem, path=str(path.parent))
        marks = resources["nbgrader"]
        submission = self.submissions[marks["student"], marks["assignment"]]
        notebook = self._restored_here[marks["notebook"]]
        done = _executed.get()
        resources.update(submission=submission, restored=notebook, executed=done and done.notebooks[notebook.name])
        if not getattr(self.parent, "_sanitizing", False):
            node = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
        elif notebook.name in notebook.handed_in:
            node = copy.deepcopy(notebook.handed_in[notebook.name])
        else:
            node = new_notebook()  # type: ignore[no-untyped-call]
        return self.from_notebook_node(node, resources, **kw)  # type: ignore[no-untyped-call, no-any-return]


class Restore(NbGraderPreprocessor):
    """Gives every cell the role and, where it is locked, the source that the gradebook has for it."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        marks = resources["nbgrader"]
        with Gradebook(marks["db_url"]) as book:
            unscore(book, marks["assignment"], marks["notebook"], marks["student"])
            trusted = released_cells(book, marks["assignment"])[marks["notebook"]]
        notebook = resources.get("restored")
        if notebook is not None and _as_handed_in(nb, notebook):
            nb, doubts = copy.deepcopy(notebook.node), notebook.doubts
        else:  # another exporter has read it, or a step before this one has changed it
            nb, doubts = restore_any(nb, trusted)
        for doubt in doubts:
            self.log.warning("%s: %s", marks["student"], plain(doubt))
        return nb, resources


def _as_handed_in(node: NotebookNode, notebook: RestoredNotebook) -> bool:
    given = notebook.handed_in.get(notebook.name)
    return bool(notebook.refused) or (given is not None and facts(given) == facts(node))


def executed_anew(name: str, notebook: ExecutedNotebook) -> None:
    """Let whoever handed the submission over know that this notebook has been executed again, and with what result."""
    done = _executed.get()
    if done is not None:
        done.notebooks[name] = notebook
