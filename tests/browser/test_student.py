"""What a student does in JupyterLab, in a real browser: write a block, have it checked, mend it, run it all."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Locator, expect

from autograder.base.messages import translator
from tests.browser.chromium import Watched, watched_page
from tests.browser.lab import Lab, jupyterlab
from tests.browser.notebook_page import NotebookPage
from tests.browser.screenshots import shoot
from tests.browser.theme import choose_theme, contrast
from tests.shared.helpers import EXERCISES, ROOT, cell, solution

pytestmark = pytest.mark.browser

RELEASED = sorted(str(path.relative_to(ROOT / "release")) for path in ROOT.glob("release/*/*.ipynb"))
MARKS = re.compile(r" *### (BEGIN|END) SOLUTION\n?")


@pytest.fixture(scope="module")
def lab(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab on what a student gets: the released folders and the public references."""
    root, home = tmp_path_factory.mktemp("student"), tmp_path_factory.mktemp("home")
    for assignment in sorted({Path(path).parent.name for path in RELEASED}):
        shutil.copytree(
            ROOT / "release" / assignment, root / assignment, ignore=shutil.ignore_patterns(".ipynb_checkpoints")
        )
    (root / "data" / "references" / "resnet").mkdir(parents=True)
    shutil.copy(ROOT / "data" / "references" / "resnet" / "public.h5", root / "data" / "references" / "resnet")
    with jupyterlab(root, home) as running:
        yield running


@pytest.fixture
def watched(browser: Browser, lab: Lab) -> Iterator[Watched]:
    with watched_page(browser, lab.address) as watched:
        yield watched
    lab.stop_kernels()


@dataclass(frozen=True)
class Language:
    code: str
    assignment: str

    def answer(self, exercise: str) -> str:
        """The instructor's solution, as a student would write it."""
        return MARKS.sub("", solution(exercise, assignment=self.assignment))

    def is_that_of(self, text: str) -> bool:
        return bool(re.search(r"[\u4e00-\u9fff]", text)) == (self.code == "zh")


LANGUAGES = (Language("en", "resnet"), Language("zh", "resnet-zh"))


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_the_way_to_a_right_notebook(lab: Lab, watched: Watched, language: Language) -> None:
    notebook = NotebookPage(watched.page, lab, f"{language.assignment}/resnet.ipynb")
    notebook.run("setup")
    _write_a_wrong_block(notebook, language)
    if language.code == "en":
        _look_at_it_in_the_dark(notebook)
    _ask_for_hints(notebook, language)
    _mend_it(notebook, language)
    _do_the_rest_and_run_all(notebook, language)
    assert watched.errors == []
    assert lab.errors() == []


def _write_a_wrong_block(notebook: NotebookPage, language: Language) -> None:
    """The step is marked, in the list and in the picture, and one sentence says why."""
    answer = language.answer("identity_block")
    assert answer.count('padding="same"') == 1
    notebook.write("identity_block", answer.replace('padding="same"', 'padding="valid"'))
    notebook.run("identity_block")
    notebook.run("test_identity_block")
    report = notebook.report("test_identity_block")
    expect(report).to_have_attribute("lang", language.code)
    expect(report.locator(".steps .wrong")).to_have_text(["✗ 2b"])
    expect(report.locator(".findings li")).to_have_text([re.compile(r"'valid'.*'same'")])
    assert language.is_that_of(report.locator(".findings li").inner_text())
    expect(report.locator("svg .frame.wrong")).to_have_count(1)
    shoot(report, "report-wrong" if language.code == "en" else "report-wrong-zh")
    notebook.scroll_to("test_identity_block")
    if language.code == "zh":
        shoot(notebook.page, "jupyterlab-wrong-zh")


def _look_at_it_in_the_dark(notebook: NotebookPage) -> None:
    """The report can be read in JupyterLab's dark theme, too."""
    page = notebook.page
    choose_theme(page, "JupyterLab Dark")
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
    for text in (".title", ".findings li", ".steps .wrong", ".error p"):
        assert contrast(notebook.report("test_identity_block").locator(text).first) > 4.5
    shoot(page, "jupyterlab-dark")
    choose_theme(page, "JupyterLab Light")
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "true")


def _ask_for_hints(notebook: NotebookPage, language: Language) -> None:
    """Three hints on the step that is wrong, each plainer than the one before."""
    asked = notebook.insert_below("test_identity_block", "hint(identity_block)")
    hints = []
    for number in (1, 2, 3):
        hints.append(notebook.run(asked).inner_text())
        assert re.match(rf"\D*2b\W.*{number}.*3", hints[-1]), hints[-1]
        assert language.is_that_of(hints[-1])
        if number == 1 and language.code == "en":
            shoot(notebook.cell(asked), "jupyterlab-hint")
    assert len(set(hints)) == 3


def _mend_it(notebook: NotebookPage, language: Language) -> None:
    """Every step is ticked."""
    notebook.write("identity_block", language.answer("identity_block"))
    notebook.run("identity_block")
    notebook.run("test_identity_block")
    report = notebook.report("test_identity_block")
    _all_right(report, language)
    if language.code == "en":
        shoot(report, "report-right")


def _do_the_rest_and_run_all(notebook: NotebookPage, language: Language) -> None:
    """A notebook that has run from start to end, and is saved so."""
    answers = {name: language.answer(name) for name in EXERCISES}
    for name in EXERCISES[1:]:
        notebook.write(name, answers[name])
    notebook.restart_and_run_all()
    for name in EXERCISES:
        _all_right(notebook.report(f"test_{name}"), language)
    saved = notebook.save()
    assert not [output for one in saved.cells for output in one.get("outputs", ()) if output.output_type == "error"]
    assert {name: cell(saved, name).source for name in EXERCISES} == answers


def _all_right(report: Locator, language: Language) -> None:
    expect(report).to_contain_text(translator(language.code)("Everything is as asked."))
    expect(report.locator(".steps .wrong, .steps .unseen")).to_have_count(0)
    expect(report.locator(".steps .right").first).to_be_visible()


@pytest.mark.parametrize("path", RELEASED)
def test_a_students_version_opens_without_a_single_error(lab: Lab, watched: Watched, path: str) -> None:
    """No dialog, no failed request, no picture that is missing, no formula that can't be set."""
    page = watched.page
    notebook = NotebookPage(page, lab, path)
    written = nbformat.read(ROOT / "release" / path, as_version=4)
    prose = [cell.source for cell in written.cells if cell.cell_type == "markdown"]
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    expect(notebook.panel.locator(".jp-RenderedMarkdown")).to_have_count(len(prose))
    pictures = notebook.panel.locator(".jp-RenderedMarkdown img")
    expect(pictures).to_have_count(sum(len(re.findall(r"!\[.*?\]\(|<img ", text, re.DOTALL)) for text in prose))
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
        expect(picture).not_to_have_js_property("naturalWidth", 0)
    if any("$" in text for text in prose):
        expect(notebook.panel.locator("mjx-container").first).to_be_attached()
    expect(notebook.panel.locator("mjx-merror, [data-mjx-error]")).to_have_count(0)
    expect(page.locator(".jp-toast, .Toastify__toast")).to_have_count(0)
    assert watched.errors == []
    assert lab.errors() == []
