"""Learning from few images, in three ways."""

from __future__ import annotations

import numpy as np
import pytest

from autograder import lesson
from autograder.lesson.experiments import few_images
from autograder.lesson.signs import Signs
from tests.lesson.conftest import Blocks


def test_every_way_is_tried_on_all_images_that_it_has_not_seen(blocks: Blocks, few: Signs) -> None:
    found = lesson.transfer(*blocks, few, few=2, seeds=(0,))
    assert list(found.right) == ["frozen", "fine-tuned", "from scratch"]
    assert (found.images, found.tested) == (2, 10 - 4)
    for right in found.right.values():
        assert len(right) == 1
        assert 0 <= right[0] <= 1


def test_a_net_says_the_place_of_a_number() -> None:
    assert not set(few_images.KNOWN) & set(few_images.NEW)
    for numbers in (few_images.KNOWN, few_images.NEW):
        drawn = np.array(numbers * 2)[::-1]
        assert few_images._classes(drawn, numbers).tolist() == [numbers.index(number) for number in drawn]


def test_frozen_is_frozen_and_knowledge_is_taken_over(blocks: Blocks, few: Signs) -> None:
    knowing = few_images._net(*blocks, 4, 0)
    net = few_images._net(*blocks, 2, 1, knowing)
    before = [layer.get_weights() for layer in net.layers]
    for mine, theirs in zip(before[:-1], knowing.layers[:-1], strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(mine, theirs.get_weights(), strict=True))
    few_images._learn(net, np.zeros((4, 32, 32, 3), np.float32), np.array([0, 1, 0, 1]), 0, last_alone=True)
    for old, layer in zip(before[:-1], net.layers[:-1], strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(old, layer.get_weights(), strict=True))
    assert net.layers[-1].get_weights()[0].shape == (64, 2)


@pytest.mark.parametrize("wrong", [{"few": 0}, {"few": 5}, {"seeds": ()}])
def test_what_cannot_be_tried_is_said(blocks: Blocks, few: Signs, wrong: dict[str, object]) -> None:
    with pytest.raises(lesson.LessonError, match="one seed or more"):
        lesson.transfer(*blocks, few, **wrong)  # type: ignore[arg-type]
