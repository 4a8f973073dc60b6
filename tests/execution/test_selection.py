"""Which evidence official grading asks for: what decides, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import pytest

from autograder.diagnosis import judge
from autograder.evidence.evidence import Evidence
from autograder.execution.selection import decisive
from autograder.exercises import Exercise, TestCase
from autograder.references.references import load_again
from tests.shared.exercises import IDENTITY_BLOCK, RESNET50
from tests.shared.helpers import ROOT

PUBLIC = load_again(ROOT / "data" / "references" / "resnet" / "public.h5")


def cases(exercise: Exercise) -> tuple[list[TestCase], list[TestCase]]:
    """The public ones, and a hidden one."""
    return list(exercise.public_cases), [exercise.draw_hidden_cases(Random(1))[0]]


@dataclass
class Student:
    """Answers right on all test cases but some, and remembers what was asked."""

    wrong_on: tuple[str, ...] = ()
    asked: list[tuple[str, bool]] = field(default_factory=list)

    def ask(self, wanted: Sequence[TestCase], graph_alone: bool) -> list[Evidence]:
        self.asked += [(case.name, graph_alone) for case in wanted]
        return [Evidence("f", case.name, graph_alone=graph_alone) for case in wanted]

    def passes(self, given: Evidence, case: TestCase) -> bool:
        return case.name not in self.wrong_on


def test_a_model_that_is_right_on_the_first_of_its_cases_is_built_once() -> None:
    for wanted in cases(RESNET50):
        student = Student()
        given = decisive(RESNET50, wanted, student.ask, student.passes)
        assert student.asked == [(wanted[0].name, True)]
        assert [one.case if one else None for one in given] == [wanted[0].name, *[None] * len(wanted[1:])]


def test_a_model_that_is_wrong_there_is_asked_about_all() -> None:
    public, _ = cases(RESNET50)
    student = Student(wrong_on=("public-1",))
    given = decisive(RESNET50, public, student.ask, student.passes)
    assert [one.case if one else None for one in given] == ["public-1", "public-2"]
    assert student.asked == [("public-1", True), ("public-2", True)]


@pytest.mark.parametrize("right", [True, False])
def test_a_block_shows_values_on_a_hidden_case_where_it_is_right_and_on_a_public_one_where_it_is_wrong(
    right: bool,
) -> None:
    for wanted in cases(IDENTITY_BLOCK):
        student = Student() if right else Student(wrong_on=(wanted[-1].name,))
        given = decisive(IDENTITY_BLOCK, wanted, student.ask, student.passes)
        values = [(wanted[0].name, False)] if wanted[0].hidden == right else []
        assert student.asked == [*[(case.name, True) for case in wanted], *values]
        assert [one.graph_alone for one in given if one] == [not values, *[True] * len(wanted[1:])]


def test_what_was_not_asked_follows() -> None:
    """All points where nothing speaks against it, and a test case that was asked and is wrong still counts."""
    public = PUBLIC.of(RESNET50)
    diagnosis = judge(RESNET50, [None] * len(public), public, PUBLIC.canary)
    assert diagnosis.passed
    assert diagnosis.points == RESNET50.max_points
    wrong = Evidence("ResNet50", public[0].case.name)
    assert judge(RESNET50, [wrong, None], public, PUBLIC.canary).points == 0.0
