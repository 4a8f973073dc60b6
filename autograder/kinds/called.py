"""Which exercise a notebook's function is an answer to, and the next hint for it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import chain

from ..base.course import Course
from ..base.messages import N_, translator
from ..exercises import Exercise
from ..references.sets import ExerciseSet, exercise_sets
from ..report import Report


class CheckError(Exception):
    """Shown in a notebook as its one sentence, without a traceback through this package."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def exercise_called(function: object, caller: str, course: Course, language: str) -> tuple[Exercise, ExerciseSet]:
    """The exercise whose function has this one's name, and its set; `caller` is "check", "grade", "hint" or "solution".

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


NOT_SHOWN = N_("A solution was asked for here. It is not shown where a notebook is graded.")


def hints_are_used_up(exercise: Exercise) -> bool:
    """Whether the third hint has been given for one of the exercise's steps."""
    return any(name == exercise.name and number == 3 for (name, _step), number in _given.items())


def next_hint(exercise: Exercise, report: Report, language: str) -> str:
    """The next hint for the step that an error stands in, or else for the first that is not right, in some lines.

    Each time it is asked for, it is a plainer one.
    """
    _ = translator(language)
    if report.passed:
        return _("Everything is right here: no hint is needed.")
    stands = (line for line in report.steps if line.step == report.error_step)
    wrong = (line for line in report.steps if line.right is False)
    # Where every step is right and there is an error all the same, it stands behind the last.
    step = next(chain(stands, wrong), report.steps[-1 if all(line.right for line in report.steps) else 0])
    number = min(_given.get((exercise.name, step.step), 0), 2)
    _given[exercise.name, step.step] = number + 1
    where = step.title if step.step in step.title else _("{step} ({title})").format(step=step.step, title=step.title)
    heading = _("{step}, hint {number} of 3").format(step=where, number=number + 1)
    again = [_("Run this cell again for a plainer hint.")] if number < 2 else []
    return "\n".join((heading, _(exercise.rubric_of(step.step).hints[number]), *again))
