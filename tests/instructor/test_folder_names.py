"""A course whose nbgrader_config.py gives nbgrader's folders other names is graded as any other."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from autograder.base.course import Course
from autograder.execution.kernel.confined import secret_paths
from tests.shared.helpers import autograder
from tests.shared.light_class import CLASS, POINTS, exported, grade
from tests.shared.light_course import ASSIGNMENT, answered, write

NAMES = {
    "source": "master",
    "release": "given-out",
    "submitted": "handed-in",
    "autograded": "marked",
    "feedback": "returned",
}


def run(course: Path, *command: object) -> str:
    done = autograder(*command, cwd=course)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_command_finds_the_folders(course: Path, tmp_path: Path) -> None:
    for step, name in NAMES.items():
        if (course / step).exists():
            (course / step).rename(course / name)
        with (course / "nbgrader_config.py").open("a") as config:
            config.write(f"c.CourseDirectory.{step}_directory = {name!r}\n")
    for student in CLASS.keys() - {"ada", "kim"}:
        shutil.rmtree(course / "handed-in" / student)
    before = {path.name for path in course.iterdir()}
    (tmp_path / "downloads" / "new").mkdir(parents=True)
    write(tmp_path / "downloads" / "new", answered())

    assert "1 in handed-in/" in run(course, "collect", tmp_path / "downloads", ASSIGNMENT, "--new-students")
    graded = grade(course)
    points = {"ada": POINTS["ada"], "kim": POINTS["kim"], "new": POINTS["ada"]}
    assert exported(course) == points
    assert "feedback" in graded.stdout
    for student in points:
        assert (course / "marked" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").is_file()
        assert (course / "returned" / student / ASSIGNMENT / f"{ASSIGNMENT}.html").is_file()
    run(course, "report")
    page = (course / f"report-{ASSIGNMENT}.html").read_text(encoding="utf-8")
    assert set(re.findall(r'href="([\w-]+)/ada/', page)) == {"handed-in", "marked", "returned"}
    assert "3 submissions" in run(course, "undo")
    assert not (course / "marked" / "ada").exists()
    assert not (course / "returned" / "ada").exists()
    hidden = {path.name for path in secret_paths(Course(course))}
    assert {"master", "handed-in", "marked", "returned"} < hidden  # from student code
    made = {path.name for path in course.iterdir()} - before
    assert not made & set(NAMES)
