"""Whose a file is, and when it came: by what the platform wrote, never by what a student calls a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.instructor.collect.downloads import (
    CLASS,
    collect,
    folder,
    handed_in,
    left_out,
    make_course,
    notes,
    work,
    zipped,
)

SENT, LATER = "attempt_2026-11-19-08-30-00", "attempt_2099-01-01-00-00-00"
MALLORY = {"id": "mallory", "first_name": "Mallory", "last_name": "Quill", "lms_user_id": "9"}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return make_course(tmp_path / "course", (*CLASS, MALLORY))


# --- Mallory hands in under other names ---------------------------------------------------------------------------

INSIDE = {
    "weili-resnet.ipynb": work("mallory"),
    "weili/resnet.ipynb": work("mallory"),
    f"resnet_weili_{LATER}_resnet.ipynb": work("mallory"),
    "liwei_71_999999_resnet.ipynb": work("mallory"),
    "Wei Li_1_assignsubmission_file_/resnet.ipynb": work("mallory"),
}
"""Names of weili's, as people and platforms write them."""
BY_HAND = {"jose-resnet.ipynb": work("jose"), "weili.zip": zipped({"resnet.ipynb": work("wei")})}
DOWNLOADS = {
    "moodle": (
        {
            "Wei Li_1_assignsubmission_file_/resnet.ipynb": work("wei"),
            "Mallory Quill_2_assignsubmission_file_/": work("mallory"),
        }
    ),
    "moodle, no folders": {
        "Wei Li_1_assignsubmission_file_resnet.ipynb": work("wei"),
        "Mallory Quill_2_assignsubmission_file_": work("mallory"),
    },
    "canvas": {"liwei_71_5001_resnet.ipynb": work("wei"), "quillmallory_9_5002_": work("mallory")},
    "blackboard": {f"HW_weili_{SENT}_resnet.ipynb": work("wei"), f"HW_mallory_{SENT}_": work("mallory")},
}
"""Downloads in which Mallory's last name stops where her own name for a file begins."""


@pytest.mark.parametrize("platform", DOWNLOADS)
@pytest.mark.parametrize("called", [*INSIDE, "x-Wei Li_1_assignsubmission_file_resnet-1.ipynb"])
def test_a_files_own_name_takes_nobodys_place(course: Path, downloads: Path, platform: str, called: str) -> None:
    files = {
        name + called if content == work("mallory") else name: content for name, content in DOWNLOADS[platform].items()
    }
    collect(course, folder(downloads, {"all.zip": zipped(files)}))
    found = handed_in(course)
    assert found["weili/resnet/resnet.ipynb"] == "wei"
    assert {name.split("/")[0] for name in found} == {"weili", "mallory"}
    assert not [text for text in found.values() if "2099" in text]


@pytest.mark.parametrize("inside", [INSIDE, *({name: text} for name, text in INSIDE.items())])
@pytest.mark.parametrize("of", ["mallory.zip", "mallory/mine.zip", "mallory-resnet.zip"])
def test_a_students_own_zip_takes_nobodys_place(
    course: Path, downloads: Path, inside: Mapping[str, bytes], of: str
) -> None:
    collect(course, folder(downloads, {**BY_HAND, of: zipped(inside, (2107, 1, 1, 0, 0, 0))}))
    found = handed_in(course)
    assert found["weili/resnet/resnet.ipynb"] == "wei"
    assert {name.split("/")[0] for name in found} <= {"weili", "jose", "mallory"}
    assert not [name for name in found if name.endswith("timestamp.txt")]


@pytest.mark.parametrize("new_students", [False, True])
@pytest.mark.parametrize("inside", [INSIDE, *({name: text} for name, text in INSIDE.items())])
def test_a_zip_that_says_nobody_is_nobodys(
    course: Path, downloads: Path, inside: Mapping[str, bytes], new_students: bool
) -> None:
    collect(course, folder(downloads, {**BY_HAND, "homework.zip": zipped(inside)}), new_students=new_students)
    assert handed_in(course)["weili/resnet/resnet.ipynb"] == "wei"
    assert not (course / "submitted" / "liwei").exists()


def test_zips_that_all_say_nobody(course: Path, downloads: Path) -> None:
    """Folders may be a class's sections; zips are what students hand in."""
    files = {f"{name}.zip": zipped({f"{who}/resnet.ipynb": work("?")}) for name, who in (("a", "weili"), ("b", "jose"))}
    done = collect(course, folder(downloads, files))
    assert handed_in(course) == {}
    assert len(left_out(done)) == 2


