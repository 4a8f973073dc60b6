"""Each notebook under the name that it was given out with, and what belongs to it beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.instructor.collect.downloads import CELLS, collect, folder, handed_in, left_out, notes, work, zipped

RESNET, SIGNS = work("r", *CELLS["resnet"]), work("s", *CELLS["signs"])
SETUP_ALONE = work("neither", "setup")
WHOLE = {"resnet.ipynb": "r", "signs.ipynb": "s", "signs.safetensors": "weights"}

HANDED_IN: dict[str, Mapping[str, bytes]] = {
    "canvas, again": {
        "liwei_71_900_resnet-1.ipynb": RESNET,
        "liwei_71_901_signs-1.ipynb": SIGNS,
        "liwei_71_902_signs-1.safetensors": b"weights",
    },
    "a browser's": {
        "liwei_71_900_resnet (1).ipynb": RESNET,
        "liwei_71_901_signs (1).ipynb": SIGNS,
        "liwei_71_902_signs (1).safetensors": b"weights",
    },
    "numbered twice": {
        "liwei_71_900_resnet (1)-2.ipynb": RESNET,
        "liwei_71_901_signs (3)-1.ipynb": SIGNS,
        "liwei_71_902_Signs (1)-3.safetensors": b"weights",
    },
    "a zip of folders": {
        "weili/homework.zip": zipped(
            {
                "study/resnet/resnet.ipynb": RESNET,
                "study/resnet/signs.ipynb": SIGNS,
                "study/resnet/signs.safetensors": b"weights",
            }
        )
    },
    "weights deeper than the notebooks": {
        "weili/resnet.ipynb": RESNET,
        "weili/signs.ipynb": SIGNS,
        "weili/homework.zip": zipped({"study/resnet/signs.safetensors": b"weights"}),
    },
    "weights above the notebooks": {
        "weili/study/resnet.ipynb": RESNET,
        "weili/study/signs.ipynb": SIGNS,
        "weili/signs.safetensors": b"weights",
    },
    "notebooks in different folders": {
        "weili/one/resnet.ipynb": RESNET,
        "weili/two/signs.ipynb": SIGNS,
        "weili/two/signs.safetensors": b"weights",
    },
    "colab": {
        "weili/Copy of resnet.ipynb": RESNET,
        "weili/Copy of signs.ipynb": SIGNS,
        "weili/Copy of signs.safetensors": b"weights",
    },
    "colab in Chinese": {
        "weili/resnet的副本.ipynb": RESNET,
        "weili/“signs.ipynb”的副本.ipynb": SIGNS,
        "weili/signs.safetensors": b"weights",
    },
    "names of one's own": {
        "weili/张伟_作业3.ipynb": RESNET,
        "weili/final FINAL.ipynb": SIGNS,
        "weili/signs.safetensors": b"weights",
    },
    "a notebook's zip": {
        "weili/resnet.ipynb.zip": zipped({"resnet.ipynb": RESNET}),
        "weili/signs.ipynb.zip": zipped({"signs.ipynb": SIGNS, "signs.safetensors": b"weights"}),
    },
}


@pytest.mark.parametrize("how", HANDED_IN)
def test_everything_comes_to_its_place(course: Path, downloads: Path, how: str) -> None:
    done = collect(course, folder(downloads, HANDED_IN[how]))
    assert done.returncode == 0, done.stdout
    assert handed_in(course) == {f"weili/resnet/{name}": text for name, text in WHOLE.items()}


def test_one_renamed_notebook_is_one_notebook(course: Path, downloads: Path) -> None:
    done = collect(course, folder(downloads, {"weili/张伟_作业3.ipynb": RESNET}))
    assert handed_in(course) == {"weili/resnet/resnet.ipynb": "r"}
    assert notes(done) == ["weili: weili/张伟_作业3.ipynb holds the cells of resnet.ipynb, and is taken for it."]


@pytest.mark.parametrize(
    "other", [SETUP_ALONE, b"{}", b"[" * 10**5, b"\xff", b'{"cells": [1, {"metadata": "grade_id"}]}']
)
def test_what_holds_no_cells_of_either_stays_what_it_is(course: Path, downloads: Path, other: bytes) -> None:
    collect(course, folder(downloads, {"weili/notes.ipynb": other, "weili/resnet.ipynb": RESNET}))
    assert (course / "submitted" / "weili" / "resnet" / "notes.ipynb").read_bytes() == other


def test_a_second_notebook_never_takes_the_place_of_the_named_one(course: Path, downloads: Path) -> None:
    files = {"liwei_71_900_resnet.ipynb": RESNET, "liwei_71_999_scratch.ipynb": work("scratch", *CELLS["resnet"])}
    collect(course, folder(downloads, files))
    assert handed_in(course) == {"weili/resnet/resnet.ipynb": "r", "weili/resnet/scratch.ipynb": "scratch"}


def test_the_original_and_colabs_copy(course: Path, downloads: Path) -> None:
    files = {"liwei_71_900_resnet.ipynb": work("untouched"), "liwei_71_999_Copy of resnet.ipynb": RESNET}
    done = collect(course, folder(downloads, files))
    assert handed_in(course) == {"weili/resnet/resnet.ipynb": "r"}
    assert notes(done)[0].startswith(
        "weili handed in resnet.ipynb more than once: liwei_71_999_Copy of resnet.ipynb is"
    )


def test_companions_that_students_number_keep_their_numbers(course: Path, downloads: Path) -> None:
    files = {"weili/resnet.ipynb": RESNET, "weili/figure-1.png": b"1", "weili/figure-2.png": b"2"}
    collect(course, folder(downloads, files))
    assert {"weili/resnet/figure-1.png", "weili/resnet/figure-2.png"} <= set(handed_in(course))


def test_a_companion_that_the_notebook_speaks_of(course: Path, downloads: Path) -> None:
    notebook = work('imread("我的照片.jpg")', *CELLS["resnet"])
    files = {"liwei_71_900_resnet-1.ipynb": notebook, "liwei_71_901_我的照片-1.jpg": b"me"}
    collect(course, folder(downloads, files))
    assert handed_in(course)["weili/resnet/我的照片.jpg"] == "me"


def test_weights_beside_the_notebook_before_weights_elsewhere(course: Path, downloads: Path) -> None:
    files = {
        "weili/signs.ipynb": SIGNS,
        "weili/signs.safetensors": b"mine",
        "weili/old/signs.safetensors": b"old",
    }
    collect(course, folder(downloads, files))
    found = handed_in(course)
    assert (found["weili/resnet/signs.safetensors"], found["weili/resnet/old/signs.safetensors"]) == ("mine", "old")


def test_a_file_that_the_course_gives_out(course: Path, downloads: Path) -> None:
    folder(course / "release" / "resnet", {"helpers.py": b""})
    files = {"liwei_71_900_resnet-1.ipynb": RESNET, "liwei_71_901_helpers-2.py": b"mine"}
    collect(course, folder(downloads, files))
    assert handed_in(course)["weili/resnet/helpers.py"] == "mine"


@pytest.mark.parametrize("name", ["timestamp.txt", "resnet.ipynb"])
def test_a_folder_with_a_files_name(course: Path, downloads: Path, name: str) -> None:
    files = {f"weili/{name}/x.txt": b"", "weili/signs.ipynb": SIGNS, "weili/resnet (1).ipynb": RESNET}
    done = collect(course, folder(downloads, files))
    assert handed_in(course) == {"weili/resnet/resnet.ipynb": "r", "weili/resnet/signs.ipynb": "s"}
    assert left_out(done) == [f"weili/{name}/x.txt is left out: {name} is a file's name, and here a folder's."]


def test_a_configuration_is_left_behind(course: Path, downloads: Path) -> None:
    files = {"weili/resnet.ipynb": RESNET, "weili/nbgrader_config.py": b"1/0", "weili/deep/nbgrader_config.json": b"{}"}
    done = collect(course, folder(downloads, files))
    assert handed_in(course) == {"weili/resnet/resnet.ipynb": "r"}
    assert (done.returncode, len(notes(done))) == (0, 2)


# --- again ------------------------------------------------------------------------------------------------------------

MONDAY, FRIDAY = (2026, 11, 16, 9, 0, 0), (2026, 11, 20, 9, 0, 0)
PLATFORMS = {
    "moodle": ("Wei Li_1_assignsubmission_file/resnet.ipynb", "Wei Li_1_assignsubmission_file/resnet.ipynb"),
    "canvas": ("liwei_71_900_resnet.ipynb", "liwei_71_977_resnet-1.ipynb"),
    "blackboard": (
        "HW_weili_attempt_2026-11-16-09-00-00_resnet.ipynb",
        "HW_weili_attempt_2026-11-20-09-00-00_resnet.ipynb",
    ),
}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_older_download_after_a_newer(course: Path, tmp_path: Path, platform: str) -> None:
    """Monday's, Friday's, and Monday's again."""
    monday, friday = tmp_path / "monday.zip", tmp_path / "friday.zip"
    first, second = PLATFORMS[platform]
    # Canvas's and Blackboard's dates tell nothing: their names do.
    dates = (MONDAY, FRIDAY) if platform == "moodle" else (FRIDAY, MONDAY)
    monday.write_bytes(zipped({first: work("monday")}, dates[0]))
    friday.write_bytes(zipped({second: work("friday")}, dates[1]))
    assert "(new)" in collect(course, monday).stdout
    assert "(newer)" in collect(course, friday).stdout
    done = collect(course, monday)
    assert "(older, kept out)" in done.stdout
    assert notes(done)[-1].startswith("weili: what was collected before is newer and stays.")
    assert handed_in(course)["weili/resnet/resnet.ipynb"] == "friday"
    assert "(as before)" in collect(course, friday).stdout


