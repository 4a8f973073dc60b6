"""What the exercises ask: test cases that leave no way to guess, rubrics that add up, hints for everybody."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from autograder.diagnosis.graphs.steps import label
from autograder.exercises import Exercise, TestCase
from autograder.references.references import ReferenceSet
from tests.shared.exercises import CONVOLUTIONAL_BLOCK, EXERCISES, IDENTITY_BLOCK, RESNET, RESNET50

SEEDS = range(200)
BLOCKS = (IDENTITY_BLOCK, CONVOLUTIONAL_BLOCK)

each_block = pytest.mark.parametrize("exercise", BLOCKS, ids=lambda e: e.name)
each_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)


def hidden(exercise: Exercise, seed: int) -> tuple[TestCase, ...]:
    return exercise.draw_hidden_cases(Random(f"{seed}/{exercise.name}"))


def distinct(cases: tuple[TestCase, ...], argument: str) -> int:
    return len({case.arguments[argument] for case in cases})


# --- test cases -----------------------------------------------------------------------------------------------------


@each_block
def test_hidden_cases_of_a_block_differ_in_everything(exercise: Exercise) -> None:
    for seed in SEEDS:
        cases = hidden(exercise, seed)
        assert len(cases) >= 3
        assert distinct(cases, "f") == len(cases)
        assert distinct(cases, "filters") >= 2
        assert distinct(cases, "stage") == len(cases)
        assert distinct(cases, "block") == len(cases)
        assert len({case.input_shape[1:3] for case in cases}) == len(cases)
        assert len({case.input_seed for case in cases}) == len(cases)
        assert {case.training for case in cases} == {False, True}
        assert all(case.hidden for case in cases)


@each_block
def test_hidden_cases_of_a_block_cover_what_the_exercise_says(exercise: Exercise) -> None:
    """What a function that is right for public arguments alone does not expect, each in every draw."""
    for seed in SEEDS:
        cases = hidden(exercise, seed)
        windows, stages = ([case.arguments[name] for case in cases] for name in ("f", "stage"))
        assert min(windows) == 1
        assert max(windows) >= 6
        assert max(stages) >= 10
        assert min(stages) < 10
        assert {len(case.arguments["block"]) for case in cases} == {1, 2}
        assert [len(set(case.arguments["filters"])) for case in cases].count(1) == 1
        assert any(max(case.arguments["filters"]) > 10 for case in cases)
        heights = [max(case.input_shape[1:3]) for case in cases]
        assert min(heights) <= 3
        assert max(heights) > 16
        assert {case.by_keyword for case in cases} == {False, True}


@each_block
def test_hidden_cases_of_a_block_can_be_run_and_show_every_exchange(exercise: Exercise) -> None:
    for seed in SEEDS:
        for case in hidden(exercise, seed):
            m, height, width, channels = case.input_shape
            filters = case.arguments["filters"]
            assert height != width
            assert m > 1 or not case.training  # a batch of one normalizes by itself
            assert len(set(filters)) in (1, 3)  # exchanged numbers of filters show, but where they are to be equal
            if exercise is IDENTITY_BLOCK:
                assert filters[2] == channels
            else:
                assert channels not in filters


def test_hidden_cases_go_through_every_stride() -> None:
    for seed in SEEDS:
        moves = [case.arguments.get("s") for case in hidden(CONVOLUTIONAL_BLOCK, seed)]
        assert sorted(min(s or 2, 4) for s in moves) == [1, 2, 3, 4]
        assert None in moves  # s=2 is what its first line says
    assert all("s" not in case.arguments for case in hidden(IDENTITY_BLOCK, 0))


def test_where_hidden_cases_have_their_oddities_is_drawn() -> None:
    """A function can't tell by the number of a test case, or by how it is asked, what its arguments are like."""
    for odd in (
        lambda case: case.arguments["f"] == 1,
        lambda case: case.arguments["stage"] >= 10,
        lambda case: len(set(case.arguments["filters"])) == 1,
        lambda case: case.by_keyword,
    ):
        places = [{i for i, case in enumerate(hidden(CONVOLUTIONAL_BLOCK, seed)) if odd(case)} for seed in SEEDS]
        assert set.union(*places) == {0, 1, 2, 3}


def test_hidden_cases_of_resnet() -> None:
    for seed in SEEDS:
        cases = hidden(RESNET50, seed)
        assert len(cases) == distinct(cases, "input_shape") == distinct(cases, "classes") == 1
        for case in cases:
            height, width, channels = case.arguments["input_shape"]
            assert case.input_shape == (1, height, width, channels)
            assert height != width
            assert channels == 3
            assert min(height, width) >= 33  # less is nothing by the time of the average pooling
            assert max(height, width) <= 96
            assert 2 <= case.arguments["classes"] < 20
            assert not case.training
            for public in RESNET50.public_cases:
                assert case.arguments["classes"] != public.arguments.get("classes", RESNET50.defaults["classes"])
                assert case.input_shape != public.input_shape


