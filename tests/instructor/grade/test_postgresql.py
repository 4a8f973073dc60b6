"""A gradebook in PostgreSQL, for a class that is too large for one file: nbgrader's `db_url`, on a real server."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.instructor.grade import postgresql
from tests.shared.light_class import CLASS, POINTS, exported, grade, gradebook
from tests.shared.light_course import ASSIGNMENT

STUDENTS = ("ada", "kim", "lee")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with postgresql.server() as found:
        yield found


@pytest.mark.slow
def test_the_gradebook_may_be_in_postgresql(url: str, course: Path, tmp_path: Path) -> None:
    """Released, graded, graded by two writers at once and exported there, it says what a file would say."""
    for student in set(CLASS) - set(STUDENTS):
        shutil.rmtree(course / "submitted" / student)
    local = Path(shutil.copytree(course, tmp_path / "local"))
    grade(local)

    (course / "gradebook.db").unlink()
    with (course / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.CourseDirectory.db_url = {url!r}\n")
    _nbgrader(course, "generate_assignment", ASSIGNMENT, "--force")
    grade(course)
    assert exported(course) == exported(local) == {student: POINTS[student] for student in STUDENTS}
    assert gradebook(course, url) == gradebook(local)

    writers = [_start(course, "autograde", ASSIGNMENT, "--student", student, "--force") for student in ("ada", "kim")]
    for writer in writers:
        said, _ = writer.communicate(timeout=200)
        assert writer.returncode == 0, said
    _nbgrader(course, "export")
    assert gradebook(course, url) == gradebook(local)
    assert exported(course) == exported(local)
    assert not (course / "gradebook.db").exists()


def _nbgrader(course: Path, *arguments: str) -> None:
    with _start(course, *arguments) as running:
        said, _ = running.communicate(timeout=200)
    assert running.returncode == 0, said


def _start(course: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        ["nbgrader", *arguments], cwd=course, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
