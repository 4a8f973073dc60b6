"""Near-copies and nearest neighbours."""

from __future__ import annotations

import dataclasses

import numpy as np

from autograder.lesson import near_copies, nearest_neighbour
from autograder.lesson.signs import Signs
from tests.lesson.images.copies import near_copies as make_copies


def test_pictures_that_share_nothing_have_no_near_copies(few: Signs) -> None:
    assert near_copies(few) == []
    listed = near_copies(few, within=2)
    assert sorted(pair.test for pair in listed) == list(range(6))
    assert [pair.distance for pair in listed] == sorted(pair.distance for pair in listed)


def test_planted_copies_are_found_moved_mirrored_darker_and_noisy(few: Signs) -> None:
    x = few.test_set_x.copy()
    x[[1, 4]] = make_copies(few.train_set_x[[7, 20]], np.random.RandomState(0))
    x[5] = few.train_set_x[3]
    found = near_copies(dataclasses.replace(few, test_set_x=x))
    assert {(pair.test, pair.train) for pair in found} == {(1, 7), (4, 20), (5, 3)}
    assert found[0].test == 5
    assert found[0].distance < 1e-2


def test_a_picture_of_one_colour_has_a_distance(few: Signs) -> None:
    x = few.test_set_x.copy()
    x[0] = 128
    assert all(np.isfinite(pair.distance) for pair in near_copies(dataclasses.replace(few, test_set_x=x), within=3))


def test_nearest_neighbour_says_what_the_nearest_picture_shows(few: Signs) -> None:
    data = dataclasses.replace(few, test_set_x=few.train_set_x[[5, 0, 9, 9, 23, 2]])
    assert list(nearest_neighbour(data)) == list(few.train_set_y[[5, 0, 9, 9, 23, 2]])
