"""The diagnosis on mistakes that nobody chose: every one is named, alone and together, and points follow sense."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.diagnosis.edits import compare
from autograder.diagnosis.finding import Finding
from autograder.diagnosis.graphs.aggregate import findings
from autograder.diagnosis.graphs.steps import Comparison, label
from autograder.diagnosis.points import points_after
from autograder.exercises import Exercise
from autograder.graph import Graph, canonical
from autograder.references.references import load
from tests.diagnosis.edits import Mistake, mistakes, several
from tests.shared.exercises import EXERCISES
from tests.shared.helpers import ROOT

PUBLIC = ROOT / "data" / "references" / "resnet" / "public.h5"
BLOCKS = [exercise for exercise in EXERCISES if exercise.kind == "block"]


@cache
def right(name: str) -> tuple[Graph, dict[str, str]]:
    """The reference graph of an exercise's second public test case (s is not 1 there), and its steps."""
    exercise = next(e for e in EXERCISES if e.name == name)
    graph = load(PUBLIC).of(exercise)[1].graph
    return graph, label(exercise, graph)


def diagnose(exercise: Exercise, made: list[Mistake]) -> tuple[list[Finding], bool]:
    graph, _ = right(exercise.name)
    wrong = graph
    for mistake in made:
        wrong = mistake.make(wrong)
    script = compare(graph, canonical(wrong))
    return findings(Comparison(exercise, graph, script)), script.complete


def is_named(mistake: Mistake, found: list[Finding]) -> bool:
    keys = {(step, f.layer, f.kind, f.setting) for f in found for step in (f.step, *f.also)}
    return bool(mistake.named & keys)


def every_single_mistake() -> list[tuple[str, int]]:
    return [(e.name, i) for e in BLOCKS for i in range(len(mistakes(*right(e.name))))]


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_a_right_graph_has_no_finding(exercise: Exercise) -> None:
    found, complete = diagnose(exercise, [])
    assert found == []
    assert complete


@pytest.mark.parametrize("exercise", BLOCKS, ids=lambda e: e.name)
def test_each_single_mistake_is_one_finding_that_names_it(exercise: Exercise) -> None:
    for mistake in mistakes(*right(exercise.name)):
        found, complete = diagnose(exercise, [mistake])
        assert is_named(mistake, found), (mistake.title, found)
        assert len(found) == 1, (mistake.title, found)
        assert complete, mistake.title


def test_single_mistakes_in_resnet50_are_named() -> None:
    exercise = next(e for e in EXERCISES if e.kind == "model")
    for mistake in mistakes(*right(exercise.name))[::23]:
        found, complete = diagnose(exercise, [mistake])
        assert is_named(mistake, found), (mistake.title, found)
        assert complete, mistake.title


@pytest.mark.parametrize("exercise", BLOCKS, ids=lambda e: e.name)
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_two_or_three_mistakes_on_different_layers_are_all_named(exercise: Exercise, data: st.DataObject) -> None:
    made = data.draw(several(*right(exercise.name)))
    found, complete = diagnose(exercise, made)
    titles = [mistake.title for mistake in made]
    assert complete, titles
    for mistake in made:
        assert is_named(mistake, found) or _is_accounted_for(mistake, found), (mistake.title, titles, found)


def _is_accounted_for(mistake: Mistake, found: list[Finding]) -> bool:
    """Whether the mistake's step is cut off, or gone: what is not there can't show one more slip."""
    steps = {step for f in found for step in (f.step, *f.also, *f.unseen)}
    return any(step in steps for step, *_ in mistake.named)


@pytest.mark.parametrize("exercise", BLOCKS, ids=lambda e: e.name)
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_one_more_mistake_never_earns_more(exercise: Exercise, data: st.DataObject) -> None:
    made = data.draw(several(*right(exercise.name)))
    fewer, _ = diagnose(exercise, made[:-1])
    more, _ = diagnose(exercise, made)
    assert points_after(exercise, more) <= points_after(exercise, fewer), [mistake.title for mistake in made]


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
@given(data=st.data())
def test_points_fall_with_every_step_touched_and_stay_in_bounds(exercise: Exercise, data: st.DataObject) -> None:
    steps = [part.step for part in exercise.outline]
    touched = data.draw(st.lists(st.sampled_from(steps), min_size=1, max_size=8))
    one = [Finding(step, "Conv2D", "missing", found=f"{i}") for i, step in enumerate(touched)]
    points = points_after(exercise, one)
    assert 0.0 <= points < exercise.max_points
    assert points_after(exercise, one[1:]) >= points


@pytest.mark.parametrize("exercise", BLOCKS, ids=lambda e: e.name)
def test_a_slip_costs_its_own_step_or_as_little_as_a_convention(exercise: Exercise) -> None:
    for mistake in mistakes(*right(exercise.name)):
        found, _ = diagnose(exercise, [mistake])
        ((step, _, kind, setting),) = mistake.named
        cut_off = {s for f in found for s in f.unseen}
        lost = exercise.max_points - points_after(exercise, found)
        agreed = kind == "wrong setting" and setting in exercise.conventions.settings
        own = exercise.conventions.each if agreed else exercise.rubric_of(step).points
        assert lost == pytest.approx(own + sum(exercise.rubric_of(s).points for s in cut_off - {step})), mistake.title
