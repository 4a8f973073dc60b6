"""The documentation's site: built strictly, then walked as files, in chromium, where nothing else can be reached."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, expect

from autograder.base.notebooks import read_node
from tests.browser.accessible import barriers
from tests.browser.chromium import chromium, watched_page

ROOT = Path(__file__).resolve().parents[2]
CONF = ROOT / "tools" / "docs"
PHONE = 390

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    to = tmp_path_factory.mktemp("site") / "docs"
    done = subprocess.run([sys.executable, CONF / "build.py", to], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return to


@pytest.mark.parametrize(
    "lost",
    [
        {
            "[a page](away.md)": "there is no away.md",
            "[a file](../missing.py)": "there is no ../missing.py",
            "![a picture](unseen.png)": "there is no unseen.png",
        },
        {
            "[a place](#lost)": "'lost'",
            "[a place](other.md#gone)": "'gone'",
        },
        {"fine": "isn't included in any toctree"},
    ],
    ids=["files", "places", "unlisted"],
)
def test_what_leads_nowhere_ends_the_build_and_each_is_named(lost: dict[str, str], tmp_path: Path) -> None:
    text = "\n\n".join(lost)
    (tmp_path / "index.md").write_text(f"# A page\n\n{text}\n\n```{{toctree}}\n:hidden:\n\nother\n```\n")
    (tmp_path / "other.md").write_text("# Another\n")
    if "fine" in lost:
        (tmp_path / "unlisted.md").write_text("# Listed nowhere\n")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "-c", CONF, tmp_path, tmp_path / "site"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert [trouble for trouble in lost.values() if trouble not in done.stderr] == []


def test_every_link_leads_to_something_on_the_site(site: Path) -> None:
    assert len(pages(site)) > 35
    lost = [(page.name, link) for page in pages(site) for link in contents(page).inside if broken(page, link)]
    assert lost == []


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    assert [(page.name, one) for page in pages(site) for one in contents(page).loaded if "//" in one] == []


def test_every_page_fits_a_phone_and_asks_nobody(site: Path, browser: Browser) -> None:
    with watched_page(browser, site.as_uri(), width=PHONE) as watched:
        wide = []
        for page in pages(site):
            watched.page.goto(page.as_uri())
            if watched.page.evaluate("document.documentElement.scrollWidth") > PHONE:
                wide.append(page.relative_to(site))
        assert wide == []
        assert watched.errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "name", ["index", "guides/student", "lesson/resnet", "reference/cli", "zh/index", "zh/lesson/signs"]
)
def test_anybody_can_read_it_in_either_theme(site: Path, browser: Browser, name: str, scheme: Any) -> None:
    assert barriers(browser, (site / f"{name}.html").as_uri(), scheme) == []


def test_it_is_dark_where_the_reader_wants_that(site: Path, browser: Browser) -> None:
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto((site / "index.html").as_uri())
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    red, green, blue = re.findall(r"\d+", page.evaluate("getComputedStyle(document.body).backgroundColor"))[:3]
    assert max(int(red), int(green), int(blue)) < 60
    context.close()


@pytest.mark.parametrize(
    ("part", "words", "page"),
    [
        ("", "keeps it from being forged", "Security"),
        ("", "extensions.csv", "A week with the course"),
        ("zh/", "恒等块", "残差网络"),
        ("zh/", "隐藏的例子", "自学指南"),
    ],
)
def test_search_finds_without_a_server(site: Path, browser: Browser, part: str, words: str, page: str) -> None:
    context = browser.new_context()
    found = context.new_page()
    found.goto(f"{site.as_uri()}/{part}search.html?q={words}")
    expect(found.locator("#search-results a").filter(has_text=page).first).to_be_visible()
    context.close()


def test_formulas_are_mathml_in_both_languages(site: Path, browser: Browser) -> None:
    for name in ("lesson/resnet.html", "zh/lesson/resnet.html"):
        text = (site / name).read_text(encoding="utf-8")
        assert text.count("<math") > 10
        assert "\\frac" not in text


def test_the_lesson_holds_no_solution_and_no_hidden_test(site: Path) -> None:
    for notebook in sorted((ROOT / "source").glob("*/*.ipynb")):
        given = notebook_text(ROOT / "release" / notebook.parent.name / notebook.name)
        secret = {line for line in map(str.strip, notebook_text(notebook).splitlines()) if line not in given}
        part = site / "zh" if notebook.parent.name.endswith("-zh") else site
        page = (part / "lesson" / f"{notebook.stem}.html").read_text(encoding="utf-8")
        shown = unescape(re.sub(r"<[^>]+>", "", page))
        assert "YOUR CODE HERE" in shown
        assert len(secret) > 5
        assert [line for line in secret if len(line) > 20 and line in shown] == []


def test_the_lesson_shows_what_its_cells_draw(site: Path, browser: Browser) -> None:
    """Of signs.ipynb, which trains networks: each drawing, in words too, for whoever can't see it."""
    with watched_page(browser, "about:blank", width=1280, height=900) as watched:
        watched.page.goto((site / "lesson" / "signs.html").as_uri())
        drawings = watched.page.locator("article svg[role=img]").all()
        assert len(drawings) > 10
        for drawing in drawings:
            size = drawing.bounding_box()
            assert size is not None
            assert size["width"] > 100
            assert size["height"] > 40
            assert len(drawing.get_attribute("aria-label") or "") > 10


def test_what_cells_show_is_that_of_the_cells_there_are() -> None:
    """Else a page shows nothing below them: run `python tools/docs/lesson_outputs.py NOTEBOOK` again."""
    sys.path.insert(0, str(CONF))
    try:
        import lesson_outputs
    finally:
        sys.path.remove(str(CONF))
    for notebook in (ROOT / "release").glob("*/*.ipynb"):
        cells = {lesson_outputs.key(cell.source) for cell in read_node(notebook).cells}
        assert lesson_outputs.read(notebook).keys() <= cells, notebook


def notebook_text(path: Path) -> str:
    return "\n".join(cell.source for cell in read_node(path).cells)


class Contents(HTMLParser):
    """A page's links to other places of the site, what it loads, and the places in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.inside: set[str] = set()
        self.loaded: set[str] = set()
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        self.places |= {given[name] for name in ("id", "name") if name in given}
        target = given.get("href") or given.get("src") or ""
        if tag != "a" and target and not target.startswith("data:"):
            self.loaded.add(target)
        if target and not urlsplit(target).scheme:
            self.inside.add(target)


def pages(site: Path) -> list[Path]:
    return sorted(page for page in site.rglob("*.html") if "_static" not in page.parts)


@cache
def contents(page: Path) -> Contents:
    return Contents(page.read_text(encoding="utf-8"))


def broken(page: Path, link: str) -> bool:
    parts = urlsplit(link)
    there = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if not there.is_file():
        return True
    place = unquote(parts.fragment)
    return bool(place) and there.suffix == ".html" and place not in contents(there).places
