"""What building does for an exercise whose answer is a trained network.

The instructor's network is not trained anew by each build: its weights are kept, and a build proves that they fit the
solution and earn all points on the hidden images.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...base.course import Course
from ...evidence.evidence import Evidence
from ...exercises import Exercise
from ...references.sets import ExerciseSet
from ...report.text import render_text
from .. import ASSIGNMENT
from ..images import sources
from ..images.hidden import Pictures, draw_or_load, keep_hidden
from .demands import WEIGHTS_FILE, demands_of
from .judge import judge, outputs_with
from .report import make_report

KIT = Course(Path(__file__).resolve().parents[3])
"""This kit's own checkout, if it is one."""


def hidden_images(exercises: ExerciseSet) -> Path:
    """The images that the set's trained networks are graded on."""
    return exercises.folder / "hidden_signs.h5"


def kept_solution(exercises: ExerciseSet) -> Path:
    """Where the weights of the instructor's own network are kept, which students don't get."""
    return exercises.folder / "signs_solution.safetensors"


def solution_weights(exercises: ExerciseSet) -> Path:
    """The weights of the instructor's network: the course's own, else those that come with this kit."""
    own = kept_solution(exercises)
    return own if own.is_file() else kept_solution(ExerciseSet(KIT, ASSIGNMENT))


@dataclass(frozen=True)
class TrainingData:
    """See `autograder.kinds.HiddenData`: hidden images, and what the instructor's network makes of them."""

    exercises: ExerciseSet
    exercise: Exercise
    secret: str
    progress: str = "measuring the instructor's network"
    says: list[NDArray[np.float64]] = field(default_factory=list)
    """What the instructor's network says of each image, once that is known."""

    @cached_property
    def images(self) -> Pictures:
        """Those of this secret: from the file, if they are in it, else drawn now."""
        number = demands_of(self.exercise).hidden_images
        return replace(draw_or_load(hidden_images(self.exercises), self.secret, number), solution=None)

    def why_not_all(self, evidence: Evidence) -> str:
        """Why the instructor's network does not earn all points; see `HiddenData.why_not_all`."""
        weights = solution_weights(self.exercises)
        report = make_report(judge(self.exercise, evidence, weights, self.images, hidden=True))
        if report.passed and report.points == self.exercise.max_points and evidence.graph is not None:
            self.says.append(outputs_with(evidence.graph, weights, self.images))
            return ""
        return (
            f"the solution, with the weights in {weights}, earns {report.points:g} of {self.exercise.max_points:g} "
            f"points.\n{render_text(report)}\nAfter a change of the network, train it anew: "
            "`python -m benchmarks.seeds --seeds 1 --first 81549 --keep`."
        )

    def untouched_points(self, evidence: Evidence, release: Path) -> float:
        """See `HiddenData.untouched_points`."""
        return make_report(judge(self.exercise, evidence, release / WEIGHTS_FILE, self.images, hidden=True)).points

    def keep(self) -> None:
        """Write the hidden images, and see to it that there are public ones."""
        keep_hidden(hidden_images(self.exercises), self.secret, self.images, self.says[0] if self.says else None)
        have_images(self.exercises.course)


def have_images(course: Course) -> None:
    """See to it that the public images are there before submissions ask for them, each for itself."""
    made = sources.made_images(course)
    if any(path.is_file() for path in sources.public_images(course)):
        return
    if sources.made_images(KIT).is_file():
        with suppress(OSError):
            made.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(sources.made_images(KIT), made)
    sources.load_for(course)  # draws them, if there are none or old ones
