"""The closing table: whole at 80 columns, who needs a person first, and each sentence once."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len

from autograder.instructor.grade.table import BY_HAND, LATE, GradedSubmission, not_graded, shortened, show
from autograder.report.console import PlainConsole

CELLS = {"test_identity_block": 10.0, "test_resnet50": 10.0, "test_train_signs": 5.0, "more: the_trap": 10.0}
IDS = [
    f"{name}{i:02}@students.example.edu"
    for i in range(5)
    for name in ("ann.schmidt", "ann.schmitt", "张伟", "bo", "अंकिता")
]


def shown(lines: list[GradedSubmission], width: int = 80) -> list[str]:
    file = io.StringIO()
    show(PlainConsole(file=file, width=width), "resnet", lines)
    return [line.rstrip() for line in file.getvalue().splitlines()]


def line(student: str, *marks: str, told: tuple[str, ...] = (), graded: bool = True) -> GradedSubmission:
    points = {cell: most if graded or cell != "test_resnet50" else None for cell, most in CELLS.items()}
    return GradedSubmission(student, points, CELLS, marks, told, graded)


def rows(printed: list[str]) -> list[list[str]]:
    return [[part.strip() for part in one[1:-1].split("│")] for one in printed if one.startswith("│")]


def test_a_class_stands_whole_in_80_columns() -> None:
    printed = shown([line(student) for student in IDS])
    found = rows(printed)
    assert len(found) == len(IDS)
    assert len({row[0] for row in found}) == len(IDS), "two students can't be told apart"
    assert all(row[1:] == ["10", "10", "5", "10", "35", ""] for row in found)
    assert max(map(cell_len, printed)) <= 80
    legend = printed[printed.index(next(one for one in printed if one.startswith("└"))) + 1]
    assert legend.split("   ") == ["1 identity_block", "2 resnet50", "3 train_signs", "4 more: the_trap"]


def test_names_stand_above_where_they_have_room() -> None:
    printed = shown([line(student) for student in IDS], width=160)
    assert [row[0] for row in rows(printed)] == IDS
    assert "identity_block ┃ resnet50 ┃ train_signs ┃ more: the_trap ┃ total" in printed[2]
    assert printed[-1].startswith("└")


def test_who_needs_a_person_comes_first_and_is_told_of_below() -> None:
    lines = [
        line("ada"),
        line("bo", LATE),
        line("cy", told=("test_resnet50 was stopped",)),
        not_graded("dee", "there is no notebook"),
        not_graded("eve", "there is no notebook"),
        line("fay", told=("test_resnet50: no kernel",), graded=False),
    ]
    printed = shown(lines)
    assert [(row[0], row[-2], row[-1]) for row in rows(printed)] == [
        ("dee", "-", "not graded"),
        ("eve", "-", "not graded"),
        ("fay", "-", "in part"),
        ("cy", "35", "see below"),
        ("ada", "35", ""),
        ("bo", "35", "late"),
    ]
    below = printed[printed.index(next(one for one in printed if one.startswith("└"))) + 2 :]
    assert below == [
        "dee, eve: not graded: there is no notebook",
        "fay: in part: test_resnet50: no kernel",
        "cy: test_resnet50 was stopped",
    ]
    assert [one.status for one in lines] == [
        "graded",
        "graded, late",
        "graded: test_resnet50 was stopped",
        *["not graded: there is no notebook"] * 2,
        "in part: test_resnet50: no kernel",
    ]


def test_what_is_true_of_all_is_said_once() -> None:
    printed = shown([line("ada", BY_HAND), line("bo", BY_HAND, LATE), not_graded("cy", "no notebook")])
    assert [row[-1] for row in rows(printed)] == ["not graded", "", "late"]
    assert printed[-2:] == ["all: to be graded by hand", "cy: not graded: no notebook"]
    printed = shown([line("ada", BY_HAND), line("bo")])
    assert [row[-1] for row in rows(printed)] == ["by hand", ""]


@pytest.mark.parametrize("room", [8, 12, 20])
def test_ids_stay_different_however_they_are_cut(room: int) -> None:
    alike = ["student-number-0001-of-the-class", "student-number-0002-of-the-class", "student-number-0001-of-the-group"]
    for ids in (alike, IDS):
        cut = shortened(ids, room)
        assert len(set(cut)) == len(ids)
    assert shortened(["short", "also-short"], 12) == ["short", "also-short"]
