"""A class of 180 from Moodle's download to Moodle's upload, by the commands of docs/guides/instructor.md alone.

Everybody gets their own points and their own page.
"""

from __future__ import annotations

import csv
import re
import zipfile
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from tests.shared.class_of_180 import CLASS, Student, download, prepare, there
from tests.shared.helpers import autograder
from tests.shared.light_course import ASSIGNMENT
from tests.shared.platforms import Moodle, Participant


def run(course: Path, *arguments: str | Path, status: int = 0) -> str:
    done = autograder("--course", course, *arguments)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_everybody_gets_their_own_points_and_their_own_page(tmp_path: Path) -> None:
    course = tmp_path / "course"
    prepare(course)
    earlier = [replace(one, days_late=-1) if one.twice else one for one in CLASS if one.twice or one.number % 2]
    earlier_list = there(CLASS).worksheet(tmp_path / "before.csv")
    said = run(course, "collect", download(tmp_path / "1.zip", earlier, True), ASSIGNMENT, "--roster", earlier_list,
               "--timezone", "Europe/Berlin")  # fmt: skip
    assert "180 students are new in the gradebook." in said
    moodle = there(CLASS)
    worksheet = moodle.worksheet(tmp_path / "worksheet.csv")
    said = run(course, "collect", download(tmp_path / "2.zip", CLASS, False), ASSIGNMENT, "--roster", worksheet,
               "--timezone", "Europe/Berlin")  # fmt: skip
    handed_in = [one for one in CLASS if one.submitted]
    assert f"{len(handed_in)} in submitted/, 0 left out." in said
    assert said.count("(newer)") == sum(one.twice for one in handed_in)
    excused = "".join(f"student{at},{ASSIGNMENT},excused\n" for at in (33, 34))
    with (course / "extensions.csv").open("a") as file:
        file.write(excused)

    run(course, "grade", ASSIGNMENT)
    said = run(course, "export", ASSIGNMENT, "--format", "moodle", "--roster", worksheet)
    assert "counts to" not in said
    moodle.take_worksheet(course / "grades-moodle.csv")
    grades = {one.number: one.grade for one in moodle.participants}
    assert grades == {one.number: pytest.approx(one.grade) if one.grade is not None else None for one in CLASS}
    assert all(bool(one.comment) == bool(by.submitted and not by.excused) for one, by in zip_up(moodle))
    with (course / "grades.csv").open(newline="") as file:
        exported = {row["email"]: row["score"] for row in csv.DictReader(file)}
    expected = {one.email: "" if one.grade is None else pytest.approx(one.grade) for one in CLASS}
    assert {email: float(score) if score else "" for email, score in exported.items()} == expected

    run(course, "return", ASSIGNMENT, "--for", "moodle")
    with zipfile.ZipFile(course / "returned" / f"{ASSIGNMENT}-moodle.zip") as sent:
        pages = {int(name.split("_")[1]): sent.read(name).decode() for name in sent.namelist()}
    assert pages.keys() == {one.number for one in handed_in}
    for one in handed_in:
        text = unescape(re.sub(r"<[^>]+>", "", pages[one.number]))
        assert re.findall(r"# by (\d+(?: at first)?)", text) == [str(one.number)]
        if one.grade is not None:
            assert f"{round(one.grade, 2):g} of 10 points" in text
    run(course, "report", ASSIGNMENT)
    overview = (course / f"report-{ASSIGNMENT}.html").read_text()
    assert all(f">student{at}<" in overview for at in range(180))


def zip_up(moodle: Moodle) -> list[tuple[Participant, Student]]:
    return list(zip(moodle.participants, CLASS, strict=True))
