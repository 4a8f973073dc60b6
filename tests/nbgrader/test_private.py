"""On a machine that others use, too: who may read what a course's commands have written."""

from __future__ import annotations

import os
import stat
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.base.course import Course
from autograder.nbgrader.private import close, rights_of_others
from tests.shared.built import BuiltCourse
from tests.shared.helpers import autograder, run
from tests.shared.light_class import grade, hand_in
from tests.shared.light_course import ASSIGNMENT

OPEN_TO_ALL = ("source", "release", "nbgrader_config.py", "students.csv")
"""What students get, and what the instructor has put there."""


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """What most systems have."""
    before = os.umask(0o022)
    yield
    assert os.umask(before) == 0o022


def readable(root: Path) -> list[str]:
    """The files that another user can read, by any way from the course's folder on."""
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if Path(folder, name).stat().st_mode & 0o011]
        found += [os.path.relpath(os.path.join(folder, name), root) for name in names]
    return sorted(name for name in found if (root / name).lstat().st_mode & 0o044)


def test_a_whole_week(tmp_path: Path) -> None:
    """Built, graded, given back and exported by this kit's commands."""
    root = hand_in(tmp_path / "course")
    grade(root)
    close(Course(root))  # collected by hand, as hand_in does: grading has closed it already
    for words in (
        ("report", ASSIGNMENT),
        ("export", "--format", "csv"),
        ("return", ASSIGNMENT, "--for", "folder"),
        ("package", ASSIGNMENT, "--for", "gradescope", "--to", str(root), "--wheel", str(a_wheel(tmp_path))),
    ):
        done = autograder("--course", root, *words)
        assert done.returncode == 0, done.stderr
    there = {path.name for path in root.iterdir()}
    assert {"gradebook.db", "grades.csv", "autograded", "feedback", ".autograder", "returned"} <= there
    assert [name for name in readable(root) if name.partition("/")[0] not in OPEN_TO_ALL] == []


def a_wheel(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "any-1-py3-none-any.whl", "w"):
        return folder / "any-1-py3-none-any.whl"


SERVER = """
import os, sys
from pathlib import Path
from autograder.base.course import Course
from autograder.nbgrader.calls import _api, _inside
with _inside(Course(Path.cwd())):
    api = _api(Course(Path.cwd()))
    for step, *options in (("generate_assignment",), ("autograde", "ada"), ("generate_feedback", "ada")):
        done = getattr(api, step)("{assignment}", *options)
        assert done["success"], done
os._exit(0)
"""


@pytest.mark.slow
def test_a_process_that_goes_on(tmp_path: Path) -> None:
    """As Formgrader's server, which loads the configuration once, and here ends without a last look."""
    root = hand_in(tmp_path / "course")
    run("rm", "-rf", "gradebook.db", "release", cwd=root)
    done = run(sys.executable, "-c", SERVER.format(assignment=ASSIGNMENT), cwd=root)
    assert done.returncode == 0, done.stderr
    assert (root / "feedback" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.html").is_file()
    assert [name for name in readable(root) if name.partition("/")[0] not in OPEN_TO_ALL] == []


@pytest.mark.slow
def test_nbgraders_own_commands(tmp_path: Path) -> None:
    """From the first command on, which makes the gradebook with the hidden tests in it."""
    root = hand_in(tmp_path / "course")
    for name in ("gradebook.db", "release"):
        run("rm", "-rf", name, cwd=root)
    for words in (
        ("generate_assignment", ASSIGNMENT),
        ("autograde", ASSIGNMENT, "--student=ada"),
        ("generate_feedback", ASSIGNMENT),
        ("export",),
    ):
        done = run("nbgrader", *words, cwd=root)
        assert done.returncode == 0, done.stdout + done.stderr
        assert [name for name in readable(root) if name.partition("/")[0] not in OPEN_TO_ALL] == []
    assert (root / "autograded" / "ada").is_dir()
    # nbgrader hands out pages with the rights that they have.
    page = root / "feedback" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.html"
    assert page.stat().st_mode & 0o044 == 0o044


def test_references(built: BuiltCourse) -> None:
    hidden = [name for name in readable(built.root / "data") if "hidden" in name]
    assert hidden == []
    assert "references/resnet/public.h5" in readable(built.root / "data")


def test_a_course_that_a_group_shares(tmp_path: Path) -> None:
    """nbgrader's groupshared: its folders hand on their group, which keeps its rights."""
    root = tmp_path / "course"
    root.mkdir()
    (root / "gradebook.db").touch(0o664)
    root.chmod(0o2770)
    assert rights_of_others(root) == 0o007
    close(Course(root))
    assert stat.S_IMODE((root / "gradebook.db").stat().st_mode) == 0o664 & ~0o022 & ~0o007
    root.chmod(0o755)
    close(Course(root))
    assert stat.S_IMODE((root / "gradebook.db").stat().st_mode) == 0o600


def test_another_s_file_and_links_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").touch(0o644)
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "grades.csv").symlink_to(tmp_path / "elsewhere")
    close(Course(tmp_path / "course"))
    assert (tmp_path / "elsewhere").stat().st_mode & 0o777 == 0o644
