"""`progress()`: what is done in the notebooks that lie together, as their saved checks say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

from ..base.messages import notebook_language, translator
from ..base.notebooks import NotebookError, read_node
from ..report.text import MARKS

EMPTY = "YOUR ANSWER HERE"
"""What nbgrader puts where an answer is to be written."""


def lines(folder: Path) -> Iterator[str]:
    """A line for each notebook in the folder and those that they name as next, and one for each of its exercises."""
    _ = translator(notebook_language())
    done = total = 0
    for path, node in notebooks(sorted(folder.glob("*.ipynb"))):
        graded = [cell for cell in node.cells if cell.metadata.get("nbgrader", {}).get("grade")]
        if graded:
            yield path.name
        for cell in graded:
            passed, words = _state(cell)
            done, total = done + passed, total + 1
            name = str(cell.metadata.nbgrader.grade_id).removeprefix("test_")
            yield f"  {MARKS[passed]} {name}: {words}"
    yield _("{done} of {total} are done, as of each notebook's last save.").format(done=done, total=total)


def notebooks(paths: list[Path]) -> Iterator[tuple[Path, NotebookNode]]:
    """These notebooks and all that they lead on to, each once; what can't be read is passed over."""
    seen: set[Path] = set()
    while paths:
        path = paths.pop(0)
        if path.resolve() in seen:
            continue
        seen.add(path.resolve())
        try:
            node = read_node(path)
        except (NotebookError, OSError):
            continue
        named = node.metadata.get("autograder", {}).get("next")
        if isinstance(named, str) and (path.parent / named).is_file():
            paths.append(path.parent / named)
        yield path, node


def _state(cell: NotebookNode) -> tuple[bool, str]:
    """Whether the exercise is done, and how far it is: by the mark that a report leaves in its cell's output."""
    _ = translator(notebook_language())
    if cell.cell_type == "markdown":
        written = EMPTY not in cell.source
        return written, _("written") if written else _("not written yet")
    marks = [output.get("metadata", {}).get("autograder", {}) for output in cell.outputs]
    found = [mark for mark in marks if {"points", "max_points"} <= set(mark)]
    if not found:
        return False, _("not checked yet")
    points, most = (found[-1][name] for name in ("points", "max_points"))
    return points == most, _("{points} of {max_points} points").format(points=f"{points:g}", max_points=f"{most:g}")
