"""A photo becomes what the training images are, or one sentence says why not."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from autograder.lesson import LessonError, prepare_photo
from autograder.lesson.signs import Signs


def test_a_training_image_comes_out_as_it_is(few: Signs, tmp_path: Path) -> None:
    Image.fromarray(few.train_set_x[3]).save(tmp_path / "image.png")
    found = prepare_photo(tmp_path / "image.png")
    assert found.dtype == few.train_set_x.dtype
    np.testing.assert_array_equal(found, few.train_set_x[3])
    np.testing.assert_array_equal(prepare_photo(io.BytesIO((tmp_path / "image.png").read_bytes())), few.train_set_x[3])


def test_the_square_in_the_middle_is_kept(tmp_path: Path) -> None:
    wide = np.zeros((100, 300, 3), np.uint8)
    wide[:, :100] = 255, 0, 0
    wide[:, 100:200] = 0, 255, 0
    Image.fromarray(wide).save(tmp_path / "wide.png")
    found = prepare_photo(tmp_path / "wide.png")
    assert found.shape == (64, 64, 3)
    np.testing.assert_array_equal(found, np.broadcast_to((0, 255, 0), (64, 64, 3)))


def test_it_stands_as_the_camera_noted(tmp_path: Path) -> None:
    lying = np.zeros((64, 64, 3), np.uint8)
    lying[:, :32] = 255  # the left half; turned by 90 degrees clockwise that is the upper one
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(lying).save(tmp_path / "lying.png", exif=exif)
    found = prepare_photo(tmp_path / "lying.png")
    assert (found[:30] == 255).all()
    assert (found[34:] == 0).all()


@pytest.mark.parametrize("mode", ["RGBA", "LA", "L", "P", "1", "CMYK"])
def test_every_kind_of_picture(mode: str, tmp_path: Path) -> None:
    name = tmp_path / ("picture.jpg" if mode == "CMYK" else "picture.png")
    Image.new("RGBA", (80, 80), (0, 0, 0, 0)).convert(mode).save(name)
    found = prepare_photo(name)
    assert found.shape == (64, 64, 3)
    if "A" in mode:
        assert (found == 255).all()  # what is transparent lies on white


def test_what_is_no_picture_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture")
    good = io.BytesIO()
    Image.effect_noise((64, 64), 90).save(good, "png")
    (tmp_path / "cut.png").write_bytes(good.getvalue()[:900])
    bomb = Image.new("1", (20_000, 20_000))
    bomb.save(tmp_path / "large.png")
    for name, words in (("none.png", "no file"), ("text.png", "can't be read"), ("cut.png", "can't be read")):
        with pytest.raises(LessonError, match=words) as raised:
            prepare_photo(tmp_path / name)
        assert raised.value._render_traceback_() == [str(raised.value)]
    with pytest.raises(LessonError, match="too many pixels"):
        prepare_photo(tmp_path / "large.png")
    with pytest.raises(LessonError, match="can't be read"):
        prepare_photo(tmp_path)