def test_a_zip_that_is_named_as_a_student_is_theirs(course: Path, tmp_path: Path) -> None:
    """Also where it is all that is collected."""
    archive = tmp_path / "mallory.zip"
    archive.write_bytes(
        zipped({"weili-resnet.ipynb": work("hers"), "Wei Li_1_assignsubmission_file_/resnet.ipynb": work("m")})
    )
    collect(course, archive)
    assert {name.split("/")[0] for name in handed_in(course)} == {"mallory"}


@pytest.mark.parametrize(
    "inside", [{"mallory.zip": zipped(INSIDE), "weili.zip": zipped({"resnet.ipynb": work("wei")})}]
)
def test_nobody_is_known(tmp_path: Path, downloads: Path, inside: Mapping[str, bytes]) -> None:
    course = make_course(tmp_path / "empty", ())
    collect(course, folder(downloads, inside))
    found = handed_in(course)
    assert found["weili/resnet/resnet.ipynb"] == "wei"
    assert {name.split("/")[0] for name in found} <= {"mallory", "weili"}


# --- how the platforms' own zips may lie --------------------------------------------------------------------------


@pytest.mark.parametrize("new_students", [False, True])
def test_a_download_for_each_section(course: Path, downloads: Path, new_students: bool) -> None:
    one = zipped({"Wei Li_1_assignsubmission_file_/resnet.ipynb": work("wei")})
    two = zipped({"José Núñez_2_assignsubmission_file_/resnet.ipynb": work("jose")})
    collect(course, folder(downloads, {"CS-Section 1.zip": one, "CS-Section 2.zip": two}), new_students=new_students)
    assert handed_in(course) == {"weili/resnet/resnet.ipynb": "wei", "jose/resnet/resnet.ipynb": "jose"}


def test_a_folder_for_each_section(course: Path, downloads: Path) -> None:
    files = {"section 1/weili/resnet.ipynb": work("wei"), "section 2/jose-resnet.ipynb": work("jose")}
    collect(course, folder(downloads, files))
    assert handed_in(course) == {"weili/resnet/resnet.ipynb": "wei", "jose/resnet/resnet.ipynb": "jose"}


@pytest.mark.parametrize(
    "folders",
    [
        "67890-{number} - {name} - 5 January, 2026 1100 AM",
        "{name}({number})",
        "submission_{number}",
        "{name}_{number}_file",
    ],
)
def test_a_platform_that_is_not_known_here(course: Path, downloads: Path, folders: str) -> None:
    """Nobody is taken for somebody whom Mallory's files name."""
    hers, theirs = folders.format(name="Quinn", number=2), folders.format(name="Someone", number=3)
    files = {f"{theirs}/resnet.ipynb": work("wei"), f"{hers}/weili-resnet.ipynb": work("mallory")}
    files |= {
        f"{hers}/weili/resnet.ipynb": work("mallory"),
        f"{hers}/Wei Li_1_assignsubmission_file_/resnet.ipynb": b"",
    }
    for name, text in (("folder", files), ("zip", {"all.zip": zipped(files)})):
        done = collect(course, folder(downloads / name, text))
        assert handed_in(course) == {}
        assert done.returncode == 1


def test_a_title_that_looks_like_canvas(course: Path, downloads: Path) -> None:
    files = {f"HW_1_2_{who}_{SENT}_resnet.ipynb": work(who) for who in ("weili", "jose")}
    done = collect(course, folder(downloads, files))
    assert done.returncode == 0, done.stdout
    assert handed_in(course)["weili/resnet/resnet.ipynb"] == "weili"


def test_a_name_that_looks_like_a_title_keeps_nobody_out(course: Path, downloads: Path) -> None:
    """On Canvas Mallory calls herself "X_1" and hands in two files: her user's number, 9, is where a file's stands."""
    files = {f"x_1_9_{number}_resnet.ipynb": work("mallory") for number in (5001, 5002)}
    done = collect(course, folder(downloads, {"liwei_71_5000_resnet.ipynb": work("wei"), **files}))
    assert handed_in(course) == {"weili/resnet/resnet.ipynb": "wei"}
    assert "9 is the number of mallory" in left_out(done)[0]


