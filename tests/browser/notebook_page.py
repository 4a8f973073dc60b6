"""A notebook in JupyterLab, by what a person does with it and sees of it."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import Lab

KERNEL_STARTS = 60_000
RUNS = 150_000
"""How long a kernel may take to start, and a cell or a whole notebook to run, in milliseconds."""


class NotebookPage:
    """One notebook, open in JupyterLab's main area. Cells are named by the grade_id or the id that the file gives."""

    def __init__(self, page: Page, lab: Lab, path: str) -> None:
        self.page = page
        self.file: Path = lab.root / path
        self._names = [_name(cell) for cell in nbformat.read(self.file, as_version=4).cells]
        page.goto(lab.page_of(path))
        # The panel on the file's own tab: JupyterLab keeps others out of sight.
        self.panel = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
        expect(self.cells).to_have_count(len(self._names), timeout=KERNEL_STARTS)
        self.wait_for_idle()

    @property
    def cells(self) -> Locator:
        return self.panel.locator(".jp-Cell")

    def cell(self, name: str) -> Locator:
        return self.cells.nth(self._names.index(name))

    def output(self, name: str) -> Locator:
        return self.cell(name).locator(".jp-Cell-outputArea")

    def report(self, name: str) -> Locator:
        """The report that this cell shows."""
        return self.output(name).locator(".autograder-report")

    def scroll_to(self, name: str) -> None:
        """Bring a cell to the top of what is seen."""
        self.cell(name).evaluate("cell => cell.scrollIntoView({block: 'start', behavior: 'instant'})")

    def write(self, name: str, source: str) -> None:
        """Replace all that stands in a code cell, as one does: click in it, select all, type."""
        editor = self.cell(name).locator(".cm-content")
        editor.click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(source)

    def insert_below(self, name: str, source: str) -> str:
        """A new code cell below this one, with the source; returns what it is called from now on."""
        index = self._names.index(name) + 1
        self.cell(name).locator(".jp-InputPrompt").click()
        self.page.keyboard.press("b")
        self._names.insert(index, f"below {name}")
        expect(self.cells).to_have_count(len(self._names))
        self.write(self._names[index], source)
        return self._names[index]

    def run(self, name: str) -> Locator:
        """Run one cell and wait until it is done; returns its output."""
        cell = self.cell(name)
        before = self._prompt(cell).inner_text()
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")
        expect(self._prompt(cell)).not_to_have_text(before, timeout=RUNS)
        self._wait_until_run(cell)
        return self.output(name)

    def restart_and_run_all(self) -> None:
        """The toolbar's button with two arrows, and yes to the question; waits until the last cell has run."""
        self.panel.locator("[data-command='notebook:restart-run-all']").click()
        self.page.locator(".jp-Dialog").get_by_role("button", name="Confirm Kernel Restart").click()
        code = self.panel.locator(".jp-CodeCell")
        expect(self._prompt(code.first)).to_have_text(re.compile(r"^\[1\]:$"), timeout=RUNS)
        self._wait_until_run(code.last)

    def save(self) -> nbformat.NotebookNode:
        """Save by the keyboard; returns what the file then holds."""
        before = self.file.stat().st_mtime_ns
        self.page.keyboard.press("Control+s")
        expect(self.page.locator(".lm-TabBar-tab.jp-mod-current.jp-mod-dirty")).to_have_count(0)
        assert self.file.stat().st_mtime_ns > before
        return nbformat.read(self.file, as_version=4)

    def wait_for_idle(self) -> None:
        """Before a kernel is there the indicator says idle too, and what is run then is dropped without a word."""
        expect(self.panel.locator(".jp-Toolbar-kernelName")).not_to_have_text("No Kernel", timeout=KERNEL_STARTS)
        status = self.panel.locator(".jp-Notebook-ExecutionIndicator")
        expect(status).to_have_attribute("data-status", "idle", timeout=KERNEL_STARTS)

    def _prompt(self, cell: Locator) -> Locator:
        return cell.locator(".jp-InputPrompt")

    def _wait_until_run(self, cell: Locator) -> None:
        expect(self._prompt(cell)).to_have_text(re.compile(r"^\[\d+\]:$"), timeout=RUNS)


def _name(cell: nbformat.NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id") or cell.id)
