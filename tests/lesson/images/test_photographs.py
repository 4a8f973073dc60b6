"""Folders of photographs: what their names say, how they become sets, and what is refused in a sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from autograder.lesson.images.photographs import read_photographs, signs_of
from autograder.lesson.signs import SignsError, load


def put(folder: Path, *names: str) -> None:
    """Pictures, each of one grey of its own, in their order by name."""
    for grey, name in enumerate(sorted(names)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (90, 120), (grey, grey, grey)).save(folder / name)


def test_folders_say_number_group_and_set(tmp_path: Path) -> None:
    put(tmp_path, "train/dark/3/a.png", "test/4/light/b.png", "0/c.png")
    found = read_photographs(tmp_path)
    assert list(zip(found.y, found.groups, found.sets, strict=True)) == [
        (0, "", ""),
        (4, "light", "test"),
        (3, "dark", "train"),
    ]
    assert found.x.shape == (3, 64, 64, 3)
    assert found.x[:, 0, 0, 0].tolist() == [0, 1, 2]


def test_what_names_no_number_or_two_is_left_out_and_said(tmp_path: Path) -> None:
    put(tmp_path, "1/a.png", "7/b.png", "1/2/c.png", "cats/d.png", "1/._e.png")
    (tmp_path / "1" / "broken.jpg").write_bytes(b"no picture")
    (tmp_path / "1" / "iphone.HEIC").write_bytes(b"another kind")
    (tmp_path / "1" / "notes.txt").write_text("five fingers")
    found = read_photographs(tmp_path)
    assert found.y.tolist() == [1]
    assert found.left_out == ("7", str(Path("1") / "broken.jpg"), str(Path("1") / "iphone.HEIC"))


def test_it_is_not_looked_for_anywhere_on_a_disk(tmp_path: Path) -> None:
    put(tmp_path, "a/b/c/3/near.png", "a/b/c/d/3/far.png")
    assert read_photographs(tmp_path).y.tolist() == [3]


def test_the_last_tenth_of_each_number_is_to_test_with(tmp_path: Path) -> None:
    put(tmp_path, *(f"{number}/{place:02}.png" for number in range(6) for place in range(20)))
    data = load(tmp_path)
    assert (data.train_set_x.shape, data.test_set_x.shape) == ((108, 64, 64, 3), (12, 64, 64, 3))
    assert data.train_set_x.dtype == np.uint8
    assert data.test_set_y.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert data.test_set_x[:2, 0, 0, 0].tolist() == [18, 19]
    assert data.list_classes.tolist() == [0, 1, 2, 3, 4, 5]
    assert data.source == str(tmp_path)


def test_folders_named_train_and_test_decide(tmp_path: Path) -> None:
    put(tmp_path, "train/0/a.png", "train/0/b.png", "test/0/c.png")
    data = signs_of(tmp_path)
    assert (len(data.train_set_x), len(data.test_set_x)) == (2, 1)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ((), "There is no train_signs.h5 in"),
        (("5/a.png",), "has nothing to train on, or nothing to test with"),
        (("train/5/a.png", "train/4/b.png"), "has nothing to train on, or nothing to test with"),
    ],
)
def test_a_folder_that_makes_no_sets_is_refused(names: tuple[str, ...], words: str, tmp_path: Path) -> None:
    put(tmp_path, *names)
    with pytest.raises(SignsError, match=words):
        load(tmp_path)


def test_a_folder_without_photographs_is_refused(tmp_path: Path) -> None:
    for read in (read_photographs, load):
        with pytest.raises(SignsError, match="There is no folder"):
            read(tmp_path / "missing")
    with pytest.raises(SignsError, match="has no photographs in folders named 0 to 5"):
        read_photographs(tmp_path)
    (tmp_path / "0").mkdir()
    (tmp_path / "0" / "a.png").write_bytes(b"")
    with pytest.raises(SignsError, match="None of the photographs"):
        read_photographs(tmp_path)


def test_files_of_the_original_set_come_first(tmp_path: Path) -> None:
    put(tmp_path, "0/a.png", "0/b.png")
    (tmp_path / "train_signs.h5").write_bytes(b"")
    with pytest.raises(SignsError, match=r"There is no test_signs\.h5"):
        load(tmp_path)
