"""`autograder return`: from a platform's download to what it takes back, held against the rules that it reads by."""

from __future__ import annotations

import csv
import io
import re
import shutil
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.base.course import Course
from autograder.nbgrader.calls import generate_assignment
from tests.shared.helpers import autograder
from tests.shared.light_course import ASSIGNMENT, answered, make_course

WORK = {"ada": answered(), "kim": answered(double="def double(x):\n    return x + 2"), "zoë": answered()}
NAMES = {"ada": ("Ada", "Lovelace"), "kim": ("Kim", "Lee"), "zoë": ("Zoë", "O'Neil-Smith")}
MOODLE = {"ada": "Ada Lovelace_101", "kim": "Kim Lee_102", "zoë": "Zoë O'Neil-Smith_103"}
CANVAS = {"ada": "lovelaceada_7_501", "kim": "leekim_LATE_8_502", "zoë": "oneilsmithzoë_9_503"}


def packed(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as target:
        for name, content in files.items():
            target.writestr(name, content)
    return path


def moodle(folder: Path) -> Path:
    texts = {student: nbformat.writes(node) for student, node in WORK.items()}
    return packed(
        folder / "moodle.zip",
        {f"{MOODLE[one]}_assignsubmission_file/{ASSIGNMENT}.ipynb": text for one, text in texts.items()},
    )


def canvas(folder: Path) -> Path:
    texts = {student: nbformat.writes(node) for student, node in WORK.items()}
    return packed(folder / "canvas.zip", {f"{CANVAS[one]}_{ASSIGNMENT}.ipynb": text for one, text in texts.items()})


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course that collected from Moodle and graded everybody."""
    root = tmp_path_factory.mktemp("back") / "course"
    make_course(root, ours=True)
    generate_assignment(Course(root), ASSIGNMENT)
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "light") as book:
        for student, (first, last) in NAMES.items():
            user = CANVAS[student].split("_")[-2]
            book.add_student(student, first_name=first, last_name=last, email=f"{user}@example.org", lms_user_id=user)
    assert run(root, "collect", moodle(root.parent), ASSIGNMENT)[0] == 0
    assert run(root, "grade")[0] == 0
    return root


@pytest.fixture
def course(graded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(graded, tmp_path / "course"))


def run(course: Path, *arguments: str | Path) -> tuple[int, str]:
    done = autograder("--course", course, *arguments)
    assert "Traceback" not in done.stdout + done.stderr
    return done.returncode, done.stdout + done.stderr


def files(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as whole:
        return {name: whole.read(name) for name in whole.namelist()}


def read_as_moodle(names: list[str]) -> dict[int, str]:
    """By participant what Moodle calls the file, as importziplib.php reads a path, old (the name alone) or new."""
    found = {}
    for name in names:
        for part in (name, name.split("/")[-1]):
            pieces = part.split("_", 4)
            assert len(pieces) == 5
            assert pieces[1].isdigit()
            assert (pieces[2], pieces[3]) == ("assignsubmission", "file")
            found[int(pieces[1])] = pieces[4]
    return found


def read_as_canvas(names: list[str]) -> dict[tuple[str, str], str]:
    """By student and file what was sent, as infer_comment_context_from_filename reads a name."""
    found = {}
    for name in names:
        user, attachment = [part for part in name.split("_") if re.fullmatch("[0-9]+", part)][:2]
        assert not name.split("_")[-1].startswith("link")
        found[user, attachment] = name
    return found


def test_moodle_finds_everybodys_page(course: Path) -> None:
    status, said = run(course, "return", ASSIGNMENT, "--for", "moodle")
    assert (status, "feedback for 3 of 3." in said) == (0, True)
    sent = files(course / "returned" / f"{ASSIGNMENT}-moodle.zip")
    assert read_as_moodle(list(sent)) == dict.fromkeys((101, 102, 103), f"feedback-{ASSIGNMENT}.html")
    for student, mark in MOODLE.items():
        (page,) = [content for name, content in sent.items() if name.startswith(f"{mark}_")]
        assert page == (course / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html").read_bytes()


def test_canvas_gets_a_notebook_under_the_handed_in_files_numbers(course: Path, tmp_path: Path) -> None:
    status, said = run(course, "return", ASSIGNMENT, "--for", "canvas")
    assert status == 2
    assert "Canvas could take none of them: collect its own download first" in said
    assert run(course, "collect", canvas(tmp_path), ASSIGNMENT)[0] == 0
    assert run(course, "grade")[0] == 0
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "light") as book:
        grade = book.find_grade("test_double", ASSIGNMENT, ASSIGNMENT, "kim")
        grade.manual_score = 1.0
        book.find_comment("double", ASSIGNMENT, ASSIGNMENT, "kim").manual_comment = "Nearly: ``` try 3."
        book.db.commit()
    status, said = run(course, "return", ASSIGNMENT, "--for", "canvas")
    assert status == 1
    assert "older than the gradebook: the pages of kim; `autograder grade plain` writes them anew" in said
    assert run(course, "grade")[0] == 0
    assert run(course, "return", ASSIGNMENT, "--for", "canvas")[0] == 0
    sent = files(course / "returned" / f"{ASSIGNMENT}-canvas.zip")
    names = read_as_canvas(list(sent))
    assert set(names) == {("7", "501"), ("8", "502"), ("9", "503")}
    texts = {key: [cell.source for cell in read(sent[name]).cells] for key, name in names.items()}
    assert texts["7", "501"][:2] == ["# 10 of 10 points", "## double: 2 of 2 points"]
    kims = texts["8", "502"]
    assert kims[:2] == ["# 9 of 10 points", "## double: 1 of 2 points"]
    assert "Nearly: ``` try 3." in kims[2]
    hidden = ("-7.5", "[4.5, 5.5, 6.5]", "Failed here")
    assert not [text for text in kims for secret in hidden if secret in text]


def read(content: bytes) -> nbformat.NotebookNode:
    node = nbformat.reads(content.decode(), 4)
    nbformat.validate(node)
    return node


def test_a_folder_holds_a_zip_for_each_and_says_whose_it_is(course: Path) -> None:
    shutil.rmtree(course / "feedback" / "zoë")
    status, said = run(course, "return", ASSIGNMENT, "--for", "folder")
    assert status == 1
    assert "no feedback page: zoë" in said
    assert "feedback for 2 of 3." in said
    place = course / "returned" / ASSIGNMENT
    assert sorted(path.name for path in place.iterdir()) == ["ada.zip", "kim.zip", f"{ASSIGNMENT}.csv"]
    rows = list(csv.DictReader(io.StringIO((place / f"{ASSIGNMENT}.csv").read_text("utf-8-sig"))))
    assert [(row["student"], row["email"], row["file"]) for row in rows] == [
        ("ada", "7@example.org", "ada.zip"),
        ("kim", "8@example.org", "kim.zip"),
    ]
    page = (course / "feedback" / "kim" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_bytes()
    assert files(place / "kim.zip") == {f"{ASSIGNMENT}.html": page}
    assert run(course, "return", ASSIGNMENT, "--for", "folder")[0] == 1  # again, over the first
    (place / "notes.txt").write_text("mine")
    status, said = run(course, "return", ASSIGNMENT, "--for", "folder")
    assert (status, (place / "notes.txt").read_text()) == (2, "mine")
    assert "holds other files than feedback" in said


def test_a_preview_writes_nothing(course: Path) -> None:
    status, said = run(course, "return", ASSIGNMENT, "--for", "moodle", "--preview")
    assert status == 0
    assert not (course / "returned").exists()
    assert re.search(
        rf"^kim +{MOODLE['kim']}_assignsubmission_file_feedback-{ASSIGNMENT}.html  \([0-9]+ kB\)$", said, re.M
    )
    assert "Would write" in said


def test_what_was_put_there_by_hand_is_not_known_to_a_platform(course: Path, tmp_path: Path) -> None:
    folder = tmp_path / "more"
    (folder / "ben").mkdir(parents=True)
    nbformat.write(answered(), folder / "ben" / f"{ASSIGNMENT}.ipynb")
    assert run(course, "collect", folder, ASSIGNMENT, "--new-students")[0] == 0
    assert run(course, "grade")[0] == 0
    status, said = run(course, "return", ASSIGNMENT, "--for", "moodle")
    assert status == 1
    assert "not collected from a download of Moodle, so not known there: ben" in said
    assert "feedback for 3 of 4." in said


def test_before_grading_there_is_nothing_to_return(tmp_path: Path) -> None:
    make_course(tmp_path / "course", ours=True)
    generate_assignment(Course(tmp_path / "course"), ASSIGNMENT)
    status, said = run(tmp_path / "course", "return", ASSIGNMENT, "--for", "folder")
    assert status == 2
    assert f"run `autograder grade {ASSIGNMENT}` first" in said
