"""Which evidence official grading asks for: what decides, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod
from random import Random

import pytest

from autograder.diagnosis import judge
from autograder.evidence.evidence import Evidence
from autograder.execution.selection import decisive
from autograder.exercises import Exercise, TestCase
from autograder.references.references import load_again
from tests.shared.exercises import IDENTITY_BLOCK, RESNET50
from tests.shared.helpers import ROOT

TRIPLE = Exercise(
    "triple", "triple", "function", ("x",), (), (), (TestCase(name="public-1", arguments={"x": 2}),), outputs=("y",)
)
HIDDEN = {"name": "hidden-1", "hidden": True}
PUBLIC = load_again(ROOT / "data" / "references" / "resnet" / "public.h5")


def cases(exercise: Exercise) -> tuple[list[TestCase], list[TestCase]]:
    """The public ones, and a hidden one."""
    return list(exercise.public_cases), [exercise.draw_hidden_cases(Random(1))[0]]


@dataclass
class Student:
    """Answers right on all test cases but some, and remembers what was asked."""

    wrong_on: tuple[str, ...] = ()
    wrong_when: tuple[tuple[str, bool], ...] = ()
    asked: list[tuple[str, bool]] = field(default_factory=list)

    def ask(self, wanted: Sequence[TestCase], graph_alone: bool) -> list[Evidence]:
        self.asked += [(case.name, graph_alone) for case in wanted]
        return [Evidence("f", case.name, graph_alone=graph_alone) for case in wanted]

    def passes(self, given: Evidence, case: TestCase) -> bool:
        return case.name not in self.wrong_on and (case.name, given.graph_alone) not in self.wrong_when


def test_a_right_model_shows_a_public_graph_and_hidden_values() -> None:
    for wanted in cases(RESNET50):
        student = Student()
        given = decisive(RESNET50, wanted, student.ask, student.passes)
        assert student.asked == [(wanted[0].name, not wanted[0].hidden)]
        assert [one.case if one else None for one in given] == [wanted[0].name, *[None] * len(wanted[1:])]


def test_a_model_that_is_wrong_there_is_asked_about_all() -> None:
    public, _ = cases(RESNET50)
    student = Student(wrong_on=("public-1",))
    given = decisive(RESNET50, public, student.ask, student.passes)
    assert [one.case if one else None for one in given] == ["public-1", "public-2"]
    assert student.asked == [("public-1", True), ("public-2", True)]


def test_a_model_that_is_known_to_be_wrong_shows_hidden_graphs_alone() -> None:
    _, hidden = cases(RESNET50)
    student = Student(wrong_on=("hidden-1",))
    decisive(RESNET50, hidden, student.ask, student.passes, wrong=True)
    assert student.asked == [("hidden-1", True)]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_right_block_shows_values_on_the_hidden_case_of_the_largest_input_last(seed: int) -> None:
    hidden = list(IDENTITY_BLOCK.draw_hidden_cases(Random(seed)))
    student = Student()
    given = decisive(IDENTITY_BLOCK, hidden, student.ask, student.passes)
    largest = max(hidden, key=lambda case: prod(case.input_shape)).name
    assert student.asked == [*[(case.name, True) for case in hidden], (largest, False)]
    assert [one.case for one in given if one and not one.graph_alone] == [largest]


@pytest.mark.parametrize("right", [True, False])
def test_a_block_shows_values_on_a_public_case_where_it_is_wrong(right: bool) -> None:
    public, _ = cases(IDENTITY_BLOCK)
    student = Student() if right else Student(wrong_on=(public[-1].name,))
    given = decisive(IDENTITY_BLOCK, public, student.ask, student.passes)
    values = [] if right else [(public[0].name, False)]
    assert student.asked == [*[(case.name, True) for case in public], *values]
    assert [one.graph_alone for one in given if one] == [not values, *[True] * len(public[1:])]


def test_a_plain_function_is_asked_twice_on_hidden_cases() -> None:
    student = Student()
    for wanted in (TRIPLE.public_cases, [TRIPLE.public_cases[0].model_copy(update=HIDDEN)]):
        decisive(TRIPLE, wanted, student.ask, student.passes)
    assert student.asked == [("public-1", False), ("hidden-1", False), ("hidden-1", True)]


def test_a_second_answer_that_is_wrong_counts() -> None:
    hidden = [TRIPLE.public_cases[0].model_copy(update=HIDDEN)]
    student = Student(wrong_when=(("hidden-1", True),))
    (given,) = decisive(TRIPLE, hidden, student.ask, student.passes)
    assert given
    assert given.graph_alone


def test_what_was_not_asked_follows() -> None:
    """All points where nothing speaks against it, and a test case that was asked and is wrong still counts."""
    public = PUBLIC.of(RESNET50)
    diagnosis = judge(RESNET50, [None] * len(public), public, PUBLIC.canary)
    assert diagnosis.passed
    assert diagnosis.points == RESNET50.max_points
    wrong = Evidence("ResNet50", public[0].case.name)
    assert judge(RESNET50, [wrong, None], public, PUBLIC.canary).points == 0.0
