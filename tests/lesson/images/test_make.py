"""The images that this kit makes: what they are, that they come back, and that no test image is a copy."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from autograder.lesson.experiments.leaks import aligned_distance
from autograder.lesson.images.hand import SHOWN
from autograder.lesson.images.make import draw_hidden, draw_set
from autograder.lesson.images.measure import draw_sheet, find_nearest, measure
from autograder.lesson.signs import Signs
from tests.lesson.images.copies import near_copies
from tests.shared.helpers import ROOT

LEAST_DISTANCE = 0.25
"""Between what near-copies come to and what test images keep: over 60 near-copies of training images (shifted by two
pixels, mirrored, darker, with noise) the largest aligned distance is 0.18; over the 120 test images the smallest to
any training image is 0.33, half have more than 0.6."""


def test_keys_shapes_and_types_are_the_original_s(made: Signs) -> None:
    assert made.train_set_x.shape == (1080, 64, 64, 3)
    assert made.test_set_x.shape == (120, 64, 64, 3)
    assert made.train_set_y.shape == (1080,)
    assert made.test_set_y.shape == (120,)
    assert made.train_set_x.dtype == made.test_set_x.dtype == np.uint8
    assert made.train_set_y.dtype == made.test_set_y.dtype == made.list_classes.dtype == np.int64
    assert made.list_classes.tolist() == [0, 1, 2, 3, 4, 5]
    assert made.source == "made"


def test_each_number_is_shown_equally_often_in_mixed_order(made: Signs) -> None:
    assert np.bincount(made.train_set_y).tolist() == [180] * 6
    assert np.bincount(made.test_set_y).tolist() == [20] * 6
    assert set(made.train_set_y[:60]) == set(range(6))
    assert np.mean(np.diff(made.train_set_y) == 0) < 0.3  # sorted labels would give 0.99, the order 0 to 5 gives 0


def test_no_test_image_is_a_copy_or_a_near_copy_of_a_training_image(made: Signs) -> None:
    assert measure(made).copies == 0
    distance = aligned_distance(made.test_set_x, made.train_set_x)[1]
    assert distance.min() > LEAST_DISTANCE
    assert (distance.min(), np.median(distance)) == pytest.approx((0.33, 0.6), abs=0.02)  # as the page says


def test_a_near_copy_would_be_noticed(made: Signs) -> None:
    copies = near_copies(made.train_set_x[:30], np.random.RandomState(0))
    assert aligned_distance(copies, made.train_set_x)[1].max() < 0.185 < LEAST_DISTANCE  # the page says 0.18


def test_raw_pixels_do_not_tell_the_number(made: Signs) -> None:
    found = measure(made)
    assert found.nearest_neighbour == pytest.approx(0.32, abs=0.02)  # as the pages say, which also have the next two
    assert (found.smallest, found.median) == pytest.approx((22.7, 32.5), abs=0.5)
    nearest, _ = find_nearest(made.train_set_x[:20], made.train_set_x)
    assert nearest.tolist() == list(range(20))  # the search finds what is there


def test_pictures_differ_in_light_and_colour(made: Signs) -> None:
    """A set that varied little would be another lesson; the ranges are those of the whole set, halved."""
    brightness = made.train_set_x.mean(axis=(1, 2, 3))
    assert np.ptp(brightness) > 80
    assert made.train_set_x.reshape(1080, -1).std(axis=1).min() > 8  # and in each there is something to see


def test_every_number_is_shown_by_as_many_fingers() -> None:
    for number, ways in enumerate(SHOWN):
        assert {len(fingers) for _, fingers in ways} == {number}
        assert sum(share for share, _ in ways) == pytest.approx(1)


def test_a_seed_gives_the_same_pictures_in_another_process() -> None:
    code = (
        "import hashlib; from autograder.lesson.images.make import draw_set; x, y = draw_set(3, 'train', 12); "
        "print(hashlib.sha256(x.tobytes() + y.tobytes()).hexdigest())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=ROOT, check=True
    )
    images, labels = draw_set(3, "train", 12)
    assert hashlib.sha256(images.tobytes() + labels.tobytes()).hexdigest() == done.stdout.strip()


def test_the_whole_set_begins_with_the_seed_s_pictures(made: Signs) -> None:
    """A picture is the same however many are drawn beside it."""
    few, _ = draw_set(0, "train", 6)
    all_of_them = {image.tobytes() for image in made.train_set_x}
    assert all(image.tobytes() in all_of_them for image in few)


def test_other_seeds_and_other_sets_have_other_pictures() -> None:
    sets = [
        draw_set(0, "train", 12), draw_set(1, "train", 12), draw_set(0, "test", 12), draw_hidden("0", 12)
    ]  # fmt: skip
    pictures = [image.tobytes() for images, _ in sets for image in images]
    assert len(set(pictures)) == len(pictures) == 48


def test_the_sheet_shows_a_row_for_each_number(made: Signs) -> None:
    sheet = np.asarray(draw_sheet(made, columns=2))
    assert sheet.shape == (6 * 66, 2 * 66, 3)
    fives = made.train_set_x[made.train_set_y == 5]
    assert np.array_equal(sheet[-65:-1, -65:-1], fives[1])
