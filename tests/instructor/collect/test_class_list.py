"""Downloads with the list that the platform exports beside them: namesakes, times and extensions are settled by it."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from subprocess import CompletedProcess
from zoneinfo import ZoneInfo

import pytest
from nbgrader.api import Gradebook

from autograder.base.course import Course, CourseError
from autograder.base.csvfile import TableError
from autograder.instructor.collect.collect import collect
from autograder.report.console import PlainConsole
from tests.instructor.collect.downloads import DUE, folder, handed_in, left_out, notes, work
from tests.shared.platforms import Moodle, Participant, canvas_gradebook, rows, written

AMY = ("Amy Smith", "amy@a.example"), ("Amy Smith", "amy@b.example")
CLASS = (
    Participant(101, "Wei Li", "weili@example.org", datetime(2026, 11, 20, 11, 59)),
    Participant(102, *AMY[0], datetime(2026, 11, 21, 18, 30)),
    Participant(103, *AMY[1], datetime(2026, 11, 22, 7, 5), extended=datetime(2026, 11, 22, 12)),
    Participant(104, "มานี ใจดี", "manee@example.org"),
    Participant(105, "Jörg Müller", "joerg@example.org", datetime(2026, 11, 19, 9), draft=True),
)


def run(course: Path, downloads: Path, roster: Path, zone: str = "Europe/Berlin") -> CompletedProcess[str]:
    said = io.StringIO()
    console = PlainConsole(file=said, soft_wrap=True)
    done = collect(Course(course), downloads, "resnet", console=console, roster=roster, zone=ZoneInfo(zone))
    return CompletedProcess([], 0 if done else 1, said.getvalue(), "")


def moodle(place: Path, *numbers: int) -> Path:
    chosen = [one for one in CLASS if one.number in numbers]
    files = {f"{one.name}_{one.number}_assignsubmission_file/resnet.ipynb": work(f"{one.number}") for one in chosen}
    return folder(place, files)


def identify(course: Path, **emails: str) -> None:
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "residual-networks") as book:
        for student, email in emails.items():
            book.update_or_create_student(student, email=email)


def students(course: Path) -> dict[str, tuple[str, str, str]]:
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "residual-networks") as book:
        return {one.id: (one.first_name, one.last_name, one.email) for one in book.students}


def test_a_worksheet_tells_namesakes_apart_and_brings_times_and_extensions(course: Path, downloads: Path) -> None:
    identify(course, amy1="amy@A.example")
    worksheet = Moodle(CLASS, DUE, maximum=0.0).worksheet(course.parent / "worksheet.csv")
    done = run(course, moodle(downloads, 101, 102, 103, 105), worksheet)
    assert done.returncode == 0, done.stdout
    assert handed_in(course) == {
        "weili/resnet/resnet.ipynb": "101",
        "weili/resnet/timestamp.txt": "2026-11-20 11:59:00 UTC",
        "amy1/resnet/resnet.ipynb": "102",
        "amy1/resnet/timestamp.txt": "2026-11-21 18:30:00 UTC",
        "amy2/resnet/resnet.ipynb": "103",
        "amy2/resnet/timestamp.txt": "2026-11-22 07:05:00 UTC",
        "joerg/resnet/resnet.ipynb": "105",
        "joerg/resnet/timestamp.txt": "2026-11-19 09:00:00 UTC",
    }
    assert rows(course / "extensions.csv") == [["student", "assignment", "days"], ["amy2", "resnet", "2"]]
    assert students(course)["manee"] == ("มานี", "ใจดี", "manee@example.org")
    assert "Wei Li in the list is taken for weili, by name." in notes(done)
    assert "Drafts, which were never submitted for grading: joerg." in notes(done)
    assert "In extensions.csv from now on: amy2 2 days." in notes(done)

    again = run(course, downloads, worksheet)
    assert (again.returncode, again.stdout.count("(as before)")) == (0, 4)
    assert len(rows(course / "extensions.csv")) == 2


def test_what_list_and_download_say_otherwise_is_named(course: Path, downloads: Path) -> None:
    identify(course, amy1="amy@a.example", amy2="amy@b.example")
    worksheet = Moodle(CLASS, DUE, maximum=100.0).worksheet(course.parent / "worksheet.csv")
    folder(downloads, {"Ben Rossi_101_assignsubmission_file/resnet.ipynb": work("Ben's")})
    done = run(course, moodle(downloads, 102), worksheet)
    assert done.returncode == 1
    (told,) = left_out(done)
    assert "participant 101 is Wei Li in the worksheet and Ben Rossi here: is it the worksheet of this assign" in told
    assert "resnet: Moodle counts to 100.00, the course to 0. Set 0 there" in done.stdout
    assert "Moodle says that they have handed in, and nothing of theirs is here: amy2, weili." in notes(done)
    folder(downloads, {"Cy Twombly_999_assignsubmission_file/resnet.ipynb": work("Cy's")})
    assert "participant 999 (Cy Twombly) is not in the worksheet" in run(course, downloads, worksheet).stdout


def test_what_the_gradebook_has_stays(course: Path, downloads: Path) -> None:
    identify(course, weili="wei@elsewhere.example")
    path = course.parent / "worksheet.csv"
    heading, *lines = rows(Moodle(CLASS[:1], DUE).worksheet(path))
    written(path, [[*heading, "ID number"], [*lines[0], "weili"]])
    done = run(course, moodle(downloads, 101), path)
    assert students(course)["weili"] == ("Wei", "Li", "wei@elsewhere.example")
    assert "the gradebook has wei@elsewhere.example for email, the list has weili@example.org; the" in done.stdout


def test_namesakes_of_whom_the_gradebook_knows_no_more_are_not_guessed(course: Path, downloads: Path) -> None:
    worksheet = Moodle(CLASS, DUE).worksheet(course.parent / "worksheet.csv")
    with pytest.raises(CourseError, match="Amy Smith in the list may be amy1 or amy2: give the gradebook their e-mail"):
        run(course, moodle(downloads, 102, 103), worksheet)
    assert handed_in(course) == {}


def test_canvas_s_gradebook_tells_namesakes_apart_by_its_numbers(course: Path, downloads: Path) -> None:
    people = {"98": ("Smith, Amy", "amy1"), "99": ("Smith, Amy", "amy2"), "55": ("李, 伟", "liwei@example.org")}
    roster = canvas_gradebook(course.parent / "grades.csv", people, "resnet (7788)", 100)
    files = {"smithamy_98_1_resnet.ipynb": "98", "smithamy_99_2_resnet.ipynb": "99", "李伟_55_3_resnet.ipynb": "55"}
    done = run(course, folder(downloads, {name: work(text) for name, text in files.items()}), roster)
    assert done.returncode == 0, done.stdout
    assert handed_in(course) == {
        "amy1/resnet/resnet.ipynb": "98",
        "amy2/resnet/resnet.ipynb": "99",
        "liwei/resnet/resnet.ipynb": "55",
    }
    assert students(course)["liwei"] == ("伟", "李", "liwei@example.org")
    assert "resnet: Canvas counts to 100, the course to 0." in done.stdout


def without_addresses(lines: list[list[str]]) -> list[list[str]]:
    return [line[:2] + line[3:] for line in lines]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda lines: [["Kennung", *lines[0][1:]], *lines[1:]], "neither Moodle's grading worksheet in English nor"),
        (lambda lines: [[*lines[0], "Status"], *([*line, ""] for line in lines[1:])], "it has the column Status twice"),
        (lambda lines: [lines[0], [*lines[1][:7], "20. November 2026", *lines[1][8:]]], "is no time as Moodle writes"),
        (lambda lines: without_addresses([lines[0], lines[4]]), "names มานี ใจดี, and doesn't tell who that is: have"),
        (lambda lines: [lines[0], lines[1], lines[1]], "could be 2 rows of the roster"),
    ],
)
def test_a_list_that_can_t_be_used_changes_nothing(change: object, told: str, course: Path, downloads: Path) -> None:
    path = Moodle(CLASS, DUE).worksheet(course.parent / "worksheet.csv")
    identify(course, amy1="amy@a.example", amy2="amy@b.example", weili="weili@example.org")
    written(path, change(rows(path)))  # type: ignore[operator]
    before = students(course)
    with pytest.raises((CourseError, TableError), match=told):
        run(course, moodle(downloads, 101), path)
    assert students(course) == before
    assert handed_in(course) == {}
