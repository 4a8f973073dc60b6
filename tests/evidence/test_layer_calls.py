"""The trace of a student's layer calls: which line made each, and what became of its value."""

from __future__ import annotations

from pathlib import Path

import pytest
from keras.src.ops import node

from autograder.evidence.collect import collect
from autograder.evidence.student_code import ELSEWHERE, INPUT, StudentCode
from autograder.exercises import TestCase
from tests.shared.builders import student
from tests.shared.exercises import IDENTITY_BLOCK, RESNET50

CASE = IDENTITY_BLOCK.public_cases[0]
SIGNATURE = "def identity_block(X, f, filters, stage, block):"


def code_of(source: str, folder: Path, case: TestCase = CASE) -> StudentCode:
    code = collect(student(folder, source).identity_block, IDENTITY_BLOCK, case).code
    assert code is not None
    return code


def test_every_call_has_its_line_and_its_inputs(tmp_path: Path) -> None:
    code = code_of(
        f"{SIGNATURE}\n    Y = Conv2D(\n        2, 1, name='one')(X)\n    ReLU()(Y)\n"
        "    return Activation('relu')(Y) + X\n",
        tmp_path,
    )
    assert [(c.layer, c.inputs, c.places[0].line, c.places[0].target) for c in code.calls] == [
        ("Conv2D", [INPUT], 2, "Y"),
        ("ReLU", [0], 4, ""),
        ("Activation relu", [0], 5, "return"),
        ("Add", [2, INPUT], 5, "return"),
    ]
    assert code.calls[0].name == "one"
    assert code.result == 3


def test_a_helpers_line_comes_first(tmp_path: Path) -> None:
    code = code_of(
        f"def helper(X):\n    return ReLU()(X)\n\n{SIGNATURE}\n    X = helper(X)\n    return X\n",
        tmp_path,
    )
    assert [(place.line, place.function) for place in code.calls[0].places] == [(2, "helper"), (5, "identity_block")]


def test_a_tensor_from_elsewhere(tmp_path: Path) -> None:
    code = code_of(f"other = keras.Input((4, 4, 6))\n{SIGNATURE}\n    return ReLU()(other)\n", tmp_path)
    assert code.calls[0].inputs == [ELSEWHERE]


def test_assignments_and_a_return_in_a_loop(tmp_path: Path) -> None:
    code = code_of(
        f"{SIGNATURE}\n    Y = X\n    for i in range(2):\n        Y = ReLU()(Y)\n        return Y\n    Y: int = 3\n",
        tmp_path,
    )
    assert [(a.line, a.name, a.fresh, a.looped) for a in code.assignments] == [
        (2, "Y", True, False),
        (3, "i", True, False),
        (4, "Y", False, True),
        (6, "Y", True, False),
    ]
    assert code.loop_return == 5


@pytest.mark.parametrize(
    ("handler", "line"), [("pass", 4), ("X = ReLU()(X)", 4), ("raise", None), ("raise TypeError(X) from None", None)]
)
def test_an_except_that_hides_what_failed(tmp_path: Path, handler: str, line: int | None) -> None:
    body = f"    try:\n        X = Add()(X)\n    except Exception:\n        {handler}\n    return ReLU()(X)\n"
    code = code_of(f"{SIGNATURE}\n{body}", tmp_path)
    assert code.silenced == line


def test_an_exception_leaves_the_calls_before_it(tmp_path: Path) -> None:
    code = code_of(f"{SIGNATURE}\n    X = ReLU()(X)\n    raise NotImplementedError()\n", tmp_path)
    assert [call.layer for call in code.calls] == ["ReLU"]
    assert code.result is None


def test_a_hidden_test_case_is_not_traced(tmp_path: Path) -> None:
    hidden = CASE.model_copy(update={"hidden": True})
    function = student(tmp_path, f"{SIGNATURE}\n    return ReLU()(X)\n").identity_block
    assert collect(function, IDENTITY_BLOCK, hidden).code is None


def test_too_many_calls_are_not_traced(tmp_path: Path) -> None:
    code = code_of(f"{SIGNATURE}\n    for _ in range(1001):\n        X = ReLU()(X)\n    return X\n", tmp_path)
    assert (code.calls, code.assignments) == ([], [])
    assert code.parameters is not None


def test_keras_without_its_nodes_gives_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.evidence.graphs.keras_internals.import_module", _missing)
    evidence = collect(student(tmp_path, f"{SIGNATURE}\n    return ReLU()(X)\n").identity_block, IDENTITY_BLOCK, CASE)
    assert evidence.graph is not None
    assert evidence.code is not None
    assert evidence.code.calls == []


def _missing(name: str) -> None:
    raise ImportError(name)


def test_keras_is_left_as_it_was(tmp_path: Path) -> None:
    before = node.Node.__init__
    code_of(f"{SIGNATURE}\n    return ReLU()(X)\n", tmp_path)
    assert node.Node.__init__ is before


def test_a_networks_input_is_a_call(tmp_path: Path) -> None:
    source = (
        "def ResNet50(input_shape=(64, 64, 3), classes=6):\n    X = keras.Input(input_shape)\n    return Model(X, X)\n"
    )
    code = collect(student(tmp_path, source).ResNet50, RESNET50, RESNET50.public_cases[1]).code
    assert code is not None
    assert [(call.layer, call.inputs) for call in code.calls] == [("InputLayer", [])]
    assert code.result == 0
