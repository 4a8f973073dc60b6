"""The step of the exercise in which an error stands, so that the report marks it and hints begin there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from ...evidence.evidence import StudentError
from ...exercises import Exercise
from .code import Code


def step_of(error: StudentError, exercise: Exercise, reached: Sequence[str] | None = None) -> str:
    """The rubric's step, "" where it can't be told. `reached` are the steps that were built before the error.

    A layer that one step alone asks for names its step; so does a layer's name, such as `"2b"`, in the statement or in
    one above it.
    """
    if not error.line or exercise.kind == "function":
        return ""
    code = Code(error, exercise)
    steps = [line.step for line in exercise.rubric]
    unique = _unique_layers(exercise)
    text = code.own_text or error.code
    here = _by_layer(text, unique) or _by_word(text, steps)
    above = _above(error, steps, unique)
    if above in (reached or ()):  # it is whole, so the error stands behind it
        above = ""
    return here or above or _next(steps, reached)


def _unique_layers(exercise: Exercise) -> dict[str, str]:
    """The kinds of layers that one step alone asks for, each with its step."""
    parts = {(kind, exercise.rubric_of(part.step).step) for part in exercise.outline for kind in part.layers}
    times = Counter(kind for kind, _step in parts)
    return {kind: step for kind, step in parts if times[kind] == 1}


def _by_layer(text: str, unique: Mapping[str, str]) -> str:
    return next((step for kind, step in unique.items() if re.search(rf"\b{kind}\(", text)), "")


def _by_word(text: str, steps: Sequence[str]) -> str:
    """The step whose name stands in the text: "2b" at the end of a text in quotes, `stage=3`, X_shortcut."""
    for step in steps:
        words = r"\W*".join(map(re.escape, step.split()))
        pattern = rf"{words}['\"]" if re.fullmatch(r"\d\w", step) else rf"{words}(?!\w)"
        if re.search(pattern, text):
            return step
    return ""


def _above(error: StudentError, steps: Sequence[str], unique: Mapping[str, str]) -> str:
    """The step of the nearest line above that names one; comments count for nothing, and neither does the docstring."""
    lines = error.source.splitlines()[1 : max(error.line - error.source_line, 1)]
    quotes = [i for i, line in enumerate(lines) if line.count('"""') == 1]
    for line in reversed(lines[quotes[1] + 1 :] if len(quotes) > 1 else lines):
        found = "" if line.lstrip().startswith("#") else _by_layer(line, unique) or _by_word(line, steps)
        if found:
            return found
    return ""


def _next(steps: Sequence[str], reached: Sequence[str] | None) -> str:
    return next((step for step in steps if step not in reached), "") if reached is not None else ""
