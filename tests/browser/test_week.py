"""An instructor's week in a real browser: generate, collect, autograde, look, grade by hand, give feedback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, expect

from autograder.base.notebooks import grade_id
from tests.browser.chromium import Watched, watched_page
from tests.browser.formgrader_page import Formgrader
from tests.browser.lab import Lab, jupyterlab
from tests.browser.screenshots import shoot
from tests.instructor.collect.downloads import folder, zipped
from tests.shared.built import BuiltCourse
from tests.shared.helpers import EXERCISES, ROOT, cell, run, solution
from tests.shared.light_class import kept

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CLASS = "id,first_name,last_name\nada,Ada,Lovelace\nalan,Alan,Turing\n"
NOTEBOOK = "resnet"
TRAP = "the_trap"
ANSWER = "The same images give two accuracies, so it can't be overfitting: the moving averages are still far off."
COMMENT = "Right, and well put."
PADDING = ('padding="same"', 'padding="valid"')


@pytest.fixture(scope="module")
def root(built: BuiltCourse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course that is built, with a question that a person has to grade, and a class in the gradebook."""
    root = built.copy(tmp_path_factory.mktemp("week") / "course")
    _ask_in_writing(root / "source" / "resnet")
    (root / "students.csv").write_text(CLASS)
    done = run("nbgrader", "db", "student", "import", "students.csv", cwd=root)
    assert done.returncode == 0, done.stderr
    return root


@pytest.fixture(scope="module")
def lab(root: Path, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """What `make formgrader` starts."""
    start = ("autograder", "formgrader", "--no-browser", "--")
    with jupyterlab(root, tmp_path_factory.mktemp("instructor"), start) as running:
        yield running


@pytest.fixture
def watched(browser: Browser, lab: Lab) -> Iterator[Watched]:
    with watched_page(browser, lab.address, width=1280, height=800) as watched:
        yield watched


def test_the_week(root: Path, lab: Lab, watched: Watched, tmp_path: Path) -> None:
    page = watched.page
    formgrader = Formgrader(page, lab)
    release(formgrader)
    collect(formgrader, root, tmp_path / "downloads")
    autograde(formgrader, root)
    look(formgrader)
    grade_by_hand(formgrader)
    give_feedback(formgrader, root)
    assert [error for error in watched.errors if not _is_about_mathjax(error)] == []
    assert [error for error in lab.errors() if "exchange" not in error] == []


def release(formgrader: Formgrader) -> None:
    """The button Generate makes the student version."""
    assert "Successfully created the student version" in formgrader.press(formgrader.assignment("resnet"), "assign")
    expect(formgrader.assignment("resnet").locator(".preview a")).to_be_visible()


def collect(formgrader: Formgrader, root: Path, downloads: Path) -> None:
    """What Moodle gives, sorted by one command."""
    files = {}
    for number, (name, edits) in enumerate((("Ada Lovelace", ()), ("Alan Turing", (PADDING,)))):
        for path in sorted((root / "release" / "resnet").glob("*.ipynb")):
            node = nbformat.read(path, as_version=4)
            _fill_in(node, edits)
            files[f"{name}_{number}_assignsubmission_file_/{path.name}"] = nbformat.writes(node).encode()
    folder(downloads, {"CS101-resnet-9.zip": zipped(files)})
    done = run("autograder", "collect", str(downloads), "resnet", cwd=root)
    assert done.returncode == 0, done.stdout + done.stderr
    formgrader.open("Manage Assignments")
    expect(formgrader.assignment("resnet").locator(".num-submissions")).to_have_text("2")
    shoot(formgrader.page, "formgrader-assignments")


def autograde(formgrader: Formgrader, root: Path) -> None:
    """The button grades in the sandbox; what `autograder grade` has done before, it takes from there."""
    formgrader.submissions("resnet")
    assert not kept(root)
    said = formgrader.press(formgrader.submission("alan"), "autograde")
    assert "Successfully autograded" in said
    assert len(kept(root)) == 1  # stock nbgrader keeps no result
    expect(formgrader.submission("alan").locator(".status")).to_have_text("needs manual grading")

    done = run("autograder", "grade", "resnet", "--no-feedback", cwd=root)
    assert done.returncode == 0, done.stdout + done.stderr
    before = kept(root)
    said = formgrader.press(formgrader.submission("ada"), "autograde")
    assert "Successfully autograded" in said
    assert kept(root) == before
    expect(formgrader.submission("ada").locator(".status")).to_have_text("needs manual grading")
    shoot(formgrader.page, "formgrader-submissions")


def look(formgrader: Formgrader) -> None:
    """A submission shows the report that marks the step."""
    formgrader.look_at("alan", NOTEBOOK)
    report = formgrader.frame.locator(".autograder-report", has_text="identity_block").first
    expect(report.locator(".steps .wrong")).to_have_text(["✗ 2b"])
    report.locator(".title").evaluate("title => title.scrollIntoView({block: 'center', behavior: 'instant'})")
    shoot(formgrader.page, "formgrader-report")


def grade_by_hand(formgrader: Formgrader) -> None:
    """Points and a comment for the written answer."""
    written = formgrader.frame.locator(f".nbgrader_cell:has(#{TRAP})")
    expect(written).to_contain_text(ANSWER)
    formgrader.grade(TRAP, "4", COMMENT)
    written.evaluate("cell => cell.scrollIntoView({block: 'center', behavior: 'instant'})")
    shoot(formgrader.page, "formgrader-written")
    formgrader.submissions("resnet")
    expect(formgrader.submission("alan").locator(".status")).to_have_text("graded")


def give_feedback(formgrader: Formgrader, root: Path) -> None:
    """The page that the student gets holds the comment and no hidden test."""
    said = formgrader.press(formgrader.submission("alan"), "generate-feedback")
    assert "Successfully generated feedback" in said
    page = formgrader.page
    page.goto((root / "feedback" / "alan" / "resnet" / f"{NOTEBOOK}.html").as_uri())
    report = page.locator(".autograder-report", has_text="identity_block").first
    expect(report.locator(".steps .wrong")).to_have_text(["✗ 2b"])
    comment = page.get_by_text(COMMENT)
    expect(comment).to_be_visible()
    comment.evaluate("comment => comment.scrollIntoView({block: 'center', behavior: 'instant'})")
    shoot(page, "feedback")
    assert "grade(identity_block)" not in page.content()


def _ask_in_writing(source: Path) -> None:
    """Put the lesson's written question below the blocks, so that its long notebook need not be executed."""
    lesson = nbformat.read(ROOT / "source" / "resnet" / "signs.ipynb", as_version=4)
    answer = next(i for i, one in enumerate(lesson.cells) if grade_id(one) == TRAP)
    node = nbformat.read(source / f"{NOTEBOOK}.ipynb", as_version=4)
    node.cells += lesson.cells[answer - 1 : answer + 1]
    nbformat.write(node, source / f"{NOTEBOOK}.ipynb")


def _fill_in(node: nbformat.NotebookNode, edits: tuple[tuple[str, str], ...]) -> None:
    """The student's answers to what this notebook asks; `edits` are their mistakes in the identity block."""
    asked = {grade_id(one) for one in node.cells}
    for name in EXERCISES:
        if name in asked:
            cell(node, name).source = solution(name, *(edits if name == "identity_block" else ()))
    if TRAP in asked:
        cell(node, TRAP).source = ANSWER


def _is_about_mathjax(error: str) -> bool:
    """Its pages load it from the network, which there is none of here; formulas then show as they are written."""
    return any(word in error for word in ("mathjax", "MathJax", "ERR_FAILED"))
