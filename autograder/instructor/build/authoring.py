"""Read the exercises and wrong answers that a course brings itself: `exercises.py` and `mistakes.py` of an assignment.

Both are the instructor's own Python and run with the instructor's rights, in `autograder build` and nowhere else.
"""

from __future__ import annotations

import runpy
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...base.course import Course, CourseError
from ...base.messages import LANGUAGES
from ...base.notebooks import grade_id, read_node
from ...exercises import Exercise, Mistake
from ...exercises.definition import problems
from ...kinds import kind_of, kinds
from ...kinds.registry import OWN
from ...references.references import ReferencesError
from ...references.sets import DEFINITIONS, MISTAKES, ExerciseSet, exercise_set, instructors_files
from ...report.functions import ARRAYS


class DefinitionError(CourseError):
    """An exercise or a wrong answer is not defined as it should be; the message names the file and the exercise."""


def read_set(course: Course, name: str) -> ExerciseSet:
    """A set as its author defined it; the notebooks beside the definitions show which exercises stand together.

    Raises DefinitionError, and NotebookError for a notebook that can't be read.
    """
    exercises = read_exercises(course, name)
    waiting = list(exercises)
    notebooks = []
    for path in sorted((course.source / name).glob("*.ipynb")):
        ids = set(map(grade_id, read_node(path).cells))
        together = tuple(exercise for exercise in waiting if exercise.name in ids)
        waiting = [exercise for exercise in waiting if exercise not in together]
        if together:
            notebooks.append(together)
    for exercise in waiting:
        raise DefinitionError(
            f"{course.source / name / DEFINITIONS}, exercise {exercise.name}: no notebook there has a solution cell of "
            "this name: add it, or take the exercise out of EXERCISES."
        )
    return ExerciseSet(course, name, tuple(sorted(notebooks, key=lambda together: exercises.index(together[0]))))


def read_exercises(course: Course, name: str) -> tuple[Exercise, ...]:
    """A set's exercises as their author defined them; `known` holds the wrong answers recognised by their values.

    Raises DefinitionError.
    """
    path = course.source / name / DEFINITIONS
    found = _listed(path, "EXERCISES", Exercise)
    if not found:
        raise DefinitionError(f"{path}: EXERCISES is empty.")
    mistakes = read_mistakes(course, name)
    languages = _languages(course, name)
    exercises: list[Exercise] = []
    wrong: list[str] = []
    for exercise in found:
        plain = exercise.kind == "function"
        known = [m for m in mistakes if m.exercise == exercise.name and plain and m.sentence and not m.error]
        exercises.append(replace(exercise, known=tuple(known)))
        wrong += [f"{path}, exercise {exercise.name}: {problem}." for problem in _problems(exercises[-1], languages)]
    if wrong:
        raise DefinitionError("\n".join(wrong))
    _names_differ(path, course, name, exercises)
    for mistake in mistakes:
        _require_sense(course.source / name / MISTAKES, mistake, exercises)
    return tuple(exercises)


def _problems(exercise: Exercise, languages: Collection[str]) -> Iterator[str]:
    if exercise.kind not in kinds():
        yield f"there is no kind {exercise.kind!r}; there is: {', '.join(kinds())}"
        return
    yield from problems(exercise, languages)
    yield from kind_of(exercise).problems(exercise)


def read_mistakes(course: Course, name: str) -> tuple[Mistake, ...]:
    """A set's wrong answers; none where no file lists any. Raises DefinitionError."""
    path = course.source / name / MISTAKES
    found: tuple[Mistake, ...] = _listed(path, "MISTAKES", Mistake) if path.is_file() else ()
    names = [(mistake.exercise, mistake.name) for mistake in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise DefinitionError(f"{path}: there are two mistakes called {twice[1]} of {twice[0]}.")
    return found


def _listed(path: Path, name: str, kind: type[Any]) -> tuple[Any, ...]:
    """The tuple of that name that the file defines."""
    try:
        found = runpy.run_path(str(path)).get(name)
    except (Exception, SystemExit) as error:
        line = error.lineno if isinstance(error, SyntaxError) else _line_in(path, error)
        where = f", line {line}" if line else ""
        raise DefinitionError(f"{path}{where}: {type(error).__name__}: {error}") from None
    if not isinstance(found, tuple | list) or not all(isinstance(item, kind) for item in found):
        raise DefinitionError(f"{path}: it has to define {name} = ({kind.__name__}(...), ...).")
    return tuple(found)


def _line_in(path: Path, error: BaseException) -> int:
    """The last line of that file that had a part in the error, 0 for none."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _languages(course: Course, name: str) -> tuple[str, ...]:
    """The languages that the set's assignments are in: the assignment's own is English unless its name says so."""
    translations = (language for language in LANGUAGES if f"{name}-{language}" in course.assignments())
    own = name.rpartition("-")[2]
    return tuple({own if own in LANGUAGES else "en", *translations})


def _names_differ(path: Path, course: Course, name: str, exercises: Collection[Exercise]) -> None:
    """No two exercises of a course may share a name or a function: by these they are found."""
    taken: dict[str, str] = {}
    for where, known in _others(course, name, exercises):
        for word in {known.name, known.function}:
            if word in taken:
                raise DefinitionError(f"{path}, exercise {word}: {taken[word]} has an exercise of that name already.")
            taken[word] = where


def _others(course: Course, name: str, exercises: Iterable[Exercise]) -> Iterable[tuple[str, Exercise]]:
    for path in course.public_references():
        other = path.parent.name
        if other != name and instructors_files(course.source / other):
            with suppress(ReferencesError):  # it is to be built anew, and then compared with this one
                yield from ((other, exercise) for exercise in exercise_set(course, other).exercises)
    yield from (("this file", exercise) for exercise in exercises)


def _require_sense(path: Path, mistake: Mistake, exercises: Collection[Exercise]) -> None:
    """Raises DefinitionError where a wrong answer does not say what it is, or what it is to get."""
    where = f"{path}, mistake {mistake.name}"
    if not mistake.name or set(mistake.name) & set("/.:"):
        raise DefinitionError(f"{path}: the mistake {mistake.name!r} needs a name without any of / . :")
    exercise = next((exercise for exercise in exercises if exercise.name == mistake.exercise), None)
    if exercise is None:
        raise DefinitionError(f"{where}: there is no exercise {mistake.exercise!r}.")
    if exercise.kind not in OWN:
        raise DefinitionError(f"{where}: {mistake.exercise} is not compared with references, so none can be listed.")
    if bool(mistake.changes) == bool(mistake.code):
        raise DefinitionError(f"{where}: give either `changes` to the solution or the whole `code`.")
    if mistake.error:
        return
    if mistake.step not in {part.step for part in exercise.outline} | {line.step for line in exercise.rubric}:
        raise DefinitionError(f"{where}: {mistake.exercise} has no step {mistake.step!r}.")
    if exercise.kind == "function" and not mistake.sentence.strip() and mistake.setting not in ARRAYS:
        raise DefinitionError(
            f"{where}: it needs a `sentence`, which students get to read, or else one of the kit's own findings as its "
            f"setting: {', '.join(ARRAYS)}."
        )
