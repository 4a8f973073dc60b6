"""The templates of this kit that come before nbgrader's own, and the filters that its pages are made with."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

FILTERS = {
    "markdown2html": "autograder.plugins.safe_markdown",
    "highlight_code": "autograder.plugins.highlighted_code",
    "ansi2html": "autograder.plugins.coloured",
    "clean_html": "autograder.plugins.raw_text",
    "strip_files_prefix": "autograder.plugins.as_it_is",
}
"""nbconvert's filters and what takes their place, as in nbgrader_config.py."""


def page_templates() -> list[str]:
    """For `c.HTMLExporter.extra_template_basedirs`: this kit's templates of pages, then nbgrader's own."""
    ours = Path(__file__).parents[2] / "templates" / "pages"
    found = find_spec("nbgrader")
    if found is None or found.origin is None:
        return [str(ours)]
    return [str(ours), str(Path(found.origin).parent / "server_extensions" / "formgrader" / "templates")]
