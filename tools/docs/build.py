"""Make the documentation's site: python tools/docs/build.py [FOLDER].

English pages from docs/, Chinese ones from docs/zh. Any warning, such as a link that leads nowhere, ends it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sphinx.cmd.build import main

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def build(to: Path) -> int:
    """Make it in a folder; gives Sphinx's exit status."""
    strict = ["-q", "-W", "--keep-going", "-c", str(HERE), "-d"]
    english = main([*strict, str(to.with_name("doctrees")), str(ROOT / "docs"), str(to)])
    chinese = main(
        [*strict, str(to.with_name("doctrees-zh")), "-t", "chinese", str(ROOT / "docs" / "zh"), str(to / "zh")]
    )
    return english or chinese


if __name__ == "__main__":
    site = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT / "build" / "docs"
    status = build(site)
    if status == 0:
        print(site / "index.html")
    raise SystemExit(status)
