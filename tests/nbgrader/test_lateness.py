"""What handing in late costs: the rule by itself, and the file with extensions."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from traitlets import TraitError
from traitlets.config import Config

from autograder.base.csvfile import TableError
from autograder.nbgrader.gradebook.lateness import Extensions, LatePolicy, extend, read_extensions

DAY = 24 * 60 * 60


def rule(**settings: object) -> LatePolicy:
    return LatePolicy(config=Config({"LatePolicy": settings}))


@pytest.mark.parametrize(
    ("settings", "seconds", "penalty"),
    [
        ({}, 5 * DAY, None),
        ({"percent_a_day": 10}, 1, 4),
        ({"percent_a_day": 10}, DAY, 4),
        ({"percent_a_day": 10}, DAY + 1, 8),
        ({"percent_a_day": 10}, 100 * DAY, 40),
        ({"percent_a_day": 10, "at_most_percent": 50}, 100 * DAY, 20),
        ({"percent_a_day": 10, "grace_minutes": 15}, 15 * 60, None),
        ({"percent_a_day": 10, "grace_minutes": 15}, 15 * 60 + 1, 4),
        ({"percent_a_day": 10, "grace_minutes": 15}, DAY + 1, 8),  # from the due date on, not from the grace's end
        ({"percent_a_day": 10, "free_days": 2}, 2 * DAY, None),
        ({"percent_a_day": 10, "free_days": 2}, 2 * DAY + 1, 4),
        ({"penalty_method": "zero"}, 1, 40),
    ],
)
def test_what_the_rule_takes_off_40_points(settings: dict[str, object], seconds: float, penalty: float | None) -> None:
    taken = rule(**settings).late_submission_penalty("kim", 40.0, seconds)
    assert taken == (None if penalty is None else pytest.approx(penalty))


def test_a_rule_that_makes_no_sense_is_refused() -> None:
    for wrong in ({"percent_a_day": -1}, {"percent_a_day": 101}, {"grace_minutes": -5}, {"free_days": "two"}):
        with pytest.raises(TraitError):
            rule(**wrong)


def test_extensions_are_read_by_student_and_assignment(tmp_path: Path) -> None:
    path = tmp_path / "extensions.csv"
    assert read_extensions(path) == Extensions({}, frozenset())
    path.write_text(
        "\ufeffstudent, assignment ,days\nkim,resnet,2\n\n 张伟 ,resnet,0.5\nada,signs,excused\n", encoding="utf-8"
    )
    later = {("kim", "resnet"): timedelta(days=2), ("张伟", "resnet"): timedelta(hours=12)}
    assert read_extensions(path) == Extensions(later, frozenset({("ada", "signs")}))
    assert read_extensions(path).excused_from("signs") == {"ada"}
    path.write_text("student;assignment;days\nkim;resnet;2\n")  # as a spreadsheet saves it in Germany
    assert read_extensions(path).later == {("kim", "resnet"): timedelta(days=2)}


def test_extensions_of_a_platform_are_added_and_never_put_in_place_of_others(tmp_path: Path) -> None:
    path = tmp_path / "extensions.csv"
    told = extend(path, "resnet", {"kim": timedelta(days=2), "ada": timedelta(days=1, minutes=30)})
    assert told == ["In extensions.csv from now on: ada 1.0208 days, kim 2 days."]
    path.write_text(path.read_text().replace("kim,resnet,2", "kim,resnet,3") + "zoe,resnet,excused\n")
    before = path.read_text()
    told = extend(path, "resnet", {name: timedelta(days=2) for name in ("kim", "zoe", "li")})
    assert told[:2] == [
        "kim: extensions.csv says 3 days, the platform 2 days; the file's stays.",
        "zoe: extensions.csv says excused, the platform 2 days; the file's stays.",
    ]
    assert path.read_text() == f"{before}li,resnet,2\n"
    assert extend(path, "resnet", {"li": timedelta(days=2)}) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name,days\nkim,2\n", "first line of extensions.csv has to be: student,assignment,days"),
        ("", "first line"),
        ("student,assignment,days\nkim,resnet,two\n", "extensions.csv, line 2: write student,assignment,days"),
        ("student,assignment,days\n\nkim,resnet,-1\n", "line 3"),
        ("student,assignment,days\nkim,resnet\n", "line 2"),
        ("student,assignment,days\n,resnet,1\n", "line 2"),
        ("student,assignment,days\nkim,resnet,1\nkim,resnet,2\n", "line 3: kim has an extension of resnet already"),
    ],
)
def test_a_line_that_makes_no_sense_is_told_with_its_number(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "extensions.csv"
    path.write_text(text)
    with pytest.raises(TableError, match=told):
        read_extensions(path)
