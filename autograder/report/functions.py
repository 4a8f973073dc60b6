"""Findings of plain functions in words."""

from __future__ import annotations

import math

from ..base.messages import N_, Translate
from ..diagnosis import Finding
from ..diagnosis.finding import Relation

EXCHANGED = "exchanged"
"""Two outputs that each stand in the other's place, as a finding's setting."""
CALL = ("changed", "keyword")
"""What can be wrong with how a function takes its arguments, as a finding's setting."""
ARRAYS = ("shape", "dtype", "finite", "values", EXCHANGED, *CALL)
"""What can be wrong with an array, or with an argument."""


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
    elif finding.setting == EXCHANGED:
        sentence = N_("{name} and {found} are exchanged: each is returned in the other's place.")
    elif finding.setting == "shape":
        sentence = N_("{name} has the shape {found}; the exercise asks for {expected}.")
    elif finding.setting == "dtype":
        sentence = N_("{name} is of dtype {found}; the exercise asks for {expected}.")
    elif finding.setting == "finite":
        sentence = N_("{name} holds {found}, which is not a finite number.")
    elif gap is None:
        sentence = N_("{name} has the wrong values.")
    else:
        found, expected = _told_apart(gap.found, gap.expected)
        words |= {"found": found, "expected": expected, "largest": _short(gap.largest)}
        words |= {"number": gap.number, "all": gap.of, "index": list(gap.index)}
        sentence = N_("{name} is {found}; it should be {expected}.")
        if gap.index:
            sentence = N_(
                "{number} of the {all} numbers of {name} are wrong, the first at {index}: "
                "{found} instead of {expected}. The largest difference is {largest}."
            )
    told = _(sentence).format(**words)
    more = _related(gap.relation, _) if gap is not None and gap.relation is not None else ""
    return _("{sentence} {following}").format(sentence=told, following=more) if more else told


def _related(known: Relation, _: Translate) -> str:
    """How the numbers that were given follow from the right ones."""
    words = {"factor": _factor(known.factor), "argument": known.argument, "axis": known.axis}
    words |= {"offset": f"{abs(known.offset):.3g}", "size": _factor(max(known.factor, 1 / known.factor))}
    if known.transposed:
        sentence = N_("It is what is asked for, with its axes in the opposite order: it is transposed.")
    elif math.isclose(known.factor, -1, rel_tol=1e-4):
        sentence = N_("Every number has the opposite sign.")
    elif known.argument:
        sentence = N_(
            "Every number is {factor} times what it should be, and {size} is the size of axis {axis} of {argument}."
        )
    elif known.factor != 1:
        sentence = N_("Every number is {factor} times what it should be.")
    elif known.offset > 0:
        sentence = N_("Every number is too large by {offset}.")
    else:
        sentence = N_("Every number is too small by {offset}.")
    return _(sentence).format(**words)


def _factor(number: float) -> str:
    """`3`, `1/3` or `0.7071`."""
    for one, written in ((number, "{}"), (1 / number, "1/{}")):
        if math.isclose(one, round(one), rel_tol=1e-4) and abs(round(one)) > 1:
            return written.format(round(one))
    return _short(number)


def _told_apart(found: float | str, expected: float | str) -> tuple[str, str]:
    """Both numbers, with as many digits as show that they differ."""
    if isinstance(found, str) or isinstance(expected, str):
        return _short(found), _short(expected)
    pairs = ((f"{found:.{digits}g}", f"{expected:.{digits}g}") for digits in range(5, 18))
    return next((pair for pair in pairs if pair[0] != pair[1]), (repr(found), repr(expected)))


def _short(number: float | str) -> str:
    return number if isinstance(number, str) else f"{number:.5g}"
