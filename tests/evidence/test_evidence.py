"""Evidence: what crosses to the trusted side and how strictly it is read."""

from __future__ import annotations

import base64
import contextlib
import json
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from autograder.evidence.collect import collect
from autograder.evidence.evidence import MAX_EVIDENCE, Evidence, EvidenceError, StudentError, from_json, to_json
from autograder.evidence.student_code import MAX_CALLS, Assignment, LayerCall, Parameter, Place, StudentCode
from tests.evidence.same import assert_equal
from tests.shared.builders import identity_block
from tests.shared.exercises import IDENTITY_BLOCK

CASE = IDENTITY_BLOCK.public_cases[0]

# --- there and back ---------------------------------------------------------------------------------------------


floats = arrays(np.float32, array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
words = st.text(st.characters(codec="utf-8"), max_size=20)
errors = st.builds(
    StudentError,
    kind=st.sampled_from(["raised", "returned", "signature", "names", "graph", "undefined"]),
    type=words,
    message=words,
    line=st.integers(0, 10**6),
    code=words,
    function=words,
)
lines = st.integers(1, 10**6)
places = st.builds(Place, line=lines, function=words, target=st.none() | words)
calls = st.builds(
    LayerCall,
    layer=words,
    name=words,
    inputs=st.lists(st.integers(-2, MAX_CALLS - 1), max_size=3),
    places=st.lists(places, max_size=2),
)
codes = st.builds(
    StudentCode,
    parameters=st.none() | st.lists(st.builds(Parameter, name=words, default=st.none() | words), max_size=3),
    calls=st.lists(calls, max_size=3),
    result=st.none() | st.integers(-2, MAX_CALLS - 1),
    assignments=st.lists(st.builds(Assignment, line=lines, last=lines, name=words, fresh=st.booleans()), max_size=2),
    loop_return=st.none() | lines,
    silenced=st.none() | lines,
)
evidences = st.builds(
    Evidence,
    function=words,
    case=words,
    graph=st.none() | words,
    weights=st.none() | st.dictionaries(words, st.lists(floats, max_size=3).map(tuple), max_size=3),
    outputs=st.none() | floats,
    in_other_mode=st.none() | floats,
    canary=st.none() | floats,
    error=st.none() | errors,
    code=st.none() | codes,
)


@given(evidences)
def test_there_and_back(evidence: Evidence) -> None:
    assert_equal(evidence, from_json(to_json(evidence)))


def test_real_evidence_there_and_back() -> None:
    evidence = collect(identity_block, IDENTITY_BLOCK, CASE)
    assert set(evidence.weights or ()) == {f"{kind}1a_branch2{c}" for kind in ("res", "bn") for c in "abc"}
    assert_equal(evidence, from_json(to_json(evidence)))


def test_arrays_travel_as_little_endian_float32() -> None:
    wire = json.loads(to_json(Evidence("f", "p", outputs=np.array([[1.5, -2]], dtype=">f8"))))
    assert wire["outputs"] == {
        "shape": [1, 2],
        "data": base64.b64encode(bytes.fromhex("0000c03f000000c0")).decode(),
    }


# --- strictness -------------------------------------------------------------------------------------------------


def wire(**changes: Any) -> dict[str, Any]:
    """The wire form of some evidence with things changed."""
    evidence = Evidence("f", "p", "{}", {"a": (np.ones((2, 3), np.float32),)}, np.ones(2, np.float32))
    return {**json.loads(to_json(evidence)), **changes}


def array(shape: Any, data: Any = "AAAAAA==") -> dict[str, Any]:
    return {"shape": shape, "data": data}


ERROR = {"kind": "raised", "type": "E", "message": "", "line": 1, "code": "", "function": ""}

NOT_EVIDENCE: dict[str, object] = {
    "null": None,
    "a list": [],
    "a number": 7,
    "nothing": {},
    "an extra field": wire(points=10),
    "function is a number": wire(function=7),
    "function is too long": wire(function="f" * 201),
    "test case is null": wire(case=None),
    "graph is an object": wire(graph={}),
    "weights are a list": wire(weights=[]),
    "a layer's weights are an array": wire(weights={"a": array([1])}),
    "thirteen arrays": wire(weights={"a": [array([1])] * 13}),
    "too many layers": wire(weights={str(i): [] for i in range(4001)}),
    "outputs are a list of numbers": wire(outputs=[1.0, 2.0]),
    "an array with a dtype": wire(outputs={**array([1]), "dtype": "O"}),
    "an array without data": wire(outputs={"shape": [1]}),
    "fewer bytes than the shape": wire(outputs=array([2])),
    "more bytes than the shape": wire(outputs=array([0])),
    "bytes that are no floats": wire(outputs=array([1], "AAAA")),
    "not base64": wire(outputs=array([1], "!!!!")),
    "not ASCII": wire(outputs=array([1], "ÄÖÜß")),
    "base64 with a newline": wire(outputs=array([1], "AAAA\nAA==")),
    "data is a number": wire(outputs=array([1], 7)),
    "shape is a number": wire(outputs=array(1)),
    "shape holds a bool": wire(outputs=array([True])),
    "shape holds a float": wire(outputs=array([1.0])),
    "shape holds text": wire(outputs=array(["1"])),
    "a negative side": wire(outputs=array([-1, -1])),
    "a side past any bound": wire(outputs=array([10**9, 0])),
    "seven sides": wire(outputs=array([1] * 7)),
    "error is text": wire(error="boom"),
    "an unknown kind of error": wire(error={**ERROR, "kind": "fine"}),
    "an error with an extra field": wire(error={**ERROR, "passed": True}),
    "an error's line is text": wire(error={**ERROR, "line": "1"}),
    "an error's negative line": wire(error={**ERROR, "line": -1}),
    "an error's message of a megabyte": wire(error={**ERROR, "message": "x" * 2**20}),
}


@pytest.mark.parametrize("case", NOT_EVIDENCE)
def test_what_is_not_evidence(case: str) -> None:
    with pytest.raises(EvidenceError):
        from_json(json.dumps(NOT_EVIDENCE[case]).encode())


def test_the_wire_form_that_those_start_from_is_read() -> None:
    assert from_json(json.dumps(wire(error=ERROR, outputs=array([1]))).encode()).error is not None


@pytest.mark.parametrize(
    "data", [b"", b"\0", b"{", b"\xff\xfe", b"nan", b"[" * 10**5, b'{"a":' * 10**5, b'{"function": "\\ud800"}']
)
def test_bytes_that_are_no_json(data: bytes) -> None:
    begun = time.process_time()
    with pytest.raises(EvidenceError):
        from_json(data)
    assert time.process_time() - begun < 1


def test_too_large_is_not_even_read() -> None:
    with pytest.raises(EvidenceError, match="at most 10"):
        from_json(b"x" * 11, limit=10)
    with pytest.raises(EvidenceError, match=str(MAX_EVIDENCE)):
        from_json(b" " * (MAX_EVIDENCE + 1))


@settings(max_examples=200)
@given(st.data())
def test_bytes_with_a_flaw_are_evidence_or_refused(data: st.DataObject) -> None:
    whole = json.dumps(wire(error=ERROR)).encode()
    at = data.draw(st.integers(0, len(whole) - 1))
    flawed = whole[:at] + data.draw(st.binary(max_size=3)) + whole[at + data.draw(st.integers(0, 3)) :]
    with contextlib.suppress(EvidenceError):
        from_json(flawed)
