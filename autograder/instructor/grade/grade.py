"""`autograder grade`: a whole class through nbgrader's autograde, feedback and export, with a table at the end."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from rich.console import Console

from ...base.course import Course, CourseError
from ...base.notebooks import read_node
from ...kinds import kind_of
from ...nbgrader.gradebook.lateness import EXTENSIONS
from ...nbgrader.steps.speedups import once
from ...references.notebook import exercises_in
from ...references.sets import ExerciseSet, exercise_set, require_current, set_name
from ...report.console import PlainConsole
from ..export.grades_csv import export_grades
from ..processes import processes
from . import cluster
from .run import AssignmentRun
from .score_changes import render
from .table import show
from .undo import new_run


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

    Each submission is read, cleaned, restored and executed on two sides, side by side with others: by as many
    `workers`, by default one a core, or by the workers of the Dask cluster whose `scheduler` is named. Only this
    process writes the gradebook, so the grades are the same for any number. A submission that is as it was when it was
    graded is passed over. One that can't be graded never keeps the others from being graded. `feedback` says whether
    to write the feedback pages, too. Where points change that had been given before, they are listed, and
    `autograder undo` takes the run back.

    Raises CourseError where nothing has been handed in, or the course was never built, and SandboxUnavailable where
    this machine can't give the sandbox and `unprotected` does not say to go on regardless, and ClusterError where the
    cluster can't be used, and ReferencesError where the course's own exercises were changed after they were built.
    """
    console = console or PlainConsole()
    work, run_name = handed_in(course, assignments), new_run()
    with once(), _how_to_go_on(console):
        with executor_of(course, unprotected, workers, scheduler) as executor:
            runs = {assignment: AssignmentRun(course, assignment, unprotected, run_name) for assignment in work}
            lines = {assignment: run.grade(work[assignment], console, executor) for assignment, run in runs.items()}
            changed = {assignment: run.changed() for assignment, run in runs.items()}
        about_the_rest = export_grades(course, tuple(work))
        for assignment, run in runs.items() if feedback else ():
            with executor_of(course, unprotected, workers) as here:  # the gradebook is opened on this machine alone
                lines[assignment] = run.write_pages(lines[assignment], console, here)
    for assignment in work:
        show(console, assignment, lines[assignment])
        if changed[assignment]:
            console.print(render(f"{assignment}: points that changed", changed[assignment]))
            console.print("`autograder undo` takes them back.", markup=False)
    unknown = sorted({one for run in runs.values() for one in run.unknown})
    if unknown:
        about_the_rest += (f"{EXTENSIONS} names whom the gradebook doesn't know: {', '.join(unknown)}.",)
    for sentence in about_the_rest:
        console.print(sentence, markup=False, highlight=False, soft_wrap=True)
    console.print(f"log      {_short(course.log)}")
    console.print(f"grades   {_short(course.root / 'grades.csv')}")
    if feedback:
        console.print(f"feedback {_short(course.feedback)}/STUDENT/ASSIGNMENT/")
    complete = not any(run.pages_lacking for run in runs.values())
    return complete and all(line.graded for found in lines.values() for line in found)


@contextmanager
def _how_to_go_on(console: Console) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        words = "What has been graded is kept: the same command goes on from there."
        console.print(words, markup=False, highlight=False, soft_wrap=True)
        raise


def handed_in(course: Course, assignments: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Who has handed in what, where there is something to grade by."""
    work = {assignment: students for assignment in assignments if (students := course.handed_in(assignment))}
    if not work:
        raise CourseError(
            f"Nobody has handed in {' or '.join(assignments)}: put notebooks into "
            f"{course.submitted}/STUDENT/{assignments[0]}/."
        )
    for assignment in work:
        _require_hidden(course, assignment)
    return work


def executor_of(
    course: Course, unprotected: bool, workers: int | None, scheduler: str | None = None
) -> AbstractContextManager[Executor]:
    """Processes of this machine, or the workers of a Dask cluster."""
    if scheduler is not None:
        return cluster.workers(scheduler, course, unprotected)
    return processes(workers or len(os.sched_getaffinity(0)))


def _require_hidden(course: Course, assignment: str) -> None:
    """Raise where what the assignment's exercises are graded by is missing, or older than their definitions."""
    name = set_name(course, assignment)
    if not name:
        return
    if not ExerciseSet(course, name).hidden.is_file():
        raise CourseError("There are no hidden references yet: run `autograder build` first.")
    require_current(course, name)
    exercises = exercise_set(course, name)
    for path in (course.source / assignment).glob("*.ipynb"):
        for exercise in exercises_in(read_node(path), exercises):
            kind_of(exercise).require(exercises, hidden=True)


def _short(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
