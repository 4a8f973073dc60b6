"""One notebook, executed in two passes: one that everybody may hear of, and one in silence.

In the first pass the student's cells run in their order, and their outputs are what pages show. Test cells are run in
their places as far as they ask nothing hidden. In the second pass those that are left are run where nothing that the
student's code says reaches anybody: it knows hidden arguments by then. Nothing of the first pass comes after it.

A test cell means what the notebook had made by its place. So a second kernel runs the student's cells again before it,
unless later cells leave alone what earlier ones made: then the first kernel, which runs no cell any more, is asked.
"""

from __future__ import annotations

import contextlib
import copy
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from nbformat import NotebookNode
from nbformat.v4 import new_output

from ..base.face import taken_over_by
from ..base.messages import language_in
from ..base.notebooks import is_test
from . import record
from .absent import Absent
from .kernel.notebookrun import errors_of, student_cell
from .kernel.session import Cell, CellRun, Session, SessionError
from .later import Notebook
from .official import Official, OfficialFunctions
from .settings import Settings
from .solution import Solution
from .submission.model import RestoredNotebook, Submission
from .testcell.cell import NotPythonError, TestCell, Unheard, parsed
from .testcell.link import Link, Trace
from .testcell.names import Names
from .testcell.run import Heard, TestRun, run_again, run_heard, run_silent
from .testcell.statements import read_course_text
from .testcell.surroundings import SharedFiles, Surroundings, may_read_code
from .testcell.there import FORGEABLE, run_there
from .testcell.thrown import Stopped, why_stopped

GRADERS = frozenset(("autograder", "check", "grade", "hint"))
"""The names by which a test cell gets at official grading."""
NOTICED = 1.0
"""Seconds of being stopped for having taken more than its share, from which on a submission is named."""
STOPPED = "A hidden test had to be stopped."


@dataclass(slots=True)
class _Student:
    """A cell that the student's kernel runs. `ran` says whether it came to its end there."""

    node: NotebookNode
    cell: Cell
    locked: bool
    ran: bool = False


@dataclass(slots=True)
class _Test:
    """A test cell: what came of it, and how far it was heard; None where it is not to be run at all."""

    node: NotebookNode
    name: str
    run: TestRun = field(default_factory=TestRun)
    functions: OfficialFunctions | None = None
    cell: TestCell | None = None
    heard: Heard | None = None

    @property
    def waiting(self) -> bool:
        """Whether it is to be run in silence."""
        return self.heard is not None and not self.heard.settled


