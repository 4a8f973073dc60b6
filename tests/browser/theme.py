"""JupyterLab's themes, and whether a text can be read in one."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page


def choose_theme(page: Page, name: str) -> None:
    """As one does, in the menu Settings."""
    page.locator(".lm-MenuBar").get_by_text("Settings", exact=True).click()
    page.locator(".lm-Menu").get_by_text("Theme", exact=True).hover()
    page.locator(".lm-Menu").get_by_text(name, exact=True).click()


def contrast(text: Locator) -> float:
    """The contrast of a text with what lies behind it, from 1 to 21, as WCAG 2 defines it."""
    colours = text.evaluate(
        """text => {
            let behind = text;
            while (getComputedStyle(behind).backgroundColor === 'rgba(0, 0, 0, 0)') behind = behind.parentElement;
            return [getComputedStyle(text).color, getComputedStyle(behind).backgroundColor];
        }"""
    )
    light, dark = sorted((_luminance(colour) for colour in colours), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (float(part) / 255 for part in re.findall(r"[\d.]+", colour)[:3])
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
