"""What building does for an exercise whose answer is a trained network.

The instructor's network is not trained anew by each build: its weights are kept, and a build proves that they fit the
solution and earn all points on the hidden images.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from ...base.course import Course
from ...evidence.evidence import Evidence
from ...exercises import Exercise
from ...exercises.train_signs import HIDDEN_IMAGES, WEIGHTS_FILE
from ...report.text import render_text
from ..signs import sources
from ..signs.hidden import Pictures, draw_or_load
from .judge import judge
from .report import make_report

KIT = Course(Path(__file__).resolve().parents[3])
"""This kit's own checkout, if it is one."""


def hidden_images(course: Course, secret: str) -> Pictures:
    """The images that the course's trained networks are graded on."""
    return draw_or_load(course.hidden_images, secret, HIDDEN_IMAGES)


def solution_weights(course: Course) -> Path:
    """The weights of the instructor's network: the course's own, else those that come with this kit."""
    own = course.trained_solution
    return own if own.is_file() else KIT.trained_solution


def why_not_all(course: Course, exercise: Exercise, evidence: Evidence, images: Pictures) -> str:
    """What keeps the instructor's network from all points, "" if nothing."""
    weights = solution_weights(course)
    report = make_report(judge(exercise, evidence, weights, images, hidden=True))
    if report.passed and report.points == exercise.max_points:
        return ""
    return (
        f"the solution, with the weights in {weights}, earns {report.points:g} of {exercise.max_points:g} points.\n"
        f"{render_text(report)}\nAfter a change of the network, train it anew: "
        "`python -m benchmarks.seeds --seeds 1 --keep`."
    )


def untouched_points(release: Path, exercise: Exercise, evidence: Evidence, images: Pictures) -> float:
    """What the student version earns as it is released."""
    return make_report(judge(exercise, evidence, release / WEIGHTS_FILE, images, hidden=True)).points


def have_images(course: Course) -> None:
    """See to it that the public images are there before submissions ask for them, each for itself."""
    if course.made_images.is_file() or any(path.is_file() for path in course.public_images):
        return
    if KIT.made_images.is_file():
        with suppress(OSError):
            course.made_images.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(KIT.made_images, course.made_images)
    sources.load_for(course)  # draws them, if there are none or old ones
