"""A small notebook with every kind of cell, what the gradebook knows of it, and any damage to it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import nbformat
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.utils import compute_checksum, determine_grade, is_grade

from autograder.execution.submission import model
from autograder.execution.submission.model import TrustedCell
from autograder.execution.submission.read import prepare
from autograder.execution.submission.restore import restore_any

PARTS = (
    # grade_id, cell type, role, source
    ("intro", "markdown", "locked", "# Two functions"),
    (None, "code", None, "import math"),
    ("double", "code", "solution", "def double(x):\n    return 2 * x"),
    (None, "code", None, "helper = 1"),
    ("test_double", "code", "grade", "assert double(2) == 4"),
    (None, "markdown", None, "My notes."),
    ("area", "code", "solution", "def area(r):\n    return math.pi * r**2"),
    ("test_area", "code", "grade", "assert area(0) == 0"),
    ("essay", "markdown", "grade solution", "Because."),
    ("task", "markdown", "task", "Draw it."),
)


def cell_of(grade_id: str | None, kind: str, role: str | None, source: str) -> NotebookNode:
    new = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}[kind]
    cell: NotebookNode = new(source, id="".join(filter(str.isalnum, source))[:40])
    if grade_id and role:
        cell.metadata = nbformat.from_dict(
            {
                "nbgrader": {
                    "schema_version": 3,
                    "grade_id": grade_id,
                    "grade": "grade" in role,
                    "solution": "solution" in role,
                    "locked": role != "solution" and role != "grade solution",
                    "task": role == "task",
                    "cell_type": kind,
                }
            }
        )
        if "grade" in role or role == "task":
            cell.metadata.nbgrader["points"] = 5
        cell.metadata.nbgrader["checksum"] = compute_checksum(cell)
    return cell


def good() -> NotebookNode:
    node = nbformat.v4.new_notebook(cells=[cell_of(*part) for part in PARTS])
    node.metadata = nbformat.from_dict({"kernelspec": dict(model.KERNELSPEC), "language_info": {"name": "python"}})
    return node


def trusted(node: NotebookNode) -> tuple[TrustedCell, ...]:
    return tuple(
        TrustedCell(
            marks.grade_id,
            cell.cell_type,
            cell.source if not marks.solution else "the stub",
            bool(marks.locked),
            marks.grade,
            marks.solution,
            marks.task,
            float(marks.points) if "points" in marks else None,
            marks.checksum,
        )
        for cell in node.cells
        if (marks := cell.metadata.get("nbgrader"))
    )


TRUSTED = trusted(good())
IDS = {"paper": [cell.grade_id for cell in TRUSTED]}


def named(node: NotebookNode, name: str) -> NotebookNode:
    (found,) = [cell for cell in node.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name]
    return found


def position(node: NotebookNode, name: str) -> int:
    return node.cells.index(named(node, name))


def order(node: NotebookNode) -> list[str]:
    """grade_ids, and the sources of a student's own cells."""
    return [cell.metadata.get("nbgrader", {}).get("grade_id") or cell.source for cell in node.cells]


def holds(node: NotebookNode) -> None:
    """What has to be true of every restored notebook."""
    nbformat.validate(node)
    nbformat.writes(node).encode()
    MetadataValidator().validate_nb(node)
    marked = [cell for cell in node.cells if cell.metadata.get("nbgrader")]
    assert [cell.metadata.nbgrader.grade_id for cell in marked] == [cell.grade_id for cell in TRUSTED]
    for cell, known in zip(marked, TRUSTED, strict=True):
        marks = cell.metadata.nbgrader
        assert cell.cell_type == known.cell_type
        assert (marks.grade, marks.solution, marks.task, marks.locked) == (
            known.grade,
            known.solution,
            known.task,
            known.locked,
        )
        assert marks.get("points") == known.points
        assert not set(cell.metadata.get("tags", [])) & set(model.UNRUN_TAGS) or marks.solution
        if known.locked:
            assert cell.source == known.source
            assert compute_checksum(cell) == known.checksum
        if is_grade(cell):
            determine_grade(cell)


def restored(node: NotebookNode) -> tuple[NotebookNode, list[str]]:
    before = copy.deepcopy(node)
    result, doubts = restore_any(node, TRUSTED)
    assert node == before, "the argument was changed"
    holds(result)
    again, silent = restore_any(result, TRUSTED)
    assert again == result
    assert silent == ()
    return result, list(doubts)


def take(folder: Path, **options: Any) -> model.Taken:
    return prepare(folder, ["paper"], grade_ids=IDS, **options)["paper"]


def handed_in(folder: Path, node: Any, name: str = "paper.ipynb") -> Path:
    path = folder / name
    path.write_text(json.dumps(node))
    return path


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
keys = st.sampled_from(["cell_type", "source", "metadata", "id", "outputs", "attachments", "execution_count"])
marks = st.sampled_from(["grade", "solution", "locked", "task", "points", "grade_id", "schema_version", "checksum"])
names = st.sampled_from([*IDS["paper"], "bonus", ""])
damage = st.one_of(
    st.tuples(st.just("delete"), st.integers(0, 20)),
    st.tuples(st.just("copy"), st.integers(0, 20), st.integers(0, 20)),
    st.tuples(st.just("move"), st.integers(0, 20), st.integers(0, 20)),
    st.tuples(st.just("cell"), st.integers(0, 20), junk),
    st.tuples(st.just("key"), st.integers(0, 20), keys, junk),
    st.tuples(st.just("drop"), st.integers(0, 20), keys),
    st.tuples(st.just("type"), st.integers(0, 20), st.sampled_from(["code", "markdown", "raw", "heading"])),
    st.tuples(st.just("mark"), st.integers(0, 20), marks, junk),
    st.tuples(st.just("claim"), st.integers(0, 20), names),
    st.tuples(st.just("tag"), st.integers(0, 20), st.sampled_from(model.UNRUN_TAGS)),
)


def damaged(what: list[tuple[Any, ...]]) -> dict[str, Any]:
    node: dict[str, Any] = json.loads(json.dumps(good()))
    cells: list[Any] = node["cells"]
    for kind, number, *rest in what:
        if not cells:
            break
        at = number % len(cells)
        cell = cells[at]
        if kind == "delete":
            del cells[at]
        elif kind in ("copy", "move"):
            cells.insert(rest[0] % (len(cells) + 1), copy.deepcopy(cells[at]) if kind == "copy" else cells.pop(at))
        elif kind == "cell":
            cells[at] = rest[0]
        elif not isinstance(cell, dict):
            continue
        elif kind == "key":
            cell[rest[0]] = rest[1]
        elif kind == "drop":
            cell.pop(rest[0], None)
        elif kind == "type":
            cell["cell_type"] = rest[0]
        elif not isinstance(cell.get("metadata"), dict):
            continue
        elif kind == "tag":
            cell["metadata"]["tags"] = [rest[0]]
        elif not isinstance(cell["metadata"].get("nbgrader", {}), dict):
            continue
        elif kind == "mark":
            cell["metadata"].setdefault("nbgrader", {})[rest[0]] = rest[1]
        elif kind == "claim":
            cell["metadata"].setdefault("nbgrader", {})["grade_id"] = rest[0]
    return node
