"""Evidence from a stranger: read, parsed and judged within bounds, and never worth all points after tampering."""

from __future__ import annotations

import base64
import copy
import json
import time
import tracemalloc
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.diagnosis import CaseVerdict, judge, judge_case
from autograder.evidence.evidence import Evidence, EvidenceError, from_json, to_json
from autograder.graph import GraphRefused, parse_graph
from autograder.graph.oracle import OracleError, forward
from autograder.references.references import load
from tests.shared.exercises import IDENTITY_BLOCK
from tests.shared.helpers import ROOT

PUBLIC = load(ROOT / "data" / "references" / "resnet" / "public.h5")
REFERENCE = PUBLIC.of(IDENTITY_BLOCK)[0]
SECONDS = 5.0
ROOM = 96 * 2**20
TIMES = 60
"""Memory that a judgement may take: ROOM and TIMES the length of what is read."""


@cache
def real() -> bytes:
    """The evidence of a right answer, as a reference holds it."""
    return to_json(
        Evidence(
            "identity_block",
            REFERENCE.case.name,
            REFERENCE.graph_text,
            REFERENCE.weights,
            REFERENCE.outputs,
            PUBLIC.canary,
        )
    )


def wire() -> Any:
    return json.loads(real())


def graph() -> Any:
    return json.loads(wire()["graph"])


def judged(data: bytes, seconds: float = SECONDS) -> CaseVerdict | None:
    """The verdict, None where it is no evidence at all; looks at time and memory."""
    tracemalloc.start()
    begun = time.process_time()
    try:
        found = judge_case(IDENTITY_BLOCK, from_json(data), REFERENCE, PUBLIC.canary)
    except EvidenceError:
        found = None
    finally:
        took = time.process_time() - begun
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert took < seconds
    assert peak < ROOM + TIMES * len(data)
    return found


def points(data: bytes) -> float:
    try:
        evidence = from_json(data)
    except EvidenceError:
        return 0.0
    return judge(IDENTITY_BLOCK, [evidence], [REFERENCE], PUBLIC.canary).points


def test_what_all_this_starts_from_is_right() -> None:
    found = judged(real())
    assert found is not None
    assert found.passed
    assert points(real()) == IDENTITY_BLOCK.max_points


# --- mutations --------------------------------------------------------------------------------------------------

ODD: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, -1, 1, 2, 3, 64, 4096, 2**31, 2**63, 10**30, 0.5, 1e308, -0.0, 1e-9]),
    st.sampled_from(
        ["", "relu", "softmax", "same", "keras", "keras.layers", "InputLayer", "Add", "Functional", "x" * 300]
    ),
    st.sampled_from(["Lambda", "os", "builtins", "TFSMLayer", "GlorotUniform", "\ud800", "channels_first", "float16"]),
    st.sampled_from([[], {}, [[]], [0, 0], [None], {"class_name": "__keras_tensor__"}, {"config": {}}, [1] * 2000]),
)


def places(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [here] if here else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found += places(inner, (*here, key))
    return found


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


@st.composite
def mutated(draw: st.DrawFn, whole: Any) -> Any:
    mine = copy.deepcopy(whole)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(places(mine)))
        holder, key = at(mine, path[:-1]), path[-1]
        what = draw(st.sampled_from(["delete", "replace", "copy", "insert"]))
        if what == "delete":
            del holder[key]
        elif what == "copy":
            holder[key] = copy.deepcopy(at(whole, draw(st.sampled_from(places(whole)))))
        elif what == "insert" and isinstance(holder, list):
            holder.insert(key, copy.deepcopy(draw(ODD)))
        else:
            holder[key] = copy.deepcopy(draw(ODD))
        if not places(mine):
            break
    return mine


fuzz = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])


@fuzz
@given(mutated(wire()))
def test_evidence_with_changes(mine: Any) -> None:
    judged(json.dumps(mine).encode())


@fuzz
@given(mutated(graph()))
def test_graphs_with_changes(mine: Any) -> None:
    """A verdict always; and where it is that all is right, the graph says the same as the real one."""
    found = judged(json.dumps({**wire(), "graph": json.dumps(mine)}).encode())
    assert found is not None
    if found.passed:
        assert found.graph is not None
        assert found.script is not None
        assert found.script.complete
        assert not found.script.edits
        values = forward(found.graph, REFERENCE.weights or {}, REFERENCE.case.input())
        np.testing.assert_allclose(values[found.graph.output], REFERENCE.outputs, atol=1e-4)


