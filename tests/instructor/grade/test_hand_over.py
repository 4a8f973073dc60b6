"""A submission is read once and executed once, and by one process at a time."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from rich.console import Console
from traitlets.config import Config, PyFileConfigLoader

from autograder.base.course import Course
from autograder.base.locks import Busy, locked
from autograder.execution import cache, fingerprint
from autograder.execution.cache import key
from autograder.execution.settings import Settings
from autograder.execution.submission.model import RestoredNotebook, Submission, TrustedCell
from autograder.instructor.grade.grade import grade_class
from autograder.nbgrader.steps import execute, sanitize, staging
from autograder.nbgrader.steps.staging import being_graded
from tests.shared.helpers import on_its_own
from tests.shared.light_class import CLASS, POINTS, exported, grade, gradebook
from tests.shared.light_course import ASSIGNMENT

STEP = '''
from nbgrader.preprocessors import NbGraderPreprocessor


class Mend(NbGraderPreprocessor):
    """A step of an instructor's own, which changes what is executed."""

    def preprocess_cell(self, cell, resources, index):
        cell.source = cell.source.replace("return x + 2", "return 2 * x")
        return cell, resources


c.Autograde.sanitize_preprocessors.append(Mend)
'''


@pytest.fixture
def three(course: Path) -> Path:
    """One right, one wrong and one untouched will do."""
    for student in set(CLASS) - {"ada", "kim", "zoe"}:
        shutil.rmtree(course / "submitted" / student)
    return course


def test_what_a_worker_has_executed_is_not_read_nor_executed_again(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where nothing is kept for another time."""

    def twice(*_: object) -> None:
        raise AssertionError("this has been done")

    monkeypatch.setattr(sanitize, "take_in", twice)
    monkeypatch.setattr(sanitize, "restore_any", twice)
    monkeypatch.setattr(execute, "execute_once", twice)
    monkeypatch.setattr("autograder.execution.cache._save", lambda *_: None)
    with on_its_own():  # a worker that is no fork would know nothing of these patches
        assert grade_class(Course(course), [ASSIGNMENT], feedback=False)
    assert exported(course) == POINTS
    assert not (course / ".autograder" / "results").exists()


def test_a_step_that_changes_cells_after_they_were_restored_counts(three: Path) -> None:
    with (three / "nbgrader_config.py").open("a") as config:
        config.write(STEP)
    grade(three, "--no-feedback")
    assert exported(three) == {"ada": POINTS["ada"], "kim": "10.0", "zoe": POINTS["zoe"]}


def test_the_table_tells_what_the_last_execution_came_to(three: Path) -> None:
    """Not what the worker's came to, before the step changed the cell."""
    with (three / "nbgrader_config.py").open("a") as config:
        config.write(STEP.replace("return 2 * x", "__import__('os')._exit(1)"))
    told = " ".join(grade(three, "--no-feedback").stdout.split())
    assert "double: The kernel died" in told


EARLY_STEP = """
from nbgrader.preprocessors import NbGraderPreprocessor


class Early(NbGraderPreprocessor):
    def preprocess_cell(self, cell, resources, index):
        cell.source = cell.source.replace("return x + 2", "return 2 * x").replace("assert", "# assert")
        return cell, resources


c.Autograde.sanitize_preprocessors.insert(0, Early)
"""


def test_a_step_before_the_restoring_counts_and_what_it_does_to_tests_does_not(three: Path) -> None:
    with (three / "nbgrader_config.py").open("a") as config:
        config.write(EARLY_STEP)
    grade(three, "--no-feedback")
    assert exported(three) == {"ada": POINTS["ada"], "kim": "10.0", "zoe": POINTS["zoe"]}


def test_a_pipe_under_a_notebooks_name_keeps_nobody_from_being_graded(course: Path) -> None:
    """It would never end. One that nobody asked for is not looked at either."""
    mine = course / "submitted" / "kim" / ASSIGNMENT
    (mine / f"{ASSIGNMENT}.ipynb").unlink()
    os.mkfifo(mine / f"{ASSIGNMENT}.ipynb")
    os.mkfifo(course / "submitted" / "mia" / ASSIGNMENT / "more.ipynb")
    done = subprocess.run(
        ["autograder", "grade", "--no-feedback"], cwd=course, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 1
    assert exported(course) == POINTS | {"kim": ""}


def test_what_lies_beside_a_notebook_is_part_of_what_its_result_depends_on(tmp_path: Path) -> None:
    trusted = TrustedCell("double", "code", "", locked=False, solution=True)
    submission = Submission(Course(tmp_path), "kim", "hw", tmp_path / "none", tmp_path / "source", {"a": [trusted]})
    node = new_notebook(cells=[new_code_cell("x = 1", id="one")])
    alone, beside, changed = (
        key(submission, RestoredNotebook("a", node, [trusted], handed_in), Settings())
        for handed_in in ({}, {"b": node}, {"b": new_notebook(cells=[new_code_cell("x = 2", id="one")])})
    )
    assert len({alone, beside, changed}) == 3


def test_any_change_of_the_package_makes_results_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one of a comment."""
    module = tmp_path / "package" / "execution" / "fingerprint.py"
    module.parent.mkdir(parents=True)
    submission = Submission(Course(tmp_path), "kim", "hw", tmp_path / "none", tmp_path / "source", {})
    monkeypatch.setattr(fingerprint, "__file__", str(module))
    monkeypatch.setattr(cache, "versions", fingerprint.versions.__wrapped__)
    found = []
    for text in ("x = 1\n", "x = 1  # as ever\n", "x = 1\n"):
        module.write_text(text)
        found.append(key(submission, RestoredNotebook("a", new_notebook(), [], {}), Settings()))
    assert found[0] == found[2] != found[1]


def test_a_result_depends_on_references_settings_files_and_the_package_and_on_no_other_notebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted = TrustedCell("double", "code", "", locked=False, solution=True)
    source, references = tmp_path / "source" / "hw", tmp_path / "data" / "references" / "hw"
    submission = Submission(Course(tmp_path), "kim", "hw", tmp_path / "none", source, {"a": [trusted]})
    node = new_notebook(cells=[new_code_cell("x = 1", id="one")])

    def now(settings: Settings = Settings()) -> str:  # noqa: B008
        return key(submission, RestoredNotebook("a", node, [trusted], {}), settings)

    for path in (
        source / "a.ipynb",
        source / "b.ipynb",
        source.with_name("other") / "a.ipynb",
        references / "hidden.h5",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    found = [now()]
    (source / "b.ipynb").write_text("{ }")
    (source.with_name("other") / "a.ipynb").write_text("{ }")
    (source.with_name("other") / "data.csv").write_text("1")
    assert now() == found[0]
    for path in (source / "a.ipynb", source / "data.csv", references / "hidden.h5"):
        path.write_text("{ }")
        found.append(now())
    found.append(now(Settings(timeout=7)))
    monkeypatch.setattr("autograder.execution.cache.versions", lambda: ("another package",))
    found.append(now())
    assert len(set(found)) == 6


def test_stock_autograding_passes_over_a_submission_that_is_being_graded(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And names it, when the others are graded; what the other process has written stays."""
    monkeypatch.setattr(staging, "PATIENCE", 0.1)
    theirs = course / "autograded" / "kim" / ASSIGNMENT
    theirs.mkdir(parents=True)
    (theirs / "theirs.txt").write_text("half")
    api = NbGraderAPI(CourseDirectory(config=config_of(course)), config=config_of(course))
    monkeypatch.chdir(course)
    with being_graded(Course(course), "kim", ASSIGNMENT):
        done = api.autograde(ASSIGNMENT, "*")
    assert not done["success"]
    assert "plain of kim is being graded by another process" in done["log"] + done["error"]
    assert {student for student, *_ in gradebook(course)} == set(CLASS) - {"kim"}
    assert (theirs / "theirs.txt").read_text() == "half"


def config_of(course: Path) -> Config:
    found = PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
    found.CourseDirectory.root = str(course)
    return found


def test_who_finds_a_submission_being_graded_leaves_it_alone(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "PATIENCE", 0.1)
    screen = Console(file=io.StringIO(), width=200)
    with on_its_own(), being_graded(Course(course), "kim", ASSIGNMENT):
        assert not grade_class(Course(course), [ASSIGNMENT], screen, feedback=False)
    said = screen.file.getvalue()  # type: ignore[attr-defined]
    assert "not graded: plain of kim is being graded by another process: try again when that has ended" in said
    assert {student for student, *_ in gradebook(course)} == set(CLASS) - {"kim"}
    with on_its_own():
        assert grade_class(Course(course), [ASSIGNMENT], feedback=False)
    assert exported(course) == POINTS


def test_stock_autograding_waits_for_who_is_grading_the_same_submission(course: Path) -> None:
    command = ["nbgrader", "autograde", ASSIGNMENT, "--student", "kim"]
    with being_graded(Course(course), "kim", ASSIGNMENT):
        waiting = subprocess.Popen(command, cwd=course, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert waiting.stdout is not None
        for line in waiting.stdout:  # its converter says so when it is about to begin
            if "is being graded by another process: waiting" in line:
                break
        assert not gradebook(course)
        assert not (course / "autograded" / "kim").exists()
    waiting.communicate(timeout=120)
    assert waiting.returncode == 0
    assert {cell: score for _, cell, score, *_ in gradebook(course)}["test_double"] == 0


def test_a_lock_ends_with_its_block_and_keeps_others_out(tmp_path: Path) -> None:
    path = tmp_path / "locks" / "one"
    with locked(path, 1), pytest.raises(Busy), locked(path, 0):
        pass
    with locked(path, 0), locked(path.with_name("another"), 0):
        pass
