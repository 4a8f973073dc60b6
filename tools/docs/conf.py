"""Sphinx's settings for the documentation, in English from docs/ and in Chinese from docs/zh: see `make docs`."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

chinese = "chinese" in tags  # type: ignore[name-defined]  # noqa: F821  (Sphinx hands it in)

project = "残差网络课程包" if chinese else "Residual networks"
html_title = project
language = "zh_CN" if chinese else "en"
html_search_language = "zh" if chinese else "en"
root_doc = "index"
exclude_patterns = [] if chinese else ["zh"]
templates_path = ["templates"]
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "course_site"]
myst_enable_extensions = ["amsmath", "deflist", "dollarmath", "html_image"]
myst_heading_anchors = 3
suppress_warnings = ["myst.header"]  # a notebook may begin at any level
nitpicky = False
autodoc_typehints = "description"
autodoc_member_order = "bysource"
highlight_language = "none"
default_role = "code"  # docstrings write `names` as Markdown does

html_theme = "pydata_sphinx_theme"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_context = {"default_mode": "auto"}
html_sidebars: dict[str, list[str]] = {"*": []} if chinese else {}
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "navbar_center": ["navbar-nav"],
    "navbar_end": ["languages", "theme-switcher"],
    "secondary_sidebar_items": ["page-toc"],
    "show_prev_next": True,
    "navigation_with_keys": False,
    "footer_start": [],
    "footer_end": [],
    "back_to_top_button": False,
}
