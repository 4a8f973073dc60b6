"""What a student's function produced on a test case, as plain data.

`Evidence` is the only thing that crosses from the side that runs student code to the trusted side: a layer graph as
JSON text, weights and outputs as arrays of numbers, or the error that was raised. `collect` makes it; this module needs
NumPy and pydantic alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..base.arrays import ArrayError, decode, encode
from .student_code import StudentCode

Array = NDArray[np.float32]
Answer = Mapping[str, NDArray[Any]]
"""What a plain function gave, by the names of its outputs, each of its own dtype."""

MAX_EVIDENCE = 64 * 2**20
MAX_DIMENSIONS = 6
MAX_ARRAYS = 4000
MAX_OUTPUTS = 100
MAX_SOURCE = 20_000
"""Characters of a function's text that travel with an error in it; a longer text does not travel."""

ErrorKind = Literal["raised", "returned", "signature", "names", "graph", "undefined", "elsewhere"]
"""An exception ("names": a name stands twice in the model), or what is wrong with the function or its result: it
returns something else, doesn't take the arguments, gives a model without a graph, isn't there at all, or is defined
by a cell that comes too late."""


class EvidenceError(ValueError):
    """The bytes are not evidence: malformed, of a wrong type, or past a bound."""


class SourceLine(BaseModel):
    """A line of the student's, and the function that it stands in; `source` and `source_line` as in StudentError."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    function: Annotated[str, Field(max_length=200)]
    line: Annotated[int, Field(ge=1, le=10**6)]
    code: Annotated[str, Field(max_length=500)]
    source: Annotated[str, Field(max_length=MAX_SOURCE)] = ""
    source_line: Annotated[int, Field(ge=1, le=10**6)] = 1


class StudentError(BaseModel):
    """An exception out of a student's function, or what is wrong with what it returned.

    `type` is the exception's class, or what was returned. `line` and `code` are the student's own line, 0 and "" where
    none of theirs took part; `function` is the function that line stands in. `source` is the text of that function as
    far as it is known, and `source_line` the number of its first line. `called_from` is the line of the exercise's own
    function that led there, where the error came up in another function of the student's. `parameters` are those of the
    function of theirs that was called with arguments that it does not take.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    kind: ErrorKind
    type: Annotated[str, Field(max_length=200)]
    message: Annotated[str, Field(max_length=4000)] = ""
    line: Annotated[int, Field(ge=0, le=10**6)] = 0
    code: Annotated[str, Field(max_length=500)] = ""
    function: Annotated[str, Field(max_length=200)] = ""
    source: Annotated[str, Field(max_length=MAX_SOURCE)] = ""
    source_line: Annotated[int, Field(ge=1, le=10**6)] = 1
    called_from: SourceLine | None = None
    parameters: Annotated[str, Field(max_length=300)] = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one function gave on one test case.

    Attributes:
        function: name of the student's function.
        case: name of the test case.
        graph: JSON of the functional `get_config()`, None where there is none.
        weights: layer path -> its arrays in Keras's order; None for a model, whose weights don't travel.
        outputs: float32, the output tensor on the test case's input.
        canary: float32, what glorot_uniform(seed=0) drew on that machine.
        error: what went wrong; the graph may stand beside it where it could be had in spite of the error.
        partial: the graph beside the error ends where the error came up: nothing behind that line was built.
        answer: what a plain function gave, None where there is none. Such a function has no graph, weights and outputs.
        changed: the names of the arrays and lists that the function was given and did not leave as they were.
        misnamed: the names by which it was to be given arguments and does not know.
        code: what explains the rest: the function's first line, its layer calls and their lines. No verdict needs it.
        graph_alone: nothing but the graph was asked for. This doesn't travel: whoever asked notes it down.
        in_other_mode: as `outputs`, in training where the test case is one of inference, and the other way round; of a
            block on a hidden test case alone.
    """

    function: str
    case: str
    graph: str | None = None
    weights: Mapping[str, tuple[Array, ...]] | None = None
    outputs: Array | None = None
    canary: Array | None = None
    error: StudentError | None = None
    answer: Answer | None = None
    changed: tuple[str, ...] = ()
    code: StudentCode | None = None
    misnamed: tuple[str, ...] = ()
    graph_alone: bool = False
    partial: bool = False
    in_other_mode: Array | None = None


class _WireArray(BaseModel):
    """An array as it travels; without a dtype it is of float32."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)

    shape: Annotated[list[Annotated[int, Field(ge=0, le=2**24)]], Field(max_length=MAX_DIMENSIONS)]
    data: str

    @classmethod
    def of(cls, array: NDArray[Any]) -> _WireArray:
        return cls(shape=list(array.shape), data=encode(np.asarray(array, dtype=np.float32)))

    def array(self) -> NDArray[Any]:
        return decode(self.data, "float32", self.shape)


