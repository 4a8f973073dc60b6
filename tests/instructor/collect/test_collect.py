"""`autograder collect` and `nbgrader zip_collect`: what a platform gives, good and bad, into submitted/."""

from __future__ import annotations

import os
import shutil
import stat
import zipfile
from pathlib import Path

import pytest

from tests.instructor.collect.downloads import (
    collect,
    folder,
    handed_in,
    left_out,
    make_course,
    named,
    notes,
    work,
    zipped,
)
from tests.shared.helpers import autograder, run

# --- the platforms ----------------------------------------------------------------------------------------------

MOODLE = {
    "Group A-Wei Li_1001_assignsubmission_file_/resnet.ipynb": work("wei"),
    "Group A-Wei Li_1001_assignsubmission_file_/signs.ipynb": work("wei, signs"),
    "Group A-Wei Li_1001_assignsubmission_file_/pictures/hand.txt": b"a hand",
    "Group B-张敏_1002_assignsubmission_file_/resnet.ipynb": work("min"),
}
CANVAS = {
    "liwei_71_5001_resnet.ipynb": work("wei, first"),
    "liwei_LATE_71_5009_resnet-1.ipynb": work("wei, second"),
    "smithamy_99_5002_resnet.ipynb": work("the other Amy"),
}
BLACKBOARD = {
    "Residual networks_weili_attempt_2026-11-19-08-30-00_resnet.ipynb": work("wei"),
    "Residual networks_weili_attempt_2026-11-19-08-30-00.txt": b"Name: Wei Li",
    "weili_resnet_attempt_2026-11-18-23-00-00_resnet.ipynb": work("wei, earlier"),
}
BY_HAND = {
    "weili-resnet.ipynb": work("wei"),
    "jose/resnet.ipynb": work("jose"),
    "jose/extracted/weili/notes.txt": b"jose's",
    "amy1.zip": zipped({"my work/resnet.ipynb": work("amy"), "__MACOSX/._resnet.ipynb": b"?"}),
}


def test_moodle(course: Path, downloads: Path) -> None:
    downloads = downloads.with_suffix(".zip")
    downloads.write_bytes(zipped(MOODLE))
    done = collect(course, downloads)
    assert done.returncode == 0, done.stdout + done.stderr
    assert handed_in(course) == {
        "weili/resnet/resnet.ipynb": "wei",
        "weili/resnet/signs.ipynb": "wei, signs",
        "weili/resnet/pictures/hand.txt": "a hand",
        "zhangmin/resnet/resnet.ipynb": "min",
    }


def test_canvas_says_late_and_the_newest_counts(course: Path, downloads: Path) -> None:
    done = collect(course, folder(downloads, {"submissions.zip": zipped(CANVAS)}))
    assert done.returncode == 0, done.stdout
    assert handed_in(course) == {
        "weili/resnet/resnet.ipynb": "wei, second",
        "weili/resnet/timestamp.txt": "2026-11-20 12:00:01 UTC",
        "amy2/resnet/resnet.ipynb": "the other Amy",
    }
    twice, late = notes(done)
    assert twice == (
        "weili handed in resnet.ipynb more than once: submissions/liwei_LATE_71_5009_resnet-1.ipynb is the newest and "
        "counts, submissions/liwei_71_5001_resnet.ipynb doesn't."
    )
    assert late == "weili handed in late; how late isn't said, so it counts as one second."


def test_late_without_a_due_date(tmp_path: Path, downloads: Path) -> None:
    course = make_course(tmp_path / "course", due=None)
    done = collect(course, folder(downloads, {"liwei_LATE_71_5001_resnet.ipynb": work("wei")}))
    assert done.returncode == 0
    assert notes(done) == ["weili handed in late, and the gradebook has no due date: it counts as in time."]
    assert handed_in(course) == {"weili/resnet/resnet.ipynb": "wei"}


def test_blackboard_says_when(course: Path, downloads: Path) -> None:
    done = collect(course, folder(downloads, BLACKBOARD))
    assert handed_in(course) == {
        "weili/resnet/resnet.ipynb": "wei",
        "weili/resnet/timestamp.txt": "2026-11-19 08:30:00 UTC",
    }
    assert left_out(done) == [
        "Residual networks_weili_attempt_2026-11-19-08-30-00.txt is left out: its name says no student."
    ]
    assert done.returncode == 1


def test_collected_by_hand(course: Path, downloads: Path) -> None:
    done = collect(course, folder(downloads, BY_HAND))
    assert done.returncode == 0, done.stdout
    assert handed_in(course) == {
        "amy1/resnet/resnet.ipynb": "amy",
        "jose/resnet/resnet.ipynb": "jose",
        "jose/resnet/extracted/weili/notes.txt": "jose's",
        "weili/resnet/resnet.ipynb": "wei",
    }