def test_a_time_that_was_set_by_hand_stays(course: Path, tmp_path: Path) -> None:
    """Moodle's names say nothing of it."""
    monday = tmp_path / "monday.zip"
    monday.write_bytes(zipped({PLATFORMS["moodle"][0]: work("monday")}, MONDAY))
    collect(course, monday)
    (course / "submitted" / "weili" / "resnet" / "timestamp.txt").write_text("2026-11-21 10:00:00 UTC\n")
    assert "(as before)" in collect(course, monday).stdout
    assert handed_in(course)["weili/resnet/timestamp.txt"] == "2026-11-21 10:00:00 UTC"


def test_work_that_was_changed_by_hand_is_replaced_and_kept(course: Path, tmp_path: Path) -> None:
    monday = tmp_path / "monday.zip"
    monday.write_bytes(zipped({PLATFORMS["moodle"][0]: work("monday")}, MONDAY))
    collect(course, monday)
    (course / "submitted" / "weili" / "resnet" / "resnet.ipynb").write_bytes(work("by hand"))
    assert "(newer)" in collect(course, monday).stdout
    (kept,) = (course / "downloaded" / "resnet" / "replaced").glob("*/resnet.ipynb")
    assert kept.read_bytes() == work("by hand")


@pytest.mark.parametrize("receipt", [b"", b"{}", b'{"digest": 1}', b"\xff"])
def test_a_receipt_that_is_none(course: Path, tmp_path: Path, receipt: bytes) -> None:
    monday = tmp_path / "monday.zip"
    monday.write_bytes(zipped({PLATFORMS["moodle"][0]: work("monday")}, MONDAY))
    collect(course, monday)
    (path,) = (course / ".autograder" / "collected" / "resnet").iterdir()
    path.write_bytes(receipt)
    assert "(as before)" in collect(course, monday).stdout