class TwoPasses:
    """One notebook, from its first cell to its last, twice. `open_session` gives a session, silent or not."""

    def __init__(
        self,
        submission: Submission,
        notebook: RestoredNotebook,
        settings: Settings,
        open_session: Callable[[bool], Session],
        solution: Solution | None = None,
        recording: Trace | None = None,
    ) -> None:
        """`solution` is the course's own, where it is known; with `recording`, this is that."""
        self.node = copy.deepcopy(notebook.node)
        """The notebook that outputs and records are written into."""
        self._there = frozenset(settings.there)
        self._acted = False
        self._submission, self._open = submission, open_session
        self._solution, self._recording = solution, recording
        self._known = solution.trace if solution is not None else None
        self._course = read_course_text(submission.source / f"{notebook.name}.ipynb")
        code = [cell for cell in submission.notebooks[notebook.name] if cell.cell_type == "code"]
        self._given = [cell.source for cell in code if cell.solution]
        language = next((found for cell in code if (found := language_in(cell.source))), "en")
        self._official = Official(submission, settings.config, language)
        self._cells = list(_cells(self.node))
        self._surroundings = Surroundings(submission.source)
        texts = (cell.source for cell in code if not cell.solution)
        self._read_code = may_read_code(texts, submission.source)
        self.protection = ""
        self.troubles: tuple[tuple[str, str], ...] = ()
        """The cells that had to be stopped, and why."""
        self.crowded = False
        """Whether time ran out for something that had to wait for the processor."""
        self.greedy = False
        """Whether the code took more than its share of the processor, and had to be stopped; not for how long."""
        self.silent_seconds = 0.0
        """How long the second pass took, which the student's code can choose: no page and no log has it."""

    def run(self) -> None:
        """Execute the notebook; outputs and records are written into `node`. Raises what starting a kernel does."""
        with contextlib.closing(self._open(False)) as first, contextlib.closing(self._surroundings):
            self._heard(first)
            self.protection = first.protection_words
            self.troubles = tuple((name, why_stopped(error.type, error.message)) for name, error in first.culprits)
            began = time.monotonic()
            waiting = any(test.waiting for test in self._tests())
            stays = waiting and not self._acted and self._later_cells_leave_alone()
            self._surroundings.close()  # a test in silence finds nothing of what one that was heard has left
            if stays:
                first.silence()
                self._silent(first, again=False)
            self._note(first)
        if waiting and not stays:
            with contextlib.closing(self._open(True)) as second, contextlib.closing(self._surroundings):
                self._silent(second, again=True)
                self._note(second)
        self.silent_seconds = time.monotonic() - began
        self.troubles += tuple((name, f"no picture: {why}") for name, why in self._official.problems)
        for test in self._tests():
            self._leave_ungraded(test)
            _write(test, forgeable=test.name in self._there)

    def _note(self, session: Session) -> None:
        self.crowded |= session.crowded
        self.greedy |= session.stopped >= NOTICED

    def _tests(self) -> list[_Test]:
        return [one for one in self._cells if isinstance(one, _Test)]

    def _names(self, session: Session) -> Names:
        link = Link(session, lambda: self._known, self._recording)
        link.files = SharedFiles(self._surroundings.folder, self._read_code)
        return Names(link, self._given, self._course)

    def _leave_ungraded(self, test: _Test) -> None:
        """Take back a score that the course's own solution would not have got either."""
        lacks = "" if self._solution is None else self._solution.lacks.get(test.name, "")
        if lacks and test.run.score is not None and test.run.score < float(test.node.metadata.nbgrader["points"]):
            test.run.clear()
            test.run.not_graded(f"the course's own solution does not pass this test here: {lacks}", hidden=True)

    # --- the first pass ----------------------------------------------------------------------------------------

    def _heard(self, session: Session) -> None:
        names = self._names(session)
        unheard = Unheard(names)
        trouble = ""
        for number, one in enumerate(self._cells):
            if isinstance(one, _Student):
                if one.locked:
                    names.lock(one.cell.source)
                trouble = trouble or _run(one, session, self._official.absent)
            elif trouble:
                one.run.not_graded(trouble)
            else:
                later = (cell for cell in self._cells[number:] if isinstance(cell, _Student) and not cell.locked)
                self._official.absent.to_come = [cell.cell.source for cell in later]
                self._hear(one, names, unheard)
        self._acted = names.link.acted

    def _hear(self, test: _Test, names: Names, unheard: Unheard) -> None:
        """Run as much of a test cell as may be heard, and ask what its other part will want to know."""
        try:
            test.cell = parsed(test.name, test.node.source, float(test.node.metadata.nbgrader["points"]))
        except NotPythonError as error:
            test.run.not_graded(f"the test cell is not Python: {error}")
            return
        test.functions = OfficialFunctions(self._official, test.run, test.name)
        if test.name in self._there:
            unheard.leave(test.cell, 0)
            test.heard = Heard(0, settled=False)
            return
        with taken_over_by(test.functions), self._surroundings.entered():
            test.heard = run_heard(test.cell, names, unheard, test.run, self._official.own_error)
        if test.functions.waits and test.heard.settled:  # its own `except:` has caught what was to end its heard part
            unheard.leave(test.cell, 0)
            test.run.clear()
            test.heard = Heard(0, settled=False)
        wanted = unheard.reached(test.cell.needs(test.heard.end))
        if test.waiting and wanted & GRADERS:
            try:
                with names.session.one_test():
                    self._official.prepare(wanted, names.session, test.name)
            except Stopped as stopped:
                test.run.not_graded(stopped.message)
                test.heard = Heard(test.heard.end, settled=True)

    # --- the second pass ---------------------------------------------------------------------------------------

    def _later_cells_leave_alone(self) -> bool:
        """Whether the student's cells after the first test cell that waits leave alone what stands before each."""
        before, waited = Notebook(), False
        for one in self._cells:
            if isinstance(one, _Student) and waited and not before.is_left_alone_by(one.cell.source):
                return False
            before.add(one.cell.source if isinstance(one, _Student) else one.node.source)
            waited = waited or (isinstance(one, _Test) and one.waiting)
        return True

    def _silent(self, session: Session, again: bool) -> None:
        """Run the test cells that wait. `again` is whether the student's cells have to be run for them."""
        self._official.silent = True
        names = self._names(session)
        last = max(number for number, one in enumerate(self._cells) if isinstance(one, _Test) and one.waiting)
        trouble = ""
        for one in self._cells[: last + 1]:
            session.stopped_in_silence = False
            if isinstance(one, _Student):
                if one.locked:
                    names.lock(one.cell.source)
                if again and one.ran:
                    trouble = trouble or _run(one, session, self._official.absent)
            elif one.waiting and trouble:
                one.run.not_graded(trouble)
            elif one.cell and one.heard:
                self._test_in_silence(one, names)
            if session.stopped_in_silence:
                name = one.name if isinstance(one, _Test) else one.cell.name
                self.troubles = (*self.troubles, (name, STOPPED))

    def _test_in_silence(self, test: _Test, names: Names) -> None:
        assert test.cell is not None
        assert test.heard is not None
        assert test.functions is not None
        if test.name in self._there:
            points = float(test.node.metadata.nbgrader["points"])
            run_there(names.session, test.name, test.node.source, points, test.run)
            self.troubles = (*self.troubles, (test.name, FORGEABLE))
            return
        with taken_over_by(test.functions), self._surroundings.entered():
            if test.waiting:
                run_silent(test.cell, names, test.run, self._official.own_error)
            else:
                run_again(test.cell, test.heard.end, names)