def test_one_platform_for_a_whole_download(course: Path, downloads: Path) -> None:
    files = {
        "liwei_71_5001_resnet.ipynb": work("wei"),
        "quillmallory_9_5002_resnet.ipynb": work("mallory"),
        f"HW_jose_{SENT}_resnet.ipynb": work("jose"),
    }
    done = collect(course, folder(downloads, files))
    assert sorted(handed_in(course)) == ["mallory/resnet/resnet.ipynb", "weili/resnet/resnet.ipynb"]
    assert len(left_out(done)) == 1


# --- numbers and names ----------------------------------------------------------------------------------------------


def test_moodles_number_is_the_participants_in_one_assignment(course: Path, downloads: Path) -> None:
    """Here it is other students' number on the platform."""
    files = {
        "Mallory Quill_71_assignsubmission_file/resnet.ipynb": work("mallory"),
        "José Núñez_9_assignsubmission_file/resnet.ipynb": work("jose"),
    }
    done = collect(course, folder(downloads, files))
    assert done.returncode == 0
    assert handed_in(course) == {"mallory/resnet/resnet.ipynb": "mallory", "jose/resnet/resnet.ipynb": "jose"}


def test_canvas_number_and_name_contradict_each_other(course: Path, downloads: Path) -> None:
    files = {"liwei_9_5001_resnet.ipynb": work("?"), "núñezjosé_55_5002_resnet.ipynb": work("jose")}
    done = collect(course, folder(downloads, files))
    assert left_out(done) == [
        "liwei_9_5001_resnet.ipynb: the number 9 is mallory's in the gradebook, and the name liwei is weili's."
    ]
    assert list(handed_in(course)) == ["jose/resnet/resnet.ipynb"]


def test_a_name_with_another_students_number(course: Path, downloads: Path) -> None:
    done = collect(course, folder(downloads, {"liwei_500_5001_resnet.ipynb": work("another Li Wei")}))
    assert left_out(done) == [
        "liwei_500_5001_resnet.ipynb: the name liwei is weili's, whose number is 71 in the gradebook, and the number "
        "here is 500."
    ]


def test_a_name_that_ends_in_a_number(course: Path, downloads: Path) -> None:
    """On Canvas Mallory calls herself "Li, Wei_71"."""
    done = collect(course, folder(downloads, {"liwei_71_9_5001_resnet.ipynb": work("mallory")}))
    assert handed_in(course) == {}
    assert "9 is the number of mallory" in left_out(done)[0]


def test_two_participants_are_not_one_student(course: Path, downloads: Path) -> None:
    files = {
        "Wei Li_1_assignsubmission_file/resnet.ipynb": work("1"),
        "Li Wei_2_assignsubmission_file/resnet.ipynb": work("2"),
        "José Núñez_3_assignsubmission_file/resnet.ipynb": work("jose"),
    }
    done = collect(course, folder(downloads, files))
    assert list(handed_in(course)) == ["jose/resnet/resnet.ipynb"]
    assert "Li Wei_2 and Wei Li_1" in left_out(done)[0]


def test_a_hyphen_is_no_group(course: Path, downloads: Path) -> None:
    """Mallory calls herself "Mal-Wei Li" on Moodle."""
    files = {
        "Mal-Wei Li_2_assignsubmission_file_/resnet.ipynb": work("mallory"),
        "José Núñez_3_assignsubmission_file_/resnet.ipynb": work("jose"),
        "Wei Li_1_assignsubmission_file_/resnet.ipynb": work("wei"),
    }
    done = collect(course, folder(downloads, files))
    assert handed_in(course) == {"jose/resnet/resnet.ipynb": "jose", "weili/resnet/resnet.ipynb": "wei"}
    assert "Mal-Wei Li is not in the gradebook" in left_out(done)[0]


def test_teams_that_are_read_as_such_are_told(course: Path, downloads: Path) -> None:
    files = {
        "Team 1-Wei Li_1_assignsubmission_file_/resnet.ipynb": work("wei"),
        "Team 2-José Núñez_2_assignsubmission_file_/resnet.ipynb": work("jose"),
    }
    done = collect(course, folder(downloads, files))
    assert sorted(handed_in(course)) == ["jose/resnet/resnet.ipynb", "weili/resnet/resnet.ipynb"]
    assert "Team 1-Wei Li is taken for weili, with a group's name before it." in notes(done)


