"""A course that knows nothing of this kit, graded in the real sandbox by `autograder grade` and nbgrader's commands."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook

from tests.attacks import plain_course
from tests.attacks.pages import active, formgrader_page
from tests.shared.helpers import ROOT

SECRETS = ("marker-hidden", "31415", "92653", "58979")
SETUP = """
import math
import units
RATES = {}
RATES["eur"] = 2.0
TABLE = [float(line) for line in open("table.txt")]
def close(a, b, tolerance=1e-9):
    return math.isclose(a, b, rel_tol=tolerance)
"""
RIGHT = {
    "convert": "def convert(x):\n    return units.HALF * 4 * x\n",
    "root": "def root(x):\n    if x < 0:\n        raise ValueError('negative')\n    return math.sqrt(x)\n",
    "total": "def total(values):\n    return sum(values)\n",
    "odd": "def odd(x):\n    return x\n",
    "essay": "print('my own')\n",
}
TESTS = {
    "convert": """assert close(convert(2), 4)
### BEGIN HIDDEN TESTS
# marker-hidden
print("expected", 31415)
assert close(convert(1 / RATES["eur"]), 1), 92653
### END HIDDEN TESTS
""",
    "root": """for bad in (-1, -2):
    try:
        root(bad)
    except ValueError:
        pass
    else:
        raise AssertionError("no ValueError")
### BEGIN HIDDEN TESTS
assert root(9) == 3, 58979
### END HIDDEN TESTS
""",
    "total": "points = 1.0 * (total([1, 2]) == 3) + 2.0 * close(total(TABLE), sum(TABLE))\npoints\n",
    "odd": "odd(1) + 98\n",
}
STUDENT = "marker-student"


def marks(name: str, **more: Any) -> dict[str, Any]:
    roles = {"grade": False, "locked": False, "solution": False, "task": False} | more
    return {"nbgrader": {"grade_id": name, "schema_version": 3, **roles}}


def instructors() -> NotebookNode:
    cells = [new_code_cell(SETUP, metadata=marks("setup", locked=True))]
    for name, solution in RIGHT.items():
        text = f"### BEGIN SOLUTION\n{solution}### END SOLUTION\n"
        if name == "essay":
            cells.append(new_code_cell(text, metadata=marks(name, grade=True, solution=True, points=3)))
            continue
        cells.append(new_code_cell(text, metadata=marks(name, solution=True)))
        cells.append(new_code_cell(TESTS[name], metadata=marks(f"test_{name}", grade=True, locked=True, points=4)))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def command(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("AUTOGRADER_", "NBGRADER_"))}
    path = os.pathsep.join((str(Path(sys.executable).parent), kept["PATH"]))
    return subprocess.run(
        [*map(str, arguments)],
        cwd=cwd,
        env={**kept, "PATH": path, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
    )


@dataclass(frozen=True)
class Course:
    root: Path

    def hand_in(self, student: str, changes: dict[str, str], *more: NotebookNode) -> None:
        release = nbformat.read(self.root / "release" / "hw" / "hw.ipynb", as_version=4)
        node = plain_course.answers(release, {**RIGHT, **changes})
        node.cells[1:1] = more
        folder = self.root / "submitted" / student / "hw"
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(node, folder / "hw.ipynb")

    def grades(self, student: str) -> dict[str, tuple[float | None, bool]]:
        """By cell: the automatic score, and whether a person has to look."""
        with Gradebook(f"sqlite:///{self.root / 'gradebook.db'}", "residual-networks") as book:
            submission = book.find_submission("hw", student)
            found = [grade for notebook in submission.notebooks for grade in notebook.grades]
            return {grade.cell.name: (grade.auto_score, grade.needs_manual_grade) for grade in found}

    def comments(self, student: str) -> dict[str, str]:
        with Gradebook(f"sqlite:///{self.root / 'gradebook.db'}", "residual-networks") as book:
            submission = book.find_submission("hw", student)
            return {c.name: c.auto_comment or "" for notebook in submission.notebooks for c in notebook.comments}

    def graded(self, student: str) -> Path:
        return self.root / "autograded" / student / "hw" / "hw.ipynb"

    def page(self, student: str) -> str:
        return (self.root / "feedback" / student / "hw" / "hw.html").read_text()

    def exported(self) -> dict[str, str]:
        with (self.root / "grades.csv").open(newline="") as file:
            return {row["student_id"]: row["score"] for row in csv.DictReader(file)}


LIVELY = f"""
from IPython.display import HTML, SVG, Javascript, display
display(HTML("<script>'{STUDENT}'</script>"), SVG("<svg xmlns='http://www.w3.org/2000/svg' onload='{STUDENT}'/>"))
display(Javascript("'{STUDENT}'"))
print("<script>'{STUDENT}'</script>")
"""
MARKDOWN = f"""<script>'{STUDENT}'</script> <img src="&#47;&#47;{STUDENT}/x.png"> [a](javascript:{STUDENT})
<img src=x onerror="{STUDENT}"> ![gone](attachment:gone.png) <div class="panel-heading">{STUDENT}</div>"""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Graded once. `odd` gives 99 of 4 points for everybody: a fault of the course's."""
    found = Course(tmp_path_factory.mktemp("course"))
    source = found.root / "source" / "hw"
    source.mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", found.root)
    nbformat.write(instructors(), source / "hw.ipynb")
    (source / "units.py").write_text("HALF = 0.5\n")
    (source / "table.txt").write_text("1.5\n2.5\n")
    done = command("nbgrader", "generate_assignment", "hw", cwd=found.root)
    assert done.returncode == 0, done.stderr
    found.hand_in("ada", {"odd": "def odd(x):\n    return 0\n"}, new_code_cell(LIVELY), new_markdown_cell(MARKDOWN))
    found.hand_in(
        "bob",
        {
            "root": "def root(x):\n    return x\n",
            "total": "def total(values):\n    return 3\n",
            "convert": "def convert(x):\n    return 2 if x < 1 else 4\n",
        },
    )
    done = command("autograder", "grade", "hw", cwd=found.root)
    assert done.returncode == 1, done.stdout + done.stderr  # test_odd has no score
    assert "99 of 4" in done.stdout
    return found


