"""Kinds of exercise: how each gets its evidence, is judged and reported, and what a build has to make for it.

"block", "model" and "function" are compared with references. Another package may bring further kinds, as entry points
of the group `autograder.exercise_kinds`.
"""

from .kind import Attempt, ExerciseKind, HiddenData
from .registry import kind_of, kinds, plugged_in

__all__ = ["Attempt", "ExerciseKind", "HiddenData", "kind_of", "kinds", "plugged_in"]