@settings(max_examples=200)
@given(st.data())
def test_bytes_with_a_flaw(data: st.DataObject) -> None:
    whole = real()
    place = data.draw(st.integers(0, len(whole) - 1))
    judged(whole[:place] + data.draw(st.binary(max_size=4)) + whole[place + data.draw(st.integers(0, 4)) :])


@settings(max_examples=100)
@given(st.text(max_size=40) | st.binary(max_size=40).map(lambda b: b.decode("latin-1")))
def test_any_text_for_a_graph(text: str) -> None:
    with pytest.raises(GraphRefused):
        parse_graph(text)


# --- changed by more than the tolerance -------------------------------------------------------------------------


def pack(array: np.ndarray) -> dict[str, Any]:
    return {"shape": list(array.shape), "data": base64.b64encode(array.astype("<f4").tobytes()).decode()}


def unpack(packed: dict[str, Any]) -> np.ndarray:
    return np.frombuffer(base64.b64decode(packed["data"]), "<f4").reshape(packed["shape"]).copy()


LAYERS = sorted(wire()["weights"])
CHANGES = [float("nan"), float("inf"), -float("inf"), 1.0, -1.0, 1e-2, 3e38]


@fuzz
@given(st.sampled_from(LAYERS), st.data(), st.sampled_from(CHANGES))
def test_a_changed_weight_never_earns_everything(layer: str, data: st.DataObject, change: float) -> None:
    mine = wire()
    number = data.draw(st.integers(0, len(mine["weights"][layer]) - 1))
    array = unpack(mine["weights"][layer][number])
    array.ravel()[data.draw(st.integers(0, array.size - 1))] += change
    mine["weights"][layer][number] = pack(array)
    assert points(json.dumps(mine).encode()) < IDENTITY_BLOCK.max_points


@fuzz
@given(st.data(), st.sampled_from(CHANGES))
def test_a_changed_output_never_earns_anything(data: st.DataObject, change: float) -> None:
    mine = wire()
    array = unpack(mine["outputs"])
    array.ravel()[data.draw(st.integers(0, array.size - 1))] += change
    mine["outputs"] = pack(array)
    assert points(json.dumps(mine).encode()) == 0


SHAPES: dict[str, Any] = {
    "none": None,
    "empty": {"shape": [0], "data": ""},
    "no rows": {"shape": [0, 4, 4, 6], "data": ""},
    "a number": pack(np.float32(1).reshape(())),
    "flat": pack(REFERENCE.outputs.ravel()),
    "one row": pack(REFERENCE.outputs[:1]),
    "nan": pack(np.full_like(REFERENCE.outputs, np.nan)),
    "zero": pack(np.zeros_like(REFERENCE.outputs)),
}


@pytest.mark.parametrize("canary", ["the same", "other", "none"])
@pytest.mark.parametrize("case", SHAPES)
def test_outputs_of_another_kind_earn_nothing(case: str, canary: str) -> None:
    """Whatever the evidence says of the machine that it comes from."""
    mine = wire() | {"outputs": SHAPES[case]}
    if canary != "the same":
        mine["canary"] = pack(PUBLIC.canary + 1) if canary == "other" else None
    assert points(json.dumps(mine).encode()) == 0


def test_evidence_without_a_canary_earns_nothing() -> None:
    """It would be judged by its own weights, as if it came from a machine with other random numbers."""
    assert points(json.dumps(wire() | {"canary": None}).encode()) == 0


def test_infinite_weights_do_not_make_any_output_right() -> None:
    mine = wire() | {"canary": pack(PUBLIC.canary + 1)}
    last = next(layer for layer in LAYERS if layer.startswith("bn") and layer.endswith("2c"))
    mine["weights"][last][1] = pack(np.full_like(unpack(mine["weights"][last][1]), np.inf))
    mine["outputs"] = pack(np.ones_like(REFERENCE.outputs))
    assert points(json.dumps(mine).encode()) == 0


@pytest.mark.parametrize("change", ["missing", "extra", "swapped", "no arrays", "None"])
def test_weights_that_are_not_all_there_earn_less(change: str) -> None:
    mine = wire()
    first, second = LAYERS[0], LAYERS[1]
    if change == "missing":
        del mine["weights"][first]
    elif change == "extra":
        mine["weights"][first].append(pack(np.zeros(2)))
    elif change == "swapped":
        mine["weights"][first], mine["weights"][second] = mine["weights"][second], mine["weights"][first]
    elif change == "no arrays":
        mine["weights"][first] = []
    else:
        mine["weights"] = None
    assert points(json.dumps(mine).encode()) < IDENTITY_BLOCK.max_points


