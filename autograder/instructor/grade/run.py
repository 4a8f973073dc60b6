"""One assignment's submissions in one run of `autograder grade`: which are to be executed, and how each is written."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import replace

from rich.console import Console
from rich.markup import escape

from ...base.course import Course
from ...execution.result import ExecutedSubmission
from ...execution.submission.model import Submission
from ...nbgrader.calls import NbgraderError, autograde, configuration, execution_settings, gradebook
from ...nbgrader.gradebook.lateness import EXTENSIONS, Settlement, read_extensions, settle, unsettled
from ...nbgrader.gradebook.queries import NO_ROWS, due_date, enter_ungraded, read_rows, released_cells
from ...nbgrader.release import since_release
from ...nbgrader.steps.staging import BeingGradedError, being_graded, why_not_an_id
from ...sandbox.machine import machine
from ...sandbox.protection import Level
from ..feedback import pages
from .ledger import Ledger, Note, fingerprint
from .progress import NowAndThen, interrupts, log, progress
from .score_changes import ScoreChange, changes
from .table import GradedSubmission, graded, not_graded
from .undo import KeptRun
from .workers import Failed, Outcome, execute_all, execute_submission


class AssignmentRun:
    """What is known of an assignment's submissions when a run begins, and what the run makes of them."""

    def __init__(self, course: Course, assignment: str, unprotected: bool, run: str = "") -> None:
        self.course, self.assignment, self.unprotected = course, assignment, unprotected
        self.settings = execution_settings(course, unprotected)
        self.extensions = read_extensions(course.root / EXTENSIONS)
        self.kept = KeptRun(course, assignment, run)
        with gradebook(course) as book:
            self.cells = released_cells(book, assignment)
            self.before = read_rows(book, assignment)
            due = due_date(book, assignment)
        self.rows = self.before.by_student()
        self.ledger = Ledger(course, assignment, self.cells, self.settings, due)
        self.inputs: dict[str, str] = {}
        self.pages_lacking = False
        self.unknown: tuple[str, ...] = ()

    # --- read ------------------------------------------------------------------------------------------------------

    def submission(self, student: str) -> Submission:
        """Where a student's work lies, and what it is graded by."""
        folder = self.course.submitted / student / self.assignment
        source = self.course.source / self.assignment
        return Submission(self.course, student, self.assignment, folder, source, self.cells)

    def note(self, student: str) -> Note | None:
        """What is noted of a submission that would be graded alike again."""
        self.inputs[student] = self.ledger.inputs(student)
        return self.ledger.find(student, self.inputs[student], self.rows.get(student, NO_ROWS))

    def cannot_be_graded(self, student: str) -> str:
        """Why a submission need not be executed, "" as a rule."""
        if trouble := why_not_an_id(student):
            return trouble
        if not self.cells:
            return f"{self.assignment} was never released: run `nbgrader generate_assignment` first."
        if not any((self.course.submitted / student / self.assignment).glob("*.ipynb")):
            return "there is no notebook in the folder"
        return ""

    def executed(self, students: Sequence[str], executor: Executor) -> Iterator[Outcome]:
        """Execute these submissions side by side; what became of each, as soon as it is known."""
        if (
            not self.unprotected
        ):  # also where there is nothing new: whoever moves to a machine learns there what it lacks
            machine().require(Level[self.settings.sandbox.get("at_least", Level.landlock.name)])
        return execute_all(executor, map(self.submission, students), self.settings)

    # --- grade -----------------------------------------------------------------------------------------------------

    def grade(self, students: Sequence[str], console: Console, executor: Executor) -> list[GradedSubmission]:
        """Every student's row of the closing table."""
        self.tell_of_source(console)
        refused = {student: why for student in students if (why := self.cannot_be_graded(student))}
        notes = {student: note for student in students if student not in refused and (note := self.note(student))}
        # Asked for before anything is written: this machine may not be able to execute any.
        outcomes = self.executed([one for one in students if one not in refused and one not in notes], executor)
        lines = {student: self._write_ungraded(student, why) for student, why in refused.items()}
        lines |= {student: self._as_before(student, note) for student, note in notes.items()}
        with progress(console) as bar, log(self.course) as write_log, interrupts() as ctrl_c:
            task = bar.add_task(self.assignment, total=len(students), completed=len(lines), student="")
            now_and_then = NowAndThen(console, self.assignment, len(students), len(lines))
            for outcome in outcomes:
                bar.update(task, student=escape(outcome.student))
                with ctrl_c.put_off():
                    line = lines[outcome.student] = self._write(outcome)
                write_log(f"{self.assignment} {outcome.student} {outcome.seconds:.1f} s {line.total:g} {line.status}")
                bar.advance(task)
                now_and_then.one_more()
            bar.update(task, student="")
        self._settle_lateness(lines)
        return [lines[student] for student in students]

    def lateness(self) -> Settlement:
        """Where the gradebook has other extensions, penalties and excuses than the rule and extensions.csv say."""
        config = configuration(self.course)
        with gradebook(self.course) as book:
            return unsettled(book, self.assignment, config, self.extensions)

    def _settle_lateness(self, lines: dict[str, GradedSubmission]) -> None:
        """Have the gradebook take off what handing in late costs by now."""
        if not self.cells:
            return
        wanted = self.lateness()
        self.unknown = wanted.unknown
        if wanted.is_new:
            self.kept.begin()
            for one in wanted.lateness:
                self.kept.keep(one.student)
            with gradebook(self.course) as book:
                settle(book, self.assignment, wanted)
                self.rows = read_rows(book, self.assignment).by_student()
        for student, line in lines.items():
            if line.points and student in self.rows:
                lines[student] = line.with_rows(self.rows[student])

    def _write(self, outcome: Outcome) -> GradedSubmission:
        """Let nbgrader write an executed submission into the gradebook and autograded/."""
        student = outcome.student
        if isinstance(outcome, Failed) and not outcome.lost:
            # A worker may lack what this process has, such as one that has joined a cluster since it was looked at.
            outcome = execute_submission(self.submission(student), self.settings)
        if isinstance(outcome, Failed):
            return not_graded(student, outcome.why) if outcome.lost else self._write_ungraded(student, outcome.why)
        self.kept.keep(student)
        try:
            with being_graded(self.course, student, self.assignment):
                autograde(self.course, self.assignment, outcome, self.unprotected)
        except BeingGradedError as error:
            return not_graded(student, str(error))
        except NbgraderError as error:
            return self._write_ungraded(student, str(error))
        return self._noted(outcome)

    def _noted(self, outcome: ExecutedSubmission) -> GradedSubmission:
        student = outcome.student
        with gradebook(self.course) as book:
            rows = self.rows[student] = read_rows(book, self.assignment, student)
        line = graded(student, rows, self.cells, outcome.troubles)
        if line.graded and not outcome.troubles.crowded:
            self.ledger.write(student, self.inputs[student], rows, outcome.troubles, with_feedback=False)
        return line

    def _write_ungraded(self, student: str, why: str) -> GradedSubmission:
        """Have the gradebook say that there is no score, where it can have the student at all."""
        if self.cells and not why_not_an_id(student):
            self.kept.keep(student)
            # What an earlier submission came to would be taken for this one's.
            shutil.rmtree(self.course.autograded / student / self.assignment, ignore_errors=True)
            with gradebook(self.course) as book:
                enter_ungraded(book, self.assignment, student)
        return not_graded(student, why)

    def _as_before(self, student: str, note: Note) -> GradedSubmission:
        """The row of a submission that is passed over; a person may have graded since it was graded."""
        rows = self.rows[student]
        now = fingerprint(rows)
        if now is not None and now != note.fingerprint:
            self.kept.keep(student)
            shown = note.feedback == now.whole
            self.ledger.write(student, self.inputs[student], rows, note.troubles, with_feedback=shown)
        return graded(student, rows, self.cells, note.troubles)

    # --- pages -----------------------------------------------------------------------------------------------------

    def write_pages(
        self, lines: Sequence[GradedSubmission], console: Console, executor: Executor
    ) -> list[GradedSubmission]:
        """Write the feedback pages that are out of date; gives the rows, which say why a page was not written."""
        with gradebook(self.course) as book:
            self.rows = read_rows(book, self.assignment).by_student()  # a person may have graded meanwhile
        found = {line.student: line for line in lines if line.points}
        notes = {student: self.note(student) for student in found}
        for student, note in notes.items():
            if note is not None:
                found[student] = self._as_before(student, note)
        wanted = [student for student, note in notes.items() if note is None or not self._shows_all(student, note)]
        for student in wanted:
            self.kept.keep(student)
        done = pages.begin(executor, self.course, self.assignment, wanted)
        with progress(console) as bar, interrupts():
            task = bar.add_task("feedback", total=len(wanted), student="", visible=bool(wanted))
            for student, trouble in done:
                if trouble:
                    self.pages_lacking = True
                    told = (*found[student].told, f"no feedback: {trouble}")
                    found[student] = replace(found[student], told=told)
                elif note := notes[student]:
                    rows = self.rows[student]
                    self.ledger.write(student, self.inputs[student], rows, note.troubles, with_feedback=True)
                bar.update(task, student=escape(student), advance=1)
            bar.update(task, student="")
        return [found.get(line.student, line) for line in lines]

    def _shows_all(self, student: str, note: Note) -> bool:
        """Whether the student's pages are there, and show what the gradebook has now."""
        now = fingerprint(self.rows[student])
        graded, folder = (place / student / self.assignment for place in (self.course.autograded, self.course.feedback))
        there = all((folder / f"{path.stem}.html").is_file() for path in graded.glob("*.ipynb"))
        return there and now is not None and note.feedback == now.whole

    # --- what changed ----------------------------------------------------------------------------------------------

    def changed(self) -> tuple[ScoreChange, ...]:
        """The cells whose tests give something else than before the run."""
        with gradebook(self.course) as book:
            return changes(self.before.grades, read_rows(book, self.assignment).grades)

    def tell_of_source(self, console: Console) -> None:
        """Say what in source/ is not as it was released, if anything is."""
        told = since_release(self.course, self.assignment, self.cells)
        if told:
            console.print(told, markup=False, soft_wrap=True)
