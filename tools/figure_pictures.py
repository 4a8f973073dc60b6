"""Draw the figures as pictures, beside the SVGs: for notebooks that carry them inside (`autograder package`).

Run after a figure was changed: `.venv/bin/python tools/figure_pictures.py`. It takes chromium.
"""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Draw them all."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for svg in sorted(ROOT.glob("source/*/figures/*.svg")):
            size = re.search(r'viewBox="[\d.]+ [\d.]+ ([\d.]+) ([\d.]+)"', svg.read_text(encoding="utf-8"))
            assert size is not None, svg
            width, height = (round(float(one)) for one in size.groups())
            page = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=1.5)
            page.goto(svg.as_uri())
            shown = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            shown.quantize(48).save(svg.with_suffix(".png"), optimize=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
