"""What `check`, `grade` and `hint` do, in a student's notebook and in a test cell on the trusted side.

The path is the same; a `Place` says what differs: where the evidence is collected and where the report goes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from ..base.course import find_course
from ..base.errors import UserError
from ..base.messages import notebook_language, translator
from ..diagnosis import Verdicts
from ..evidence.collect import collect
from ..evidence.evidence import Evidence
from ..exercises import Exercise, TestCase
from ..kinds import Attempt, kind_of
from ..references.references import ReferencesError
from ..references.sets import ExerciseSet, exercise_sets
from ..report import Report


class CheckError(UserError):
    """A function can't be checked or graded; the message is in the reader's language."""


def _collect_here(function: Callable[..., Any], exercise: Exercise, cases: Sequence[TestCase]) -> list[Evidence]:
    alone = kind_of(exercise).graph_alone
    return [collect(function, exercise, case, graph_alone=alone) for case in cases]


def _show_here(report: Report) -> None:
    if _shell() is None:
        print(report)
        return
    _display(report)


def _official_here() -> bool:
    """Whether this kernel runs a notebook for nbgrader's own executor."""
    return os.environ.get("NBGRADER_EXECUTION") == "autograde" and "AUTOGRADER_SANDBOX" not in os.environ


@dataclass(frozen=True, slots=True)
class Place:
    """Where `check` and `grade` are called; by default in the kernel that also holds the student's code.

    `collect` gives the evidence for each test case, `show` takes the report, `fail` gives what to raise for references
    that can't be used. `official` says whether hidden data is a must. `handed_in` is the folder of the notebook.
    """

    collect: Callable[[Callable[..., Any], Exercise, Sequence[TestCase]], Sequence[Evidence | None]] = _collect_here
    show: Callable[[Report], None] = _show_here
    fail: Callable[[Exception], Exception | BaseException] = field(default=lambda error: _unusable(error))
    handed_in: Callable[[], Path] = Path.cwd
    official: Callable[[], bool] = _official_here
    language: Callable[[], str] = notebook_language
    protection: str = ""
    verdicts: Verdicts | None = None
    """Verdicts to use again: `grade` asks about what `check` has asked about before."""


_HERE = Place()
_place: ContextVar[Place] = ContextVar("place", default=_HERE)


@contextmanager
def standing_at(place: Place) -> Iterator[None]:
    """`check` and `grade` within the block are called there."""
    token = _place.set(place)
    try:
        yield
    finally:
        _place.reset(token)


def check(function: Callable[..., Any]) -> Report:
    """See `autograder.check`."""
    report = _report(function, *_exercise_of(function, "check"), graded=False)
    if not _place.get().official():  # the report of grade() follows and says it all
        _place.get().show(report)
    return report


def grade(function: Callable[..., Any]) -> float:
    """See `autograder.grade`."""
    report = _report(function, *_exercise_of(function, "grade"), graded=True)
    _place.get().show(report)
    return report.points


def _report(function: Callable[..., Any], exercise: Exercise, exercises: ExerciseSet, graded: bool) -> Report:
    place = _place.get()
    attempt = Attempt(
        exercise,
        exercises,
        partial(place.collect, function),
        graded,
        place.official(),
        place.handed_in(),
        place.language(),
        place.verdicts,
    )
    try:
        report = kind_of(exercise).report(attempt)
    except ReferencesError as error:
        raise place.fail(error) from None
    return replace(report, protection=place.protection)


_stages: dict[tuple[str, str], int] = {}
"""How many hints have been given for a step, by exercise and step."""


def hint(function: Callable[..., Any]) -> None:
    """See `autograder.hint`."""
    exercise, exercises = _exercise_of(function, "hint")
    _ = translator(_place.get().language())
    report = _report(function, exercise, exercises, graded=False)
    if report.passed:
        print(_("Everything is right here: no hint is needed."))
        return
    step = next((line for line in report.steps if line.right is False), report.steps[0])
    key = (exercise.name, step.step)
    stage = _stages.get(key, 0)
    _stages[key] = min(stage + 1, 2)
    print(_("{step} ({title}), hint {number} of 3").format(step=step.step, title=step.title, number=stage + 1))
    print(_(exercise.rubric_of(step.step).hints[stage]))
    if stage < 2:
        print(_("Run this cell again for a plainer hint."))


def _exercise_of(function: object, caller: str) -> tuple[Exercise, ExerciseSet]:
    _ = translator(_place.get().language())
    known: list[ExerciseSet] = []
    try:
        for exercises in exercise_sets(find_course()):
            for exercise in exercises.exercises:
                if callable(function) and exercise.function == getattr(function, "__name__", ""):
                    return exercise, exercises
            known.append(exercises)
    except ReferencesError as error:
        raise _place.get().fail(error) from None
    names = _names(known)
    if not callable(function):
        raise CheckError(
            _("{caller}() needs one of your functions, not its result: write {caller}({function}).").format(
                caller=caller, function=names[0]
            )
        )
    raise CheckError(
        _("{name} is not the name of an exercise. {caller}() works with: {names}.").format(
            name=getattr(function, "__name__", type(function).__name__), caller=caller, names=", ".join(names)
        )
    )


def _names(known: Sequence[ExerciseSet]) -> list[str]:
    """The functions of all exercises, those first that belong to the same set as one of this notebook's functions."""
    here = vars(sys.modules["__main__"])
    sets = [[exercise.function for exercise in exercises.exercises] for exercises in known]
    sets.sort(key=lambda names: not any(name in here for name in names))
    return [name for names in sets for name in names]


def _unusable(error: Exception) -> CheckError:
    """For a student; what the instructor has to do stands in it as it is, in English."""
    _ = translator(notebook_language())
    return CheckError(
        _(
            "The values that your answer is compared with can't be used. This is not your mistake; if you are taking "
            "a course, please tell your instructor: {reason}"
        ).format(reason=error)
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
