"""What the documentation needs beyond Sphinx: notebooks, formulas without a script, Chinese search, links out."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import lesson_outputs
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.search.zh import SearchChinese
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

from autograder.base.notebooks import read_node
from autograder.instructor.feedback.formulas import mathml

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^)\s#:]+)(#[^)\s]*)?\)")
CODE = re.compile(r"^(```+|~~~+).*?^\1[ ]*$|^(?: {4}|\t).*?$", re.MULTILINE | re.DOTALL)
logger = logging.getLogger(__name__)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("source-read", read_page)
    app.connect("html-page-context", name_other_language)
    app.add_html_math_renderer("mathml", inline_renderers=(_inline, None), block_renderers=(_block, None))
    app.config.html_math_renderer = "mathml"
    app.add_search_language(ChineseByPairs)
    return {"parallel_read_safe": True}


def read_page(app: Sphinx, name: str, text: list[str]) -> None:
    """A page's text as Sphinx is to read it: a notebook where the page stands for one, and links that hold there."""
    source, path = Path(app.srcdir), Path(app.srcdir) / f"{name}.md"
    if not path.is_file():
        return
    if name.startswith("lesson/") and (found := re.search(r"\]\((\S+\.ipynb)\)", text[0])):
        path = (path.parent / found[1]).resolve()
        text[0] = "\n\n".join(from_notebook(path))
    text[0] = _outside_code(text[0], lambda part: LINK.sub(lambda link: site_link(link, path, source, name), part))


def from_notebook(path: Path) -> Iterator[str]:
    """The cells of a student's notebook as Markdown, each with the texts and pictures that it gives when run."""
    outputs = lesson_outputs.read(path)
    for cell in read_node(path).cells:
        if cell.cell_type == "markdown":
            yield cell.source
        elif cell.source.strip():
            yield f"```python\n{cell.source}\n```"
            yield from _shown(outputs.get(lesson_outputs.key(cell.source), ()), path)


def _shown(outputs: Sequence[lesson_outputs.Output], path: Path) -> Iterator[str]:
    """What a cell has shown; texts that follow each other stand in one box, as they do in a notebook."""
    for is_text, several in groupby(outputs, lambda output: not (output.picture or output.drawing)):
        if is_text:
            yield "```text\n" + "\n".join(output.text for output in several) + "\n```"
            continue
        for output in several:
            file = lesson_outputs.FOLDER / (output.picture or output.drawing)
            if output.picture:
                yield f"![{output.text}]({os.path.relpath(file, path.parent)})"
            else:
                yield f"```{{raw}} html\n{file.read_text(encoding='utf-8')}\n```"


def site_link(link: re.Match[str], path: Path, source: Path, name: str) -> str:
    """`link` of the file `path`, as it holds on the page `name` of the part of the site that `source` is.

    A page of the other language lies in the other part. A file of the repository that is no page is named, not linked:
    the site is read without a repository, too. Whatever is linked must be there.
    """
    mark, words, target, anchor = link.groups()
    there = (path.parent / unquote(target)).resolve()
    if not there.exists():
        logger.warning("%s: there is no %s", path, target)
        return link[0]
    folder = (source / name).parent
    if mark:
        return f"![{words}]({os.path.relpath(there, folder)})"
    if there.suffix == ".ipynb" and there.is_relative_to(ROOT / "release"):
        part = DOCS / "zh" if there.parent.name.endswith("-zh") else DOCS
        there = part / "lesson" / f"{there.stem}.md"
    if there.suffix == ".md" and (there.is_relative_to(DOCS) or there.is_relative_to(source)):
        if part_of(there) == source or not there.is_relative_to(DOCS):
            return f"[{words}]({os.path.relpath(there, folder)}{anchor or ''})"
        page = os.path.relpath(there.with_suffix(".html"), folder)
        return f'<a href="{page}{anchor or ""}">{words}</a>'
    place = f"`{there.relative_to(ROOT)}`"
    return place if words.strip("`") in {target, place.strip("`")} else f"{words} ({place})"


def part_of(page: Path) -> Path:
    """The part of the site that a page belongs to: docs/zh or docs."""
    return DOCS / "zh" if page.is_relative_to(DOCS / "zh") else DOCS


def name_other_language(app: Sphinx, name: str, _template: str, context: dict[str, Any], _tree: object) -> None:
    """The link to the page in the other language: the same page where there is one, else the first."""
    chinese = Path(app.srcdir) == DOCS / "zh"
    other = DOCS if chinese else DOCS / "zh"
    there = name if (other / f"{name}.md").is_file() else "index"
    up = "../" * (name.count("/") + chinese)
    context["other_language"] = {
        "href": f"{up}{'' if chinese else 'zh/'}{there}.html",
        "lang": "en" if chinese else "zh-CN",
        "name": "English" if chinese else "中文",
    }


def _outside_code(text: str, change: Any) -> str:
    """`text` with `change` made to all of it but its blocks of code."""
    kept, at = [], 0
    for block in CODE.finditer(text):
        kept += [change(text[at : block.start()]), block[0]]
        at = block.end()
    return "".join([*kept, change(text[at:])])


def _inline(writer: HTML5Translator, node: nodes.math) -> None:
    writer.body.append(mathml(node.astext()))
    raise nodes.SkipNode


def _block(writer: HTML5Translator, node: nodes.math_block) -> None:
    writer.body.append(f'<div class="math">{mathml(node.astext(), block=True)}</div>')
    raise nodes.SkipNode


class ChineseByPairs(SearchChinese):
    """Chinese text is found by pairs of characters: there are no spaces, and no dictionary is needed."""

    language_name = "English"  # whose stemmer it is: Sphinx 9.0 looks for a ChineseStemmer, and search then never ends
    js_splitter_code = """
function splitQuery(query) {
    return (query.match(/[a-zA-Z0-9_]+|[\\u3400-\\u9fff]+/g) || []).flatMap((run) =>
        /[a-zA-Z0-9_]/.test(run) || run.length < 3
            ? [run] : Array.from({length: run.length - 1}, (_, at) => run.slice(at, at + 2)));
}
"""

    def split(self, input: str) -> list[str]:
        """The words in Latin letters, and each two characters that stand side by side."""
        runs = re.findall(r"[\u3400-\u9fff]+", input)
        return [*super().split(input), *(run[at : at + 2] for run in runs for at in range(max(1, len(run) - 1)))]
