"""Faults of the notebook itself: cells moved, changed, lost; JSON that is odd; formats of other times."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from tests.faults.fault import ALL, NONE, NOT_MEAN, Fault, changed, in_folder
from tests.shared.light_course import answered, find, write

WRONG_MEAN = "def mean(rows):\n    return 0"


def _duplicate_test(node: NotebookNode) -> None:
    node.cells.append(copy.deepcopy(find(node, "test_mean")) | {"id": "copy"})


def _duplicate_solution(node: NotebookNode) -> None:
    old = copy.deepcopy(find(node, "mean")) | {"id": "copy", "source": WRONG_MEAN}
    node.cells.insert(node.cells.index(find(node, "mean")), nbformat.from_dict(old))


def _delete(*names: str) -> Any:
    def change(node: NotebookNode) -> None:
        for name in names:
            node.cells.remove(find(node, name))

    return change


def _edit_test(node: NotebookNode) -> None:
    find(node, "test_mean").source = "3"


def _more_points(node: NotebookNode) -> None:
    find(node, "test_mean").metadata.nbgrader.points = 300


def _no_points(node: NotebookNode) -> None:
    del find(node, "test_mean").metadata.nbgrader["points"]


def _reorder(node: NotebookNode) -> None:
    test = find(node, "test_mean")
    node.cells.remove(test)
    node.cells.insert(1, test)


def _reverse(node: NotebookNode) -> None:
    node.cells.reverse()


def _retype(name: str, kind: str) -> Any:
    def change(node: NotebookNode) -> None:
        cell = find(node, name)
        cell.cell_type = kind
        if kind != "code":
            del cell["outputs"], cell["execution_count"]

    return change


def _skip(node: NotebookNode) -> None:
    find(node, "test_mean").metadata.tags = ["skip-execution"]


def _unmarked(node: NotebookNode) -> None:
    """As after copying every cell into a new notebook by hand: the text is there, the roles are gone."""
    for cell in node.cells:
        cell.metadata = nbformat.from_dict({})


def _unknown_part(node: NotebookNode) -> None:
    bonus = copy.deepcopy(find(node, "test_mean"))
    bonus.metadata.nbgrader.grade_id = "test_bonus"
    node.cells.append(bonus | {"id": "bonus", "source": "100"})


def _other_kernel(node: NotebookNode) -> None:
    node.metadata.kernelspec = {"name": "ir", "display_name": "R", "language": "R"}
    node.metadata.language_info = {"name": "R"}


def _old_metadata(node: NotebookNode) -> None:
    for cell in node.cells:
        cell.metadata.nbgrader.schema_version = 1


def _wrong_types(node: NotebookNode) -> None:
    find(node, "mean").metadata.nbgrader.update(grade="yes", points=[3], locked={"a": 1})
    find(node, "task_mean").metadata.nbgrader = "mine"
    node.cells.append(new_markdown_cell("x", id="x"))
    node.cells[-1].metadata.update(tags=3, name=7)
    node.metadata.kernelspec = ["python"]


def _same_ids(node: NotebookNode) -> None:
    for cell in node.cells:
        cell.id = "same"


def _no_source(node: NotebookNode) -> None:
    node.cells.append(new_code_cell("1", id="bare"))
    del node.cells[-1]["source"]
    del node.cells[-1]["outputs"]


def _null_character(node: NotebookNode) -> None:
    find(node, "mean").source += "\n# \0"


def _large_cell(node: NotebookNode) -> None:
    node.cells.insert(2, new_code_cell("data = [" + "123456789, " * 400_000 + "]", id="large"))


def _many_cells(node: NotebookNode) -> None:
    empty = new_code_cell("")
    node.cells += [nbformat.from_dict(empty | {"id": f"empty-{number}"}) for number in range(3_000)]


def _large_outputs(node: NotebookNode) -> None:
    node.cells.insert(2, new_code_cell("print()", id="talk", outputs=[new_output("stream", text="x" * (100 * 2**20))]))


def _nan_everywhere(node: NotebookNode) -> None:
    nan = float("nan")
    node.metadata.weight = nan
    find(node, "test_mean").metadata.nbgrader.points = nan
    find(node, "mean").metadata.score = [nan, float("inf")]


def _raw(change: Any) -> Any:
    """Make a folder's notebook from the JSON of a right one."""

    def fill(folder: Path) -> None:
        write(folder, answered())
        path = folder / "plain.ipynb"
        path.write_bytes(change(path.read_bytes()))

    return fill


def _deep(levels: int) -> Any:
    nested = b'{"a":' * levels + b"1" + b"}" * levels
    return lambda raw: raw.replace(b'"metadata": {', b'"metadata": {"deep": ' + nested + b", ", 1)


