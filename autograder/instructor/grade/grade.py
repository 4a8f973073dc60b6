"""`autograder grade`: a whole class through nbgrader's autograde, feedback and export, with a table at the end."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from threading import current_thread, main_thread
from typing import TextIO

from nbgrader.api import Grade, MissingEntry
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from ...base.course import Course, CourseError
from ...base.notebooks import read_node
from ...execution.record import Troubles, troubles
from ...execution.submission.model import TrustedCell
from ...execution.submission.staging import why_not_an_id
from ...nbgrader.calls import (
    NbgraderError,
    autograde,
    execution_settings,
    export_grades,
    gradebook,
    has_gradebook,
    note_without_notebook,
)
from ...nbgrader.gradebook import trusted_cells
from ...nbgrader.source_changes import since_release
from ...nbgrader.speedups import once
from ...references.notebook import exercises_in
from ...references.sets import family_files, family_name, require_current
from ...sandbox.machine import machine
from ..feedback import pages
from . import cluster
from . import score_changes as standing
from . import workers as ahead
from .ledger import Line, Notes, State, states
from .undo import Snapshot, new_run
from .workers import processes


def submissions(course: Course, assignment: str) -> tuple[str, ...]:
    """The students who handed something in, in alphabetical order."""
    found = (course.root / "submitted").glob(f"*/{assignment}")
    return tuple(sorted(path.parent.name for path in found if path.is_dir()))


def grade_class(
    course: Course,
    assignments: Sequence[str],
    console: Console | None = None,
    unprotected: bool = False,
    workers: int | None = None,
    scheduler: str | None = None,
    feedback: bool = True,
) -> bool:
    """Grade every submission of the assignments; True where all could be graded, and all pages be written.

    Submissions are executed side by side by as many `workers`, by default one a core, or by the workers of the Dask
    cluster whose `scheduler` is named. Only this process writes the gradebook, so the grades are the same for any
    number. Results are kept: grading again, or going on after an interruption, does not execute what has not changed.
    A submission that is as it was when it was graded is passed over. One that can't be graded never keeps the others
    from being graded. `feedback` says whether to write the feedback pages, too. Where points change that had been given
    before, they are listed; `autograder undo` takes the run back.

    Raises CourseError where nothing has been handed in, or the course was never built, and SandboxUnavailable where
    this machine can't give the sandbox and `unprotected` does not say to go on regardless, and ClusterError where the
    cluster can't be used, and ReferencesError where the course's own exercises were changed after they were built.
    """
    console = console or Console()
    work, run = _handed_in(course, assignments), new_run()
    with once():
        with _executor(course, unprotected, workers, scheduler) as executor:
            classes = {assignment: _Class(course, assignment, unprotected, run) for assignment in work}
            results = {name: one.grade(work[name], console, executor) for name, one in classes.items()}
            changed = {name: one.changed() for name, one in classes.items()}
        export_grades(course, tuple(work))
        for name, one in classes.items() if feedback else ():
            with _executor(course, unprotected, workers) as here:  # the gradebook is opened on this machine alone
                results[name] = one.write_pages(results[name], console, here)
    for assignment, lines in results.items():
        console.print(table(assignment, lines))
        if changed[assignment]:
            console.print(standing.render(f"{assignment}: points that changed", changed[assignment]))
            console.print("`autograder undo` takes them back.", markup=False)
    console.print(f"log      {_short(course.log)}")
    console.print(f"grades   {_short(course.root / 'grades.csv')}")
    if feedback:
        console.print(f"feedback {_short(course.root / 'feedback')}/STUDENT/ASSIGNMENT/")
    complete = not any(one.lacking for one in classes.values())
    return complete and all(line.graded for lines in results.values() for line in lines)


def preview_class(
    course: Course,
    assignments: Sequence[str],
    console: Console | None = None,
    unprotected: bool = False,
    workers: int | None = None,
    scheduler: str | None = None,
) -> bool:
    """List the points that grading the assignments again would change; True where all could be worked out.

    What depends on a change is executed, and its results are kept; so grading afterwards executes nothing and writes
    what was listed. Only results are written here: no gradebook, no graded copy, no feedback, no note. Penalties for
    handing in late are not in the list.

    Raises as `grade_class` does, and CourseError where nothing has been graded yet.
    """
    console = console or Console()
    work = _handed_in(course, assignments)
    classes = [_Class(course, one, unprotected) for one in work] if has_gradebook(course) else []
    graded = [one for one in classes if one.before]
    if not graded:
        names = " or ".join(work)
        raise CourseError(f"Nothing of {names} has been graded yet, so no points can change: run `autograder grade`.")
    with _executor(course, unprotected, workers, scheduler) as executor:
        tried = [one.preview(work[one.assignment], console, executor) for one in graded]
    console.print("Nothing has been written. `autograder grade` writes this, and `autograder undo` takes it back.")
    return all(tried)


def _handed_in(course: Course, assignments: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Who has handed in what, where there is something to grade by."""
    work = {assignment: students for assignment in assignments if (students := submissions(course, assignment))}
    if not work:
        raise CourseError(
            f"Nobody has handed in {' or '.join(assignments)}: put notebooks into "
            f"{course.root / 'submitted'}/STUDENT/{assignments[0]}/."
        )
    needed = {path for assignment in work for path in _needed(course, assignment)}
    if any(not path.is_file() for path in needed):
        raise CourseError("There are no hidden references yet: run `autograder build` first.")
    for name in filter(None, {family_name(course, assignment) for assignment in work}):
        require_current(course, name)
    return work


