"""Findings and errors of plain functions in words."""

from __future__ import annotations

from ..base.messages import N_, Translate
from ..diagnosis import Finding
from ..evidence.evidence import StudentError
from ..exercises import Exercise

CALL = ("changed", "keyword")
"""What can be wrong with how a function takes its arguments, as a finding's setting."""
ARRAYS = ("shape", "dtype", "finite", "values", *CALL)
"""What can be wrong with an array, or with an argument."""

NOT_KERAS = frozenset(
    "NotImplementedError NameError UnboundLocalError RecursionError CellTimeoutError DeadKernelError "
    "SubmissionTimeoutError LimitError SystemExit TypeError".split()
)

NUMPY_ERRORS: tuple[tuple[str, str, str], ...] = (
    (
        "ValueError",
        r"could not be broadcast together with shapes (?P<a>\([^)]*\)) (?P<b>\([^)]*\))",
        N_(
            "Two arrays that are combined have shapes that don't fit, {a} and {b}. "
            "Along which axis is each of them meant to go?"
        ),
    ),
    ("TypeError", r"'int' object is not subscriptable", N_("A plain number is used as if it were an array.")),
)


def describe_array(finding: Finding, _: Translate) -> str:
    """What is wrong with an array."""
    words: dict[str, object] = {"name": finding.layer, "found": finding.found, "expected": finding.expected}
    gap = finding.difference
    if finding.setting == "changed":
        sentence = N_("the function changes its argument {name}, which belongs to the caller: work on a copy.")
    elif finding.setting == "keyword":
        sentence = N_(
            "the function does not know its arguments by these names: {name}. Keep its first line as it was given."
        )
    elif finding.setting == "shape":
        sentence = N_("{name} has the shape {found}; the exercise asks for {expected}.")
    elif finding.setting == "dtype":
        sentence = N_("{name} is of dtype {found}; the exercise asks for {expected}.")
    elif finding.setting == "finite":
        sentence = N_("{name} holds {found}, which is not a finite number.")
    elif gap is None:
        sentence = N_("{name} has the wrong values.")
    else:
        words |= {"found": _short(gap.found), "expected": _short(gap.expected), "largest": _short(gap.largest)}
        words |= {"number": gap.number, "all": gap.of, "index": list(gap.index)}
        sentence = N_("{name} is {found}; it should be {expected}.")
        if gap.index:
            sentence = N_(
                "{number} of the {all} numbers of {name} are wrong, the first at {index}: "
                "{found} instead of {expected}. The largest difference is {largest}."
            )
    return _(sentence).format(**words)


def _short(number: float | str) -> str:
    return number if isinstance(number, str) else f"{number:.5g}"


def describe_returned(error: StudentError, exercise: Exercise, _: Translate) -> str:
    """What a plain function returned, and what it should return."""
    if len(exercise.outputs) == 1:
        wanted = _("one array or number, {name}").format(name=exercise.outputs[0])
    else:
        wanted = _("a tuple of arrays or numbers, ({names})").format(names=", ".join(exercise.outputs))
    sentence = N_("{function} returns something of type {type}; it should return {wanted}.")
    if error.type in ("NoneType", "nothing"):
        sentence = N_("{function} returns nothing. End it with `return`, followed by {wanted}.")
    return _(sentence).format(function=exercise.function, type=error.type, wanted=wanted)
