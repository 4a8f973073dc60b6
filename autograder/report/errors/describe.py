"""An error in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from ...base.messages import N_, Translate
from ...evidence.evidence import StudentError
from ...exercises import Exercise
from .caller import given_to, spoilt_by_caller
from .returned import describe_returned
from .row import Occurrence, Told
from .table import ROWS

FOLLOWS: Mapping[str, str] = {
    "different shapes": N_(
        "Two tensors that are to be added have different shapes. What is named above leads to this."
    ),
    "beside each other": N_(
        "The tensors that Concatenate lays side by side have other sizes. What is named above leads to this."
    ),
    "too small": N_("The image has become too small for the next layer. What is named above leads to this."),
}
"""What is left to say of an exception where the whole graph is known, and the findings on it stand above."""


def describe_error(error: StudentError, exercise: Exercise, _: Translate, explained: bool = False) -> str:
    """An exception, or an unusable result, as a sentence that says what to do about it.

    `explained` says that findings on the whole graph stand before it.
    """
    if error.kind == "returned":
        return describe_returned(error, exercise, _)
    words: dict[str, object] = {"function": exercise.function, "type": error.type}
    if error.kind == "signature":
        words |= {"call": f"{exercise.function}({', '.join(exercise.signature)})", "message": error.message}
        told = Told(
            N_("The function can't be called as {call} (Python says: {message}). Keep its first line as it was given.")
        )
    elif error.kind == "undefined":
        told = Told(N_("There is no function {function} in this notebook. Keep the name that was given."))
    elif error.kind == "elsewhere":
        told = Told(
            N_(
                "{function} is defined in a cell that comes after the one that grades it, and too late to count. Write it "
                "into the cell that was given for it."
            )
        )
    elif error.kind == "graph":
        told = Told(
            N_("{function} must return a model made with Model(inputs=..., outputs=...), not of the class {type}.")
        )
    else:
        row, told = explain(error, exercise)
        if explained and row in FOLLOWS:
            told = Told(FOLLOWS[row])
    sentence = told.in_words(words, _)
    if error.kind == "raised" and error.called_from is not None and not told.of_caller:
        more = _inside(error, exercise).in_words(words, _)
        sentence = _("{sentence} {following}").format(sentence=sentence, following=more)
    return sentence


def _inside(error: StudentError, exercise: Exercise) -> Told:
    """Where in another function of the student's the error came up, and what that function was given."""
    words: dict[str, object] = {"inner": error.function, "line": error.line, "code": error.code}
    given = given_to(error, exercise)
    if error.function.startswith("<"):
        return Told(N_("This came up in line {line}, in a part without a name that is called here."), words)
    if given is None:
        return Told(N_("This came up in line {line} of {inner}, which is called here."), words)
    words |= {"name": given[0], "value": given[1]}
    return Told(N_("This came up in line {line} of {inner}, which is called here with `{name}` as `{value}`."), words)


def explain(error: StudentError, exercise: Exercise) -> tuple[str, Told]:
    """The name of the row in the table that explains an exception, and what it says.

    Where the message is not known, because it might tell of a hidden test case, the exception's type alone decides.
    """
    spoilt = spoilt_by_caller(error, exercise)
    if spoilt is not None:
        return "variable spoilt", spoilt
    occurrence = Occurrence(error, exercise)
    blind = not error.message and not error.source
    for row in ROWS:
        if blind and row.tell is not None:
            continue
        told = row.told(occurrence)
        if told is not None:
            return row.name, told
    raise AssertionError("the table's last row takes every exception")