@pytest.mark.parametrize("files", [MOODLE, CANVAS, BLACKBOARD, BY_HAND], ids=["moodle", "canvas", "blackboard", "hand"])
def test_zip_collect_does_the_same(course: Path, downloads: Path, files: dict[str, bytes]) -> None:
    collect(course, folder(downloads, files))
    expected = handed_in(course)
    shutil.rmtree(course / "submitted")
    folder(course / "downloaded" / "resnet" / "archive", files)
    done = run("nbgrader", "zip_collect", "resnet", cwd=course)
    assert done.returncode == 0, done.stderr
    assert handed_in(course) == expected


# --- who it is --------------------------------------------------------------------------------------------------


def test_nobody_knows_them(course: Path, downloads: Path) -> None:
    files = {"Zoe Q_5_assignsubmission_file_/resnet.ipynb": work("zoe"), "weili-resnet.ipynb": work("wei")}
    done = collect(course, folder(downloads, files))
    assert done.returncode == 1
    assert left_out(done) == ["Zoe Q_5_assignsubmission_file_/resnet.ipynb: Zoe Q is not in the gradebook."]
    assert list(handed_in(course)) == ["weili/resnet/resnet.ipynb"]
    assert collect(course, downloads, new_students=True).returncode == 0
    assert list(handed_in(course)) == ["Zoe Q/resnet/resnet.ipynb", "weili/resnet/resnet.ipynb"]


def test_a_list_of_ones_own(tmp_path: Path, downloads: Path) -> None:
    """As in the guide for instructors: all but the id may be left out, and Canvas's numbers tell namesakes apart."""
    course = make_course(tmp_path / "course", ())
    heading = "id,first_name,last_name,email,lms_user_id"
    (course / "students.csv").write_text(f"{heading}\nweili,Wei,Li,weili@example.org,71\nliwei2,Wei,Li,,72\nkim,,,,\n")
    assert run("nbgrader", "db", "student", "import", "students.csv", cwd=course).returncode == 0
    canvas = {f"liwei_{number}_500{number}_resnet.ipynb": work(number) for number in ("71", "72")}
    assert collect(course, folder(downloads / "canvas", canvas)).returncode == 0
    assert collect(course, folder(downloads / "mail", {"kim-resnet.ipynb": work("kim")})).returncode == 0
    assert handed_in(course) == {
        "weili/resnet/resnet.ipynb": "71",
        "liwei2/resnet/resnet.ipynb": "72",
        "kim/resnet/resnet.ipynb": "kim",
    }


def test_two_of_one_name(course: Path, downloads: Path) -> None:
    done = collect(course, folder(downloads, {"Amy Smith_5_assignsubmission_file_/resnet.ipynb": work("amy")}))
    assert left_out(done) == ["Amy Smith_5_assignsubmission_file_/resnet.ipynb: Amy Smith may be amy1 or amy2."]
    assert handed_in(course) == {}


@pytest.mark.parametrize("students", [(), ({"id": "liwei"},)], ids=["an empty gradebook", "one of them in it"])
def test_two_of_one_name_whom_nobody_knows(
    tmp_path: Path, downloads: Path, students: tuple[dict[str, str], ...]
) -> None:
    """Never taken for two submissions of one student."""
    course = make_course(tmp_path / "course", students)
    files = {f"Li Wei_{number}_assignsubmission_file_/resnet.ipynb": work(f"{number}") for number in (5, 6)}
    done = collect(course, folder(downloads, files))
    if students:
        assert handed_in(course) == {}
        assert "Li Wei is the name of two students" in left_out(done)[0]
    else:
        assert handed_in(course) == {"Li Wei_5/resnet/resnet.ipynb": "5", "Li Wei_6/resnet/resnet.ipynb": "6"}
        assert notes(done) == ["There are no students in the gradebook yet: each is called as the downloads call them."]


# --- names of other encodings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("student", "encoding", "known"),
    [
        ("张敏", "gbk", "zhangmin"),
        ("朱镕基", "gbk", "zhu"),  # 镕 is not among the everyday characters
        ("张敏", "utf-8", "zhangmin"),
        ("José Núñez", "cp437", "jose"),
        ("Jörg Müller", "cp437", "joerg"),  # in GB 18030 these are Chinese characters
        ("José Núñez", "utf-8", "jose"),
    ],
)
def test_a_zip_that_does_not_tell_its_encoding(
    course: Path, downloads: Path, student: str, encoding: str, known: str
) -> None:
    raw = student.encode(encoding)
    stand_in = "x" * len(raw)
    tail = "_5_assignsubmission_file_/resnet.ipynb"
    archive = named(zipped({stand_in + tail: work("?")}), stand_in, raw)
    done = collect(course, folder(downloads, {"moodle.zip": archive}))
    assert done.returncode == 0, done.stdout
    assert list(handed_in(course)) == [f"{known}/resnet/resnet.ipynb"]


