"""Whose a downloaded file is, by its name alone."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePosixPath

import pytest

from autograder.instructor.collect.names import Name, read_name, target

NOTEBOOKS = ("resnet", "signs")


def name(student: str, file: str, *details: object) -> Name:
    return Name(student, PurePosixPath(file), *details)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        # Moodle
        ("Li Wei_12345_assignsubmission_file/resnet.ipynb", name("Li Wei", "resnet.ipynb", "12345")),
        ("Li Wei_12345_assignsubmission_file_/resnet.ipynb", name("Li Wei", "resnet.ipynb", "12345")),
        ("Li Wei_12345_assignsubmission_file_/pictures/a.png", name("Li Wei", "pictures/a.png", "12345")),
        ("Li Wei_12345_assignsubmission_file_resnet.ipynb", name("Li Wei", "resnet.ipynb", "12345")),
        ("Li Wei_12345_assignsubmission_file_work/resnet.ipynb", name("Li Wei", "work/resnet.ipynb", "12345")),
        ("all/张敏_7_assignsubmission_file_/resnet.ipynb", name("张敏", "resnet.ipynb", "7")),
        ("A-Li Wei_1_assignsubmission_file_my_2_3_x.ipynb", name("A-Li Wei", "my_2_3_x.ipynb", "1")),
        ("Participant_12345_assignsubmission_file/signs.ipynb", name("Participant", "signs.ipynb", "12345")),
        ("Li Wei_12345_assignsubmission_onlinetext_/onlinetext.html", None),
        # Canvas
        ("weili_123_456_resnet.ipynb", name("weili", "resnet.ipynb", "123", False, None, 456)),
        ("weili_LATE_123_456_resnet.ipynb", name("weili", "resnet.ipynb", "123", True, None, 456)),
        ("weili_123_456_resnet-1.ipynb", name("weili", "resnet-1.ipynb", "123", False, None, 456)),
        ("weili_123_456_work/resnet.ipynb", name("weili", "work/resnet.ipynb", "123", False, None, 456)),
        ("張偉_123_456_signs.ipynb", name("張偉", "signs.ipynb", "123", False, None, 456)),
        ("anon_k3Xp9_456_resnet.ipynb", name("anon_k3Xp9", "resnet.ipynb", "", False, None, 456)),
        ("LATE_anon_k3Xp9_456_resnet.ipynb", name("anon_k3Xp9", "resnet.ipynb", "", True, None, 456)),
        # Blackboard
        (
            "resnet_weili_attempt_2026-01-30-15-00-00_resnet.ipynb",
            name("weili", "resnet.ipynb", "", False, datetime(2026, 1, 30, 15)),
        ),
        (
            "weili_resnet_attempt_2026-01-30-15-00-00_resnet.ipynb",
            name("weili", "resnet.ipynb", "", False, datetime(2026, 1, 30, 15)),
        ),
        ("Week 3_weili_attempt_2026-01-30-15-00-00.txt", None),
        # people
        ("weili-resnet.ipynb", name("weili", "resnet.ipynb")),
        ("weili_resnet.ipynb", name("weili", "resnet.ipynb")),
        ("resnet_weili.ipynb", name("weili", "resnet.ipynb")),
        ("Li Wei-signs (2).ipynb", name("Li Wei", "signs (2).ipynb")),
        ("weili/resnet.ipynb", name("weili", "resnet.ipynb")),
        ("weili/resnet/resnet.ipynb", name("weili", "resnet.ipynb")),
        ("weili-resnet/my.ipynb", name("weili", "my.ipynb")),
        ("resnet.ipynb", None),
        ("resnet-1.ipynb", None),
        ("resnet (1).ipynb", None),
        ("notes.txt", None),
    ],
)
def test_what_a_name_says(path: str, said: Name | None) -> None:
    assert read_name(PurePosixPath(path), "resnet", NOTEBOOKS)[:1] == (() if said is None else (said,))


@pytest.mark.parametrize(
    ("file", "place"),
    [
        ("resnet.ipynb", ("resnet.ipynb", 0)),
        ("work/ResNet.IPYNB", ("resnet.ipynb", 0)),
        ("resnet-1.ipynb", ("resnet.ipynb", 1)),
        ("signs (12).ipynb", ("signs.ipynb", 12)),
        ("signs(2).ipynb", ("signs.ipynb", 2)),
        ("other-1.ipynb", ("other-1.ipynb", 0)),
        ("pictures/resnet.png", ("pictures/resnet.png", 0)),
    ],
)
def test_where_a_file_belongs(file: str, place: tuple[str, int]) -> None:
    assert target(PurePosixPath(file), NOTEBOOKS) == (PurePosixPath(place[0]), place[1])
