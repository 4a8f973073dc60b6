"""A feedback page as its student has it: on a screen, on a phone, in print, in both themes and languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from autograder.base.course import Course
from autograder.nbgrader.calls import generate_feedback, gradebook
from tests.browser.accessible import barriers
from tests.shared.built import BuiltCourse
from tests.shared.helpers import autograder, handed_in, solution, write

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VALID = ('padding="same"', 'padding="valid"')


@pytest.fixture(scope="module")
def pages(built: BuiltCourse, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """By assignment the page of somebody who has one thing wrong, whose points a person has changed."""
    root = built.copy(tmp_path_factory.mktemp("feedback") / "course")
    found = {}
    for assignment in ("resnet", "resnet-zh"):
        right = {
            name: solution(name, assignment=assignment)
            for name in ("identity_block", "convolutional_block", "resnet50")
        }
        node = handed_in(
            assignment, **right | {"identity_block": solution("identity_block", VALID, assignment=assignment)}
        )
        write(node, root / "submitted" / "ada" / assignment / "resnet.ipynb")
        assert autograder("--course", root, "grade", assignment, "--no-feedback").returncode == 0
        with gradebook(Course(root)) as book:
            book.find_grade("test_convolutional_block", "resnet", assignment, "ada").manual_score = 9.0
            book.find_comment("identity_block", "resnet", assignment, "ada").manual_comment = "Look at 2b again."
            book.db.commit()
        generate_feedback(Course(root), assignment, "ada")
        found[assignment] = root / "feedback" / "ada" / assignment / "resnet.html"
    return found


@pytest.mark.parametrize("assignment", ["resnet", "resnet-zh"])
def test_one_page_says_what_a_student_wants_to_know(browser: Browser, pages: dict[str, Path], assignment: str) -> None:
    page = browser.new_page(viewport={"width": 1100, "height": 900})
    page.goto(pages[assignment].as_uri())
    expect(page.locator(".feedback-head h1")).to_have_text(
        {"resnet": "26.5 of 30 points", "resnet-zh": "26.5 分（满分 30 分）"}[assignment]
    )
    parts = page.locator("details.feedback-part")
    assert [text.split()[1] for text in parts.locator("h2").all_inner_texts()] == [
        "identity_block",
        "convolutional_block",
        "resnet50",
    ]
    assert [part.get_attribute("open") is not None for part in parts.all()] == [True, True, False]
    expect(parts.nth(0).locator(".feedback-said")).to_have_text("Look at 2b again.")
    expect(parts.nth(0).locator(".autograder-report")).to_be_visible()
    expect(parts.nth(0)).not_to_contain_text("Protection:")
    expect(parts.nth(1).locator(".feedback-decides")).to_be_visible()
    assert "hint(identity_block)" in parts.nth(0).inner_text()
    whole = page.locator("details.feedback-whole")
    expect(whole.locator("div.cell").first).to_be_hidden()
    whole.locator("summary").first.click()
    expect(whole.locator("div.cell").first).to_be_visible()
    page.close()


@pytest.mark.parametrize("assignment", ["resnet", "resnet-zh"])
def test_it_fits_a_phone_and_two_sheets(browser: Browser, pages: dict[str, Path], assignment: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto(pages[assignment].as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    sheets = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))
    assert 1 <= sheets <= 2
    page.close()


def test_nothing_keeps_a_reader_from_it(browser: Browser, pages: dict[str, Path]) -> None:
    for assignment, path in pages.items():
        for scheme in ("light", "dark"):
            assert barriers(browser, path.as_uri(), scheme, width=390 if assignment == "resnet" else 1100) == []
