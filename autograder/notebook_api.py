"""What `check`, `grade` and `hint` do in a notebook: the one path, with the collecting done in the same kernel."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from .collect import collect
from .course import find_course
from .diagnosis import judge
from .exercises import EXERCISES, Exercise, by_function
from .messages import notebook_language, translator
from .references import Reference, ReferenceSet, load
from .report import Report, make_report


class CheckError(Exception):
    """Shown in a notebook as its one sentence, without a traceback through this package."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def check(function: Callable[..., Any]) -> Report:
    """See `autograder.check`."""
    exercise = _exercise_of(function, "check")
    report = _report(function, exercise, [_load_public()])
    if not _official():  # the report of grade() follows and says it all
        _show(report)
    return report


def grade(function: Callable[..., Any]) -> float:
    """See `autograder.grade`."""
    exercise = _exercise_of(function, "grade")
    sets = [_load_public()]
    hidden = find_course().hidden_references
    if hidden.is_file() or _official():
        sets.append(_load(hidden))
    report = _report(function, exercise, sets)
    _show(report)
    return report.points


_stages: dict[tuple[str, str], int] = {}
"""How many hints have been given for a step, by exercise and step."""


def hint(function: Callable[..., Any]) -> None:
    """See `autograder.hint`."""
    exercise = _exercise_of(function, "hint")
    _ = translator(notebook_language())
    report = _report(function, exercise, [_load_public()])
    if report.passed:
        print(_("Nothing is wrong here: no hint is needed."))
        return
    step = next((line for line in report.steps if line.right is False), report.steps[0])
    key = (exercise.name, step.step)
    stage = _stages.get(key, 0)
    _stages[key] = min(stage + 1, 2)
    print(f"{step.step} ({step.title}), {stage + 1}/3")
    print(_(exercise.rubric_of(step.step).hints[stage]))
    if stage < 2:
        print(_("Run this again for a plainer hint."))


def _official() -> bool:
    """Whether nbgrader is autograding this notebook."""
    return os.environ.get("NBGRADER_EXECUTION") == "autograde"


def _exercise_of(function: object, caller: str) -> Exercise:
    _ = translator(notebook_language())
    names = ", ".join(exercise.function for exercise in EXERCISES)
    if not callable(function):
        raise CheckError(
            _("{caller}() takes a function of yours: write {caller}(identity_block), without calling it.").format(
                caller=caller
            )
        )
    exercise = by_function(str(getattr(function, "__name__", "")))
    if exercise is None:
        raise CheckError(
            _("{name} is not an exercise. {caller}() knows: {names}.").format(
                name=getattr(function, "__name__", type(function).__name__), caller=caller, names=names
            )
        )
    return exercise


def _load_public() -> ReferenceSet:
    return _load(find_course().public_references)


def _load(path: Any) -> ReferenceSet:
    from .references import ReferencesError

    try:
        return load(path)
    except ReferencesError as error:
        raise CheckError(str(error)) from None


def _report(function: Callable[..., Any], exercise: Exercise, sets: Sequence[ReferenceSet]) -> Report:
    references: list[Reference] = [reference for found in sets for reference in found.of(exercise)]
    evidence = [collect(function, exercise, reference.probe) for reference in references]
    return make_report(judge(exercise, evidence, references, sets[0].canary), notebook_language())


def _show(report: Report) -> None:
    interactive = sys.modules.get("IPython")
    if interactive and interactive.get_ipython() is not None:
        from IPython.display import display

        display(report)  # type: ignore[no-untyped-call]
    else:
        print(report)
