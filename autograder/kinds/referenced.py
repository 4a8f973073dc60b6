"""The engine's own kinds: a function's evidence is compared with references, which the build makes from a solution."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ..base.course import Course
from ..diagnosis import Diagnosis, after, judge, judge_of_blocks
from ..evidence.evidence import Array
from ..exercises import Exercise
from ..references.references import Reference, load_again
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
        """See `ExerciseKind.report`. What an earlier exercise of the notebook was charged for costs nothing here."""
        diagnosis = _spared(attempt) or _diagnosis(attempt)
        attempt.reached[attempt.exercise.name] = diagnosis
        if diagnosis.passed or diagnosis.without:
            return make_report(diagnosis, attempt.language)
        earlier = [attempt.reached.get(one.exercise.name) or _diagnosis(one) for one in _comparable(attempt)]
        told, without = after(diagnosis, earlier), _without_blocks(attempt, earlier)
        if without is not None and without.points > told.points:
            told = without
        return make_report(told, attempt.language)

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


def _comparable(attempt: Attempt) -> list[Attempt]:
    """The attempts at earlier exercises that may have the same slips: a plain function's are its own."""
    return [one for one in attempt.earlier() if one.exercise.kind in ("block", "model")]


def _diagnosis(attempt: Attempt) -> Diagnosis:
    """The verdict on an attempt by itself. Hidden test cases count for the grade, where they are at hand."""
    exercise, (references, canary) = attempt.exercise, _references(attempt)
    evidence = attempt.collect(exercise, [reference.case for reference in references])
    return judge(exercise, evidence, references, canary, attempt.verdicts)


def _references(attempt: Attempt) -> tuple[list[Reference], Array]:
    sets = [load_again(attempt.exercises.public)]
    if attempt.graded and (attempt.official or attempt.exercises.hidden.is_file()):
        sets.append(load_again(attempt.exercises.hidden))
    return [reference for found in sets for reference in found.of(attempt.exercise)], sets[0].canary


def _spared(attempt: Attempt) -> Diagnosis | None:
    """A model's verdict without its blocks, where one is known to fail and the model earns all points without it.

    What the block does, such as hang, need not be suffered once more.
    """
    called = {block.function for block in attempt.exercise.blocks}
    known = [one for one in attempt.reached.values() if one.exercise.function in called]
    if not any(one.first_failure and one.first_failure.error for one in known):
        return None
    found = _without_blocks(attempt, known)
    return found if found is not None and found.points == attempt.exercise.max_points else None


def _without_blocks(attempt: Attempt, earlier: Sequence[Diagnosis]) -> Diagnosis | None:
    """A model's verdict with its blocks left whole, where some are wrong by themselves."""
    exercise = attempt.exercise
    called = {block.function for block in exercise.blocks}
    wrong = [one.exercise.function for one in earlier if one.exercise.function in called and not one.passed]
    if not wrong:
        return None
    references, canary = _references(attempt)
    evidence = [given for given in attempt.collect(exercise, [one.case for one in references], of_blocks=True) if given]
    if len(evidence) < len(references):
        return None
    found = judge_of_blocks(exercise, evidence, references, canary)
    return None if found is None else after(replace(found, without=tuple(wrong)), earlier)