def test_evidence_of_another_case_earns_nothing() -> None:
    other = PUBLIC.of(IDENTITY_BLOCK)[1]
    assert points(json.dumps(wire() | {"case": other.case.name}).encode()) == 0
    theirs = Evidence(
        "identity_block", REFERENCE.case.name, other.graph_text, other.weights, other.outputs, PUBLIC.canary
    )
    assert points(to_json(theirs)) < IDENTITY_BLOCK.max_points


# --- work without end -------------------------------------------------------------------------------------------


def layer_of(config: Any, class_name: str) -> Any:
    return next(layer for layer in config["layers"] if layer["class_name"] == class_name)


def with_graph(config: Any, **more: Any) -> bytes:
    return json.dumps({**wire(), "graph": json.dumps(config), **more}).encode()


def test_many_small_matrix_products() -> None:
    """A window of 48 x 48 in 4096 groups: few multiplications, ten million rounds."""
    config, weights = graph(), wire()["weights"]
    convolutions = [layer for layer in config["layers"] if layer["class_name"] == "Conv2D"]
    first, second = convolutions[:2]
    first["config"].update(filters=1024, kernel_size=[1, 1])
    weights[first["config"]["name"]] = [pack(np.zeros((1, 1, 6, 1024))), pack(np.zeros(1024))]
    second["config"].update(filters=1024, kernel_size=[48, 48], groups=1024, padding="same")
    weights[second["config"]["name"]] = [pack(np.zeros((48, 48, 1, 1024))), pack(np.zeros(1024))]
    for name in [n for n in LAYERS if n.startswith("bn")][:2]:
        weights[name] = [pack(np.ones(1024))] * 4
    found = judged(with_graph(config, weights=weights), seconds=10)
    assert found is not None
    assert not found.passed


def pooling(number: int, name: str, before: str, window: int) -> Any:
    settings = {"name": name, "pool_size": [window, window], "strides": [1, 1], "padding": "same"}
    history = {"class_name": "__keras_tensor__", "config": {"keras_history": [before, 0, 0]}}
    return {
        "module": "keras.layers",
        "class_name": "MaxPooling2D",
        "name": name,
        "config": settings,
        "registered_name": None,
        "inbound_nodes": [{"args": [history], "kwargs": {}}],
    }


def test_a_long_chain_of_large_windows() -> None:
    config = graph()
    before = config["input_layers"][0] if isinstance(config["input_layers"][0], str) else config["input_layers"][0][0]
    for i in range(580):
        config["layers"].append(pooling(i, f"pool{i}", before, 64))
        before = f"pool{i}"
    config["output_layers"] = [before, 0, 0]
    begun = time.process_time()
    found = judge_case(IDENTITY_BLOCK, from_json(with_graph(config)), REFERENCE, PUBLIC.canary)
    assert time.process_time() - begun < 5
    assert not found.passed


def test_padding_upon_padding() -> None:
    config = graph()
    before = config["input_layers"][0] if isinstance(config["input_layers"][0], str) else config["input_layers"][0][0]
    for i in range(400):
        layer = pooling(i, f"pad{i}", before, 1)
        layer.update(class_name="ZeroPadding2D", config={"name": f"pad{i}", "padding": [[64, 64], [64, 64]]})
        config["layers"].append(layer)
        before = f"pad{i}"
    config["output_layers"] = [before, 0, 0]
    begun = time.process_time()
    found = judge_case(IDENTITY_BLOCK, from_json(with_graph(config)), REFERENCE, PUBLIC.canary)
    assert time.process_time() - begun < 20
    assert not found.passed


def test_a_call_with_a_million_numbers() -> None:
    config = graph()
    addition = layer_of(config, "Add")
    addition["inbound_nodes"][0]["args"].append([0.5] * 50_000)
    found = judged(with_graph(config), seconds=15)
    assert found is not None
    assert all(len(str(finding.found)) < 1000 for finding in found.findings)
    assert not found.passed


@pytest.mark.parametrize(
    "text",
    ["[" * 2**20, "[]," * 2**20, '{"layers":' * 10**5, "9" * 2**21, '{"layers": [' + "{}," * 10**5 + "{}]}"],
    ids=["deep", "wide", "deep objects", "a number", "many layers"],
)
def test_json_without_end(text: str) -> None:
    found = judged(json.dumps({**wire(), "graph": text}).encode())
    assert found is not None
    assert not found.passed


def test_the_oracle_begins_nothing_too_large() -> None:
    tracemalloc.start()
    config = graph()
    layer_of(config, "Conv2D")["config"].update(filters=4096)
    with pytest.raises(OracleError):
        forward(parse_graph(json.dumps(config)), REFERENCE.weights or {}, REFERENCE.case.input())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < ROOM
