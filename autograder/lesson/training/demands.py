"""What is asked of a trained network: the numbers in the `settings` of its exercise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ...base.course import Course
from ...exercises import Exercise
from ...references.references import ReferencesError
from ...references.sets import exercise_sets

KIND = "trained"
STEPS = ("graph", "weights", "accuracy")
"""The steps that the rubric gives points for: what the network looks like, its weights, and what it recognises."""
WEIGHTS_FILE = "signs.safetensors"
"""What training saves beside the notebook, and is handed in with it."""


class Demands(BaseModel):
    """The settings of an exercise of this kind, each with what holds where it is left out.

    full_points_from, no_points_up_to: shares of the hidden images, which are `hidden_images` in number; in between the
    points of `accuracy` rise evenly. max_parameters: numbers in all weights together. max_products: multiplications for
    one image; the default is a few seconds for all hidden images.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    full_points_from: float = Field(0.9, gt=0, le=1)
    no_points_up_to: float = Field(0.5, ge=0, lt=1)
    hidden_images: int = Field(240, ge=1)
    max_parameters: int = Field(2_000_000, ge=1)
    max_products: int = Field(60_000_000, ge=1)

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if self.no_points_up_to >= self.full_points_from:
            raise ValueError("no_points_up_to has to be less than full_points_from")
        return self


def demands_of(exercise: Exercise) -> Demands:
    """The exercise's settings, in which `problems` finds nothing."""
    return Demands.model_validate(exercise.settings)


def demands_in(course: Course) -> Demands:
    """Those of the course's exercise of this kind; where it has none, or can't be read, the usual ones."""
    try:
        every = (exercise for exercises in exercise_sets(course) for exercise in exercises.exercises)
        return next((demands_of(exercise) for exercise in every if exercise.kind == KIND), Demands())
    except ReferencesError:
        return Demands()


def problems(exercise: Exercise) -> Iterator[str]:
    """What is wrong with the definition of an exercise of this kind, a sentence each."""
    steps = [line.step for line in exercise.rubric]
    if steps != list(STEPS) or exercise.outline:
        yield f"a network that is trained has no outline, and the steps {', '.join(STEPS)} in its rubric"
    try:
        demands_of(exercise)
    except ValidationError as error:
        for one in error.errors():
            yield f"`settings`: {'.'.join(map(str, one['loc']))}: {one['msg']}"
