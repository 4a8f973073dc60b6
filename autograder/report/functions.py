"""Findings of plain functions in words."""

from __future__ import annotations

from ..base.messages import N_, Translate
from ..diagnosis import Finding

CALL = ("changed", "keyword")
"""What can be wrong with how a function takes its arguments, as a finding's setting."""
ARRAYS = ("shape", "dtype", "finite", "values", *CALL)
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
