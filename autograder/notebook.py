"""Reading notebooks from anywhere, and saying in one sentence what is wrong with one."""

from __future__ import annotations

import ast
import json
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from .course import Course
from .exercises import NOTEBOOKS, Exercise
from .families import family_with
from .messages import LANGUAGES, Translate, language_in, translator

MAX_NOTEBOOK = 50 * 2**20


class NotebookError(Exception):
    """The file can't be used as a notebook of this course; the message says why and what to do."""


@dataclass(frozen=True)
class Notebook:
    """A notebook of this course, and the exercises that stand in it.

    `exercises` are those that it asks for. `doubts` are sentences on what looks odd but does not stop anything, such
    as a solution cell that is missing.
    """

    path: Path
    node: NotebookNode
    language: str
    doubts: tuple[str, ...]
    exercises: tuple[Exercise, ...]


def read_notebook(path: Path, course: Course | None = None, sets: Sequence[Sequence[Exercise]] = NOTEBOOKS) -> Notebook:
    """Read a notebook that a person named. Its exercises are one of these sets, or else those of the `course` itself.

    Raises:
        NotebookError: it is missing, too large, not JSON, not a notebook, older than nbformat 4, or holds none of
            this course's solution cells.
    """
    node = read_node(path)
    ids = [cell_id for cell_id in map(grade_id, node.cells) if cell_id]
    asked = exercises_in(node, sets)
    if not asked and course is not None:
        family = family_with(course, ids)
        in_order = {name: place for place, name in enumerate(ids)}
        asked = tuple(sorted(family.exercises if family else (), key=lambda one: in_order.get(one.name, len(ids))))
    if not asked:
        names = ", ".join(exercise.name for together in sets for exercise in together)
        raise NotebookError(
            f"{path} is not a notebook of this course: none of its cells is one of {names}. "
            "Start from the notebook in release/."
        )
    language = _language(node)
    names_of = [exercise.name for exercise in asked]
    return Notebook(path, node, language, tuple(_doubts(ids, names_of, translator(language))), asked)


def exercises_in(node: NotebookNode, sets: Sequence[Sequence[Exercise]] = NOTEBOOKS) -> tuple[Exercise, ...]:
    """The exercises of the notebook that this one is, or is left of: those that stand in one with any of its cells."""
    ids = set(map(grade_id, node.cells))
    return tuple(next((together for together in sets if any(exercise.name in ids for exercise in together)), ()))


def _doubts(ids: Sequence[str], names: Sequence[str], _: Translate) -> Iterator[str]:
    for name in names:
        if name not in ids:
            yield _(
                "The cell {name} is missing: was it deleted or renamed? What the other cells define counts."
            ).format(name=name)
        elif ids.count(name) > 1:
            yield _("The cell {name} is there {count} times: the last one counts.").format(
                name=name, count=ids.count(name)
            )


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
    """Whether the cell is tagged as one that isn't run where nobody sits before the notebook, such as one that trains.

    The tag is nbclient's.
    """
    return "skip-execution" in cell.get("metadata", {}).get("tags", [])


def is_test(cell: NotebookNode) -> bool:
    """Whether nbgrader grades this cell by running it."""
    marks = cell.get("metadata", {}).get("nbgrader")
    return isinstance(marks, dict) and bool(marks.get("grade")) and not marks.get("solution")


def _language(node: NotebookNode) -> str:
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
    found: set[str] = set()
    for path in sorted(folder.glob("*.ipynb")):
        try:
            cells = read_node(path).cells
        except NotebookError:
            continue
        for cell in cells:
            if cell.cell_type == "code":
                found.update(_imported(cell.source))
    return tuple(sorted(found))


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
