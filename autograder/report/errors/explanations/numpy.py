"""What NumPy says, of exercises that are plain functions on arrays."""

from __future__ import annotations

import ast
import re

from ....base.messages import N_
from ..code import Code
from ..row import Occurrence, Row, Told

AXIS_LOST = ("max", "min", "sum", "mean", "var", "std", "amax")


def _lost_axis(code: Code, first: str, second: str) -> ast.Call | None:
    """A call that gives an array with one axis less, where that is why two shapes don't fit: `x.max(axis=1)`."""
    longer, shorter = sorted(([word for word in re.split(r"[(), ]+", s) if word] for s in (first, second)), key=len)[
        ::-1
    ]
    lost = [i for i in range(1, len(longer)) if longer[:i] + longer[i + 1 :] == shorter]
    found = [*code.calls]
    for node in code.nodes(ast.Name):
        known = code.assigned(node.id) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) else None
        found += [part for part in ast.walk(known.value) if isinstance(part, ast.Call)] if known else []
    for call in found:
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        if call.args and isinstance(call.func, ast.Attribute) and code.text(call.func.value) != "np":
            given.setdefault("axis", call.args[0])  # x.max(1)
        of_numpy = isinstance(call.func, ast.Attribute) and call.func.attr in AXIS_LOST
        if (
            lost
            and of_numpy
            and "keepdims" not in given
            and code.text(given.get("axis", call)) in map(str, (*lost, -1))
        ):
            return call
    return None


def _one_number(occurrence: Occurrence, _found: re.Match[str]) -> Told:
    for call in occurrence.code.calls:
        if isinstance(call.func, ast.Attribute) and occurrence.code.text(call.func.value) == "math":
            words = {"name": occurrence.code.text(call.func), "near": f"np.{call.func.attr}"}
            return Told(
                N_("`{name}` takes a single number, and is given a whole array. For arrays there is `{near}`."), words
            )
    return Told(N_("A single number is needed here, and there is a whole array."))


def _shapes(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    if occurrence.exercise.kind != "function":
        return None
    words = {"a": found["a"], "b": found["b"], "origins": occurrence.code.origins()}
    lost = _lost_axis(occurrence.code, found["a"], found["b"])
    if lost is not None:
        words |= {"text": occurrence.code.text(lost), "line": str(occurrence.code.line_of(lost))}
        return Told(
            N_(
                "Two arrays that are combined have shapes that don't fit, {a} and {b}: `{text}` in line {line} has one axis "
                "less. With `keepdims=True` in its brackets it keeps that axis, with the size 1."
            ),
            words,
        )
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
    Row("shapes of a product", "ValueError", r"shapes (?P<a>\([^)]*\)) and (?P<b>\([^)]*\)) not aligned", N_("`np.dot` and `@` multiply rows by columns, and shapes {a} and {b} don't fit for that. To multiply number by number, write `*`.")),
    Row("shapes of a product", "ValueError", r"matmul: Input operand \d+ (?:has a mismatch|does not have enough dimensions)", N_("`@` and `np.matmul` multiply rows by columns, and these shapes don't fit for that. To multiply number by number, write `*`.")),
    Row("index not whole", "IndexError", r"arrays used as indices must be of integer", N_("What picks the parts of an array must be whole numbers, and here it holds numbers with a decimal point. Where does it get them?")),
    Row("one number", "TypeError", r"only (?:0-dimensional|length-1|size-1) arrays can be converted", tell=_one_number),
    Row("no such axis of an array", NUMPY_AXIS, r"axis (?P<axis>-?\d+) is out of bounds for array of dimension (?P<number>\d+)", tell=_axis),
    Row("no such part of an array", "IndexError", r"index (?P<index>-?\d+) is out of bounds for axis (?P<axis>\d+) with size (?P<size>\d+)", N_("There is no part {index}: the array has {size} parts along axis {axis}, and counting begins with 0.")),
    Row("parts of two lengths", "IndexError", r"indexing arrays could not be broadcast together with shapes (?P<a>\([^)]*\)) (?P<b>\([^)]*\))", N_("Two arrays pick the parts together, and they have other lengths, {a} and {b}. Each needs one number for every part.")),
    Row("truth of an array", "ValueError", r"truth value of an array", N_("`if` is given a whole array, and its numbers may differ. What single question is it to answer?")),
    Row("not a whole number", "TypeError", r"'(?P<type>[\w.]+)' object cannot be interpreted as an integer|only integer scalar arrays", N_("A whole number is needed here, and there is something else. Did you mean the number of axes, `x.ndim`?")),
    Row("number of arrays", "TypeError", r"takes from \d+ to (?P<most>\d+) positional arguments but (?P<given>\d+)", tell=_number_of_arrays),
    Row("argument missing of a function", "TypeError", r"(?P<call>\w+)\(\) requires (?P<argument>\w+) to be specified", N_("{call} is called without `{argument}`, which it needs.")),
    Row("number of arrays", "TypeError", r"expected at least \d+ arguments?, got 0", N_("A function is called without anything between its brackets.")),
    Row("number of arrays", "TypeError", r"return arrays must be of ArrayType", N_("A function of NumPy gets one argument too many: is a `+` meant where the comma stands?")),
    Row("not numbers", "TypeError", r"ufunc '\w+' (?:not supported|did not contain)|loop of ufunc", N_("NumPy can't calculate with these values: is one of them a text, a list of texts, or a function that was not called?")),
    Row("not numbers", "UFuncTypeError _UFuncNoLoopError UFuncNoLoopError", r"", N_("NumPy can't calculate with these values: is one of them a text, a list of texts, or a function that was not called?")),
    Row("no such index", "IndexError", r"invalid index to scalar|too many indices", N_("A number or an array is asked for more parts than it has axes.")),
)  # fmt: skip
