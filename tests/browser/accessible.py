"""What axe-core finds on a page that keeps people from reading it: contrast, headings, names, landmarks."""

from __future__ import annotations

from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser


def barriers(
    browser: Browser, address: str, scheme: Literal["light", "dark"] = "light", width: int = 1280
) -> list[str]:
    """A line for each kind of thing that axe-core objects to, whatever its weight."""
    # The pages' own policy lets no script in; axe-core is one.
    context = browser.new_context(color_scheme=scheme, bypass_csp=True, viewport={"width": width, "height": 900})
    try:
        page = context.new_page()
        page.goto(address)
        found = Axe().run(page).response["violations"]
        return [f"{one['impact']}: {one['help']}, as in {one['nodes'][0]['html'][:200]}" for one in found]
    finally:
        context.close()
