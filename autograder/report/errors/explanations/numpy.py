"""What NumPy says, of exercises that are plain functions on arrays."""

from __future__ import annotations

import re

from ....base.messages import N_
from ..row import Occurrence, Row, Told


def _shapes(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    if occurrence.exercise.kind != "function":
        return None
    words = {"a": found["a"], "b": found["b"], "origins": occurrence.code.origins()}
    if words["origins"]:
        return Told(
            N_(
                "Two arrays that are combined have shapes that don't fit, {a} and {b}. Along which axis is each of them meant to go? Where they come from, with the line: {origins}."
            ),
            words,
        )
    return Told(
        N_(
            "Two arrays that are combined have shapes that don't fit, {a} and {b}. Along which axis is each of them meant to go?"
        ),
        words,
    )


def _axis(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    words = {"axis": found["axis"], "number": found["number"], "origins": occurrence.code.origins()}
    if words["origins"]:
        return Told(
            N_(
                "There is no axis {axis}: this array has {number} axes, and counting begins with 0. What the line uses, and where it comes from: {origins}."
            ),
            words,
        )
    return Told(N_("There is no axis {axis}: this array has {number} axes, and counting begins with 0."), words)


def _number_of_arrays(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    given, most = found["given"], found["most"]
    if given == "0":
        return Told(N_("A function is called without anything between its brackets."))
    if int(given) > int(most):
        return Told(N_("A function of NumPy gets one argument too many: is a `+` meant where the comma stands?"))
    return None


NUMPY_AXIS = "AxisError"
ROWS = (
    Row("shapes of arrays", "ValueError", r"could not be broadcast together with shapes (?P<a>\([^)]*\)) (?P<b>\([^)]*\))", tell=_shapes),
    Row("no such axis of an array", NUMPY_AXIS, r"axis (?P<axis>-?\d+) is out of bounds for array of dimension (?P<number>\d+)", tell=_axis),
    Row("no such part of an array", "IndexError", r"index (?P<index>-?\d+) is out of bounds for axis (?P<axis>\d+) with size (?P<size>\d+)", N_("There is no part {index}: the array has {size} parts along axis {axis}, and counting begins with 0.")),
    Row("truth of an array", "ValueError", r"truth value of an array", N_("`if` is given a whole array, and its numbers may differ. What single question is it to answer?")),
    Row("not a whole number", "TypeError", r"'(?P<type>[\w.]+)' object cannot be interpreted as an integer|only integer scalar arrays", N_("A whole number is needed here, and there is something else. Did you mean the number of axes, `x.ndim`?")),
    Row("number of arrays", "TypeError", r"takes from \d+ to (?P<most>\d+) positional arguments but (?P<given>\d+)", tell=_number_of_arrays),
    Row("number of arrays", "TypeError", r"expected at least \d+ arguments?, got 0", N_("A function is called without anything between its brackets.")),
    Row("number of arrays", "TypeError", r"return arrays must be of ArrayType", N_("A function of NumPy gets one argument too many: is a `+` meant where the comma stands?")),
    Row("not numbers", "TypeError", r"ufunc '\w+' (?:not supported|did not contain)|loop of ufunc", N_("NumPy can't calculate with these values: is one of them a text, a list of texts, or a function that was not called?")),
    Row("not numbers", "UFuncTypeError _UFuncNoLoopError UFuncNoLoopError", r"", N_("NumPy can't calculate with these values: is one of them a text, a list of texts, or a function that was not called?")),
    Row("no such index", "IndexError", r"invalid index to scalar|too many indices", N_("A number or an array is asked for more parts than it has axes.")),
)  # fmt: skip
