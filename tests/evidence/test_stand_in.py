"""Stand-ins take a call's arguments down, give a tensor of the right shape, and leave the student's names alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from autograder.evidence.collect import collect
from autograder.evidence.graphs.stand_in import standing_in
from autograder.exercises import CalledBlock
from autograder.graph import parse_graph
from autograder.references.references import ReferenceSet
from tests.shared.builders import ResNet50, convolutional_block
from tests.shared.exercises import RESNET50

IDENTITY, CONVOLUTIONAL = RESNET50.blocks


def called(call: Callable[[Any], Any], shape: tuple[int, ...] = (7, 5, 4)) -> tuple[tuple[int, ...], dict[str, Any]]:
    """The shape that a stand-in gives, and the settings of the one layer that it is."""
    X = keras.Input(shape)
    made = call(X)
    graph = parse_graph(json.dumps(keras.Model(X, made).get_config()))
    (node,) = graph.linear
    return made.shape[1:], {"kind": node.kind, **node.settings}


def test_a_call_is_taken_down_with_its_defaults() -> None:
    names: dict[str, Any] = {}
    code = """
def one(X):
    return convolutional_block(X, 3, [2, 4, 6], stage=3, block="a")
def two(X):
    return identity_block(X, block="b", f=np.int64(5), filters=(1, 2, 4), stage=4.0)
"""
    exec(code, names | {"np": np}, names)
    for name, shape, wanted in (
        ("one", (4, 3, 6), {"f": 3, "filters": (2, 4, 6), "stage": 3, "block": "a", "s": 2}),
        ("two", (7, 5, 4), {"f": 5, "filters": (1, 2, 4), "stage": 4, "block": "b"}),
    ):
        function = names[name]
        with standing_in(function, RESNET50.blocks):
            made, settings = called(function)
        assert made == shape
        kind = "convolutional_block()" if name == "one" else "identity_block()"
        assert settings == {"kind": kind, **wanted}
        assert not {"identity_block", "convolutional_block"} & set(function.__globals__)


def test_a_call_that_no_block_takes_is_the_students_error() -> None:
    names: dict[str, Any] = {}
    exec("def f(X):\n    return identity_block(X, 3)\n", names)
    with standing_in(names["f"], (IDENTITY,)), pytest.raises(TypeError, match="missing a required argument"):
        names["f"](keras.Input((4, 4, 3)))


def test_the_names_are_put_back_whatever_happens() -> None:
    before = ResNet50.__globals__["convolutional_block"]
    assert before is convolutional_block
    with standing_in(ResNet50, RESNET50.blocks):
        assert ResNet50.__globals__["convolutional_block"] is not before
    assert ResNet50.__globals__["convolutional_block"] is before
    with pytest.raises(ZeroDivisionError), standing_in(ResNet50, RESNET50.blocks):
        raise ZeroDivisionError
    assert ResNet50.__globals__["convolutional_block"] is before


def test_what_a_right_model_gives_is_the_references(public: ReferenceSet) -> None:
    for reference in public.of(RESNET50):
        assert reference.of_blocks is not None
        found = collect(ResNet50, RESNET50, reference.case, of_blocks=True)
        assert found.graph is not None, found.error
        kinds = [node.kind for node in parse_graph(found.graph).linear]
        assert kinds == [node.kind for node in reference.of_blocks.graph.linear]
        assert kinds.count("identity_block()") == 12
        assert kinds.count("convolutional_block()") == 4
        np.testing.assert_allclose(found.outputs, reference.of_blocks.outputs, rtol=1e-4, atol=1e-6)


def test_a_stand_in_says_what_it_needs_and_no_more() -> None:
    assert CalledBlock(function="f", signature=("X",)).defaults == {}
    names: dict[str, Any] = {}
    exec("def g(X):\n    return f(X)\n", names)
    with standing_in(names["g"], (CalledBlock(function="f", signature=("X",)),)):
        assert called(names["g"]) == ((7, 5, 4), {"kind": "f()"})


@pytest.mark.parametrize("shape", [(7, 4), (7, 5, 3, 4)])
def test_any_number_of_axes(shape: tuple[int, ...]) -> None:
    """Sequences and volumes as well as images."""
    names: dict[str, Any] = {}
    exec("def f(X):\n    return convolutional_block(X, 3, [2, 4, 6], stage=3, block='a', s=2)\n", names)
    with standing_in(names["f"], RESNET50.blocks):
        made, _ = called(names["f"], shape)
    assert made == (*((size + 1) // 2 for size in shape[:-1]), 6)