def _cells(node: NotebookNode) -> Iterator[_Student | _Test]:
    for cell in node.cells:
        student = student_cell(cell)
        if student is not None:
            marks = cell.metadata.get("nbgrader", {})
            yield _Student(cell, student, locked=bool(marks.get("locked")) and not marks.get("solution"))
        elif cell.cell_type == "code" and is_test(cell) and cell.source.strip():
            yield _Test(cell, cell.metadata.nbgrader["grade_id"])


def _run(one: _Student, session: Session, absent: Absent) -> str:
    """Have a cell run, and keep its outputs and errors where it is heard.

    Gives why none can be run any more, "" if they can.
    """
    try:
        done = session.run(one.cell)
    except SessionError as error:
        return str(error)
    if not session.silent:
        one.node.outputs, one.node.execution_count = _outputs(done), done.run.count
        one.ran = done.trouble is None
        absent.errors += errors_of(one.cell, done)
    return ""


def _outputs(done: CellRun) -> list[NotebookNode]:
    found = [output.node(done.run.count) for output in done.run.outputs]
    if done.trouble is not None:
        words = why_stopped(done.trouble.type, done.trouble.message)
        found.append(new_output("error", ename=done.trouble.type, evalue=words, traceback=[words]))  # type: ignore[no-untyped-call]
    return found


def _write(test: _Test, forgeable: bool) -> None:
    """Put what came of a test cell into the notebook."""
    test.node.outputs = test.run.outputs
    test.node.execution_count = None
    shown = test.functions.shown if test.functions else []
    found = tuple(one for report in shown for one in record.findings_of(report)) if shown else None
    record.write(
        test.node, record.CellRecord(score=test.run.score, why=test.run.why, findings=found, forgeable=forgeable)
    )
