"""The engine's own kinds: a function's evidence is compared with references, which the build makes from a solution."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..base.course import Course
from ..diagnosis import judge
from ..exercises import Exercise
from ..references.references import load_again
from ..references.sets import ExerciseSet
from ..report import Report, make_report
from .kind import Attempt, HiddenData


class Referenced:
    """A "block", a "model" or a "function"."""

    graph_alone = False
    beside = ()

    def problems(self, exercise: Exercise) -> Iterator[str]:
        """It has no settings: what is right follows from the solution."""
        if exercise.settings:
            yield f'an exercise of the kind "{exercise.kind}" has no `settings`'

    def require(self, exercises: ExerciseSet, hidden: bool) -> None:
        """See `ExerciseKind.require`."""
        load_again(exercises.public)
        if hidden:
            load_again(exercises.hidden)

    def report(self, attempt: Attempt) -> Report:
        """See `ExerciseKind.report`. Hidden test cases count for the grade, where they are at hand."""
        sets = [load_again(attempt.exercises.public)]
        if attempt.graded and (attempt.official or attempt.exercises.hidden.is_file()):
            sets.append(load_again(attempt.exercises.hidden))
        exercise = attempt.exercise
        references = [reference for found in sets for reference in found.of(exercise)]
        evidence = attempt.collect(exercise, [reference.case for reference in references])
        return make_report(judge(exercise, evidence, references, sets[0].canary, attempt.verdicts), attempt.language)

    def state_of(self, folder: Path) -> str:
        """Nothing beside the notebook counts."""
        return ""

    def parts_of(self, folder: Path) -> frozenset[str]:
        """There are no such files."""
        return frozenset()

    def public_files(self, course: Course) -> tuple[Path, ...]:
        """References are all there is."""
        return ()

    def hidden_data(self, exercises: ExerciseSet, exercise: Exercise, secret: str) -> HiddenData | None:
        """None: the build makes references."""
        return None
