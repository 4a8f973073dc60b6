"""The overview of a large class in a browser: a few screens tall, sorted and filtered by its own script alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from autograder.instructor.overview.page import render
from tests.browser.accessible import barriers
from tests.instructor.overview.large_class import CELLS, large_class

STUDENTS = 180


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("overview") / "report.html"
    path.write_text(render(large_class(STUDENTS), "2026-03-01"), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(address)
    yield page
    page.close()
    assert troubles == []


def test_nothing_keeps_a_reader_from_it(browser: Browser, address: str) -> None:
    for scheme in ("light", "dark"):
        assert barriers(browser, address, scheme) == []


def column(page: Page, table: str, at: int) -> list[str]:
    cells = page.locator(f"#{table} tbody tr:visible > :nth-child({at})")
    return [text.strip() for text in cells.all_inner_texts()]


def test_it_is_less_than_3000_pixels_tall_and_fits_a_phone(page: Page) -> None:
    size = "[document.documentElement.scrollHeight, document.documentElement.scrollWidth]"
    assert page.evaluate(size)[0] < 3000
    page.set_viewport_size({"width": 390, "height": 800})
    height, width = page.evaluate(size)
    assert width == 390, "the page scrolls sideways"
    assert height < 4000


def test_it_is_dark_where_the_reader_wants_that_and_prints_on_a4_black_on_white(browser: Browser, address: str) -> None:
    page = browser.new_page(color_scheme="dark")
    page.goto(address)
    colours = "(style => [style.color, style.backgroundColor])(getComputedStyle(document.body))"
    assert page.evaluate(colours) == ["rgb(238, 238, 238)", "rgb(22, 22, 22)"]
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(colours) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([0-9.]+) ([0-9.]+)", page.pdf(prefer_css_page_size=True))
    assert {(round(float(width)), round(float(height))) for width, height in boxes} == {(595, 842)}
    page.close()


def test_a_click_on_a_heading_sorts_and_another_turns_it_round(page: Page) -> None:
    heading = page.locator("#students thead button", has_text="resnet50")
    heading.click()
    scores = [float(text) for text in column(page, "students", 5) if text != "–"]
    assert len(scores) == STUDENTS - 4
    assert scores == sorted(scores)
    heading.click()
    turned = [float(text) for text in column(page, "students", 5) if text != "–"]
    assert turned == sorted(turned, reverse=True)
    assert page.locator("#students th[aria-sort=descending]").count() == 1
    page.locator("#students thead button", has_text="student").click()
    names = column(page, "students", 1)
    assert names == sorted(names)


def test_the_filter_shows_who_has_all_words(page: Page) -> None:
    page.get_by_label("Show only").fill("LATE 王小明")
    late = [one for one in large_class(STUDENTS).submissions if one.late and one.name == "王小明"]
    assert late
    assert column(page, "students", 1) == [one.student for one in late]
    assert page.locator("#shown").inner_text() == str(len(late))
    page.locator("article.group summary").first.click()
    group = page.locator("article.group a").first
    hidden = group.inner_text()
    group.click()
    assert page.locator("#students tr:visible", has_text=hidden).count() == 1
    page.get_by_label("Show only").fill("")
    assert len(column(page, "students", 1)) == len(large_class(STUDENTS).everybody)


def test_the_distribution_is_there_before_a_person_has_graded(page: Page) -> None:
    words = page.locator("section", has=page.locator("#items")).inner_text()
    assert f"So far, of 35 points, {STUDENTS - 4} have" in words
    assert "Nobody has a score yet in the_trap." in words
    assert len(column(page, "items", 1)) == len(CELLS)
    advice = dict(zip(column(page, "items", 1), column(page, "items", 6), strict=True))
    assert advice["identity_block (10)"] == ""
    assert advice["the_trap (7)"] == "no score yet"
    assert advice["train_signs (5)"].startswith("who is good elsewhere does")
