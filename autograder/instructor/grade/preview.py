"""`autograder grade --preview`: the points that grading again would change, with nothing written."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor

from rich.console import Console

from ...base.course import Course, CourseError
from ...nbgrader.calls import has_gradebook
from ...nbgrader.steps.save import scores_of
from ...report.console import PlainConsole
from .grade import executor_of, handed_in
from .progress import progress
from .run import AssignmentRun
from .score_changes import changes, render, summary, with_tests
from .workers import Failed


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
    handing in late are of the points that stand in the gradebook.

    Raises as `grade_class` does, and CourseError where nothing has been graded yet.
    """
    console = console or PlainConsole()
    work = handed_in(course, assignments)
    runs = [AssignmentRun(course, one, unprotected) for one in work] if has_gradebook(course) else []
    graded = [run for run in runs if run.rows]
    if not graded:
        names = " or ".join(work)
        raise CourseError(f"Nothing of {names} has been graded yet, so no points can change: run `autograder grade`.")
    with executor_of(course, unprotected, workers, scheduler) as executor:
        tried = [_preview(run, work[run.assignment], console, executor) for run in graded]
    console.print("Nothing has been written. `autograder grade` writes this, and `autograder undo` takes it back.")
    return all(tried)


def _preview(run: AssignmentRun, students: Sequence[str], console: Console, executor: Executor) -> bool:
    """Print what grading would change; True where it could be worked out for everyone."""
    run.tell_of_source(console)
    graded = frozenset(student for student in students if student in run.rows)
    waiting = [student for student in sorted(graded) if run.note(student) is None]
    outcomes = run.executed(waiting, executor)
    after, missing = run.before.grades, []
    with progress(console) as bar:
        task = bar.add_task(run.assignment, total=len(waiting), student="")
        for outcome in outcomes:
            if isinstance(outcome, Failed):
                missing.append(f"{outcome.student}: {outcome.why}")
            else:
                scores = {name: scores_of(one.node()) for name, one in outcome.notebooks.items()}
                after = with_tests(after, outcome.student, scores)
            bar.advance(task)
    found = changes(run.before.grades, after)
    if found:
        console.print(render(f"{run.assignment}: points that would change", found))
    for sentence in run.lateness().told():
        console.print(sentence, markup=False, highlight=False, soft_wrap=True)
    words = [summary(found, graded)]
    if len(graded) < len(students):
        words.append(f"Not graded before, and not looked at: {len(students) - len(graded)}.")
    words += [f"Could not be worked out: {why}." for why in sorted(missing)]
    console.print("\n".join(words), markup=False, highlight=False, soft_wrap=True)
    return not missing
