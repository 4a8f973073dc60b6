"""A test was wrong: what grading again would change, doing so, and taking it back."""

from __future__ import annotations

import csv
import re
import shutil
import sqlite3
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from autograder.base.course import Course
from autograder.nbgrader.calls import NbgraderError, generate_assignment
from autograder.nbgrader.release import why_not_again
from autograder.nbgrader.steps import staging
from tests.instructor.grade import two_notebooks as two
from tests.shared.light_class import exported
from tests.shared.light_course import ASSIGNMENT, find


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("regrading") / "course"
    two.hand_in(root)
    return root


@pytest.fixture(scope="module")
def graded(handed_in: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = Path(shutil.copytree(handed_in, tmp_path_factory.mktemp("graded") / "course"))
    assert two.run(root, "grade") == 0
    return root


@pytest.fixture
def course(graded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(graded, tmp_path / "course"))


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return " ".join(capsys.readouterr().out.split())


def test_a_list_first_then_it_is_written_then_it_is_taken_back(
    course: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    two.by_hand(course, "lee", 1.5)
    assert two.run(course, "grade") == 0  # the feedback shows that
    assert exported(course) == {"ada": "12.0", "kim": "10.0", "lee": "11.5"}
    first, files, rows = two.results(course), two.files(course), two.rows(course)
    two.change(course, two.milder)
    two.release_again(course)
    capsys.readouterr()

    assert two.run(course, "grade", ASSIGNMENT, "--preview") == 0
    told = said(capsys)
    assert (two.files(course), two.rows(course)) == (files, rows)
    cells = [cell.strip() for cell in told.split("│")]
    assert [cell for cell in cells if cell in ("ada", "kim", "lee")] == ["kim", "lee"]
    assert "double │ 0 │ 2 │ +2" in told
    assert "double │ 1.5 │ 1.5 │ 0 │ graded by hand; the tests alone: 0, now 2" in told
    assert "Of 3 graded before: 1 with more points, 0 with fewer, 2 as before. Kept as graded by hand: lee" in told
    second = two.results(course)
    assert {name: second[name] for name in first} == first  # the other notebook was not executed again
    assert len(second) == len(first) + 2  # kim and lee handed in the same, whose result they share

    assert two.run(course, "grade", ASSIGNMENT) == 0
    told = said(capsys)
    assert "points that changed" in told
    assert "+2" in told
    assert two.results(course) == second  # nothing was executed
    assert exported(course) == {"ada": "12.0", "kim": "12.0", "lee": "11.5"}
    assert ("lee", "plain", "test_double", 2.0, 1.5, 1) in two.rows(course)

    assert two.run(course, "undo") == 0
    told = said(capsys)
    assert re.search(
        rf"Took back the grading of {ASSIGNMENT} of 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d: 3 submissions\.", told
    )
    assert "points that changed back" in told
    assert "double │ 1.5 │ 1.5 │ 0 │ graded by hand; the tests alone: 2, now 0" in told
    assert two.rows(course) == rows
    assert two.files(course) == files
    assert two.run(course, "grade", ASSIGNMENT, "--preview") == 0  # it can be done once more
    assert "1 with more points" in said(capsys)


def test_cells_of_one_name_in_two_notebooks_have_a_column_each(
    course: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    for path in (course / ".autograder" / "graded").rglob("*.json"):
        path.unlink()  # or each would have the line that it had then
    assert two.run(course, "grade", "--no-feedback") == 0
    table = [line.replace("┃", "│").split("│")[1:-1] for line in capsys.readouterr().out.splitlines()]
    rows = [[cell.strip() for cell in row] for row in table if row]
    assert rows[1] == ["student", "(2)", "(2)", "(3)", "(5)", "(12)", ""]
    first, second = sorted((name, points) for name, points in zip(rows[0], rows[3], strict=True) if "double" in name)
    assert (first, second) == (("more: double", "2"), ("plain: double", "0"))
    assert rows[3][0] == "kim"
    assert rows[3][-2:] == ["10", ""]


def test_every_run_can_be_taken_back_once(course: Path, handed_in: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert two.run(course, "undo", ASSIGNMENT) == 0
    assert two.rows(course) == []
    assert two.files(course) == {}
    with sqlite3.connect(course / "gradebook.db") as book:
        assert book.execute("SELECT count(*) FROM student").fetchone() == (0,)
    assert two.run(course, "undo") == 2
    assert "There is no grading run to take back" in capsys.readouterr().err


def test_a_run_is_taken_back_of_all_its_assignments(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = two.rows(course)
    shutil.copytree(course / "source" / ASSIGNMENT, course / "source" / "second")
    shutil.copytree(course / "submitted" / "ada" / ASSIGNMENT, course / "submitted" / "ada" / "second")
    generate_assignment(Course(course), "second")
    two.change(course, two.milder)
    two.release_again(course)
    assert two.run(course, "grade") == 0
    assert len(two.rows(course)) > len(before)
    assert (course / "autograded" / "ada" / "second").is_dir()
    capsys.readouterr()
    assert two.run(course, "undo") == 0
    told = said(capsys)
    assert f"Took back the grading of {ASSIGNMENT} of" in told
    assert "Took back the grading of second of" in told
    assert two.rows(course) == before
    assert not (course / "autograded" / "ada" / "second").exists()


def test_what_people_gave_since_stays(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    two.change(course, two.milder)
    two.release_again(course)
    assert two.run(course, "grade") == 0
    two.by_hand(course, "kim", 0.5, comment="Half of it.")
    capsys.readouterr()
    assert two.run(course, "undo") == 0
    assert "Kept what people have given since: kim (double), kim (double)" in said(capsys)
    assert ("kim", "plain", "test_double", 0.0, 0.5, 0) in two.rows(course)
    assert ("lee", "plain", "test_double", 0.0, None, 0) in two.rows(course)
    assert exported(course) == {"ada": "12.0", "kim": "10.5", "lee": "10.0"}

    assert two.run(course, "undo") == 0  # the first grading, too
    left = {row[0] for row in two.rows(course)}
    assert left == {"kim"}  # whom a person graded
    assert ("kim", "plain", "test_double", None, 0.5, 0) in two.rows(course)


def given(course: Path) -> tuple[object, ...]:
    """What a person has given kim: points, extra credit, a comment, a flag."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        grade = book.find_grade("test_double", ASSIGNMENT, ASSIGNMENT, "kim")
        comment = book.find_comment("double", ASSIGNMENT, ASSIGNMENT, "kim")
        notebook = book.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, "kim")
        return grade.manual_score, grade.extra_credit, comment.manual_comment, notebook.flagged


def most_points(course: Path) -> set[str]:
    with (course / "grades.csv").open(newline="") as file:
        return {row["max_score"] for row in csv.DictReader(file)}


def test_neither_grading_nor_undoing_writes_what_people_gave_and_the_build_stays(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two.by_hand(course, "kim", 0.5, comment="Half of it.")
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        book.find_grade("test_double", ASSIGNMENT, ASSIGNMENT, "kim").extra_credit = 0.25
        book.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, "kim").flagged = True
        book.db.commit()
    people_gave = (0.5, 0.25, "Half of it.", True)
    assert given(course) == people_gave
    assert most_points(course) == {"12.0"}
    two.change(course, two.milder)
    two.change(course, other_points)
    two.release_again(course)
    shutil.copytree(course / "submitted" / "ada", course / "submitted" / "new")
    capsys.readouterr()
    for command in (("grade", "--preview"), ("grade",), ("undo",)):
        assert two.run(course, *command) == 0
        assert given(course) == people_gave, command
        if "--preview" in command:
            assert "Not graded before, and not looked at: 1." in said(capsys)
    assert most_points(course) == {"13.0"}


def test_three_runs_are_kept(course: Path) -> None:
    for number in range(4):
        two.by_hand(course, "ada", number / 2)
        assert two.run(course, "grade") == 0  # new feedback
    assert len(list((course / ".autograder" / "undo" / ASSIGNMENT).iterdir())) == 3
    assert two.run(course, "grade") == 0  # nothing to write
    for _ in range(3):
        assert two.run(course, "undo") == 0
    assert two.run(course, "undo") == 2


def test_bad_calls_are_one_sentence(
    course: Path, handed_in: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert two.run(course, "undo", "nothing") == 2
    assert "There is no assignment 'nothing'" in capsys.readouterr().err
    new = Path(shutil.copytree(handed_in, tmp_path / "new"))
    assert two.run(new, "grade", "--preview") == 2
    assert "Nothing of plain has been graded yet" in capsys.readouterr().err
    (new / "gradebook.db").unlink()
    assert two.run(new, "grade", "--preview") == 2
    assert not (new / "gradebook.db").exists()
    capsys.readouterr()

    before = two.files(course)
    with sqlite3.connect(course / "gradebook.db", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        for command in (("undo",), ("grade",), ("grade", "--preview")):
            assert two.run(course, *command) == 2, command
            told = capsys.readouterr().err
            assert "The gradebook can't be used (database is locked)" in told
            assert "Traceback" not in told
        other.execute("ROLLBACK")
    assert two.files(course) == before
    assert two.run(course, "undo") == 0


def test_nothing_is_taken_back_while_a_submission_is_being_graded(
    course: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "PATIENCE", 0.2)
    before = two.files(course)
    ada, kim = (staging.being_graded(Course(course), student, ASSIGNMENT) for student in ("ada", "kim"))
    with ada, kim:  # these two don't disturb each other
        assert two.run(course, "undo") == 2
    assert f"{ASSIGNMENT} is being graded by another process: try again" in capsys.readouterr().err
    assert two.files(course) == before
    assert two.run(course, "undo") == 0


def test_a_damaged_snapshot_is_said(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = two.files(course)
    next((course / ".autograder" / "undo").rglob("rows.json")).write_text("{}")
    assert two.run(course, "undo") == 2
    assert "is damaged" in capsys.readouterr().err
    assert two.files(course) == before


def gone(node: NotebookNode) -> None:
    node.cells.remove(find(node, "test_mean"))


def by_a_person(node: NotebookNode) -> None:
    find(node, "mean").metadata.nbgrader.update(grade=True, points=3)


def other_points(node: NotebookNode) -> None:
    find(node, "test_mean").metadata.nbgrader.points = 4


@pytest.mark.parametrize(
    ("by", "why"),
    [(gone, "cell test_mean is gone"), (by_a_person, "cell mean has another role"), (other_points, "")],
)
def test_which_cells_may_not_change(course: Path, handed_in: Path, by: object, why: str) -> None:
    assert callable(by)
    two.change(course, by)
    assert why in why_not_again(Course(course), ASSIGNMENT)
    assert bool(why_not_again(Course(course), ASSIGNMENT)) == bool(why)
    (course / "source" / ASSIGNMENT / "more.ipynb").unlink()
    assert "the notebook more is gone" in why_not_again(Course(course), ASSIGNMENT)


def added(node: NotebookNode) -> None:
    copy = nbformat.from_dict(find(node, "test_mean"))
    copy.id, copy.metadata.nbgrader.grade_id = "added", "test_new"
    node.cells.append(copy)


def test_a_build_with_another_cell_leaves_everything_as_it_is(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """nbgrader alone refuses, too, when the student version is gone."""
    release, rows = course / "release" / ASSIGNMENT, two.rows(course)
    before = {path: path.read_bytes() for path in release.iterdir()}
    two.change(course, added)
    assert two.run(course, "build", ASSIGNMENT) == 1
    assert "cell test_new is new" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in release.iterdir()} == before
    assert two.rows(course) == rows
    with pytest.raises(NbgraderError):
        two.release_again(course)
    assert not release.exists()


def test_before_anything_is_graded_all_may_change(handed_in: Path, tmp_path: Path) -> None:
    course = Path(shutil.copytree(handed_in, tmp_path / "course"))
    two.change(course, gone)
    assert why_not_again(Course(course), ASSIGNMENT) == ""
    two.release_again(course)