def test_a_folder_that_was_unpacked_in_another_encoding(course: Path, downloads: Path) -> None:
    downloads.mkdir()
    inner = os.path.join(os.fsencode(downloads), "张敏_5_assignsubmission_file_".encode("gbk"))
    os.mkdir(inner)
    with open(os.path.join(inner, b"resnet.ipynb"), "wb") as file:
        file.write(work("min"))
    assert collect(course, downloads).returncode == 0
    assert list(handed_in(course)) == ["zhangmin/resnet/resnet.ipynb"]


# --- what can't be taken ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../../evil.ipynb", "/etc/evil.ipynb", "..\\..\\evil.ipynb", "C:\\evil.ipynb"])
def test_a_zip_that_climbs_out(course: Path, downloads: Path, name: str) -> None:
    files = {"weili.zip": zipped({name: work("evil"), "resnet.ipynb": work("wei")})}
    kept = ("submitted", ".autograder")
    before = {path for path in course.parent.rglob("*") if not set(kept) & set(path.parts)}
    done = collect(course, folder(downloads, files))
    assert done.returncode == 1
    (sentence,) = left_out(done)
    assert sentence.startswith("weili.zip: the name ")
    assert sentence.endswith("leads out of the zip: it is left out.")
    assert handed_in(course) == {"weili/resnet/resnet.ipynb": "wei"}
    new = {path for path in course.parent.rglob("*") if not set(kept) & set(path.parts)} - before
    assert not [path for path in new if path.is_file() and downloads not in path.parents]


@pytest.mark.parametrize(
    "name",
    [
        "..-resnet.ipynb",
        ".-resnet.ipynb",
        ".hidden-resnet.ipynb",
        "weili_1_2_..",
        "<b>-resnet.ipynb",
        "a*-resnet.ipynb",
    ],
)
def test_names_that_are_no_names(tmp_path: Path, downloads: Path, name: str) -> None:
    course = make_course(tmp_path / "course", ())
    before = sorted(course.rglob("*"))
    done = collect(course, folder(downloads, {"all.zip": zipped({name: work("?"), "notes.txt": b""})}))
    assert done.returncode == 1
    assert len(left_out(done)) == 2
    assert [path for path in sorted(course.rglob("*")) if path.is_file() and path not in before] == []


def test_a_platforms_name_that_climbs_out(course: Path, downloads: Path) -> None:
    files = {"weili_71_2_../evil.ipynb": work("evil"), "weili_71_3_resnet.ipynb": work("wei")}
    done = collect(course, folder(downloads, {"all.zip": zipped(files)}))
    assert left_out(done) == ["all/weili_71_2_../evil.ipynb is left out: it has no name of its own."]
    assert [path for path in course.parent.rglob("evil.ipynb") if downloads not in path.parents] == []
    assert handed_in(course) == {"weili/resnet/resnet.ipynb": "wei"}


def test_a_link_in_a_zip_and_one_in_a_folder(course: Path, downloads: Path) -> None:
    secret = course / "data" / "references" / "hidden.seed"
    secret.parent.mkdir(parents=True)
    secret.write_text("the secret")
    folder(downloads, {"weili/resnet.ipynb": work("wei")})
    (downloads / "weili" / "mine.txt").symlink_to(secret)
    (downloads / "weili" / "all").symlink_to(secret.parent)
    with zipfile.ZipFile(downloads / "jose.zip", "w") as archive:
        link = zipfile.ZipInfo("mine.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, str(secret))
        archive.writestr("resnet.ipynb", work("jose"))
    done = collect(course, downloads)
    assert sorted(left_out(done)) == [
        "jose.zip: mine.txt is a link: it is left out.",
        "weili/all is a link or no file: it is left out.",
        "weili/mine.txt is a link or no file: it is left out.",
    ]
    assert handed_in(course) == {"jose/resnet/resnet.ipynb": "jose", "weili/resnet/resnet.ipynb": "wei"}


def test_zips_that_cannot_be_read(course: Path, downloads: Path) -> None:
    good = zipped({"resnet.ipynb": work("wei") * 50})
    middle = len(good) // 3
    locked = bytearray(zipped({"resnet.ipynb": work("amy")}))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(signature) + flags] |= 1
    files = {
        "weili.zip": good[:middle] + b"?????" + good[middle + 5 :],
        "jose.zip": b"no zip at all",
        "amy1.zip": bytes(locked),
        "amy2.rar": b"Rar!",
        "zhangmin.zip": zipped({"resnet.ipynb": work("min")}),
    }
    done = collect(course, folder(downloads, files))
    assert done.returncode == 1
    assert sorted(left_out(done)) == [
        "amy1.zip: resnet.ipynb is locked with a password: ask for it without one.",
        "amy2.rar is an archive of a kind that isn't read here: unpack it and collect again.",
        "jose.zip is damaged or no zip: ask for it again.",
        "weili.zip: resnet.ipynb is damaged: ask for it again.",
    ]
    assert handed_in(course) == {"zhangmin/resnet/resnet.ipynb": "min"}