def _executor(
    course: Course, unprotected: bool, workers: int | None, scheduler: str | None = None
) -> AbstractContextManager[Executor]:
    if scheduler is not None:
        return cluster.workers(scheduler, course, unprotected)
    return processes(workers or len(os.sched_getaffinity(0)))


def _needed(course: Course, assignment: str) -> Iterator[Path]:
    """The hidden files that the exercises of this kit in the assignment's notebooks, if any, are graded by."""
    family = family_name(course, assignment)
    if family:
        yield family_files(course, family)[1]
        return
    for path in (course.source / assignment).glob("*.ipynb"):
        for exercise in exercises_in(read_node(path)):
            yield course.hidden_images if exercise.kind == "trained" else course.hidden_references


def _short(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


class _Class:
    """The submissions of one assignment on their way into the gradebook."""

    def __init__(self, course: Course, assignment: str, unprotected: bool, run: str = "") -> None:
        self.course, self.assignment = course, assignment
        self.unprotected = unprotected
        self.settings = execution_settings(course, unprotected)
        self.cells: dict[str, tuple[TrustedCell, ...]] = {}
        self.states: dict[str, State] = {}
        self.before: standing.Standings = {}
        self.lacking: dict[str, str] = {}
        self.snapshot = Snapshot(course, assignment, run)
        due = None
        with gradebook(course) as book, suppress(MissingEntry):  # it was never released: nbgrader will say so
            found = book.find_assignment(assignment)
            due = found.duedate
            self.cells = {one.name: trusted_cells(book, assignment, one.name) for one in found.notebooks}
            self.states = states(book, assignment)
            self.before = standing.standings(book, assignment)
        self.notes = Notes(course, assignment, self.cells, self.settings, due)

    def grade(self, students: Sequence[str], console: Console, executor: Executor) -> list[Line]:
        """Every student's line."""
        self._tell_of_source(console)
        lines = {student: self._one(student) for student in students if why_not_an_id(student)}
        lines |= {student: line for student in students if student not in lines and (line := self._as_before(student))}
        jobs = [self._job(student) for student in students if student not in lines]
        if jobs and not self.unprotected:
            machine().require()
        waiting = {executor.submit(ahead.work, job): job.student for job in jobs}
        with Progress(*_COLUMNS, console=console) as progress, _log(self.course) as log, _interrupts() as ctrl_c:
            task = progress.add_task(self.assignment, total=len(students), completed=len(lines), student="")
            for future in as_completed(waiting):
                done = _outcome(future, waiting.pop(future))
                student = done.student
                progress.update(task, student=escape(student))
                with ctrl_c.put_off():
                    line = lines[student] = self._write_down(done)
                total = sum(points or 0.0 for points in line.points.values())
                words = f"{self.assignment} {student} {done.seconds:.1f} s {total:g} {line.status}"
                log.write(f"{datetime.now():%F %T} {words}\n")
                log.flush()
                progress.advance(task)
            progress.update(task, student="")
        return [lines[student] for student in students]

    def write_pages(self, lines: Sequence[Line], console: Console, executor: Executor) -> list[Line]:
        """Write the feedback pages that don't show what the gradebook has; the lines, with what kept pages from it."""
        with gradebook(self.course) as book, suppress(MissingEntry):
            self.states = states(book, self.assignment)  # a person may have graded meanwhile
        graded = {line.student: self._as_before(line.student) or line for line in lines if line.points}
        wanted = [student for student, line in graded.items() if not self._page_shows_all(line)]
        for student in wanted:
            self.snapshot.keep(student)
        done = pages.begin(executor, self.course, self.assignment, wanted)
        with Progress(*_COLUMNS, console=console) as progress, _interrupts():
            task = progress.add_task("feedback", total=len(wanted), student="", visible=bool(wanted))
            for student, trouble in done:
                if trouble:
                    self.lacking[student] = trouble
                elif graded[student].graded and student in self.states:
                    self.notes.write(graded[student], self.states[student], with_feedback=True)
                progress.update(task, student=escape(student), advance=1)
            progress.update(task, student="")
        graded |= {
            student: graded[student].model_copy(update={"status": f"{graded[student].status}; no feedback: {trouble}"})
            for student, trouble in self.lacking.items()
        }
        return [graded.get(line.student, line) for line in lines]

    def _page_shows_all(self, line: Line) -> bool:
        state = self.states.get(line.student)
        note = self.notes.find(line.student, state)
        return note is not None and state is not None and note.feedback == state.whole

    def changed(self) -> tuple[standing.Change, ...]:
        """The cells whose tests give something else than before the run."""
        with gradebook(self.course) as book:
            try:
                after = standing.standings(book, self.assignment)
            except MissingEntry:
                return ()
        return standing.changes(self.before, after)

    def preview(self, students: Sequence[str], console: Console, executor: Executor) -> bool:
        """Print what grading would change, without writing it; True where it could be worked out for everyone."""
        self._tell_of_source(console)
        known = standing.students(self.before)
        graded = frozenset(student for student in students if student in known)
        jobs = [
            self._job(student)
            for student in sorted(graded)
            if self.notes.find(student, self.states.get(student)) is None
        ]
        if jobs and not self.unprotected:
            machine().require()
        waiting = {executor.submit(ahead.work, job): job.student for job in jobs}
        after, missing = dict(self.before), []
        with Progress(*_COLUMNS, console=console) as progress:
            task = progress.add_task(self.assignment, total=len(jobs), student="")
            for future in as_completed(waiting):
                done = _outcome(future, waiting.pop(future))
                after |= standing.with_tests(self.before, done.student, done.scores)
                missing += [f"{done.student}: {why}" for why in (done.trouble, done.lost) if why]
                progress.advance(task)
        found = standing.changes(self.before, after)
        if found:
            console.print(standing.render(f"{self.assignment}: points that would change", found))
        words = [standing.summary(found, graded)]
        if len(graded) < len(students):
            words.append(f"Not graded before, and not looked at: {len(students) - len(graded)}.")
        words += [f"Could not be worked out: {why}." for why in sorted(missing)]
        console.print("\n".join(words), markup=False, highlight=False, soft_wrap=True)
        return not missing

    def _tell_of_source(self, console: Console) -> None:
        told = since_release(self.course, self.assignment, self.cells)
        if told:
            console.print(told, markup=False, soft_wrap=True)

    def _as_before(self, student: str) -> Line | None:
        """The line of a submission that would be graded alike again."""
        state = self.states.get(student)
        note = self.notes.find(student, state)
        if note is None or state is None:
            return None
        if note.state == state:
            return note.line
        line = _read(self.course, self.assignment, student)
        self.snapshot.keep(student)
        self.notes.write(line, state, with_feedback=note.feedback == state.whole)
        return line

    def _job(self, student: str) -> ahead.Job:
        return ahead.Job(self.course.root, self.assignment, student, self.cells, self.settings)

    def _write_down(self, done: ahead.Done) -> Line:
        student = done.student
        if done.lost:
            return Line(student=student, points={}, max_points={}, status=f"not graded: {done.lost}")
        line = self._one(student)
        if line.graded:
            with gradebook(self.course) as book:
                state = states(book, self.assignment, student).get(student)
            if state is not None:
                self.notes.write(line, state, with_feedback=False)
        return line

    def _one(self, student: str) -> Line:
        if self.cells and not why_not_an_id(student):
            self.snapshot.keep(student)
        return _grade_one(self.course, self.assignment, student, self.unprotected)


class _CtrlC:
    """Ctrl-C while submissions are written down.

    nbgrader would take it for a notebook's failure and go on, and SQLAlchemy print it: it waits for the submission that
    is being written, a second as a rule. A second Ctrl-C does not.
    """

    def __init__(self) -> None:
        self._heard = self._writing = False

    def hear(self, number: int, frame: object) -> None:
        first, self._heard = not self._heard, True
        if not (first and self._writing):
            raise KeyboardInterrupt

    @contextmanager
    def put_off(self) -> Iterator[None]:
        self._writing = True
        try:
            yield
        finally:
            self._writing = False
        if self._heard:
            raise KeyboardInterrupt


@contextmanager
def _interrupts() -> Iterator[_CtrlC]:
    ctrl_c = _CtrlC()
    if current_thread() is not main_thread():  # only there are signals heard
        yield ctrl_c
        return
    before = signal.signal(signal.SIGINT, ctrl_c.hear)
    try:
        yield ctrl_c
    finally:
        signal.signal(signal.SIGINT, before)


class _Rate(ProgressColumn):
    """How many submissions a minute."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed * 60:.0f} a minute" if task.speed else "", style="progress.data.speed")


_COLUMNS = (
    TextColumn("{task.description}"),
    BarColumn(),
    MofNCompleteColumn(),
    _Rate(),
    TimeElapsedColumn(),
    TimeRemainingColumn(),
    TextColumn("{task.fields[student]}"),
)


def _outcome(future: Future[ahead.Done], student: str) -> ahead.Done:
    """What became of a student's job; raises where all work ended, not this job's alone.

    `ahead.work` raises nothing, so an error means that no worker came through with it: whatever brought them down is
    not to be tried in this process, which the whole class depends on.
    """
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, BrokenExecutor):
        raise error
    return ahead.Done(student, lost=f"no worker could do it ({str(error).partition('. ')[0][:300]})")


@contextmanager
def _log(course: Course) -> Iterator[TextIO]:
    course.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with course.log.open("a", encoding="utf-8") as file:
        yield file


def _grade_one(course: Course, assignment: str, student: str, unprotected: bool) -> Line:
    trouble = why_not_an_id(student)
    if trouble:
        return Line(student=student, points={}, max_points={}, status=f"not graded: {trouble}")
    if not any((course.root / "submitted" / student / assignment).glob("*.ipynb")):
        note_without_notebook(course, assignment, student)
        return Line(student=student, points={}, max_points={}, status="not graded: there is no notebook in the folder")
    try:
        autograde(course, assignment, student, unprotected)
    except NbgraderError as error:
        return Line(student=student, points={}, max_points={}, status=f"not graded: {error}")
    return _read(course, assignment, student)


def _read(course: Course, assignment: str, student: str) -> Line:
    with gradebook(course) as book:
        try:
            submission = book.find_submission(assignment, student)
        except MissingEntry:
            return Line(student=student, points={}, max_points={}, status="not graded: no entry in the gradebook")
        grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
        names = _column_names(grades)
        scores = [_score(grade.score, grade.auto_score, grade.manual_score) for grade in grades]
        points = dict(zip(names, scores, strict=True))
        maximum = {name: float(grade.max_score) for name, grade in zip(names, grades, strict=True)}
        late = submission.total_seconds_late > 0
        by_hand = any(grade.needs_manual_grade for grade in grades)
    found = troubles(course.root / "autograded" / student / assignment)
    if found.not_graded:
        return Line(student=student, points=points, max_points=maximum, status=_not_graded(found, points))
    status = "graded" + (", late" if late else "") + (", to be graded by hand" if by_hand else "")
    status += f" ({'; '.join(found.stopped)})" if found.stopped else ""
    return Line(student=student, points=points, max_points=maximum, status=status)


def _column_names(grades: Sequence[Grade]) -> list[str]:
    """The cells' names, with the notebook's where two notebooks of an assignment have a cell of one name."""
    counts = Counter(grade.cell.name for grade in grades)
    return [
        grade.cell.name if counts[grade.cell.name] == 1 else f"{grade.notebook.name}: {grade.cell.name}"
        for grade in grades
    ]


def _not_graded(found: Troubles, points: Mapping[str, float | None]) -> str:
    if all(score is None for score in points.values()):
        return f"not graded: {'; '.join(found.not_graded)}"
    parts = (f"{', '.join(cells)}: {why}" for why, cells in found.not_graded.items())
    return f"not graded in full: {'; '.join(parts)}"


def _score(score: float | None, auto: float | None, manual: float | None) -> float | None:
    return None if auto is None and manual is None else float(score or 0.0)


def table(assignment: str, lines: Sequence[Line]) -> Table:
    """The closing table of one assignment: a student a row, an exercise a column."""
    maximum = next((line.max_points for line in lines if line.max_points), {})
    shown = Table(title=assignment, title_justify="left")
    shown.add_column("student")
    for cell, points in maximum.items():
        notebook, colon, name = cell.rpartition(": ")
        shown.add_column(f"{notebook}{colon}{name.removeprefix('test_')}\n({points:g})", justify="right")
    shown.add_column(f"total\n({sum(maximum.values()):g})", justify="right")
    shown.add_column("status", overflow="fold")
    for line in lines:
        scores = [line.points.get(cell) for cell in maximum]
        cells = ["-" if score is None else f"{score:g}" for score in scores]
        total = f"{sum(score or 0.0 for score in scores):g}" if line.graded else "-"
        shown.add_row(escape(line.student), *cells, total, escape(line.status))
    return shown
