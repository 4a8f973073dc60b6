"""One's own files, kept images, and what becomes of files that are not as they should be."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from autograder.base.course import Course
from autograder.lesson.images.files import read_made, write_made
from autograder.lesson.images.measure import measure
from autograder.lesson.images.sources import load_for
from autograder.lesson.signs import Signs, SignsError, load

KEYS = ("train_set_x", "train_set_y", "test_set_x", "test_set_y", "list_classes")


def small(source: str = "made", seed: int = 0) -> Signs:
    """Noise in the shape of signs: 12 images to train on and 6 to test on."""
    random = np.random.RandomState(seed)
    train, test = (random.randint(0, 256, (n, 64, 64, 3)).astype(np.uint8) for n in (12, 6))
    return Signs(train, np.arange(12) % 6, test, np.arange(6), np.arange(6), source)


def put(folder: Path, signs: Signs) -> Path:
    """The original's two files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("train", "test"):
        with h5py.File(folder / f"{name}_signs.h5", "w") as file:
            for key in (f"{name}_set_x", f"{name}_set_y", "list_classes"):
                file[key] = getattr(signs, key)
    return folder


def same(one: Signs, other: Signs) -> bool:
    return all(np.array_equal(getattr(one, key), getattr(other, key)) for key in KEYS)


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course's folder in which making images takes no time."""
    (tmp_path / "course" / "data").mkdir(parents=True)
    monkeypatch.setenv("AUTOGRADER_COURSE", str(tmp_path / "course"))
    monkeypatch.setattr("autograder.lesson.images.sources.make", small)
    return tmp_path / "course"


# --- one's own files ----------------------------------------------------------------------------------------------


def test_your_files_drop_in(tmp_path: Path) -> None:
    found = load(put(tmp_path, small(seed=1)))
    assert same(found, small(seed=1))
    assert found.source == str(tmp_path)
    assert [field.name for field in fields(found)][:5] == list(KEYS)


@pytest.mark.parametrize("place", ["data", "data/signs"])
def test_your_files_in_the_course_go_before_made_ones(course: Path, place: str) -> None:
    assert same(load(), small())
    put(course / place, small(seed=1))
    assert same(load(), small(seed=1))


def test_labels_in_a_row_and_of_other_integer_types_are_taken(tmp_path: Path) -> None:
    put(tmp_path, small())
    with h5py.File(tmp_path / "train_signs.h5", "a") as file:
        labels = file["train_set_y"][()]
        del file["train_set_y"]
        file["train_set_y"] = labels.astype(np.uint8).reshape(1, -1)
    found = load(tmp_path)
    assert found.train_set_y.dtype == np.int64
    assert same(found, small())


def test_compressed_files_are_taken(tmp_path: Path) -> None:
    put(tmp_path, small())
    with h5py.File(tmp_path / "train_signs.h5", "a") as file:
        images = file["train_set_x"][()]
        del file["train_set_x"]
        file.create_dataset("train_set_x", data=images, compression="gzip", shuffle=True)
    assert same(load(tmp_path), small())


def test_copies_among_your_files_are_counted() -> None:
    signs = small()
    signs.test_set_x[2] = signs.train_set_x[7]
    assert measure(signs).copies == 1


def test_a_folder_without_the_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SignsError, match=r"There is no train_signs.h5 in .*: put both"):
        load(tmp_path)
    with pytest.raises(SignsError, match=r"There is no folder /nowhere"):
        load("/nowhere")


def test_one_file_without_the_other_is_refused(course: Path) -> None:
    put(course / "data", small())
    (course / "data" / "test_signs.h5").unlink()
    with pytest.raises(SignsError, match=r"There is no test_signs.h5 in"):
        load()


# --- files that are not as they should be ---------------------------------------------------------------------------

Edit = Callable[[h5py.File], None]


def replaced(key: str, value: object) -> Edit:
    def edit(file: h5py.File) -> None:
        del file[key]
        file[key] = value

    return edit


