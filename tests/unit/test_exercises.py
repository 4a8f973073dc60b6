"""What the exercises ask: probes that leave no way to guess, rubrics that add up, hints for everybody."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from autograder.diagnosis.aggregate import label
from autograder.exercises import EXERCISES, Exercise, Probe, by_function, by_name
from autograder.exercises.convolutional_block import CONVOLUTIONAL_BLOCK
from autograder.exercises.identity_block import IDENTITY_BLOCK
from autograder.exercises.resnet50 import RESNET50
from autograder.references.references import ReferenceSet

SEEDS = range(200)
BLOCKS = (IDENTITY_BLOCK, CONVOLUTIONAL_BLOCK)

each_block = pytest.mark.parametrize("exercise", BLOCKS, ids=lambda e: e.name)
each_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)


def hidden(exercise: Exercise, seed: int) -> tuple[Probe, ...]:
    return exercise.draw_hidden_probes(Random(f"{seed}/{exercise.name}"))


def distinct(probes: tuple[Probe, ...], argument: str) -> int:
    return len({probe.arguments[argument] for probe in probes})


# --- probes -----------------------------------------------------------------------------------------------------


@each_block
def test_hidden_probes_of_a_block_differ_in_everything(exercise: Exercise) -> None:
    for seed in SEEDS:
        probes = hidden(exercise, seed)
        assert len(probes) >= 3
        assert distinct(probes, "f") == len(probes)
        assert distinct(probes, "filters") >= 2
        assert distinct(probes, "stage") == len(probes)
        assert distinct(probes, "block") == len(probes)
        assert len({probe.input_shape[1:3] for probe in probes}) == len(probes)
        assert len({probe.input_seed for probe in probes}) == len(probes)
        assert {probe.training for probe in probes} == {False, True}
        assert all(probe.hidden for probe in probes)
        for name in ("f", "stage"):  # a function that is right for public arguments alone always shows
            public = max(probe.arguments[name] for probe in exercise.public_probes)
            assert max(probe.arguments[name] for probe in probes) > public


@each_block
def test_hidden_probes_of_a_block_can_be_run_and_show_every_exchange(exercise: Exercise) -> None:
    for seed in SEEDS:
        for probe in hidden(exercise, seed):
            m, height, width, channels = probe.input_shape
            f, filters = probe.arguments["f"], probe.arguments["filters"]
            assert height != width
            assert m > 1  # a batch of one normalizes by itself
            assert len(set(filters)) == 3  # exchanged numbers of filters show
            assert 1 < f <= min(height, width)
            if exercise is IDENTITY_BLOCK:
                assert filters[2] == channels
            else:
                assert channels not in filters


def test_hidden_probes_go_through_every_stride() -> None:
    for seed in SEEDS:
        probes = hidden(CONVOLUTIONAL_BLOCK, seed)
        assert {probe.arguments["s"] for probe in probes} == {1, 2, 3}
        for training in (False, True):
            assert {probe.arguments["s"] for probe in probes if probe.training == training} & {2, 3}
    assert all("s" not in probe.arguments for probe in hidden(IDENTITY_BLOCK, 0))


def test_hidden_probes_of_resnet() -> None:
    for seed in SEEDS:
        probes = hidden(RESNET50, seed)
        assert len(probes) == distinct(probes, "input_shape") == distinct(probes, "classes") == 1
        for probe in probes:
            height, width, channels = probe.arguments["input_shape"]
            assert probe.input_shape == (1, height, width, channels)
            assert height != width
            assert channels == 3
            assert min(height, width) >= 33  # less is nothing by the time of the average pooling
            assert max(height, width) <= 96
            assert 2 <= probe.arguments["classes"] < 20
            assert not probe.training


@each_exercise
def test_no_hidden_probe_is_a_public_one(exercise: Exercise) -> None:
    public = [(probe.arguments, probe.input_shape) for probe in exercise.public_probes]
    for seed in SEEDS:
        assert not [probe for probe in hidden(exercise, seed) if (probe.arguments, probe.input_shape) in public]


@each_exercise
def test_arguments_stand_in_the_signatures_order(exercise: Exercise) -> None:
    names = [name for name in exercise.signature if name != "X"]
    for probe in (*exercise.public_probes, *hidden(exercise, 0)):
        assert list(probe.arguments) == names[: len(probe.arguments)]
        assert len(probe.arguments) >= len(names) - (exercise is CONVOLUTIONAL_BLOCK)


@each_exercise
def test_one_secret_draws_one_set(exercise: Exercise) -> None:
    assert hidden(exercise, 7) == hidden(exercise, 7)
    assert hidden(exercise, 7) != hidden(exercise, 8)


@each_exercise
def test_names_of_probes_are_unique(exercise: Exercise) -> None:
    names = [probe.name for probe in (*exercise.public_probes, *hidden(exercise, 0))]
    assert len(set(names)) == len(names)


def test_public_probes_hold_both_modes_a_default_and_a_non_square_image() -> None:
    for exercise in BLOCKS:
        assert {probe.training for probe in exercise.public_probes} == {False, True}
        assert any(probe.input_shape[1] != probe.input_shape[2] for probe in exercise.public_probes)
        assert not any(probe.hidden for probe in exercise.public_probes)
    assert {probe.arguments.get("s") for probe in CONVOLUTIONAL_BLOCK.public_probes} == {None, 1, 3}


def test_an_input_is_drawn_from_its_seed_alone() -> None:
    probe = Probe(name="p", arguments={}, input_shape=(2, 3, 4, 5), input_seed=11)
    np.random.seed(11)
    assert np.array_equal(probe.input(), np.random.randn(2, 3, 4, 5).astype(np.float32))
    uniform = probe.model_copy(update={"distribution": "uniform"}).input()
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


def test_exercises_are_found_by_name_and_by_function() -> None:
    assert [exercise.name for exercise in EXERCISES] == ["identity_block", "convolutional_block", "resnet50"]
    assert by_name("resnet50") is by_function("ResNet50") is RESNET50
    assert by_name("ResNet50") is None
    assert by_function("resnet50") is None
