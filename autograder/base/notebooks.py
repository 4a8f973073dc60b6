"""Any notebook as nbformat reads it: a file from anywhere, and what its cells are to nbgrader and nbclient."""

from __future__ import annotations

import ast
import json
import warnings
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from .errors import UserError
from .files import once_a_change
from .messages import LANGUAGES, language_in

MAX_NOTEBOOK = 50 * 2**20


class NotebookError(UserError):
    """The file can't be used as a notebook of this course; the message says why and what to do."""


def read_node(path: Path) -> NotebookNode:
    """The notebook's cells, converted to nbformat 4. Raises NotebookError as `read_notebook` does."""
    if not path.is_file():
        raise NotebookError(f"There is no file {path}.")
    try:
        # An editor may put another file in its place at any moment, so even the size may not be had.
        if path.stat().st_size > MAX_NOTEBOOK:
            size = MAX_NOTEBOOK // 2**20
            raise NotebookError(f"{path} is larger than {size} MB: clear its outputs and save it again.")
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise NotebookError(f"{path} can't be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise NotebookError(f"{path} is not a notebook: it is not JSON. Name a file that ends in .ipynb.") from None
    if not isinstance(data, dict) or "nbformat" not in data:
        raise NotebookError(f"{path} is not a notebook: it is JSON of another kind.")
    if data["nbformat"] != 4:
        raise NotebookError(
            f"{path} is in notebook format {data['nbformat']!r:.20} and this kit reads format 4: "
            "open it in JupyterLab and save it."
        )
    try:
        text = json.dumps(data, ensure_ascii=False).encode().decode()
        with warnings.catch_warnings():
            # nbformat mends cells without an id, or with another's, and tells of it.
            warnings.simplefilter("ignore")
            node: NotebookNode = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
            nbformat.validate(node)
    except Exception as error:
        why = (str(error).splitlines() or [type(error).__name__])[0]
        raise NotebookError(f"{path} is damaged: {why[:200]}") from None
    return node


def grade_id(cell: NotebookNode) -> str | None:
    """The grade_id of a solution cell, or None."""
    marks = cell.get("metadata", {}).get("nbgrader")
    if isinstance(marks, dict) and marks.get("solution") and isinstance(marks.get("grade_id"), str):
        return str(marks["grade_id"])
    return None


def is_left_out(cell: NotebookNode) -> bool:
    """Whether the cell has nbclient's tag for what runs only while a person is there, such as training."""
    return "skip-execution" in cell.get("metadata", {}).get("tags", [])


def is_test(cell: NotebookNode) -> bool:
    """Whether nbgrader grades this cell by running it."""
    marks = cell.get("metadata", {}).get("nbgrader")
    return isinstance(marks, dict) and bool(marks.get("grade")) and not marks.get("solution")


def language_of(node: NotebookNode) -> str:
    """The language that a notebook is written in, as its metadata or its code says; English where neither does."""
    declared = node.metadata.get("autograder", {})
    language = declared.get("language") if isinstance(declared, dict) else None
    if language in LANGUAGES:
        return str(language)
    found = [language_in(cell.source) for cell in node.cells if cell.cell_type == "code"]
    return next((language for language in found if language), "en")


def modules_imported(folder: Path) -> tuple[str, ...]:
    """The modules that the code of a folder's notebooks imports, by their full names, in alphabetical order.

    What is no notebook, and cells that are no Python, are passed over.
    """
    return tuple(sorted(frozenset().union(*map(_modules_of, folder.glob("*.ipynb")))))


@once_a_change
def _modules_of(notebook: Path) -> frozenset[str]:
    try:
        cells = read_node(notebook).cells
    except NotebookError:
        return frozenset()
    return frozenset(name for cell in cells if cell.cell_type == "code" for name in _imported(cell.source))


def _imported(source: str) -> Iterator[str]:
    lines = ["" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines()]
    try:
        tree = ast.parse("\n".join(lines))
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