def test_scores(course: Course) -> None:
    assert course.grades("ada") == {
        "test_convert": (4.0, False),
        "test_root": (4.0, False),
        "test_total": (3.0, False),
        "test_odd": (None, True),
        "essay": (None, True),
    }
    bob = course.grades("bob")
    assert [bob[f"test_{name}"][0] for name in ("convert", "root", "total", "odd")] == [0.0, 0.0, 1.0, None]


def test_a_score_that_is_not_there_is_exported_as_empty(course: Course) -> None:
    assert course.exported() == {"ada": "", "bob": ""}
    assert command("nbgrader", "export", cwd=course.root).returncode == 0
    assert course.exported() == {"ada": "", "bob": ""}


def test_the_protection_stands_in_every_comment_and_not_on_the_students_page(course: Course) -> None:
    for student in ("ada", "bob"):
        comments = course.comments(student)
        assert len(comments) >= 5
        assert all("Protection: bubblewrap" in comment for comment in comments.values())
        assert "Landlock" not in course.page(student)


def test_nothing_hidden_is_in_what_a_student_gets(course: Course) -> None:
    graded = course.graded("bob").read_text()
    assert all(secret in graded for secret in SECRETS)  # the instructor has it
    for student in ("ada", "bob"):
        for path in (course.root / "feedback" / student).rglob("*"):
            text = path.read_text(errors="replace") if path.is_file() else ""
            assert [secret for secret in SECRETS if secret in text] == []
    assert "A hidden test failed." in course.page("bob")
    assert "no ValueError" in course.page("bob")


def test_no_page_holds_anything_of_a_students_that_is_alive(course: Course) -> None:
    for page in (course.page("ada"), formgrader_page(course.root, "ada", course.graded("ada"))):
        assert STUDENT in BeautifulSoup(page, "html.parser").get_text()
        assert active(page, STUDENT) == ()


def test_a_regrade_that_fails_takes_the_old_score_back(course: Course, tmp_path: Path) -> None:
    mine = Course(Path(shutil.copytree(course.root, tmp_path / "course")))
    mine.hand_in("ada", {"root": "def root(x):\n    return x\n"})
    (mine.root / "submitted" / "bob" / "hw" / "hw.ipynb").write_text("no notebook")
    done = command("nbgrader", "autograde", "hw", "--force", cwd=mine.root)
    assert done.returncode == 0, done.stderr  # one that can't be read keeps nobody else from being graded
    assert "it is not JSON" in done.stderr
    assert mine.grades("ada")["test_root"] == (0.0, False)
    assert set(mine.grades("bob").values()) == {(None, True)}
    assert command("nbgrader", "export", cwd=mine.root).returncode == 0
    assert mine.exported()["bob"] == ""


def test_without_a_sandbox(course: Course, tmp_path: Path) -> None:
    """One clear sentence and nothing graded; told to go on, every comment says under what protection.

    It is a machine on which bubblewrap may make no namespaces, and which has no Landlock.
    """
    mine = Course(Path(shutil.copytree(course.root, tmp_path / "course")))
    before = (mine.root / "gradebook.db").read_bytes()
    nowhere = (sys.executable, ROOT / "tests" / "places" / "container.py", "--no-landlock")
    done = command(*nowhere, "autograder", "grade", "hw", cwd=mine.root)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert "bubblewrap" in line
    assert "--unprotected" in line
    assert (mine.root / "gradebook.db").read_bytes() == before
    done = command(*nowhere, "autograder", "grade", "hw", "--unprotected", cwd=mine.root)
    assert done.returncode == 1, done.stdout + done.stderr
    for student in ("ada", "bob"):
        assert all("Protection: none" in comment for comment in mine.comments(student).values())
    assert mine.grades("ada") == course.grades("ada")
