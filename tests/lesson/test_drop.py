"""What is left on photographs of what a network learned from drawings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from autograder import lesson
from autograder.lesson.experiments.drop import Share
from autograder.lesson.signs import Signs


def seer_of_brightness() -> object:
    """A network that says a picture's mean brightness, over 40, as a number from 0 to 5: it is right on `greys`."""
    import keras
    from keras import layers, ops

    images = keras.Input((64, 64, 3))
    brightness = layers.Lambda(lambda x: ops.mean(x, axis=(1, 2, 3), keepdims=False)[:, None] / 40)(images)
    return keras.Model(images, layers.Lambda(lambda x: -ops.abs(x - ops.arange(6, dtype="float32")))(brightness))


@pytest.fixture
def greys(tmp_path: Path) -> Path:
    """Right: all pictures of 0 and 3, one of two of 5. The wrong one is dark."""
    for name, grey in (("0/light/a", 0), ("3/light/b", 120), ("5/light/c", 200), ("5/dark/d", 80)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (64, 64), (grey, grey, grey)).save(tmp_path / f"{name}.png")
    return tmp_path


def test_it_is_told_by_number_and_by_group(greys: Path, few: Signs) -> None:
    found = lesson.domain_drop(seer_of_brightness(), few, greys)
    assert found.photographs == Share(3, 4)
    assert found.numbers == {0: Share(1, 1), 3: Share(1, 1), 5: Share(1, 2)}
    assert found.groups == {"dark": Share(0, 1), "light": Share(3, 3)}
    assert found.drawn.pictures == len(few.test_set_x)


def test_the_interval_is_wilsons() -> None:
    # 8 of 10: the interval that R gives for prop.test(8, 10, correct = FALSE)
    assert Share(8, 10).bounds == pytest.approx((0.4901625, 0.9433178), abs=1e-4)
    assert Share(0, 4).bounds[0] == 0
    assert Share(4, 4).bounds[1] == 1


def test_it_is_shown_as_bars_and_as_words(greys: Path, few: Signs, capsys: pytest.CaptureFixture[str]) -> None:
    (greys / "9").mkdir()
    lesson.show_drop(lesson.domain_drop(seer_of_brightness(), few, greys))
    said = capsys.readouterr().out
    assert " 75.0% of 4, photographs\n" in said
    assert " 50.0% of 2, photographs of 5\n" in said
    assert "  0.0% of 1, dark\n100.0% of 3, light\n" in said
    assert "Left out: 9\n" in said


def test_without_a_folder_it_says_so_and_goes_on(
    few: Signs, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lesson.show_drop(lesson.domain_drop(seer_of_brightness(), few, tmp_path / "hands"))
    assert "Put photographs of hands into it" in capsys.readouterr().out


def test_another_network_is_refused(few: Signs, greys: Path) -> None:
    with pytest.raises(lesson.LessonError, match="64 x 64 x 3"):
        lesson.domain_drop(np.mean, few, greys)
