"""What is asked of a trained network stands in its exercise, where an instructor can change it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autograder.exercises.definition import from_json, to_json
from autograder.lesson.images.hidden import Pictures
from autograder.lesson.training.demands import Demands, demands_of, problems
from autograder.lesson.training.judge import judge
from autograder.lesson.training.report import make_report
from tests.lesson.training.conftest import Network
from tests.shared.exercises import RESNET50, TRAIN_SIGNS


def test_the_settings_come_through_the_references_as_they_were_written() -> None:
    assert list(problems(TRAIN_SIGNS)) == []
    assert demands_of(from_json(to_json(TRAIN_SIGNS))) == demands_of(TRAIN_SIGNS) == Demands()
    asked = replace(TRAIN_SIGNS, settings={"full_points_from": 0.75, "hidden_images": 60})
    assert demands_of(from_json(to_json(asked))) == Demands(full_points_from=0.75, hidden_images=60)


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"pass": 0.9}, "pass"),
        ({"full_points_from": 1.5}, "full_points_from"),
        ({"full_points_from": "most"}, "full_points_from"),
        ({"hidden_images": 0}, "hidden_images"),
        ({"hidden_images": 2.5}, "hidden_images"),
        ({"no_points_up_to": 0.9}, "no_points_up_to has to be less than full_points_from"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(settings: dict[str, Any], word: str) -> None:
    (problem,) = problems(replace(TRAIN_SIGNS, settings=settings))
    assert word in problem


def test_other_steps_than_those_that_are_measured_are_refused() -> None:
    assert list(problems(replace(RESNET50, kind="trained")))
    assert list(problems(replace(TRAIN_SIGNS, rubric=TRAIN_SIGNS.rubric[:2])))


@pytest.mark.parametrize(
    ("settings", "points", "wanted"),
    [
        ({}, 3.75, "90%"),  # 30 of the 40 images: five eighths of the way from 50% to 90%
        ({"full_points_from": 0.8}, 5.0, "80%"),
        ({"full_points_from": 0.75}, 6.0, ""),
        ({"no_points_up_to": 0.75}, 0.0, "90%"),
    ],
)
def test_points_and_report_follow_the_settings(
    settings: dict[str, Any], points: float, wanted: str, network: Network, images: Pictures, tmp_path: Path
) -> None:
    exercise = replace(TRAIN_SIGNS, settings=settings)
    verdict = judge(exercise, network.evidence, network.save(tmp_path), images, hidden=True)
    assert verdict.points["accuracy"] == points
    report = make_report(verdict)
    assert [finding.expected for finding in report.findings if finding.step == "accuracy"] == ([wanted] * bool(wanted))
    assert any(f"from {wanted} on all" in note for note in report.notes) == bool(wanted)


def test_a_network_that_is_larger_than_the_exercise_allows(network: Network, images: Pictures, tmp_path: Path) -> None:
    exercise = replace(TRAIN_SIGNS, settings={"max_parameters": 100})
    verdict = judge(exercise, network.evidence, network.save(tmp_path), images, hidden=True)
    assert [(trouble.code, trouble.facts["most"]) for trouble in verdict.troubles] == [("parameters", "100")]
