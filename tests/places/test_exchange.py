"""nbgrader's exchange on one machine with three Unix users: an instructor, and two students who may not see more."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.shared.helpers import ROOT
from tests.shared.light_course import ASSIGNMENT, answered, make_course, write

AS_USER = ROOT / "tests" / "places" / "as_user.py"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.name != "posix" or os.geteuid() != 0 or not shutil.which("useradd"),
        reason="takes root and useradd, to make users",
    ),
]
LINES = """
c = get_config()
c.CourseDirectory.course_id = "residual-networks"
c.Exchange.root = "{exchange}"
"""
"""What docs/guides/hubs.md tells students to have."""


@dataclass(frozen=True)
class User:
    """A user of this machine, with a home folder that is nobody else's."""

    name: str
    home: Path

    def run(self, *words: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        """As the user types it."""
        path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
        command = [sys.executable, str(AS_USER), self.name, *words]
        environment = {"PATH": path, "LANG": "C.UTF-8", "TF_CPP_MIN_LOG_LEVEL": "3"}
        return subprocess.run(
            command, cwd=folder or self.home, env=environment, capture_output=True, text=True, timeout=300
        )

    def must(self, *words: str, folder: Path | None = None) -> str:
        done = self.run(*words, folder=folder)
        assert done.returncode == 0, (words, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def reads(self, path: Path) -> bool:
        return self.run("cat", str(path)).returncode == 0 or self.run("ls", str(path) + "/").returncode == 0


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ag-hub-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="module")
def users(place: Path) -> Iterator[dict[str, User]]:
    found = {}
    with ExitStack() as stack:
        for role in ("teacher", "ada", "bob"):
            name, home = f"ag-{role}-{os.getpid()}", place / role
            subprocess.run(["useradd", "--create-home", "--home-dir", home, name], check=True, capture_output=True)
            stack.callback(subprocess.run, ["userdel", name], check=False, capture_output=True)
            home.chmod(0o755 if role == "teacher" else 0o700)  # as many systems make them
            found[role] = User(name, home)
        yield found


@pytest.fixture(scope="module")
def exchange(place: Path) -> Path:
    folder = place / "exchange"
    folder.mkdir()
    folder.chmod(0o777)
    return folder


@pytest.fixture(scope="module")
def course(users: dict[str, User], exchange: Path) -> Path:
    """The instructor's, with the commented lines of nbgrader_config.py taken into use."""
    root = users["teacher"].home / "course"
    make_course(root, ours=True)
    config = root / "nbgrader_config.py"
    text = config.read_text()
    for line in ('c.CourseDirectory.course_id = "residual-networks"', 'c.Exchange.root = "/srv/nbgrader/exchange"'):
        assert f"# {line}\n" in text
        text = text.replace(f"# {line}\n", f"{line}\n".replace("/srv/nbgrader/exchange", str(exchange)))
    config.write_text(text)
    for path in (root, *root.rglob("*")):
        shutil.chown(path, users["teacher"].name, users["teacher"].name)
    root.chmod(0o700)
    return root


def test_a_round_through_the_exchange(users: dict[str, User], course: Path, exchange: Path) -> None:
    """Release, fetch, submit, collect, grade, give feedback, fetch it: nbgrader's commands, and grading by ours."""
    teacher, ada, bob = users["teacher"], users["ada"], users["bob"]
    teacher.must("nbgrader", "generate_assignment", ASSIGNMENT, folder=course)
    teacher.must("nbgrader", "release_assignment", ASSIGNMENT, folder=course)

    for student, node in ((ada, answered()), (bob, answered(double="def double(x):\n    return x + 2"))):
        config = student.home / "nbgrader_config.py"
        config.write_text(LINES.format(exchange=exchange))
        assert ASSIGNMENT in student.must("nbgrader", "list")
        student.must("nbgrader", "fetch_assignment", ASSIGNMENT)
        folder = student.home / ASSIGNMENT
        assert "HIDDEN" not in (folder / f"{ASSIGNMENT}.ipynb").read_text()
        write(folder, node)
        student.must("nbgrader", "submit", ASSIGNMENT)

    teacher.must("nbgrader", "collect", ASSIGNMENT, folder=course)
    said = teacher.must("autograder", "grade", ASSIGNMENT, folder=course)
    assert ada.name in said
    grades = {line.split(",")[3]: line.split(",")[9] for line in (course / "grades.csv").read_text().splitlines()}
    assert (grades[ada.name], grades[bob.name]) == ("10.0", "8.0")
    teacher.must("nbgrader", "release_feedback", ASSIGNMENT, folder=course)

    for student, points in ((ada, "10 of 10"), (bob, "8 of 10")):
        student.must("nbgrader", "fetch_feedback", ASSIGNMENT)
        (page,) = (student.home / ASSIGNMENT / "feedback").rglob("*.html")
        assert points in page.read_text()

    # Bob hands in again, and in ada's name: nbgrader takes the newest, and says whose it is.
    write(bob.home / ASSIGNMENT, answered())
    bob.must("nbgrader", "submit", ASSIGNMENT)
    bob.must("nbgrader", "submit", ASSIGNMENT, f"--student={ada.name}")
    said = teacher.must("nbgrader", "collect", ASSIGNMENT, "--update", folder=course)
    assert f"claims to be submitted by {ada.name} but is owned by {bob.name}" in said
    assert "return 2 * x" in (course / "submitted" / bob.name / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text()

    # Neither sees what is the instructor's, or the other's, though the course's folder lies open now.
    course.chmod(0o755)
    for path in (
        course / "gradebook.db",
        course / "grades.csv",
        course / ".autograder",
        course / ".nbgrader.log",
        course / "submitted",
        course / "autograded",
        course / "feedback",
        exchange / "residual-networks" / "inbound",
        exchange / "residual-networks" / "feedback",
        ada.home / ASSIGNMENT,
    ):
        assert not bob.reads(path), path
    assert bob.reads(exchange / "residual-networks" / "outbound" / ASSIGNMENT)
