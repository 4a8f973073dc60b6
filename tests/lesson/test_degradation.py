"""The experiment on degradation: what it trains on, that it learns, and that it is the same again."""

from __future__ import annotations

import numpy as np
import pytest

from autograder import lesson
from autograder.lesson.experiments.degradation import halved
from autograder.lesson.signs import Signs
from tests.lesson.conftest import Blocks


def test_every_net_is_trained_once_for_each_seed_and_learns(blocks: Blocks, few: Signs) -> None:
    found = lesson.compare_depths(*blocks, few, depths=(1,), epochs=8, seeds=(0, 1))
    assert [(run.kind, run.blocks, run.seed) for run in found.runs] == [
        (kind, 1, seed) for seed in (0, 1) for kind in ("plain", "residual")
    ]
    for run in found.runs:
        assert len(run.loss) == len(run.accuracy) == 8
        assert run.loss[-1] < run.loss[0]
        assert all(0 <= share <= 1 for share in run.accuracy)
    first, second = found.of("residual", 1)
    assert first.loss != second.loss


def test_each_training_begins_anew(blocks: Blocks, few: Signs) -> None:
    """The second seed alone is what it is after the first: neither weights nor the optimizer remember."""
    (_, after), (alone,) = (
        lesson.compare_depths(*blocks, few, depths=(1,), epochs=2, seeds=seeds).of("residual", 1)
        for seeds in ((0, 1), (1,))
    )
    assert alone.loss == pytest.approx(after.loss, rel=1e-3)


def test_a_pixel_is_the_mean_of_four() -> None:
    images = np.zeros((1, 4, 4, 3), dtype=np.uint8)
    images[0, :2, 2:, 1] = [[1, 2], [3, 6]]
    assert halved(images)[0, 0, 1].tolist() == [0, 3, 0]
    assert halved(images).sum() == 3


@pytest.mark.parametrize("wrong", [{"depths": ()}, {"seeds": ()}, {"epochs": 0}, {"depths": (27,)}])
def test_what_cannot_be_compared_is_said(blocks: Blocks, few: Signs, wrong: dict[str, object]) -> None:
    with pytest.raises(lesson.LessonError):
        lesson.compare_depths(*blocks, few, **wrong)  # type: ignore[arg-type]
