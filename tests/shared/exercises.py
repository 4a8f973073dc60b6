"""The exercises of source/resnet, read as a build reads them."""

from __future__ import annotations

from autograder.base.course import Course
from autograder.exercises import Exercise
from autograder.instructor.build.authoring import read_set
from tests.shared.helpers import ROOT

RESNET = read_set(Course(ROOT), "resnet")
IDENTITY_BLOCK, CONVOLUTIONAL_BLOCK, RESNET50, TRAIN_SIGNS = RESNET.exercises
EXERCISES = RESNET.notebooks[0]
"""Those that are compared with references."""


def by_name(name: str) -> Exercise:
    """The exercise with this grade_id."""
    return next(exercise for exercise in RESNET.exercises if exercise.name == name)
