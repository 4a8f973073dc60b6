"""The machine's own chromium, driven by Playwright; Playwright's download of a browser is never used."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, Route, expect, sync_playwright

PATIENCE = 60_000
"""How long a page may take to do or to show something, in milliseconds: other tests run beside this one."""

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


NO_CHROMIUM = "there is no chromium here (Debian's package chromium)"


def program() -> str | None:
    """Where chromium is."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A browser; where there is none the test says so and is skipped, or fails where none may be."""
    found = program()
    if found is None:
        if os.environ.get("AUTOGRADER_TESTS_NO_SKIP") == "1":
            pytest.fail(NO_CHROMIUM)
        pytest.skip(NO_CHROMIUM)
    # Chromium's own sandbox can't be had by root and in most containers; it sees this machine's pages only.
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watched:
    """A page, and what went wrong on it: each error as a line."""

    page: Page
    errors: list[str] = field(default_factory=list)


@contextlib.contextmanager
def watched_page(browser: Browser, address: str, width: int = 1100, height: int = 900) -> Iterator[Watched]:
    """A fresh page that reaches `address`, files and nothing else. What fails on it is written down."""
    context = browser.new_context(viewport={"width": width, "height": height}, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    watched = Watched(context.new_page())
    page, errors = watched.page, watched.errors

    def keep_inside(route: Route) -> None:
        if route.request.url.startswith((address, "data:", "blob:", "file:")):
            route.continue_()
        else:
            errors.append(f"asked for {route.request.url}")
            route.abort()

    def answered(response: Response) -> None:
        if response.status >= 400:
            errors.append(f"{response.status} for {response.url}")

    def said(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(f"console: {message.text}")

    page.route("**/*", keep_inside)
    page.on("response", answered)
    page.on("console", said)
    page.on("pageerror", lambda error: errors.append(f"script: {error}"))
    try:
        yield watched
    finally:
        context.close()
