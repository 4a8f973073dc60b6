"""What is kept of a notebook from a stranger, and what is mended in it."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat

from autograder.execution.submission import model
from autograder.execution.submission.model import Condition
from tests.execution.submission.paper import good, handed_in, named, order, take


def test_outputs_attachments_and_other_metadata_stay_outside(tmp_path: Path) -> None:
    node = good()
    cell = named(node, "double")
    cell.outputs = [nbformat.v4.new_output("display_data", {"text/html": "<script>alert(1)</script>"})]
    cell.metadata.update(collapsed=True, secret={"a": [1]}, tags=["mine", 3, "x hidden", "skip-execution"])
    note = next(cell for cell in node.cells if cell.source == "My notes.")
    note.attachments = {
        "a.png": {"image/png": "aGk="},
        "b.svg": {"image/svg+xml": "<svg onload='x'/>"},
        "c.png": {"image/png": '"><script>'},
        "d.svg": {"image/svg+xml": "PHN2Zz4="},
    }
    node.metadata.update(widgets={"a": 1}, autograder={"language": "zh", "more": 1})
    handed_in(tmp_path, node)
    taken = take(tmp_path)
    assert named(taken.node, "double").outputs == []
    assert set(named(taken.node, "double").metadata) == {"nbgrader", "tags"}
    assert named(taken.node, "double").metadata.tags == ["skip-execution"]
    assert next(c for c in taken.node.cells if c.source == "My notes.").attachments == {"a.png": {"image/png": "aGk="}}
    assert set(taken.node.metadata) == {"kernelspec", "language_info", "autograder"}
    assert taken.node.metadata.autograder == {"language": "zh"}


def test_format_3_is_read(tmp_path: Path) -> None:
    old = nbformat.convert(good(), 3)
    old.worksheets[0].cells.append({"cell_type": "heading", "level": 10**12, "source": "big", "metadata": {}})
    old.worksheets[0].cells.append({"cell_type": "code", "input": "1", "outputs": [{"output_type": 3}]})
    handed_in(tmp_path, old)
    taken = take(tmp_path)
    assert (taken.condition, taken.usable) == (Condition.OLD_FORMAT, True)
    assert order(taken.node) == [*order(good()), "## big", "1"]
    assert take(tmp_path).node == taken.node, "read twice it is the same"


def test_another_kernel_is_replaced(tmp_path: Path) -> None:
    node = good()
    node.metadata.kernelspec = {"name": "ir", "display_name": "R", "language": "R"}
    node.metadata.language_info = {"name": "R"}
    handed_in(tmp_path, node)
    taken = take(tmp_path)
    assert (taken.condition, taken.usable) == (Condition.WRONG_KERNEL, True)
    assert taken.node.metadata.kernelspec == model.KERNELSPEC
    assert "kernel 'R'" in taken.sentences[0]


def test_wrong_types_are_mended_and_told(tmp_path: Path) -> None:
    node = json.loads(json.dumps(good()))
    node["cells"][1]["metadata"] = [1]
    del node["cells"][2]["source"]
    node["cells"][3]["id"] = node["cells"][4]["id"]
    node["cells"][5]["source"] = "half \ud83d"
    node["cells"][6]["metadata"]["nbgrader"] = "mine"
    node["cells"].append(7)
    handed_in(tmp_path, node)
    taken = take(tmp_path)
    assert (taken.condition, taken.usable) == (Condition.DAMAGED, True)
    (sentence,) = taken.sentences
    assert sentence == (
        "paper.ipynb is damaged and was mended: cell 2 has metadata of a wrong type; cell 3 has no source; "
        "cell 5 has an id that is wrong or another's; cell 6 holds characters that are none; "
        "cell 7 has nbgrader metadata of a wrong form ...."
    )


def test_marks_of_a_wrong_form_are_dropped(tmp_path: Path) -> None:
    node = json.loads(json.dumps(good()))
    marks = [cell["metadata"].get("nbgrader") for cell in node["cells"]]
    marks[0]["grade_id"] = "intro\n"
    marks[2]["grade_id"] = "<b>"
    marks[4]["points"] = float("nan")
    marks[7]["points"] = -1
    marks[8]["points"] = 10**400
    marks[9].update(grade="yes", checksum="x", cell_type="heading", extra=1)
    handed_in(tmp_path, node)
    cells = take(tmp_path).node.cells
    assert "nbgrader" not in cells[0].metadata
    assert "nbgrader" not in cells[2].metadata
    assert all("points" not in cells[number].metadata.nbgrader for number in (4, 7, 8))
    assert set(cells[9].metadata.nbgrader) == {*model.ROLES, "schema_version", "grade_id", "points"}
    assert cells[9].metadata.nbgrader.grade is False