def _surrogate(raw: bytes) -> bytes:
    node = json.loads(raw)
    node["cells"][2]["source"] = "half \ud83d of it"
    node["cells"].append({"cell_type": "markdown", "id": "x", "metadata": {}, "source": "\udc80"})
    return json.dumps(node).encode()


def _format_3(raw: bytes) -> bytes:
    old = nbformat.convert(nbformat.reads(raw.decode(), 4), 3)
    return nbformat.v3.writes_json(old).encode()


CELLS = (
    changed("test duplicated", "a test cell is there twice", _duplicate_test, "2 times"),
    changed("solution duplicated", "an older, wrong try stands before the solution", _duplicate_solution, "2 times"),
    changed("test deleted", "a test cell is deleted", _delete("test_mean"), "missing"),
    changed("tests deleted", "all tests are deleted", _delete("test_double", "test_mean", "test_total"), "missing"),
    changed("solution deleted", "a solution cell is deleted", _delete("mean"), "missing", NOT_MEAN),
    changed(
        "test edited", "a wrong solution, its test replaced by `3`", _edit_test, "set back", NOT_MEAN, mean=WRONG_MEAN
    ),
    changed("points edited", "a test claims 300 points", _more_points, "set back"),
    changed("points deleted", "a test has lost its points", _no_points, "set back"),
    changed("test moved up", "a test stands before its solution", _reorder, "moved"),
    changed("cells reversed", "all cells in reverse order", _reverse, "moved"),
    changed("test retyped", "a test cell is made text", _retype("test_mean", "markdown"), "code cell again"),
    changed("solution retyped", "a solution cell is made raw", _retype("mean", "raw"), "code cell again"),
    changed(
        "test skipped",
        "a wrong solution, its test tagged to be skipped",
        _skip,
        "skip-execution",
        NOT_MEAN,
        mean=WRONG_MEAN,
    ),
    changed("roles lost", "every cell was copied by hand: no metadata left", _unmarked, "missing"),
    changed("unknown part", "a graded cell that the assignment does not have", _unknown_part, "test_bonus"),
    changed("old metadata", "nbgrader metadata of an older version", _old_metadata),
    changed("wrong types", "metadata of wrong types", _wrong_types, "mended"),
    changed("same ids", "all cells have the same id", _same_ids, "id"),
    changed("no source", "a cell has no source", _no_source, "no source"),
    changed("null character", "a null character in a solution", _null_character, points=NOT_MEAN),
    changed("a huge cell", "a code cell of 4 MB", _large_cell, "not run"),
    changed("many cells", "3,000 empty cells", _many_cells),
    changed("nan in metadata", "NaN for numbers in the metadata", _nan_everywhere),
    changed("another kernel", "saved with an R kernel", _other_kernel, "kernel"),
    changed("100 MB of outputs", "a notebook of 100 MB, nearly all of it outputs", _large_outputs),
)

JSON = (
    in_folder("surrogates", "half characters in the JSON", _raw(_surrogate), "mended", ALL),
    in_folder(
        "invalid utf-8",
        "a byte that is no text in a cell",
        _raw(lambda raw: raw.replace(b"Write `mean`", b"Write \xff`mean`")),
        "no text",
        ALL,
    ),
    in_folder("utf-16", "saved in UTF-16 by an editor", _raw(lambda raw: raw.decode().encode("utf-16")), points=ALL),
    in_folder("byte order mark", "saved with a byte order mark", _raw(lambda raw: b"\xef\xbb\xbf" + raw), points=ALL),
    in_folder("deep metadata", "metadata 500 levels deep", _raw(_deep(500)), points=ALL),
    in_folder("too deep", "metadata 50,000 levels deep", _raw(_deep(50_000)), "too deep", NONE),
    in_folder("cut off", "half of the file", _raw(lambda raw: raw[: len(raw) // 2]), "not JSON"),
    in_folder("no json", "a text that is no notebook", _raw(lambda raw: b"see attachment"), "not JSON"),
    in_folder("empty", "a file of no bytes", _raw(lambda raw: b""), "empty"),
    in_folder("another json", "JSON, but no notebook", _raw(lambda raw: b'[{"grade": 10}]'), "no notebook"),
    in_folder("format 3", "saved in notebook format 3", _raw(_format_3), "format 3", ALL),
    in_folder(
        "format 9",
        "says it is in notebook format 9",
        _raw(lambda raw: raw.replace(b'"nbformat": 4', b'"nbformat": 9')),
        "format 4",
        ALL,
    ),
    in_folder(
        "100 MB of text",
        "a notebook with 100 MB in a text cell",
        _raw(lambda raw: raw.replace(b"Write `mean`", b"x" * (100 * 2**20))),
        "larger than",
    ),
)

IN_NOTEBOOKS: tuple[Fault, ...] = (*CELLS, *JSON)
