"""Formgrader by the link that `make formgrader ARGS=--no-browser` prints, and every link that its pages have."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import Watched, watched_page
from tests.shared.light_course import ASSIGNMENT
from tests.shared.server import printed_address

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LINKS = "all => all.map(one => String(one.href).split('#')[0])"


@pytest.fixture(scope="module")
def printed(light_class_graded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address that the command prints, with the token that Jupyter has made up."""
    root = Path(shutil.copytree(light_class_graded, tmp_path_factory.mktemp("formgrader") / "course"))
    log = root.parent / "log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "IPYTHON"))}
    environment["HOME"] = str(root.parent)
    command = ["autograder", "formgrader", "--no-browser", "--", "--ip=127.0.0.1", "--port=0", "--allow-root"]
    with log.open("wb") as file:
        server = subprocess.Popen(command, cwd=root, env=environment, stdout=file, stderr=file)
    try:
        yield printed_address(server, log, r"http://127\S+")[0]
    finally:
        server.terminate()
        server.wait(60)


@pytest.fixture
def opened(browser: Browser, printed: str) -> Iterator[Watched]:
    """What a browser that has never been here shows for it."""
    with watched_page(browser, printed.partition("formgrader-in-lab")[0], width=1280, height=900) as watched:
        watched.page.goto(printed)
        yield watched


def test_the_printed_link_leads_to_formgrader(opened: Watched, printed: str) -> None:
    assert "token=" in printed
    frame = opened.page.frame_locator("iframe[src*='formgrader']")
    expect(frame.get_by_role("heading", name="Manage Assignments")).to_be_visible(timeout=60_000)


def test_without_the_token_it_is_refused(browser: Browser, printed: str) -> None:
    with watched_page(browser, printed.partition("formgrader-in-lab")[0]) as watched:
        watched.page.goto(printed.partition("?")[0])
        assert "/login" in watched.page.url


def test_no_link_is_dead(opened: Watched, printed: str) -> None:
    """Of a page of each kind, all links to this server are followed."""
    page, base = opened.page, printed.partition("formgrader-in-lab")[0]
    expect(page.frame_locator("iframe[src*='formgrader']").locator("#main-table a").first).to_be_visible(timeout=60_000)
    assert not page.request.get(f"{base}formgrader/nowhere").ok
    waiting, tried = [f"{base}formgrader/manage_assignments"], set[str]()
    kinds = set[str]()
    while waiting:
        address = waiting.pop()
        tried.add(address)
        answer = page.request.get(address)
        assert answer.ok, (answer.status, address)
        kind = re.sub(r"/(submissions|manage_students|manage_submissions|gradebook)/.*", r"/\1/", address)
        if kind in kinds or "/formgrader" not in address or "html" not in answer.headers.get("content-type", ""):
            continue
        if not address.endswith(("/next", "/prev")):
            kinds.add(kind)
        waiting += [one for one in links(page, address) if one.startswith(base) and one not in tried]
    assert len(kinds) >= 6, kinds


def links(page: Page, address: str) -> list[str]:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    return list(page.eval_on_selector_all("a[href]", LINKS))


def test_a_submission_s_page(opened: Watched, printed: str) -> None:
    """It leads back to the class, and what is folded shows that it is."""
    page, base = opened.page, printed.partition("formgrader-in-lab")[0]
    page.goto(f"{base}formgrader/gradebook/{ASSIGNMENT}/{ASSIGNMENT}")
    page.locator("#main-table a").first.click()
    expect(page.locator(".nbgrader_cell").first).to_be_visible()
    shown = "() => { const d = document.createElement('details'); d.append(document.createElement('summary')); "
    shown += "document.body.append(d); return getComputedStyle(d.firstChild).display; }"
    assert page.evaluate(shown) == "list-item"
    page.get_by_role("link", name="Submissions", exact=True).click()
    expect(page.get_by_role("heading", name="Manage Submissions")).to_be_visible()
