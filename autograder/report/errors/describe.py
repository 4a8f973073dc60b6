"""An error in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from ...base.messages import N_, Translate
from ...evidence.evidence import StudentError
from ...exercises import Exercise
from .arguments import Translated
from .caller import given_to, spoilt_by_caller
from .returned import describe_returned
from .row import Occurrence, Told
from .table import ROWS


def describe_error(error: StudentError, exercise: Exercise, _: Translate) -> str:
    """An exception, or an unusable result, as a sentence that says what to do about it."""
    if error.kind == "returned":
        return describe_returned(error, exercise, _)
    words = {"function": exercise.function, "type": error.type}
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
        _row, told = explain(error, exercise)
    sentence = _in_words(told, words, _)
    if error.kind == "raised" and error.called_from is not None and not told.of_caller:
        more = _in_words(_inside(error, exercise), words, _)
        sentence = _("{sentence} {following}").format(sentence=sentence, following=more)
    return sentence


def _in_words(told: Told, words: Mapping[str, object], _: Translate) -> str:
    shown = {key: _(str(word)) if isinstance(word, Translated) else word for key, word in told.words.items()}
    return _(told.sentence).format(**{**words, **shown})


def _inside(error: StudentError, exercise: Exercise) -> Told:
    """Where in another function of the student's the error came up, and what that function was given."""
    words: dict[str, object] = {"inner": error.function, "line": error.line, "code": error.code}
    given = given_to(error, exercise)
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
