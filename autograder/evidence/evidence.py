"""What a student's function produced on a test case, as plain data.

`Evidence` is the only thing that crosses from the side that runs student code to the trusted side: a layer graph as
JSON text, weights and outputs as float arrays, or the error that was raised. How it is collected stands in
`autograder.evidence.collect`; this module needs NumPy and pydantic alone.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

Array = NDArray[np.float32]
Answer = Mapping[str, NDArray[Any]]
"""What a plain function gave, by the names of its outputs, each of its own dtype."""

MAX_EVIDENCE = 64 * 2**20
MAX_DIMENSIONS = 6
MAX_ARRAYS = 4000
MAX_OUTPUTS = 100
NUMBERS = frozenset(
    "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128".split()
)
"""The dtypes of a plain function's outputs."""


class EvidenceError(ValueError):
    """The bytes are not evidence: malformed, of a wrong type, or past a bound."""


class StudentError(BaseModel):
    """An exception out of a student's function, or what is wrong with what it returned.

    `kind` is "raised" or the name of a complaint about the result; `line` and `code` are the student's own line,
    0 and "" where none of theirs took part; `function` is the function that line stands in.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    kind: Literal["raised", "returned", "signature", "names", "graph", "undefined"]
    type: Annotated[str, Field(max_length=200)]
    message: Annotated[str, Field(max_length=4000)] = ""
    line: Annotated[int, Field(ge=0, le=10**6)] = 0
    code: Annotated[str, Field(max_length=500)] = ""
    function: Annotated[str, Field(max_length=200)] = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one function gave on one test case.

    Attributes:
        function: name of the student's function.
        test case: name of the test case.
        graph: JSON of the functional `get_config()`, None where there is none.
        weights: layer path -> its arrays in Keras's order; None for a model, whose weights don't travel.
        outputs: float32, the output tensor on the test case's input.
        canary: float32, what glorot_uniform(seed=0) drew on that machine.
        error: what went wrong; a graph may stand beside it, as far as it could be recovered.
        answer: what a plain function gave, None where there is none; nothing but `error` stands beside it.
        changed: the names of the arrays that the plain function was given and did not leave as they were.
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
    graph_alone: bool = False
    """Whether no more was asked for; noted by whoever asked, and nothing that travels."""


class _WireArray(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    shape: Annotated[list[Annotated[int, Field(ge=0, le=2**24)]], Field(max_length=MAX_DIMENSIONS)]
    data: str


class _WireNumbers(_WireArray):
    """An array of its own dtype."""

    dtype: str


class _Wire(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

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


def to_json(evidence: Evidence) -> bytes:
    """The evidence as one JSON object; arrays are in base64, little-endian, float32 unless a dtype stands beside."""
    weights = evidence.weights
    wire = _Wire(
        function=evidence.function,
        case=evidence.case,
        graph=evidence.graph,
        weights=None if weights is None else {k: [_pack(a) for a in arrays] for k, arrays in weights.items()},
        outputs=None if evidence.outputs is None else _pack(evidence.outputs),
        canary=None if evidence.canary is None else _pack(evidence.canary),
        error=evidence.error,
        answer=None if evidence.answer is None else {k: _pack_numbers(a) for k, a in evidence.answer.items()},
        changed=list(evidence.changed),
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
    except (ValidationError, RecursionError) as error:
        raise EvidenceError(f"not evidence: {type(error).__name__}") from None
    weights = wire.weights
    return Evidence(
        function=wire.function,
        case=wire.case,
        graph=wire.graph,
        weights=None if weights is None else {k: tuple(_unpack(a) for a in v) for k, v in weights.items()},
        outputs=None if wire.outputs is None else _unpack(wire.outputs),
        canary=None if wire.canary is None else _unpack(wire.canary),
        error=wire.error,
        answer=None if wire.answer is None else {k: _unpack_numbers(a) for k, a in wire.answer.items()},
        changed=tuple(wire.changed),
    )


def _pack(array: Array) -> _WireArray:
    plain = np.asarray(array, dtype="<f4", order="C")
    return _WireArray(shape=list(plain.shape), data=base64.b64encode(plain.tobytes()).decode())


def _unpack(wire: _WireArray) -> Array:
    return np.frombuffer(_bytes(wire, 4), dtype="<f4").reshape(wire.shape).astype(np.float32)


def _bytes(wire: _WireArray, size: int) -> bytes:
    """The array's bytes, as many as its shape asks for at `size` bytes a number."""
    try:
        data = base64.b64decode(wire.data, validate=True)
    except ValueError:
        raise EvidenceError("an array is not base64") from None
    for n in wire.shape:
        size *= n
    if size != len(data):
        raise EvidenceError(f"an array of shape {wire.shape} has {len(data)} bytes")
    return data


def _pack_numbers(array: NDArray[Any]) -> _WireNumbers:
    plain = np.asarray(array, order="C").astype(array.dtype.newbyteorder("<"), copy=False)
    data = base64.b64encode(plain.tobytes()).decode()
    return _WireNumbers(dtype=array.dtype.name, shape=list(array.shape), data=data)


def _unpack_numbers(wire: _WireNumbers) -> NDArray[Any]:
    if wire.dtype not in NUMBERS:
        raise EvidenceError(f"an array of dtype {wire.dtype[:20]!r}")
    dtype = np.dtype(wire.dtype)
    data = _bytes(wire, dtype.itemsize)
    if wire.dtype == "bool" and data.strip(b"\0\1"):
        raise EvidenceError("an array of truth values that holds something else")
    return np.frombuffer(data, dtype=dtype.newbyteorder("<")).reshape(wire.shape).astype(dtype)
