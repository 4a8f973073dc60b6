"""What a student can do to a submission without running anything: its cells' metadata, its files and its names."""

from __future__ import annotations

import base64
import copy
import os
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from tests.shared.pictures import blank, noise


@dataclass(frozen=True, slots=True)
class Known:
    """What the student knows; see sentinels.py."""

    course: str
    outside: str
    mark: str
    pid: int
    address: int
    grader: int
    port: int
    path: str
    abstract: str
    shared: str


def _cell(node: NotebookNode, name: str) -> NotebookNode:
    return next(c for c in node.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


# --- cells that lie about what they are ------------------------------------------------------------------------


def skip_execution(node: NotebookNode, folder: Path, known: Known) -> None:
    for cell in node.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata.tags = ["skip-execution"]


def raises_exception(node: NotebookNode, folder: Path, known: Known) -> None:
    for cell in node.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata.tags = ["raises-exception", "hide-output", "remove_output"]


def essay_is_a_test(node: NotebookNode, folder: Path, known: Known) -> None:
    _cell(node, "essay").metadata.nbgrader.solution = False


def tests_are_solutions(node: NotebookNode, folder: Path, known: Known) -> None:
    cell = _cell(node, "test_triple")
    cell.metadata.nbgrader.solution = True
    cell.metadata.nbgrader.locked = False
    cell.source = "'nothing to see here'"


def more_points(node: NotebookNode, folder: Path, known: Known) -> None:
    for cell in node.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata.nbgrader.points = 1000


def own_graded_cell(node: NotebookNode, folder: Path, known: Known) -> None:
    marks = {
        "grade": True, "grade_id": "bonus", "locked": False, "points": 100, "schema_version": 3, "solution": False,
        "task": False,
    }  # fmt: skip
    node.cells.append(new_code_cell("100.0", metadata={"nbgrader": marks}))


def test_cell_twice(node: NotebookNode, folder: Path, known: Known) -> None:
    twin = copy.deepcopy(_cell(node, "test_triple"))
    twin.source = "4.0"
    twin.id = "twin"
    node.cells.append(twin)


def tests_are_markdown(node: NotebookNode, folder: Path, known: Known) -> None:
    for name in ("test_triple", "test_relu"):
        cell = _cell(node, name)
        cell.cell_type = "markdown"
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def ids_of_tests(node: NotebookNode, folder: Path, known: Known) -> None:
    """Cells of one's own under the cell ids of tests, before and behind them."""
    for name in ("test_triple", "test_median"):
        at = node.cells.index(_cell(node, name))
        node.cells.insert(at, new_code_cell("4.0", id=node.cells[at].id))


def tests_emptied(node: NotebookNode, folder: Path, known: Known) -> None:
    for cell in node.cells:
        if cell.metadata.get("nbgrader", {}).get("grade") and not cell.metadata.nbgrader.solution:
            cell.source = "4.0"
            cell.metadata.nbgrader.locked = False


def without_tests(node: NotebookNode, folder: Path, known: Known) -> None:
    marks = [c.metadata.get("nbgrader", {}) for c in node.cells]
    node.cells = [
        cell
        for cell, mark in zip(node.cells, marks, strict=True)
        if not (mark.get("grade") and not mark.get("solution")) and mark.get("grade_id") != "setup"
    ]


# --- files ------------------------------------------------------------------------------------------------------


def _outside_files(known: Known) -> dict[str, Path]:
    course = Path(known.course)
    assignment = next((course / "source").iterdir()).name
    return {
        "a": course / "gradebook.db",
        "b": course / "source" / assignment / f"{assignment}.ipynb",
        "c": course / "submitted" / "ada" / assignment / f"{assignment}.ipynb",
        "d": Path(known.outside) / "secret.txt",
        "e": course / "data" / "references" / "resnet" / "hidden.h5",
    }


def symlinks(node: NotebookNode, folder: Path, known: Known) -> None:
    for name, path in _outside_files(known).items():
        if path.exists():
            (folder / f"{name}.txt").symlink_to(path)
            (folder / f"{name}-relative.txt").symlink_to(os.path.relpath(path, folder))
    (folder / "everything").symlink_to(known.outside)


def hard_links(node: NotebookNode, folder: Path, known: Known) -> None:
    for name, path in _outside_files(known).items():
        if path.exists():
            (folder / f"{name}.txt").hardlink_to(path)


def odd_file_names(node: NotebookNode, folder: Path, known: Known) -> None:
    target = f"{known.outside}/target.txt".replace("/", "%2f")
    names = (
        "-rf", "--help", "%2e%2e%2f%2e%2e%2fgradebook.db", target, "a\nb", "n" * 250, "nbgrader_config.py",
        "gradebook.db", "..\\..\\gradebook.db", "~", "$(touch x)", "`touch x`", "{student_id}", "{nbgrader_step}", "*",
        "[a]", "\u202etxt.py",
    )  # fmt: skip
    for name in names:
        (folder / name).write_text("c = get_config()\n")
    for name in ("... ", "data", "autograded", "source"):
        (folder / name).mkdir()
        (folder / name / "plain.ipynb").write_text("{}")


# --- pages ------------------------------------------------------------------------------------------------------


def markdown(node: NotebookNode, folder: Path, known: Known) -> None:
    mark = known.mark
    node.cells.append(new_markdown_cell(f"<img src=x onerror='{mark}'>\n\n<script>{mark}</script>"))
    node.cells.append(new_markdown_cell(f"[click](javascript:{mark}) ![x](http://127.0.0.1:{known.port}/{mark})"))
    node.cells.append(new_markdown_cell(f"<div style='position:fixed;top:0'>Score: 26 / 26 {mark}</div>"))
    node.cells.append(new_markdown_cell(f"```{{=html}}\n<svg onload={mark}>\n```\n$$</p><script>{mark}</script>$$"))


def markdown_classes(node: NotebookNode, folder: Path, known: Known) -> None:
    classes = ("nbgrader-label", "panel-heading", "navbar-fixed-top", "modal-backdrop in", "score tabbable", "affix")
    for one in classes:
        node.cells.append(new_markdown_cell(f'<span class="{one}">Score: 31 / 31 {known.mark}</span>'))
    node.cells.append(new_markdown_cell(f'<a class="navbar-fixed-bottom" href="?{known.mark}">Next</a>'))


def formulas(node: NotebookNode, folder: Path, known: Known) -> None:
    mark = known.mark
    for name in ("nbgrader_config.py", "index.html", "drawn.svg"):
        (folder / name).write_text((folder / name).read_text().replace("MARKED", mark))
    there = f"http:/formgrader/?path=submitted/{mark}/plain"
    texts = (
        rf"\href{{{there}}}{{\text{{the derivation}}}}",
        rf"\href{{http:index.html?{mark}}}{{x}}",
        rf"\href{{javascript:document.title='{mark}'}}{{x}}",
        rf"\href{{https://hub.example.edu/user/prof/formgrader/?path={mark}}}{{x}}",
        rf"\def\x#1{{\href{{http:/#1}}{{y}}}}\x{{{mark}}}",
        rf"\newcommand{{\z}}{{\href{{{there}}}{{y}}}}\z",
        rf"\require{{HTML}}\href{{{there}}}{{y}}",
        rf"\class{{btn full-credit {mark}}}{{\text{{Full credit}}}}",
        rf"\cssId{{{mark}}}{{x}}",
        rf"\style{{position:fixed;top:0;background:url(//{mark})}}{{x}}",
        rf"\mmlToken{{mi}}[href='{there}']{{x}}",
        rf"\text{{$\href{{{there}}}{{x}}$}}",
        rf"\unicode{{x3c}}a href={there}\unicode{{x3e}}",
    )
    for text in texts:
        for one in (f"${text}$", f"$${text}$$", rf"\\({text}\\)", rf"\begin{{equation}}{text}\end{{equation}}"):
            node.cells.append(new_markdown_cell(f"Proof: {one}"))
        # What Markdown does not take for a formula, MathJax may.
        for one in (
            f"<div>${text}$</div>",
            f"<b>$</b>{text}$",
            f"&#36;{text}&#36;",
            rf"<div>\({text}\)</div>",
            f"`a` $ {text} $",
        ):
            node.cells.append(new_markdown_cell(one))
    node.cells.append(new_markdown_cell(f"<math href='{there}'><mtext><a xlink:href='{there}'>x</a></mtext></math>"))


def links(node: NotebookNode, folder: Path, known: Known) -> None:
    mark = known.mark
    addresses = (
        f"https://hub.example.edu/user/prof/formgrader/?path=submitted/{mark}/plain",
        f"https://hub.example.edu/hub/user-redirect/git-pull?repo=https://x.org/{mark}",
        f"http://lvh.me:8888/formgrader/?path={mark}",
        f"http://localhost.localdomain:8888/formgrader/?path={mark}",
        f"http:/formgrader/?path={mark}",
        f"//hub.example.edu/{mark}",
        f"/formgrader/?path={mark}",
        f"?path={mark}",
        f"../../?path={mark}",
        f"{mark}.html",
        f"{mark}.svg",
        f"java&#9;script:document.title='{mark}'",
        f"data:text/html,{mark}",
        f"vbscript:{mark}",
        f"blob:http://127.0.0.1/{mark}",
        f"view-source:http://127.0.0.1/{mark}",
        f"mailto:a@x.org?body={mark}",
    )
    for address in addresses:
        texts = (
            f"[x]({address})", f"<{address}>", f"[x][{mark}]\n\n[{mark}]: <{address}> 'a \" title'",
            f'<a href="{address}">x</a>', f"<a href='{address}' target=_top ping='/{mark}' download>x</a>",
            f"<svg><a xlink:href='{address}'><text>x</text></a></svg>",
            f"<area href='{address}'><form action='{address}'>",
            f"<math><mtext href='{address}'>x</mtext></math>", f"<base href='{address}'>", f"![x](x.png)]({address})",
            f"<img usemap=#m src=x.png><map name=m><area href='{address}'></map>", address,
            f"<table><tr><td><a href={address}>x</table>", f"# [x]({address})", f"[^1]\n\n[^1]: <{address}>",
        )  # fmt: skip
        node.cells += map(new_markdown_cell, texts)
    for name, words in (("btn full-credit", "Full credit"), ("save-icon", "ok"), ("next", "Next")):
        node.cells.append(new_markdown_cell(f"<a class='{name} {mark}' id='{mark}' href='#{mark}'>{words}</a>"))


def pictures(node: NotebookNode, folder: Path, known: Known) -> None:
    often = base64.b64encode(noise(300, 300)).decode()
    node.cells.append(new_markdown_cell(f"[p]: data:image/png;base64,{often}\n\n" + "![a][p] " * 400))
    large = blank(12_000, 12_000)
    (folder / "large.png").write_bytes(large)
    address = f"data:image/png;base64,{base64.b64encode(large).decode()}"
    node.cells.append(new_markdown_cell(f"![a]({address}) ![b](large.png) <img src='{address}'> {known.mark}"))
    cell = new_markdown_cell("![a](attachment:a.png)")
    cell.attachments = {"a.png": {"image/png": base64.b64encode(large).decode()}}
    node.cells.append(cell)


def folders_in_the_way(node: NotebookNode, folder: Path, known: Known) -> None:
    for name in ("plain.html", "timestamp.txt"):
        (folder / name).mkdir()
        (folder / name / "a.txt").write_text(known.mark)


def attachments(node: NotebookNode, folder: Path, known: Known) -> None:
    svg = base64.b64encode(f"<svg xmlns='http://www.w3.org/2000/svg' onload='{known.mark}'/>".encode()).decode()
    cell = new_markdown_cell("![a](attachment:a.png) ![b](attachment:b.svg)")
    cell.attachments = {
        "a.png": {f'image/png"onerror="{known.mark}" x="': "AAAA", "image/png": f'AA" onerror="{known.mark}" x="'},
        "b.svg": {"image/svg+xml": svg},
    }
    node.cells.append(cell)


def notebook_metadata(node: NotebookNode, folder: Path, known: Known) -> None:
    script = f"</title></script><script>{known.mark}</script>"
    node.metadata.title = script
    node.metadata.authors = [{"name": script}]
    node.metadata.language_info = {"name": script, "pygments_lexer": script, "file_extension": script}
    node.metadata.celltoolbar = script
    state = {"m": {"model_name": script, "model_module": script, "state": {script: script}}}
    node.metadata.widgets = {
        "application/vnd.jupyter.widget-state+json": {"version_major": 2, "version_minor": 0, "state": state}
    }


def cell_metadata(node: NotebookNode, folder: Path, known: Known) -> None:
    breakout = f'x"><img src=x onerror="{known.mark}">'
    for cell in node.cells:
        cell.metadata.tags = [breakout]
        cell.metadata.alt = breakout
        cell.metadata["autograder"] = {"for": breakout}


def raw_cells(node: NotebookNode, folder: Path, known: Known) -> None:
    from nbformat.v4 import new_raw_cell

    for kind in ("text/html", "", "text/markdown"):
        node.cells.append(new_raw_cell(f"<script>{known.mark}</script>", metadata={"raw_mimetype": kind}))
