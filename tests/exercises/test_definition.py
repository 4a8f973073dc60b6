"""An exercise written down, read again, and looked through for what its author forgot."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from autograder.base.course import Course
from autograder.exercises import Conventions, Drawn, Exercise, Mistake, Part, Rubric, TestCase, Text
from autograder.exercises.definition import from_json as definition_from
from autograder.exercises.definition import problems
from autograder.exercises.definition import to_json as definition_of
from autograder.instructor.build.authoring import read_exercises, read_set
from autograder.references.notebook import read_notebook
from autograder.references.references import load_again
from autograder.references.sets import exercise_set, set_name
from tests.shared.helpers import ROOT

COURSE = Course(ROOT)
BEYOND = "blocks-beyond"
NORM = "batch_norm_forward"


def test_a_definition_survives_being_written_down() -> None:
    for exercise in read_exercises(COURSE, BEYOND):
        text = definition_of(exercise)
        again = definition_from(text)
        assert definition_of(again) == text
        assert again == replace(exercise, draw_hidden_cases=again.draw_hidden_cases, known=again.known)
        assert [part.when for part in again.outline] == [part.when for part in exercise.outline]
        assert "changes" not in text
        assert "np.sqrt(variance)" not in text.replace("np.sqrt(variance + epsilon)", "")


@pytest.mark.parametrize("name", ["resnet", BEYOND])
def test_the_committed_definitions_are_those_of_the_source(name: str) -> None:
    """If this is red: `autograder build`, and commit the public references."""
    committed, written = exercise_set(COURSE, name), read_set(COURSE, name)
    for found, wanted in zip(committed.notebooks, written.notebooks, strict=True):
        assert [definition_of(exercise) for exercise in found] == [definition_of(exercise) for exercise in wanted]
    assert load_again(committed.public).source


@pytest.mark.parametrize("name", [BEYOND, f"{BEYOND}-zh"])
def test_a_notebooks_exercises_are_in_their_authors_order(name: str) -> None:
    found = read_notebook(ROOT / "release" / name / "blocks-beyond.ipynb", COURSE)
    assert [exercise.name for exercise in found.exercises] == [
        "mended_stage",
        "pre_activation_block",
        NORM,
        "batch_norm_backward",
    ]


def test_a_translation_belongs_to_the_set_of_what_it_translates() -> None:
    names = {name: set_name(COURSE, name) for name in ("resnet", "resnet-zh", BEYOND, f"{BEYOND}-zh", "zh")}
    assert names == {"resnet": "resnet", "resnet-zh": "resnet", BEYOND: BEYOND, f"{BEYOND}-zh": BEYOND, "zh": ""}


RIGHT = Exercise(
    name="double",
    function="double",
    kind="function",
    signature=("x", "times"),
    outputs=("out",),
    outline=(Part("doubling", ("out",)),),
    rubric=(Rubric("doubling", 5.0, (Text("a", zh="甲"), Text("b", zh="乙"), Text("c", zh="丙"))),),
    public_cases=(TestCase(name="public-1", arguments={"x": Drawn(shape=(2,), seed=1), "times": 2}),),
    draw_hidden_cases=lambda random: (),
)


def test_a_right_definition_has_no_problem() -> None:
    assert list(problems(RIGHT, ("en", "zh"))) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rubric": (Rubric("doubling", 5.0, ("a", " ", "c")),)}, "3 hints"),
        ({"rubric": (Rubric("doubling", 5.0, ("a", "b")),)}, "3 hints"),
        ({"rubric": (Rubric("doubling", 5.0, (Text("a", zh="甲"), "b", Text("c", zh="丙"))),)}, "hint 2 of the step"),
        ({"rubric": (Rubric("doubling", 0.0, RIGHT.rubric[0].hints),)}, "gives 0.0 points"),
        ({"outline": (Part("tripling", ("out",)),)}, "no line for the step tripling"),
        ({"outline": (Part("doubling", ("result",)),)}, "'result'"),
        ({"outputs": ()}, "`outputs`"),
        ({"public_cases": ()}, "no public test case"),
        ({"public_cases": (TestCase(name="p", arguments={"times": 2, "x": 1}),)}, "in that order"),
        ({"public_cases": (RIGHT.public_cases[0].model_copy(update={"hidden": True}),)}, "hidden=False"),
        ({"public_cases": RIGHT.public_cases * 2}, "the same name"),
        ({"name": "two words"}, "'two words' is no name"),
        (
            {"known": (Mistake("double", "m", "doubling", sentence="only English"),)},
            "the mistake m is not there in 'zh'",
        ),
        ({"agreed": Conventions(("seed",), 0.5, 1.0)}, '"block" or "model" has conventions'),
        ({"kind": "block", "agreed": Conventions(("seed",), 0.5, 5.0)}, "less than the cheapest step's 5"),
    ],
)
def test_what_is_wrong_with_a_definition_is_said(changes: dict[str, Any], words: str) -> None:
    found = list(problems(replace(RIGHT, **changes), ("en", "zh")))
    assert any(words in problem for problem in found), found


@pytest.mark.parametrize(("points", "each", "together"), [((6.0, 4.0), 0.5, 1.0), ((9.2, 0.8), 0.4, 0.4)])
def test_conventions_of_which_nothing_is_said_cost_little(
    points: tuple[float, ...], each: float, together: float
) -> None:
    """A twentieth, and together a tenth or half of the cheapest step; a plain function has none."""
    rubric = tuple(Rubric(str(n), worth, RIGHT.rubric[0].hints) for n, worth in enumerate(points))
    agreed = replace(RIGHT, kind="block", rubric=rubric).conventions
    assert "seed" in agreed.settings
    assert (agreed.each, agreed.together) == (each, together)
    assert replace(RIGHT, rubric=rubric).conventions.settings == ()


def test_hidden_cases_follow_the_secret() -> None:
    for exercise in read_exercises(COURSE, BEYOND):
        one, same, other = (exercise.draw_hidden_cases(Random(text)) for text in ("a", "a", "b"))
        assert one == same != other
        for case in other:
            assert case == TestCase.model_validate_json(case.model_dump_json())
