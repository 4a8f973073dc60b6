"""What stands at the top of a feedback page: points, comments and what a person decided, by exercise."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup, Tag

from autograder.base.course import Course
from autograder.nbgrader.calls import generate_feedback, gradebook
from tests.shared.light_course import ASSIGNMENT, find, released

SAID = "Nearly: <script>alert(1)</script> & look at `double` again."


@pytest.fixture
def course(light_class_graded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(light_class_graded, tmp_path / "course"))


def page(course: Path, student: str) -> BeautifulSoup:
    generate_feedback(Course(course), ASSIGNMENT, student)
    path = course / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html"
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def parts(soup: BeautifulSoup) -> dict[str, Tag]:
    return {part.h2.get_text(strip=True)[2:]: part for part in soup.select("details.feedback-part")}


def test_all_points_first_and_what_is_right_is_folded(course: Path) -> None:
    soup = page(course, "kim")
    assert soup.h1.get_text() == "8 of 10 points"
    found = parts(soup)
    assert {name: part.select_one(".points").get_text() for name, part in found.items()} == {
        "double": "0 / 2",
        "mean": "3 / 3",
        "total": "5 / 5",
    }
    assert [name for name, part in found.items() if part.has_attr("open")] == ["double"]
    (whole,) = soup.select("details.feedback-whole")
    assert not whole.has_attr("open")
    cells = released().cells
    assert len(whole.select("div.cell")) == len(cells)
    assert "return x + 2" in whole.get_text()


def test_a_persons_points_and_words_stand_above_what_the_tests_say(course: Path) -> None:
    with gradebook(Course(course)) as book:
        book.find_grade("test_double", ASSIGNMENT, ASSIGNMENT, "kim").manual_score = 1.5
        book.find_comment("double", ASSIGNMENT, ASSIGNMENT, "kim").manual_comment = SAID
        book.find_grade("test_mean", ASSIGNMENT, ASSIGNMENT, "kim").needs_manual_grade = True
        submission = book.find_submission(ASSIGNMENT, "kim")
        submission.notebooks[0].late_submission_penalty = 0.25
        book.db.commit()
    soup = page(course, "kim")
    assert soup.h1.get_text() == "9.25 of 10 points"
    assert soup.select_one(".late-penalty").get_text() == "0.25 points are taken off for handing in late."
    found = parts(soup)
    assert found["double"].select_one(".points").get_text() == "1.5 / 2"
    assert found["double"].select_one(".feedback-decides")
    assert found["double"].select_one(".feedback-said").get_text() == SAID
    assert found["mean"].has_attr("open")
    assert "A person has yet to look at this." in found["mean"].get_text()
    assert not found["total"].select(".feedback-decides, .feedback-said")
    assert "alert(1)" not in "".join(script.get_text() for script in soup.select("script"))


def test_no_word_about_the_sandbox(course: Path) -> None:
    with gradebook(Course(course)) as book:
        comment = book.find_comment("double", ASSIGNMENT, ASSIGNMENT, "kim")
        assert "Protection" in comment.auto_comment  # for the instructor, in Formgrader
    soup = page(course, "kim")
    for style in soup.select("style"):
        style.decompose()
    assert "Protection" not in soup.get_text()


def test_a_report_is_on_the_page_once(course: Path) -> None:
    path = course / "autograded" / "kim" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    node = nbformat.read(path, 4)
    report = nbformat.v4.new_output("display_data", {"text/html": '<p class="autograder-report">2b is wrong</p>'})
    find(node, "test_double").outputs.insert(0, report)
    nbformat.write(node, path)
    soup = page(course, "kim")
    assert soup.get_text().count("2b is wrong") == 1
    assert "2b is wrong" in parts(soup)["double"].get_text()
    (whole,) = soup.select("details.feedback-whole")
    assert whole.get_text().count("The report stands at the top of the page.") == 1
