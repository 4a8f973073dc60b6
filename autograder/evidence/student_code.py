"""What is known of a student's code besides what it computes: its first line, its layer calls, the lines of both.

Like all evidence it is said by the side that runs student code. So it explains a verdict and never decides one.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

INPUT, ELSEWHERE = -1, -2
"""In place of a call's number: the tensor that the function was given, and one that none of its calls made."""

MAX_CALLS, MAX_ASSIGNMENTS, MAX_PARAMETERS = 1000, 400, 40
MAX_PLACES, MAX_INPUTS = 4, 20

Line = Annotated[int, Field(ge=1, le=10**6)]
Word = Annotated[str, Field(max_length=100)]
ParameterKind = Literal["plain", "keyword only", "*", "**"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class Parameter(_Part):
    """A parameter of the student's function; `default` is the value as Python writes it, None where there is none."""

    name: Word
    kind: ParameterKind = "plain"
    default: Word | None = None


class Place(_Part):
    """A line of the student's, and the function that it stands in.

    `target` is the variable that the line's statement binds, "return" for a return statement, "" where the statement
    throws its value away, and None where it does something else with it. `run` numbers the runs of all functions.
    """

    line: Line
    function: Word = ""
    target: Word | None = None
    run: Annotated[int, Field(ge=0, lt=MAX_CALLS * MAX_PLACES)] = 0


class LayerCall(_Part):
    """One call of a layer, or of an operation of Keras.

    `layer` is its class, for an Activation with the function's name behind it: `Activation relu`. `inputs` are the
    numbers of the calls that gave it its tensors. `places` are the student's own lines, the innermost first.
    """

    layer: Word
    name: Annotated[str, Field(max_length=200)] = ""
    inputs: Annotated[list[Annotated[int, Field(ge=ELSEWHERE, lt=MAX_CALLS)]], Field(max_length=MAX_INPUTS)] = []
    places: Annotated[list[Place], Field(max_length=MAX_PLACES)] = []


class Assignment(_Part):
    """A statement of a student's that binds a variable; `fresh` where the new value is not made of the old one.

    `last` is its last line. `looped` says that it stands in a loop, `branched` that it stands where it may be passed
    over: in an `if`, a `try` or the like. `function` is the function's name.
    """

    line: Line
    last: Line
    name: Word
    fresh: bool
    looped: bool = False
    branched: bool = False
    function: Word = ""


class StudentCode(_Part):
    """What one call of the student's function showed of its code.

    Attributes:
        parameters: of its first line; None where they can't be known.
        by_name: the function was called with its arguments' names, because by their order it can't be called.
        calls: every layer call, in the order of the calls.
        result: the number of the call that gave what the function returned; None where it returned something else.
        assignments: the statements that bind variables, in the order of their lines, of the function itself and of
            those that it calls.
        loop_return: the line of a `return` that ends a loop in its first round, None where there is none.
        return_line: the line of the function's `return`, None where there is none or another one.
        unreached: the first line that stands directly behind a `return` and so is never run, None where there is none.
        silenced: the line of an `except` after which the function goes on, None where there is none.
    """

    parameters: Annotated[list[Parameter], Field(max_length=MAX_PARAMETERS)] | None = None
    by_name: bool = False
    calls: Annotated[list[LayerCall], Field(max_length=MAX_CALLS)] = []
    result: Annotated[int, Field(ge=ELSEWHERE, lt=MAX_CALLS)] | None = None
    assignments: Annotated[list[Assignment], Field(max_length=MAX_ASSIGNMENTS)] = []
    loop_return: Line | None = None
    return_line: Line | None = None
    unreached: Line | None = None
    silenced: Line | None = None