class _WireNumbers(_WireArray):
    """An array of its own dtype, as it travels."""

    dtype: str

    @classmethod
    def of(cls, array: NDArray[Any]) -> _WireNumbers:
        return cls(dtype=array.dtype.name, shape=list(array.shape), data=encode(array))

    def array(self) -> NDArray[Any]:
        return decode(self.data, self.dtype, self.shape)


class _Wire(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)

    function: Annotated[str, Field(max_length=200)]
    case: Annotated[str, Field(max_length=200)]
    graph: str | None
    weights: Annotated[
        dict[Annotated[str, Field(max_length=1000)], Annotated[list[_WireArray], Field(max_length=12)]] | None,
        Field(max_length=MAX_ARRAYS),
    ]
    outputs: _WireArray | None
    canary: _WireArray | None
    error: StudentError | None
    answer: Annotated[
        dict[Annotated[str, Field(max_length=200)], _WireNumbers] | None, Field(max_length=MAX_OUTPUTS)
    ] = None
    changed: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=MAX_OUTPUTS)] = []
    misnamed: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=MAX_OUTPUTS)] = []
    code: StudentCode | None = None
    partial: bool = False
    in_other_mode: _WireArray | None = None


def to_json(evidence: Evidence) -> bytes:
    """The evidence as one JSON object; arrays are in base64, little-endian, float32 unless a dtype stands beside."""
    weights, answer = evidence.weights, evidence.answer
    wire = _Wire(
        function=evidence.function,
        case=evidence.case,
        graph=evidence.graph,
        weights=None if weights is None else {k: [_WireArray.of(a) for a in arrays] for k, arrays in weights.items()},
        outputs=None if evidence.outputs is None else _WireArray.of(evidence.outputs),
        canary=None if evidence.canary is None else _WireArray.of(evidence.canary),
        error=evidence.error,
        answer=None if answer is None else {k: _WireNumbers.of(a) for k, a in answer.items()},
        changed=list(evidence.changed),
        misnamed=list(evidence.misnamed),
        code=evidence.code,
        partial=evidence.partial,
        in_other_mode=None if evidence.in_other_mode is None else _WireArray.of(evidence.in_other_mode),
    )
    return wire.model_dump_json().encode()


def from_json(data: bytes, limit: int = MAX_EVIDENCE) -> Evidence:
    """Read evidence that came from elsewhere.

    Raises:
        EvidenceError: it is longer than `limit` bytes, not such a JSON object, or an array's bytes don't fit its shape.
    """
    if len(data) > limit:
        raise EvidenceError(f"evidence of {len(data)} bytes; at most {limit} are read")
    try:
        wire = _Wire.model_validate_json(data)
        weights, answer = wire.weights, wire.answer
        return Evidence(
            function=wire.function,
            case=wire.case,
            graph=wire.graph,
            weights=None if weights is None else {k: tuple(a.array() for a in v) for k, v in weights.items()},
            outputs=None if wire.outputs is None else wire.outputs.array(),
            canary=None if wire.canary is None else wire.canary.array(),
            error=wire.error,
            answer=None if answer is None else {k: a.array() for k, a in answer.items()},
            changed=tuple(wire.changed),
            misnamed=tuple(wire.misnamed),
            code=wire.code,
            partial=wire.partial,
            in_other_mode=None if wire.in_other_mode is None else wire.in_other_mode.array(),
        )
    except ArrayError as error:
        raise EvidenceError(str(error)) from None
    except (ValidationError, RecursionError) as error:
        raise EvidenceError(f"not evidence: {type(error).__name__}") from None
