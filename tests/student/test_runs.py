"""`check` judges the function that was defined, and says when its cell says something else by now."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from nbformat import NotebookNode

from autograder.student.runs import _saved_cells
from tests.shared.helpers import cell, notebook, run_cells, solution

RIGHT = solution("identity_block")
WRONG = solution("identity_block", ('bn_name_base + "2c")(X)', 'bn_name_base + "2c")(X)\n    X = ReLU()(X)'))
NETWORK = solution("convolutional_block") + "\n" + solution("resnet50")
MISNAMED = RIGHT.replace("def identity_block", "def identity_blok")
LAST = "print([note for note in check(identity_block).notes])"
SAVED = """
import json, os, pathlib
path = pathlib.Path("saved.ipynb").resolve()
cells = [{{"metadata": {{"nbgrader": {{"grade_id": "identity_block"}}}}, "source": {source!r}}}]
cells += [{{"metadata": {{}}, "source": {other!r}}}]
path.write_text(json.dumps({{"cells": cells}}))
os.utime(path, (os.path.getmtime(path) + {later}, os.path.getmtime(path) + {later}))
os.environ["JPY_SESSION_NAME"] = str(path)
"""
CELLS = {
    "setup": cell(notebook("source"), "setup").source,
    "right": RIGHT,
    "checked": LAST,
    "syntax error": WRONG.replace("F1, F2, F3 = filters", "F1, F2, F3 = = filters"),
    "after a syntax error": LAST,
    "mended": RIGHT,
    "after mending": LAST,
    "saved as it was run": SAVED.format(other="", source=RIGHT, later=60),
    "after saving": LAST,
    "changed and saved": SAVED.format(other="", source=WRONG, later=60),
    "after changing": LAST,
    "saved before the run": SAVED.format(other="", source=WRONG, later=-3600),
    "after an old file": LAST,
    "no notebook": SAVED.format(other="", source=WRONG, later=60) + "path.write_text('{')\n",
    "after no notebook": LAST,
    "run elsewhere": RIGHT,
    "saved elsewhere": SAVED.format(source=WRONG, other=RIGHT, later=60),
    "after another cell": LAST,
    "misnamed": MISNAMED,
    "saved misnamed": SAVED.format(source=MISNAMED, other="", later=60),
    "after a wrong name": LAST,
    "network": NETWORK,
    "failed again": WRONG.replace("F1, F2, F3 = filters", "F1, F2, F3 = = filters"),
    "after a block's syntax error": LAST.replace("identity_block", "ResNet50"),
    "mended again": RIGHT,
    "magic": "%%time\n" + RIGHT,
    "after a magic": LAST,
}


CHECKED = [name for name, source in CELLS.items() if source.startswith("print(")]


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What each checking cell printed of its report's notes."""
    cells = run_cells(CELLS, tmp_path_factory.mktemp("runs"))
    return {name: _printed(done) for name, done in cells.items() if name in CHECKED}


def _printed(done: NotebookNode) -> list[str]:
    text = "".join(o.text for o in done.outputs if o.output_type == "stream" and o.name == "stdout")
    found: list[str] = json.loads(text.strip().splitlines()[-1].replace("'", '"'))
    return found


@pytest.mark.parametrize(
    "name",
    [
        "checked",
        "after mending",
        "after saving",
        "after an old file",
        "after no notebook",
        "after another cell",
        "after a magic",
    ],
)
def test_nothing_is_said_where_the_cell_is_what_was_run(name: str, notes: dict[str, list[str]]) -> None:
    assert notes[name] == []


def test_a_run_that_failed_is_told(notes: dict[str, list[str]]) -> None:
    (note,) = notes["after a syntax error"]
    assert "The last run of the cell of identity_block failed" in note


def test_a_cell_that_was_changed_and_not_run_is_told(notes: dict[str, list[str]]) -> None:
    (note,) = notes["after changing"]
    assert "has been changed since it was run" in note


def test_a_cell_that_defines_another_name_is_told(notes: dict[str, list[str]]) -> None:
    (note,) = notes["after a wrong name"]
    assert "defines no function of this name" in note


def test_a_block_that_failed_is_told_of_its_network(notes: dict[str, list[str]]) -> None:
    (note,) = notes["after a block's syntax error"]
    assert "The last run of the cell of identity_block failed" in note


def test_a_folder_is_no_saved_notebook(tmp_path: Path) -> None:
    assert _saved_cells(SimpleNamespace(user_ns={"__vsc_ipynb_file__": str(tmp_path)})) is None