def test_a_block_is_called_as_often_as_the_page_of_security_says() -> None:
    """Two or three times in public, four in secret, and once more for its tensors: see test_selection.py."""
    public = [len(block.public_cases) for block in BLOCKS]
    assert public == [2, 3]
    assert {len(hidden(block, seed)) for block in BLOCKS for seed in SEEDS} == {4}
    calls = min(public) + 4 + 1
    assert (calls, calls + 12, round(100 * 0.9**calls)) == (7, 19, 48)


@each_exercise
def test_no_hidden_case_is_a_public_one(exercise: Exercise) -> None:
    public = [(case.arguments, case.input_shape) for case in exercise.public_cases]
    for seed in SEEDS:
        assert not [case for case in hidden(exercise, seed) if (case.arguments, case.input_shape) in public]


@each_exercise
def test_arguments_stand_in_the_signatures_order(exercise: Exercise) -> None:
    names = [name for name in exercise.signature if name != "X"]
    for case in (*exercise.public_cases, *hidden(exercise, 0)):
        assert list(case.arguments) == names[: len(case.arguments)]
        defaults = {CONVOLUTIONAL_BLOCK.name: 1, RESNET50.name: 2}
        assert len(case.arguments) >= len(names) - defaults.get(exercise.name, 0)


@each_exercise
def test_one_secret_draws_one_set(exercise: Exercise) -> None:
    assert hidden(exercise, 7) == hidden(exercise, 7)
    assert hidden(exercise, 7) != hidden(exercise, 8)


@each_exercise
def test_names_of_cases_are_unique(exercise: Exercise) -> None:
    names = [case.name for case in (*exercise.public_cases, *hidden(exercise, 0))]
    assert len(set(names)) == len(names)


def test_public_cases_hold_both_modes_a_default_and_a_non_square_image() -> None:
    for exercise in BLOCKS:
        assert {case.training for case in exercise.public_cases} == {False, True}
        assert any(case.input_shape[1] != case.input_shape[2] for case in exercise.public_cases)
        assert not any(case.hidden for case in exercise.public_cases)
    assert {case.arguments.get("s") for case in CONVOLUTIONAL_BLOCK.public_cases} == {None, 1, 3}


def test_an_input_is_drawn_from_its_seed_alone() -> None:
    case = TestCase(name="p", arguments={}, input_shape=(2, 3, 4, 5), input_seed=11)
    np.random.seed(11)
    assert np.array_equal(case.input(), np.random.randn(2, 3, 4, 5).astype(np.float32))
    uniform = case.model_copy(update={"distribution": "uniform"}).input()
    assert uniform.dtype == np.float32
    assert uniform.shape == (2, 3, 4, 5)
    assert 0 <= uniform.min() < uniform.max() < 1


# --- steps, points, hints ---------------------------------------------------------------------------------------


@each_exercise
def test_every_rubric_adds_up_to_ten(exercise: Exercise) -> None:
    assert exercise.max_points == pytest.approx(10)
    assert isinstance(exercise.max_points, float)
    assert all(line.points > 0 for line in exercise.rubric)
    assert 0 <= exercise.inner_cap < exercise.max_points


@each_exercise
def test_the_rubric_has_a_line_for_every_step(exercise: Exercise) -> None:
    tops = list(dict.fromkeys(part.step.partition(",")[0] for part in exercise.outline))
    assert [line.step for line in exercise.rubric] == tops
    for part in exercise.outline:
        assert exercise.rubric_of(part.step).step == part.step.partition(",")[0]


def test_a_step_without_a_line_goes_to_the_last_one() -> None:
    assert IDENTITY_BLOCK.rubric_of("shortcut").step == "add"
    assert CONVOLUTIONAL_BLOCK.rubric_of("shortcut").step == "shortcut"


@each_exercise
def test_every_step_has_three_hints(exercise: Exercise) -> None:
    for line in exercise.rubric:
        assert len(line.hints) == 3
        assert len(set(line.hints)) == 3
        assert all(len(text.strip()) > 20 for text in line.hints)
        assert line.hints[0].rstrip().endswith("?")  # first a question


@each_exercise
def test_the_outline_fits_the_committed_references(exercise: Exercise, public: ReferenceSet) -> None:
    for reference in public.of(exercise):
        steps = label(exercise, reference.graph)
        assert list(steps) == [node.id for node in reference.graph.linear]
        assert list(dict.fromkeys(steps.values())) == [part.step for part in exercise.outline]


def test_the_outline_does_not_fit_another_exercise(public: ReferenceSet) -> None:
    with pytest.raises(ValueError, match="the outline says Add"):
        label(IDENTITY_BLOCK, public.of(CONVOLUTIONAL_BLOCK)[0].graph)
    with pytest.raises(ValueError, match="the reference"):
        label(CONVOLUTIONAL_BLOCK, public.of(IDENTITY_BLOCK)[0].graph)


def test_a_notebook_has_its_exercises_in_their_authors_order() -> None:
    names = [[exercise.name for exercise in together] for together in RESNET.notebooks]
    assert names == [["identity_block", "convolutional_block", "resnet50"], ["train_signs"]]
