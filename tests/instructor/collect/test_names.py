"""Whose a downloaded file is, by its name alone."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePosixPath

import pytest

from autograder.instructor.collect.names import Name, NoName, TypedIn, read_name
from autograder.instructor.collect.places import notebook_called
from autograder.instructor.collect.platforms import platforms_of

NOTEBOOKS = ("resnet", "signs")


def name(student: str, file: str, number: str = "", **details: object) -> Name:
    return Name(student, PurePosixPath(file), number, **details)  # type: ignore[arg-type]


def read(path: str) -> Name:
    part, *rest = PurePosixPath(path).parts
    return read_name(part, rest, "resnet", NOTEBOOKS, platforms_of([part]))


def moodle(student: str, file: str, number: str, *others: str) -> Name:
    return name(student, file, number, platform="Moodle", others=others)


def canvas(student: str, file: str, number: str = "123", order: int = 456, **details: object) -> Name:
    return name(student, file, number, order=order, platform="Canvas", **details)


def blackboard(student: str, file: str, *others: str) -> Name:
    return name(student, file, when=datetime(2026, 1, 30, 15), platform="Blackboard", others=others)


SENT = "attempt_2026-01-30-15-00-00"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        # Moodle
        ("Li Wei_12345_assignsubmission_file/resnet.ipynb", moodle("Li Wei", "resnet.ipynb", "12345")),
        ("Li Wei_12345_assignsubmission_file_/resnet.ipynb", moodle("Li Wei", "resnet.ipynb", "12345")),
        ("Li Wei_12345_assignsubmission_file_/pictures/a.png", moodle("Li Wei", "pictures/a.png", "12345")),
        ("Li Wei_12345_assignsubmission_file_resnet.ipynb", moodle("Li Wei", "resnet.ipynb", "12345")),
        ("Li Wei_12345_assignsubmission_file_work/resnet.ipynb", moodle("Li Wei", "work/resnet.ipynb", "12345")),
        ("A-Li Wei_1_assignsubmission_file_my_2_3_x.ipynb", moodle("A-Li Wei", "my_2_3_x.ipynb", "1", "Li Wei")),
        ("Participant_12345_assignsubmission_file/signs.ipynb", moodle("Participant", "signs.ipynb", "12345")),
        # ... whose students call their files as other students'
        (
            "Mallory_9_assignsubmission_file_x-Wei Li_2_assignsubmission_file_resnet-1.ipynb",
            moodle("Mallory", "x-Wei Li_2_assignsubmission_file_resnet-1.ipynb", "9"),
        ),
        ("Mallory_9_assignsubmission_file_x_1_2_resnet.ipynb", moodle("Mallory", "x_1_2_resnet.ipynb", "9")),
        (f"Mallory_9_assignsubmission_file_x_weili_{SENT}_r.ipynb", moodle("Mallory", f"x_weili_{SENT}_r.ipynb", "9")),
        # Canvas
        ("weili_123_456_resnet.ipynb", canvas("weili", "resnet.ipynb")),
        ("weili_LATE_123_456_resnet.ipynb", canvas("weili", "resnet.ipynb", late=True)),
        ("weili_123_456_resnet-1.ipynb", canvas("weili", "resnet-1.ipynb")),
        ("weili_123_456_work/resnet.ipynb", canvas("weili", "work/resnet.ipynb")),
        ("張偉_123_456_signs.ipynb", canvas("張偉", "signs.ipynb")),
        ("शर्माराहुल_71_900_resnet.ipynb", canvas("शर्माराहुल", "resnet.ipynb", "71", 900)),
        ("ใจดีสมชาย_72_901_resnet.ipynb", canvas("ใจดีสมชาย", "resnet.ipynb", "72", 901)),
        ("anon_k3Xp9_456_resnet.ipynb", canvas("anon_k3Xp9", "resnet.ipynb", "")),
        ("LATE_anon_k3Xp9_456_resnet.ipynb", canvas("anon_k3Xp9", "resnet.ipynb", "", late=True)),
        (
            "mallory_LATE_123_456_x-mallory_0_assignsubmission_file_resnet.ipynb",
            canvas("mallory", "x-mallory_0_assignsubmission_file_resnet.ipynb", late=True),
        ),
        (f"mallory_LATE_123_456_x_weili_{SENT}_r.ipynb", canvas("mallory", f"x_weili_{SENT}_r.ipynb", late=True)),
        ("mallory_123_456_weili_LATE_7_8_r.ipynb", canvas("mallory", "weili_LATE_7_8_r.ipynb")),
        ("liwei_71_123_456_resnet.ipynb", canvas("liwei", "456_resnet.ipynb", "71", 123, also="123")),
        # Blackboard
        (f"resnet_weili_{SENT}_resnet.ipynb", blackboard("weili", "resnet.ipynb", "resnet_weili")),
        (f"weili_resnet_{SENT}_resnet.ipynb", blackboard("weili", "resnet.ipynb")),
        (f"HW_wei_li_{SENT}_r.ipynb", blackboard("li", "r.ipynb", "wei_li", "HW_wei_li")),
        (
            f"HW_mallory_{SENT}_x_weili_attempt_2026-01-31-00-00-00_r.ipynb",
            blackboard("mallory", "x_weili_attempt_2026-01-31-00-00-00_r.ipynb", "HW_mallory"),
        ),
        # people
        ("weili-resnet.ipynb", name("weili", "resnet.ipynb")),
        ("weili_resnet.ipynb", name("weili", "resnet.ipynb")),
        ("resnet_weili.ipynb", name("weili", "resnet.ipynb")),
        ("Li Wei-signs (2).ipynb", name("Li Wei", "signs (2).ipynb")),
        ("weili/resnet.ipynb", name("weili", "resnet.ipynb")),
        ("weili/resnet/resnet.ipynb", name("weili", "resnet.ipynb")),
        ("weili-resnet/my.ipynb", name("weili", "my.ipynb")),
        ("weili-signs.ipynb/signs.ipynb", name("weili", "signs.ipynb")),
        ("mallory/weili-resnet.ipynb", name("mallory", "weili-resnet.ipynb")),
    ],
)
def test_what_a_name_says(path: str, said: Name) -> None:
    assert read(path) == said


@pytest.mark.parametrize(
    "path", ["resnet.ipynb", "resnet-1.ipynb", "resnet (1).ipynb", "notes.txt", f"Week 3_weili_{SENT}.txt"]
)
def test_a_name_that_says_nobody(path: str) -> None:
    with pytest.raises(NoName):
        read(path)


@pytest.mark.parametrize(
    "path",
    ["Li Wei_12345_assignsubmission_onlinetext_/onlinetext.html", "liwei_71_text.html", "liwei_LATE_71_link.html"],
)
def test_what_was_typed_into_a_page(path: str) -> None:
    with pytest.raises(TypedIn):
        read(path)


def test_one_platform_for_a_whole_download() -> None:
    assert platforms_of(["liwei_71_1_a.ipynb", "mallory_9_2_x_weili_attempt_2026-01-30-15-00-00_r.ipynb"]) == (
        "Canvas",
    )
    title = [f"HW_1_2_{who}_{SENT}_resnet.ipynb" for who in ("weili", "jose")]
    assert platforms_of(title) == ("Blackboard",)  # on Canvas no two files have one number
    assert platforms_of(["weili-resnet.ipynb"]) == ()


@pytest.mark.parametrize(
    ("file", "called"),
    [
        ("resnet.ipynb", ("resnet", 0)),
        ("work/ResNet.IPYNB", ("resnet", 0)),
        ("resnet-1.ipynb", ("resnet", 1)),
        ("signs (12).ipynb", ("signs", 12)),
        ("signs(2).ipynb", ("signs", 2)),
        ("Copy of resnet.ipynb", ("resnet", 0)),
        ("Copy of Copy of signs (1).ipynb", ("signs", 1)),
        ("Kopie von resnet.ipynb", ("resnet", 0)),
        ("resnet的副本.ipynb", ("resnet", 0)),
        ("other-1.ipynb", ("", 0)),
        ("pictures/resnet.png", ("", 0)),
    ],
)
def test_which_notebook_a_name_means(file: str, called: tuple[str, int]) -> None:
    assert notebook_called(PurePosixPath(file), NOTEBOOKS) == called