def created(key: str, **how: object) -> Edit:
    def edit(file: h5py.File) -> None:
        del file[key]
        file.create_dataset(key, **how)

    return edit


def _delete(file: h5py.File) -> None:
    del file["train_set_y"]


def _group(file: h5py.File) -> None:
    del file["train_set_x"]
    file.create_group("train_set_x")


def _virtual(file: h5py.File) -> None:
    layout = h5py.VirtualLayout((12, 64, 64, 3), np.uint8)
    layout[:] = h5py.VirtualSource("other.h5", "x", (12, 64, 64, 3))
    del file["train_set_x"]
    file.create_virtual_dataset("train_set_x", layout)


X = (12, 64, 64, 3)
FAULTS: dict[str, tuple[Edit, str]] = {
    "a key is missing": (_delete, "it has no train_set_y (it holds: list_classes, train_set_x)"),
    "a group": (_group, "train_set_x is not an array that lies in this file"),
    "a soft link": (replaced("train_set_x", h5py.SoftLink("/list_classes")), "is not an array that lies in this file"),
    "a link to another file": (
        replaced("train_set_x", h5py.ExternalLink("test_signs.h5", "test_set_x")),
        "is not an array that lies in this file",
    ),
    "a link to nowhere": (replaced("train_set_x", h5py.SoftLink("/no")), "is not an array that lies in this file"),
    "a virtual array": (_virtual, "train_set_x is not an array that lies in this file"),
    "values in another file": (
        created("train_set_x", shape=X, dtype="u1", external=[("/etc/passwd", 0, 12 * 64 * 64 * 3)]),
        "train_set_x is not an array that lies in this file",
    ),
    "a filter from elsewhere": (
        created("train_set_x", data=np.ones(X, np.uint8), chunks=X, compression="lzf"),
        "train_set_x is not an array that lies in this file",
    ),
    "terabytes": (
        created("train_set_x", shape=(10**9, 64, 64, 3), chunks=(1, 64, 64, 3), dtype="u1", fillvalue=1),
        "train_set_x holds no values",
    ),
    "gray images": (
        replaced("train_set_x", np.ones((12, 64, 64), np.uint8)),
        "train_set_x has the shape (12, 64, 64), not (n, 64, 64, 3)",
    ),
    "no shape": (replaced("train_set_x", np.uint8(1)), "train_set_x has the shape (), not (n, 64, 64, 3)"),
    "no images": (created("train_set_x", data=np.ones((0, 64, 64, 3), np.uint8)), "train_set_x holds no values"),
    "images from 0 to 1": (
        replaced("train_set_x", np.ones(X, np.float32)),
        "train_set_x holds values of type float32, not uint8",
    ),
    "too few labels": (replaced("train_set_y", np.arange(5)), "train_set_y has the shape (5,), not (12,)"),
    "labels of another kind": (
        replaced("train_set_y", np.zeros(12)),
        "train_set_y holds values of type float64, not int64",
    ),
    "a label that is none": (replaced("train_set_y", np.full(12, 6)), "train_set_y has the label 6"),
    "a negative label": (replaced("train_set_y", np.full(12, -1)), "train_set_y has the label -1"),
    "other classes": (replaced("list_classes", np.arange(10)), "list_classes has the shape (10,), not (6,)"),
    "classes in disorder": (replaced("list_classes", np.arange(6)[::-1]), "list_classes is [5, 4, 3, 2, 1, 0]"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_file_is_refused_in_words(fault: str, tmp_path: Path) -> None:
    edit, words = FAULTS[fault]
    put(tmp_path, small())
    with h5py.File(tmp_path / "train_signs.h5", "a") as file:
        edit(file)
    with pytest.raises(SignsError) as caught:
        load(tmp_path)
    text = str(caught.value)
    assert text.startswith(f"{tmp_path / 'train_signs.h5'} can't be used: ")
    assert words in text
    assert "Get a fresh copy" in text
    assert caught.value.__cause__ is None
    assert caught.value._render_traceback_() == [text]


def test_more_images_than_any_set_has_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.lesson.images.files.MOST_IMAGES", 11)
    with pytest.raises(SignsError, match="train_set_x claims 12 images, and more than 11 are not read"):
        load(put(tmp_path, small()))


@pytest.mark.parametrize("content", [b"", b"\x89HDF\r\n\x1a\n", b"not HDF5" * 1000], ids=["empty", "a start", "text"])
def test_what_is_no_hdf5_is_refused(content: bytes, tmp_path: Path) -> None:
    put(tmp_path, small())
    (tmp_path / "test_signs.h5").write_bytes(content)
    with pytest.raises(SignsError, match=r"test_signs.h5 can't be used: it is not an HDF5 file"):
        load(tmp_path)


@pytest.mark.parametrize("part", [0.01, 0.3, 0.9, 0.999])
def test_a_truncated_file_is_refused(part: float, tmp_path: Path) -> None:
    put(tmp_path, small())
    path = tmp_path / "train_signs.h5"
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises(SignsError, match=r"train_signs.h5 can't be used: it is not an HDF5 file, or a damaged"):
        load(tmp_path)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    put(tmp_path, small())
    (tmp_path / "test_signs.h5").unlink()
    os.mkfifo(tmp_path / "test_signs.h5")  # reading it would wait for ever
    with pytest.raises(SignsError, match=r"test_signs.h5 can't be used: it is not a file"):
        load(tmp_path)


def test_the_words_are_in_the_reader_s_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRADER_LANGUAGE", "zh")
    put(tmp_path, small())
    (tmp_path / "train_signs.h5").write_bytes(b"")
    with pytest.raises(SignsError, match="无法使用：它不是 HDF5 文件"):
        load(tmp_path)
    with pytest.raises(SignsError, match=r"没有文件夹"):
        load(tmp_path / "nowhere")


# --- images kept from an earlier call -------------------------------------------------------------------------------


def test_made_images_are_kept_and_used_again(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load()
    kept = course / "data" / "signs" / "made.h5"
    assert [path.name for path in kept.parent.iterdir()] == ["made.h5"]
    monkeypatch.setattr("autograder.lesson.images.sources.make", None)  # not called again
    assert same(load(), first)
    with h5py.File(kept) as file:
        assert "BSD-3-Clause" in file.attrs["provenance"]
        assert "no photograph" in file.attrs["provenance"]


def _flip_a_pixel(path: Path) -> None:
    with h5py.File(path, "a") as file:
        file["test_set_x"][0, 0, 0, 0] ^= 1


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:10_000])


def _other_recipe(path: Path) -> None:
    write_made(path, small(seed=2), "another recipe")


def _lose_a_key(path: Path) -> None:
    with h5py.File(path, "a") as file:
        del file["list_classes"]


@pytest.mark.parametrize("damage", [_flip_a_pixel, _truncate, _other_recipe, _lose_a_key])
def test_kept_images_that_are_damaged_or_old_are_made_anew(course: Path, damage: Callable[[Path], None]) -> None:
    load()
    kept = course / "data" / "signs" / "made.h5"
    whole = kept.read_bytes()
    damage(kept)
    assert same(load(), small())
    assert kept.read_bytes() == whole


def test_where_nothing_can_be_kept_images_are_made_all_the_same(course: Path) -> None:
    (course / "data" / "signs").write_text("a file in the way, also for root")
    assert same(load(), small())


def test_nothing_is_written_where_there_is_no_course(course: Path) -> None:
    (course / "data").rmdir()
    assert same(load(), small())
    assert list(course.iterdir()) == []


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    kept = tmp_path / "made.h5"
    write_made(kept, small(), "recipe")
    before = kept.read_bytes()
    with pytest.raises(TypeError):
        write_made(kept, replace(small(), test_set_y=np.array([object()])), "recipe")
    assert kept.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["made.h5"]
    found = read_made(kept, "recipe")
    assert found is not None
    assert same(found, small())


def test_the_course_s_images_are_those_of_load(course: Path) -> None:
    assert same(load_for(Course(course)), load())