def test_a_name_that_is_another_students_id(tmp_path: Path, downloads: Path) -> None:
    """Moodle and Canvas write names: an id that reads the same is no better."""
    course = make_course(tmp_path / "two", ({"id": "annalee"}, {"id": "u2", "first_name": "Anna", "last_name": "Lee"}))
    done = collect(course, folder(downloads, {"Anna Lee_1_assignsubmission_file/resnet.ipynb": work("?")}))
    assert left_out(done) == ["Anna Lee_1_assignsubmission_file/resnet.ipynb: Anna Lee may be annalee or u2."]


def test_a_user_name_with_an_underscore(tmp_path: Path, downloads: Path) -> None:
    course = make_course(tmp_path / "two", ({"id": "wei_li"}, {"id": "li"}, {"id": "ann_b"}))
    files = {f"HW_{who}_{SENT}_resnet.ipynb": work(who) for who in ("wei_li", "ann_b")}
    done = collect(course, folder(downloads, files))
    assert left_out(done) == [f"HW_wei_li_{SENT}_resnet.ipynb: li may be li or wei_li."]
    assert handed_in(course)["ann_b/resnet/resnet.ipynb"] == "ann_b"


MARKS = (
    ("राहुल", "शर्मा", "शर्माराहुल_71_900_resnet.ipynb"),
    ("สมชาย", "ใจดี", "ใจดีสมชาย_71_900_resnet.ipynb"),
    ("İpek", "Çağlar", "çağlari̇pek_71_900_resnet.ipynb"),
    ("İpek", "Çağlar", "c\u0327ag\u0306lari\u0307pek_71_900_resnet.ipynb"),
    ("Işık", "Ilgın", "ilgınişık_71_900_resnet.ipynb"),
    ("José", "Núñez", "nu\u0301n\u0303ezjose\u0301_71_900_resnet.ipynb"),
    ("محمّد", "الأَمين", "الأَمينمحمّد_71_900_resnet.ipynb"),
    ("Nguyễn", "Đức", "đứcnguyễn_71_900_resnet.ipynb"),
    ("राहुल", "शर्मा", "राहुल शर्मा_5_assignsubmission_file_resnet.ipynb"),
    ("İpek", "Çağlar", "İpek Çağlar_5_assignsubmission_file_resnet.ipynb"),
)


@pytest.mark.parametrize(("first", "last", "file"), MARKS)
@pytest.mark.parametrize("number", ["71", ""])
def test_names_with_marks(tmp_path: Path, downloads: Path, first: str, last: str, file: str, number: str) -> None:
    student = {"id": "u1", "first_name": first, "last_name": last, "lms_user_id": number}
    course = make_course(tmp_path / "marks", (student,))
    done = collect(course, folder(downloads, {"all.zip": zipped({file: work("mine")})}))
    assert done.returncode == 0, done.stdout
    assert handed_in(course) == {"u1/resnet/resnet.ipynb": "mine"}


def test_marks_tell_names_apart(tmp_path: Path, downloads: Path) -> None:
    students = ({"id": "ram", "last_name": "राम"}, {"id": "rim", "last_name": "रिम"})
    course = make_course(tmp_path / "marks", students)
    collect(course, folder(downloads, {"राम_5_assignsubmission_file_/resnet.ipynb": work("ram")}))
    assert list(handed_in(course)) == ["ram/resnet/resnet.ipynb"]


# --- late -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "called",
    [
        "resnet.ipynb",
        "x-mallory_0_assignsubmission_file_resnet.ipynb",
        f"x_mallory_{SENT}_resnet.ipynb",
        "mallory_9_1_resnet.ipynb",
        "LATE_anon_x_1_resnet.ipynb",
    ],
)
def test_late_is_late_whatever_the_file_is_called(course: Path, downloads: Path, called: str) -> None:
    files = {f"quillmallory_LATE_9_5002_{called}": work("mallory"), "liwei_71_5001_resnet.ipynb": work("wei")}
    collect(course, folder(downloads, {"all.zip": zipped(files)}))
    assert handed_in(course)["mallory/resnet/timestamp.txt"] == "2026-11-20 12:00:01 UTC"
    assert "weili/resnet/timestamp.txt" not in handed_in(course)


def test_what_was_typed_into_a_page_is_no_fault(course: Path, downloads: Path) -> None:
    files = {
        "Wei Li_1_assignsubmission_file/resnet.ipynb": work("wei"),
        "Wei Li_1_assignsubmission_onlinetext/onlinetext.html": b"<p>done</p>",
    }
    done = collect(course, folder(downloads, files))
    assert (done.returncode, left_out(done)) == (0, [])
    assert "was typed into Moodle's page" in notes(done)[0]
