"""One slip costs once, a convention costs little beside the subject, and one more mistake never earns more."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.diagnosis.finding import COMPONENT, Finding
from autograder.diagnosis.points import Charged, counted_in, is_convention, most_for, points_after
from autograder.exercises import Exercise
from tests.diagnosis.edits import mistakes, several
from tests.diagnosis.test_properties import BLOCKS, diagnose, right
from tests.shared.exercises import CONVOLUTIONAL_BLOCK, EXERCISES, IDENTITY_BLOCK, RESNET50

MANY = settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])


def setting(step: str, name: str, *also: str, found: object = "x", layer: str = "Conv2D") -> Finding:
    return Finding(step, layer, "wrong setting", name, "a", found, also=also)  # type: ignore[arg-type]


def lost(exercise: Exercise, *found: Finding) -> float:
    return exercise.max_points - points_after(exercise, found)


# --- once ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_the_same_slip_everywhere_costs_what_it_costs_where_it_costs_most(exercise: Exercise) -> None:
    steps = list(dict.fromkeys(part.step for part in exercise.outline))
    for name in ("strides", "seed"):
        everywhere = setting(steps[0], name, *steps[1:])
        assert lost(exercise, everywhere) == max(lost(exercise, setting(step, name)) for step in steps)
        # It is one slip, too, where the report could not sum it up in one finding.
        assert lost(exercise, *(setting(step, name) for step in steps)) == lost(exercise, everywhere)


def test_two_slips_in_one_step_cost_the_step_once() -> None:
    assert lost(IDENTITY_BLOCK, setting("2a", "strides"), setting("2a", "padding")) == 2.5
    assert lost(IDENTITY_BLOCK, setting("2a", "strides", "2b"), setting("2a", "padding")) == 5.0


def test_a_step_that_is_cut_off_from_the_result_is_not_earned() -> None:
    gone = Finding("add", "Add", "missing", unseen=("shortcut",))
    assert lost(CONVOLUTIONAL_BLOCK, gone) == 4.0


def test_components_that_are_not_there_are_a_slip_each() -> None:
    gone = [Finding(step, "Conv2D", "missing", expected=COMPONENT) for step in ("2a", "2b", "2c")]
    assert lost(IDENTITY_BLOCK, *gone) == 7.5
    stages = [Finding(f"stage {n}", "identity_block", "missing", expected="b", block=True) for n in (2, 3, 4)]
    assert lost(RESNET50, *stages) == 4.5


def test_a_slip_costs_once_over_the_exercises_of_a_notebook() -> None:
    slip, other = setting("2b", "padding"), setting("2c", "strides")
    earlier = [Charged(IDENTITY_BLOCK, (slip,))]
    assert points_after(CONVOLUTIONAL_BLOCK, [slip], earlier) == 10.0
    assert counted_in(CONVOLUTIONAL_BLOCK, [slip, other], earlier) == {slip: "identity_block"}
    assert points_after(CONVOLUTIONAL_BLOCK, [slip, other], earlier) == 8.0
    # What costs more here than there costs the rest.
    dear = replace(CONVOLUTIONAL_BLOCK, rubric=tuple(replace(r, points=4.0) for r in CONVOLUTIONAL_BLOCK.rubric))
    assert points_after(dear, [slip], earlier) == dear.max_points - 1.5
    assert counted_in(dear, [slip], earlier) == {}


def test_a_convention_is_one_slip_whatever_stands_there_instead() -> None:
    earlier = [Charged(IDENTITY_BLOCK, (setting("2a", "seed", found=None), setting("2b", "seed", found=7)))]
    assert points_after(IDENTITY_BLOCK, earlier[0].findings) == 9.5
    assert points_after(RESNET50, [setting("head", "seed", layer="Dense", found=1)], earlier) == 10.0
    assert points_after(RESNET50, [setting("head", "name", layer="Dense")], earlier) == 9.5


# --- how much -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_all_conventions_together_cost_less_than_any_slip_in_the_subject(exercise: Exercise) -> None:
    steps = [part.step for part in exercise.outline]
    agreed = [setting(steps[0], name, *steps[1:]) for name in exercise.conventions.settings]
    subject = [[setting(step, name)] for step in steps for name in ("strides", "padding", "kernel_size", "axis")]
    subject += [[Finding(step, "Add", "missing")] for step in steps if step.endswith("add")]
    assert lost(exercise, *agreed) < min(lost(exercise, *found) for found in subject)
    assert all(lost(exercise, one) == 0.5 for one in agreed)
    together = [one for name in ("name", "seed", "epsilon") for one in agreed if one.setting == name]
    assert len(together) == 3


def test_what_each_step_is_worth_and_all_conventions_together() -> None:
    worth = [[rubric.points for rubric in exercise.rubric] for exercise in EXERCISES]
    assert worth == [[2.5] * 4, [2.0] * 5, [1.5] * 5 + [2.5]]
    for exercise, most in zip(EXERCISES, (1.5, 1.5, 1.0), strict=True):
        steps = [part.step for part in exercise.outline]
        agreed = [setting(steps[0], name, *steps[1:]) for name in exercise.conventions.settings]
        assert lost(exercise, *agreed) == most


def test_conventions_cost_nothing_beyond_what_is_left() -> None:
    gone = [setting(step, f"slip {step}") for step in ("2a", "2b", "2c", "add")]
    assert points_after(IDENTITY_BLOCK, [*gone, setting("2a", "seed")]) == 0.0
    # So the slip is charged where there is something left to lose.
    earlier = [Charged(IDENTITY_BLOCK, (*gone, setting("2a", "seed")))]
    assert points_after(CONVOLUTIONAL_BLOCK, [setting("2a", "seed")], earlier) == 9.5


def test_who_has_built_little_earns_little() -> None:
    assert [most_for(IDENTITY_BLOCK, share) for share in (0.0, 0.25, 0.5, 1.0)] == [0.0, 5.0, 10.0, 10.0]


def test_every_convention_is_a_setting_that_layers_have() -> None:
    found = {setting for exercise in BLOCKS for node in right(exercise.name)[0].nodes for setting in node.settings}
    assert {"seed", "kernel_initializer", "use_bias", "epsilon", "momentum"} <= found
    assert not is_convention(IDENTITY_BLOCK, Finding("2a", "Conv2D", "wrong value", "kernel"))
    subject = {"filters", "kernel_size", "strides", "padding", "axis", "dilation_rate", "groups", "center", "scale"}
    assert not subject & set(IDENTITY_BLOCK.conventions.settings)
    assert subject <= found


# --- never more ---------------------------------------------------------------------------------------------------


def total(answers: dict[str, list[Finding]]) -> float:
    """Points of both blocks together, in the order in which the notebook asks for them."""
    earlier: list[Charged] = []
    points = 0.0
    for exercise in (IDENTITY_BLOCK, CONVOLUTIONAL_BLOCK):
        found = answers[exercise.name]
        points += points_after(exercise, found, earlier)
        earlier.append(Charged(exercise, tuple(found)))
    return points


@MANY
@given(data=st.data())
def test_one_more_mistake_never_earns_more_over_a_notebook(data: st.DataObject) -> None:
    made = {exercise.name: data.draw(several(*right(exercise.name))) for exercise in BLOCKS}
    more = {exercise.name: diagnose(exercise, made[exercise.name])[0] for exercise in BLOCKS}
    for exercise in BLOCKS:
        fewer, _ = diagnose(exercise, made[exercise.name][:-1])
        assert total(more) <= total({**more, exercise.name: fewer}), [m.title for ms in made.values() for m in ms]


FINDINGS = st.lists(
    st.builds(
        setting,
        st.sampled_from(("2a", "2b", "2c", "add")),
        st.sampled_from(("seed", "name", "epsilon", "strides", "padding", "axis")),
        found=st.sampled_from(("x", "y")),
    ),
    max_size=7,
)


@MANY
@given(FINDINGS, FINDINGS, st.data())
def test_points_fall_with_every_slip_and_stay_in_bounds(
    one: list[Finding], two: list[Finding], data: st.DataObject
) -> None:
    answers = {IDENTITY_BLOCK.name: one, CONVOLUTIONAL_BLOCK.name: two}
    assert 0.0 <= total(answers) <= 20.0
    for name, found in answers.items():
        if found:
            left_out = data.draw(st.integers(0, len(found) - 1))
            fewer = {**answers, name: [*found[:left_out], *found[left_out + 1 :]]}
            assert total(answers) <= total(fewer)


def test_a_slip_that_fills_an_exercise_does_not_make_room_in_another() -> None:
    """With the fourth step charged, too, nothing is left of the first exercise for its conventions."""
    fewer = [setting("2a", "padding"), setting("2b", "axis"), setting("2c", "strides", found="y"),
             setting("2a", "seed"), setting("2a", "epsilon")]  # fmt: skip
    both = setting("add", "strides", found="x")
    second = [setting("2a", "strides", found="x")]
    more = total({IDENTITY_BLOCK.name: [*fewer, both], CONVOLUTIONAL_BLOCK.name: second})
    assert more == total({IDENTITY_BLOCK.name: fewer, CONVOLUTIONAL_BLOCK.name: second}) == 9.5


def test_the_order_in_which_slips_are_found_makes_no_difference() -> None:
    found = [setting("2a", "strides", "2b"), setting("2a", "padding"), setting("2b", "axis"), setting("2c", "seed")]
    assert len({points_after(IDENTITY_BLOCK, [*pair, *found[2:]]) for pair in (found[:2], found[1::-1])}) == 1


@pytest.mark.parametrize("exercise", BLOCKS, ids=lambda e: e.name)
def test_whoever_misses_the_subject_earns_less_than_whoever_misses_conventions(exercise: Exercise) -> None:
    every = [(mistake, diagnose(exercise, [mistake])[0]) for mistake in mistakes(*right(exercise.name))]
    agreed = [found for _, found in every if all(is_convention(exercise, finding) for finding in found)]
    subject = [found for _, found in every if not any(is_convention(exercise, finding) for finding in found)]
    assert agreed
    assert subject
    some = [*agreed[:: len(agreed) // 12], agreed[-1]]
    worst = min(points_after(exercise, [*one, *two, *three]) for one, two, three in combinations(some, 3))
    assert worst > max(points_after(exercise, found) for found in subject)
