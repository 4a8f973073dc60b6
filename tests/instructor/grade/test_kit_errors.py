"""An error in the kit's own code is never a score: it is told and written down, and the score stays empty."""

from __future__ import annotations

import csv
import shutil
import sqlite3
from pathlib import Path

import h5py
import pytest

from autograder.execution.kit_errors import is_the_kits
from autograder.execution.testcell.thrown import BY_STUDENT
from tests.instructor.build.test_authoring import FUNCTION, NAME, _build, edit, hand_in, solutions
from tests.shared.built import made_once
from tests.shared.helpers import autograder

TEST = f"test_{FUNCTION}"


@pytest.fixture
def course(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    scaffold = made_once(tmp_path_factory, "authored", _build)
    return Path(shutil.copytree(scaffold / "course", tmp_path / "course"))


def damaged(course: Path) -> None:
    """References that can be read, but lack an array: comparing with them raises KeyError."""
    with h5py.File(course / "data" / "references" / NAME / "hidden.h5", "a") as file:
        for case in file[FUNCTION].values():
            if isinstance(case, h5py.Group):
                del case["answer"][next(iter(case["answer"]))]


def test_it_is_told_written_down_and_exported_empty(course: Path) -> None:
    hand_in(course, "ada", solutions(course))
    hand_in(course, "kim", {})
    damaged(course)
    done = autograder("--course", course, "grade", cwd=course)
    assert done.returncode == 1, done.stderr
    table = " ".join(done.stdout.replace("│", " ").split())
    assert "not graded: an error in autograder itself (KeyError), see .autograder/errors.log" in table
    written = (course / ".autograder" / "errors.log").read_text()
    assert f"{NAME} ada: not graded" in written
    assert "Traceback" in written
    with (course / "grades.csv").open() as file:
        assert {row["student_id"]: row["score"] for row in csv.DictReader(file)} == {"ada": "", "kim": "0.0"}
    with sqlite3.connect(course / "gradebook.db") as book:
        rows = book.execute("SELECT auto_score, needs_manual_grade FROM grade").fetchall()
    assert sorted(rows, key=str) == [(0.0, 0), (None, 1)]  # kim handed it in untouched, which needs no reference
    page = (course / "feedback" / "ada" / NAME / f"{NAME}.html").read_text()
    assert "a hidden test could not be run" in page  # which error it was is for the instructor
    assert "KeyError" not in page


def test_a_failing_test_is_no_error_of_the_kits() -> None:
    """What the test cell calls by itself is its own; a student's exception is the student's."""
    cells = {__file__}
    for failing in (lambda: 1 / 0, lambda: shutil.copy("/nowhere", "/nowhere"), lambda: edit(Path("/nowhere"), "", "")):
        with pytest.raises((ZeroDivisionError, OSError)) as caught:
            failing()
        assert not is_the_kits(caught.value, cells)
    with pytest.raises(AttributeError) as caught:
        is_the_kits(None, cells)  # type: ignore[arg-type]
    assert is_the_kits(caught.value, cells)
    caught.value.add_note(BY_STUDENT)
    assert not is_the_kits(caught.value, cells)
