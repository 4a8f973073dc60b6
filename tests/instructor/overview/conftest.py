"""A small class, graded for real once: right ones and wrong ones, two that look alike, hostile ones, one not graded."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.base.course import Course
from autograder.instructor.overview import overview
from autograder.nbgrader.calls import gradebook
from tests.shared.built import made_once
from tests.shared.light_class import grade
from tests.shared.light_course import ASSIGNMENT, answered, write

DETOUR = """\
def total(text):
    pieces = [[]]
    for letter in text + " ":
        if letter.isspace() and pieces[-1]:
            pieces.append([])
        elif not letter.isspace():
            pieces[-1].append(letter)
    return sum(map(bool, pieces))
"""
RENAMED = """\
def total(text):
    # my own
    found = [[]]
    for c in text + ' ':
        if c.isspace() and found[-1]:
            found.append([])
        elif not c.isspace():
            found[-1].append(c)
    return sum(map(bool, found))
"""
MARKUP = "<script>alert(1)</script>"
HOSTILE = f"""\
def double(x):
    "{MARKUP}"
    return 2 * x
print("{MARKUP}")
open("/{MARKUP.replace("/", "")}", "w")
"""
FOLDER = "<img src=x onerror=alert(1)>"
QUOTED = "o'neil 王小明"
NAME = ("<script>alert('x')</script>", '"&李\u202e')
DAY = "2026-03-01"


@dataclass(frozen=True)
class Graded:
    root: Path
    page: Path

    @property
    def text(self) -> str:
        return self.page.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def graded(light_class: Path, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    folder = made_once(tmp_path_factory, "overview", lambda folder: _grade(light_class, folder))
    return Graded(folder / "course", folder / "course" / "report.html")


def _grade(light_class: Path, to: Path) -> None:
    root = Path(shutil.copytree(light_class, to / "course"))
    for student, node in {
        "ann": answered(total=DETOUR),
        QUOTED: answered(total=RENAMED),
        "eve": answered(double=HOSTILE),
    }.items():
        folder = root / "submitted" / student / ASSIGNMENT
        folder.mkdir(parents=True)
        write(folder, node)
    with (root / "nbgrader_config.py").open("a") as config:
        config.write("c.Execute.timeout = 120\n")  # nobody here hangs, and a machine may be busy
    grade(root)
    (root / "submitted" / FOLDER / ASSIGNMENT).mkdir(parents=True)
    with gradebook(Course(root)) as book:
        book.update_or_create_student("ada", first_name=NAME[0], last_name=NAME[1])
        book.add_student("nobody")
        book.db.commit()
    overview(Course(root), ASSIGNMENT, root / "report.html", DAY)


@pytest.fixture
def course(graded: Graded, tmp_path: Path) -> Path:
    return Path(shutil.copytree(graded.root, tmp_path / "course"))
