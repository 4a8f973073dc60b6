"""Which kinds of exercise there are: the engine's own, and those of installed packages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from typing import cast

from ..exercises import Exercise
from ..references.references import ReferencesError
from .kind import ExerciseKind
from .referenced import Referenced

GROUP = "autograder.exercise_kinds"
REFERENCED = Referenced()
OWN: Mapping[str, ExerciseKind] = dict.fromkeys(("block", "model", "function"), REFERENCED)


def kind_of(exercise: Exercise) -> ExerciseKind:
    """The kind that the exercise is of. Raises ReferencesError where no installed package brings it."""
    own = OWN.get(exercise.kind)
    if own is not None:  # without looking what is installed
        return own
    try:
        return kinds()[exercise.kind]
    except KeyError:
        raise ReferencesError(
            f"{exercise.name} is of the kind {exercise.kind!r}, and there is none but {', '.join(kinds())}: install "
            "the package that brings it (`make install` for this kit's own)."
        ) from None


@cache
def plugged_in() -> tuple[str, ...]:
    """What other packages bring, with their versions: results depend on them, too."""
    found = (entry for entry in entry_points(group=GROUP) if entry.dist is not None)
    return tuple(
        sorted(f"{entry.name} {entry.value} {entry.dist.name} {entry.dist.version}" for entry in found if entry.dist)
    )


@cache
def kinds() -> Mapping[str, ExerciseKind]:
    """Every kind by its name."""
    found = {entry.name: cast(ExerciseKind, entry.load()) for entry in entry_points(group=GROUP)}
    return {**found, **OWN}
