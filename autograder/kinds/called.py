"""Which exercise a notebook's function is an answer to, and the next hint for it."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ..base.course import Course
from ..base.messages import translator
from ..exercises import Exercise
from ..references.sets import ExerciseSet, exercise_sets
from ..report import Report


class CheckError(Exception):
    """Shown in a notebook as its one sentence, without a traceback through this package."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def exercise_called(function: object, caller: str, course: Course, language: str) -> tuple[Exercise, ExerciseSet]:
    """The exercise whose function has this one's name, and its set; `caller` is "check", "grade" or "hint".

    Raises CheckError where there is none, ReferencesError where the course's exercises can't be read.
    """
    _ = translator(language)
    known: list[ExerciseSet] = []
    for exercises in exercise_sets(course):
        for exercise in exercises.exercises:
            if callable(function) and exercise.function == getattr(function, "__name__", ""):
                return exercise, exercises
        known.append(exercises)
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


_given: dict[tuple[str, str], int] = {}
"""How many hints have been given for a step, by exercise and step."""


def next_hint(exercise: Exercise, report: Report, language: str) -> str:
    """The next hint for the first step that is not right, a plainer one each time it is asked for, in some lines."""
    _ = translator(language)
    if report.passed:
        return _("Everything is right here: no hint is needed.")
    step = next((line for line in report.steps if line.right is False), report.steps[0])
    number = _given.get((exercise.name, step.step), 0)
    _given[exercise.name, step.step] = min(number + 1, 2)
    heading = _("{step} ({title}), hint {number} of 3").format(step=step.step, title=step.title, number=number + 1)
    again = [_("Run this cell again for a plainer hint.")] if number < 2 else []
    return "\n".join((heading, _(exercise.rubric_of(step.step).hints[number]), *again))
