"""nbgrader's Formgrader in JupyterLab, by what an instructor presses and sees there."""

from __future__ import annotations

import re

from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.browser.lab import Lab

WORKS = 400_000
"""How long autograding one submission may take, in milliseconds, on a machine that does other things, too."""


class Formgrader:
    """Formgrader's tab; what is on it lies in a frame."""

    def __init__(self, page: Page, lab: Lab) -> None:
        self.page = page
        page.goto(f"{lab.address}lab?reset&formgrader=true&token={lab.token}")
        self.frame: FrameLocator = page.frame_locator("iframe[src*='formgrader']")
        expect(self.frame.get_by_role("heading", name="Manage Assignments")).to_be_visible()
        page.keyboard.press("Control+b")  # more room: the list of files folds away

    def open(self, place: str) -> None:
        """One of the three places on the left; a notebook's page has a link to only one of them."""
        if self.frame.locator(".nbgrader_cell").count():
            self.frame.get_by_role("link", name="Manual Grading", exact=True).click()
        self.frame.get_by_role("link", name=place, exact=True).first.click()
        expect(self.frame.get_by_role("heading", name=place)).to_be_visible()

    def assignment(self, name: str) -> Locator:
        return self.frame.locator(f"tr:has(.name[data-order='{name}'])")

    def submission(self, student: str) -> Locator:
        return self.frame.locator(f"tr:has(.student-id[data-order='{student}'])")

    def submissions(self, assignment: str) -> None:
        """The page with a row a student."""
        self.open("Manage Assignments")
        self.assignment(assignment).locator(".num-submissions a").click()
        expect(self.frame.get_by_role("heading", name="Manage Submissions")).to_be_visible()

    def press(self, row: Locator, button: str) -> str:
        """Press a row's button and wait; returns what nbgrader says when it is done, its log included."""
        row.locator(f".{button} a").click()
        said = self.frame.locator(".modal.in")
        expect(said).to_be_visible(timeout=WORKS)
        text = str(said.inner_text())
        said.locator(".modal-footer button").click()
        expect(self.frame.locator(".modal")).to_have_count(0)
        return text

    def look_at(self, student: str, notebook: str) -> None:
        """A student's graded notebook, from the row of their submission."""
        self.submission(student).locator(".student-name a").click()
        self.frame.get_by_role("link", name=notebook, exact=True).last.click()
        expect(self.frame.locator(".nbgrader_cell").first).to_be_visible()

    def grade(self, cell: str, points: str, comment: str) -> None:
        """Points and a comment for a written answer; both are saved when the cursor leaves them."""
        for selector, text, kind in ((f"#{cell}", points, "grade"), (f"#{cell}-comment", comment, "comment")):
            field = self.frame.locator(selector)
            with self.page.expect_response(re.compile(rf"/api/{kind}/")) as saved:
                field.fill(text)
                field.press("Tab")
            assert saved.value.ok
