"""The kind of exercise "trained": a network is built and trained, and what it can do is measured."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from ...base.course import Course
from ...exercises import Exercise
from ...kinds import Attempt, HiddenData
from ...references.sets import ExerciseSet
from ...report import Report
from ..images.hidden import Pictures, load_hidden, pictures
from ..images.sources import load_for, public_images
from .building import TrainingData, hidden_images
from .demands import WEIGHTS_FILE, problems
from .judge import judge
from .report import make_report
from .weights import parts_of, state_of


class TrainedKind:
    """Nothing is compared with a reference: the graph and the weights handed in with it are measured on images.

    While it is worked on these are the public test images; for the grade, those that the instructor keeps.
    """

    graph_alone = True
    beside = (WEIGHTS_FILE,)

    def problems(self, exercise: Exercise) -> Iterator[str]:
        """See `demands.problems`."""
        yield from problems(exercise)

    def require(self, exercises: ExerciseSet, hidden: bool) -> None:
        """See `ExerciseKind.require`. Raises SignsError, too, where the public images can't be used."""
        _images(exercises, hidden)

    def report(self, attempt: Attempt) -> Report:
        """See `ExerciseKind.report`. Official grading measures once: `check` uses the images that `grade` does."""
        exercise = attempt.exercise
        hidden = attempt.official or (attempt.graded and hidden_images(attempt.exercises).is_file())
        images = _images(attempt.exercises, hidden)
        (evidence,) = attempt.collect(exercise, exercise.public_cases)
        assert evidence is not None  # a network is always asked for
        verdict = judge(exercise, evidence, attempt.handed_in / WEIGHTS_FILE, images, hidden)
        return make_report(verdict, attempt.language)

    def state_of(self, folder: Path) -> str:
        """See `weights.state_of`."""
        return state_of(folder / WEIGHTS_FILE)

    def parts_of(self, folder: Path) -> frozenset[str]:
        """See `weights.parts_of`."""
        return parts_of(folder / WEIGHTS_FILE)

    def public_files(self, course: Course) -> tuple[Path, ...]:
        """The images that `signs.load()` finds."""
        return public_images(course)

    def hidden_data(self, exercises: ExerciseSet, exercise: Exercise, secret: str) -> HiddenData | None:
        """The hidden images, and the proof that the instructor's own network recognises them."""
        return TrainingData(exercises, exercise, secret)


TRAINED = TrainedKind()


def _images(exercises: ExerciseSet, hidden: bool) -> Pictures:
    return load_hidden(hidden_images(exercises)) if hidden else _test_images(exercises.course)


@lru_cache(maxsize=1)
def _test_images(course: Course) -> Pictures:
    """The public test images, which are the same for every student."""
    signs = load_for(course)
    return pictures(signs.test_set_x, signs.test_set_y)
