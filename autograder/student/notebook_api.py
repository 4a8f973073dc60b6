"""What `check`, `grade`, `hint` and `solution` do in a notebook, in the kernel that also holds the student's code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ..base.course import find_course
from ..base.messages import notebook_language, translator
from ..evidence.collect import collect
from ..evidence.evidence import Evidence
from ..exercises import Exercise, TestCase
from ..kinds import Attempt, kind_of
from ..kinds.called import NOT_SHOWN, CheckError, exercise_called, hints_are_used_up, next_hint
from ..references.references import ReferencesError
from ..references.sets import ExerciseSet
from ..report import Report
from .runs import doubts_about
from .solution import solution_of


def check(function: Callable[..., Any]) -> Report:
    """See `autograder.check`."""
    _, report = _reported(function, "check")
    if not _official():  # the report of grade() follows and says it all
        _show(report)
    return report


def grade(function: Callable[..., Any]) -> float:
    """See `autograder.grade`."""
    _, report = _reported(function, "grade")
    _show(report)
    return report.points


def hint(function: Callable[..., Any]) -> None:
    """See `autograder.hint`."""
    exercise, report = _reported(function, "hint")
    language = notebook_language()
    print(next_hint(exercise, report, language))
    if hints_are_used_up(exercise) and not report.passed and _solution_here(exercise, language):
        _ = translator(language)
        print(
            _(
                "Learning on your own? `from autograder import solution`, then `solution({function})` shows the answer."
            ).format(function=exercise.function)
        )


def _solution_here(exercise: Exercise, language: str) -> str | None:
    graded = _official() or "AUTOGRADER_SANDBOX" in os.environ
    return None if graded else solution_of(find_course(), exercise, language)


def solution(function: Callable[..., Any]) -> None:
    """See `autograder.solution`. The cell's output bears a mark, for the instructor, that a solution was shown."""
    language = notebook_language()
    _ = translator(language)
    if _official() or "AUTOGRADER_SANDBOX" in os.environ:
        print(_(NOT_SHOWN))
        return
    course = find_course()
    try:
        exercise, _exercises = exercise_called(function, "solution", course, language)
    except ReferencesError as error:
        raise _unusable(error) from None
    text = solution_of(course, exercise, language)
    if text is None:
        raise CheckError(
            _("The solution of {function} is not here: your course keeps it. hint({function}) helps on.").format(
                function=exercise.function
            )
        )
    if not hints_are_used_up(exercise):
        raise CheckError(
            _(
                "First ask for hints: hint({function}) gives three for each step, and the third is nearly the answer."
            ).format(function=exercise.function)
        )
    _show_solution(
        exercise,
        text,
        _("The course's own solution of {function}, shown because you asked for it:").format(
            function=exercise.function
        ),
    )


def _reported(function: Callable[..., Any], caller: str) -> tuple[Exercise, Report]:
    language = notebook_language()
    try:
        exercise, exercises = exercise_called(function, caller, find_course(), language)
        attempt = _attempt(function, exercise, exercises, caller == "grade", language)
        report = kind_of(exercise).report(attempt)
        return exercise, replace(report, notes=(*_doubts(function, exercise, language), *report.notes))
    except ReferencesError as error:
        raise _unusable(error) from None


def _doubts(function: Callable[..., Any], exercise: Exercise, language: str) -> tuple[str, ...]:
    """Why the function may not be what its cell says now."""
    shell = _shell()
    if shell is None or _official():
        return ()
    return tuple(doubts_about(function, exercise.name, shell, translator(language)))


def _attempt(
    function: Callable[..., Any], exercise: Exercise, exercises: ExerciseSet, graded: bool, language: str
) -> Attempt:
    def collected(exercise: Exercise, cases: Sequence[TestCase], of_blocks: bool = False) -> list[Evidence]:
        alone = kind_of(exercise).graph_alone
        return [collect(function, exercise, case, graph_alone=alone, of_blocks=of_blocks) for case in cases]

    def earlier() -> Iterator[Attempt]:
        here = vars(sys.modules["__main__"])
        for one in exercises.before(exercise):
            if callable(here.get(one.function)):
                yield _attempt(here[one.function], one, exercises, graded, language)

    return Attempt(
        exercise,
        exercises,
        collected,
        graded,
        _official(),
        Path.cwd(),
        language,
        of_blocks=partial(collected, of_blocks=True),
        earlier=lambda: tuple(earlier()),
    )


def _official() -> bool:
    """Whether this kernel runs a notebook for nbgrader's own executor."""
    return os.environ.get("NBGRADER_EXECUTION") == "autograde" and "AUTOGRADER_SANDBOX" not in os.environ


def _show(report: Report) -> None:
    if _shell() is None:
        print(report)
        return
    _display(report)


def _unusable(error: Exception) -> CheckError:
    """What a student reads where the references can't be used; the reason is meant for the instructor, in English."""
    _ = translator(notebook_language())
    return CheckError(
        _(
            "The values that your answer is compared with can't be used. This is not your mistake; if you are taking "
            "a course, please tell your instructor: {reason}"
        ).format(reason=error)
    )


def _show_solution(exercise: Exercise, text: str, heading: str) -> None:
    if _shell() is None:
        print(heading, text, sep="\n\n")
        return
    from IPython.display import display

    display(  # type: ignore[no-untyped-call]
        {"text/markdown": f"{heading}\n\n```python\n{text}\n```", "text/plain": f"{heading}\n\n{text}"},
        raw=True,
        metadata={"autograder": {"solution_shown": exercise.name}},
    )


_shown: tuple[Report, int] | None = None
"""The report shown last, and the number of the cell that did it."""


def _display(report: Report) -> None:
    from IPython.display import display

    shell = _shell()
    shell.display_formatter.ipython_display_formatter.for_type(Report, _show_once)
    display(report)  # type: ignore[no-untyped-call]


def _show_once(report: Report) -> None:
    """Show a report, unless the same cell has shown it: `check(...)` as a cell's last line is echoed by IPython."""
    global _shown
    from IPython.display import display

    cell = int(_shell().execution_count)
    if _shown is not None and _shown[0] is report and _shown[1] == cell:
        return
    _shown = (report, cell)
    display({"text/html": report._repr_html_(), "text/plain": str(report)}, raw=True)  # type: ignore[no-untyped-call]


def _shell() -> Any:
    interactive = sys.modules.get("IPython")
    return interactive.get_ipython() if interactive else None