def test_a_zip_that_unpacks_to_far_too_much(course: Path, downloads: Path) -> None:
    bomb = zipped({"resnet.ipynb": work("wei"), "zeros.bin": bytes(201 * 2**20)})
    assert len(bomb) < 2**20
    done = collect(course, folder(downloads, {"weili.zip": bomb}))
    assert left_out(done) == ["weili.zip: zeros.bin is larger than 200 MB: it is left out."]
    assert handed_in(course) == {"weili/resnet/resnet.ipynb": "wei"}


def test_zips_within_zips_without_end(course: Path, downloads: Path) -> None:
    inner = zipped({"resnet.ipynb": work("wei")})
    for _ in range(5):
        inner = zipped({"deeper.zip": inner})
    done = collect(course, folder(downloads, {"weili.zip": inner}))
    assert left_out(done) == ["weili/deeper/deeper/deeper.zip lies too deep in other zips: it is left out."]


def test_a_student_says_when_they_handed_in(course: Path, downloads: Path) -> None:
    done = collect(
        course, folder(downloads, {"weili/resnet.ipynb": work("wei"), "weili/timestamp.txt": b"2020-01-01 UTC"})
    )
    assert left_out(done) == ["weili/timestamp.txt is left out: a student could have written it."]
    assert list(handed_in(course)) == ["weili/resnet/resnet.ipynb"]


def test_files_that_cannot_lie_beside_each_other(course: Path, downloads: Path) -> None:
    files = {
        "weili_71_2_a.zip": zipped({"b": b""}),
        "weili_71_3_a": b"",
        "weili_71_4_resnet.ipynb": work("wei"),
        "jose-resnet.ipynb": work("jose"),
    }
    done = collect(course, folder(downloads, files))
    assert done.returncode == 1
    assert left_out(done)[0].startswith("weili is left out: ")
    assert handed_in(course) == {"jose/resnet/resnet.ipynb": "jose"}


def test_no_notebook_among_it(course: Path, downloads: Path) -> None:
    done = collect(course, folder(downloads, {"weili/report.docx": b"?", "jose-resnet.ipynb": work("jose")}))
    assert left_out(done) == ["weili is left out: there is no notebook among what they handed in (report.docx)."]


# --- collecting again -------------------------------------------------------------------------------------------


def test_collecting_again_loses_nothing(course: Path, downloads: Path) -> None:
    assert "(new)" in collect(course, folder(downloads, {"weili-resnet.ipynb": work("one")})).stdout
    assert "(as before)" in collect(course, downloads).stdout
    folder(downloads, {"weili-resnet.ipynb": work("two"), "jose-resnet.ipynb": work("jose")})
    done = collect(course, downloads)
    assert "(newer)" in done.stdout
    assert handed_in(course) == {"jose/resnet/resnet.ipynb": "jose", "weili/resnet/resnet.ipynb": "two"}
    (kept,) = (course / "downloaded" / "resnet" / "replaced").glob("*/resnet.ipynb")
    assert kept.read_bytes() == work("one")
    assert notes(done) == [f"weili: what was collected before is now in {kept.parent.relative_to(course)}."]


def test_what_was_collected_before_may_be_newer(course: Path, downloads: Path) -> None:
    newer = "resnet_weili_attempt_2026-11-19-08-00-00_resnet.ipynb"
    older = "resnet_weili_attempt_2026-11-18-08-00-00_resnet.ipynb"
    collect(course, folder(downloads, {newer: work("newer")}))
    (downloads / newer).unlink()
    done = collect(course, folder(downloads, {older: work("older")}))
    assert notes(done) == [
        "weili: what was collected before is newer and stays. To take the older one, move submitted/weili/resnet away "
        "first."
    ]
    assert handed_in(course)["weili/resnet/resnet.ipynb"] == "newer"


# --- wrong calls ------------------------------------------------------------------------------------------------


def test_wrong_calls(course: Path, downloads: Path) -> None:
    def said(*arguments: object) -> str:
        done = autograder("--course", course, "collect", *arguments)
        assert done.returncode == 2
        return done.stderr

    assert "There is no folder or zip" in said(downloads)
    downloads.mkdir()
    assert "There is nothing in" in said(downloads)
    (downloads / "notes.txt").write_text("?")
    assert "is no folder and no zip" in said(downloads / "notes.txt")
    assert "There is no assignment 'resnets'" in said(downloads, "resnets")
    folder(course / "source", {"resnet-zh/resnet.ipynb": work("zh")})
    assert "Say which assignment this is, after the folder: resnet or resnet-zh." in said(downloads)
