"""Odd submissions made digestible: each slip by hand, then any damage at all."""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.utils import compute_checksum, determine_grade, is_grade

from autograder.execution.submission import companions, model
from autograder.execution.submission.model import Condition, Limits, TrustedCell
from autograder.execution.submission.read import prepare
from autograder.execution.submission.restore import restore
from autograder.nbgrader.gradebook import trusted_cells
from tests.course.helpers import notebook as course_notebook

# --- a small notebook, and what the gradebook knows of it ------------------------------------------------------

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
    result, doubts = restore(node, TRUSTED)
    assert node == before, "the argument was changed"
    holds(result)
    again, silent = restore(result, TRUSTED)
    assert again == result
    assert silent == ()
    return result, list(doubts)


# --- restore ---------------------------------------------------------------------------------------------------


def test_a_good_notebook_stays_as_it_is() -> None:
    result, doubts = restored(good())
    assert doubts == []
    assert order(result) == order(good())
    assert [cell.source for cell in result.cells] == [cell.source for cell in good().cells]


@pytest.mark.parametrize("assignment", ["resnet", "resnet-zh"])
def test_the_course_itself_stays_as_it_is(assignment: str) -> None:
    node = course_notebook("release", assignment)
    result, doubts = restore(node, trusted(node))
    assert doubts == ()
    assert [(cell.id, cell.source) for cell in result.cells] == [(cell.id, cell.source) for cell in node.cells]
    assert result.metadata == node.metadata


def test_locked_text_role_points_and_type_come_from_the_gradebook() -> None:
    node = good()
    named(node, "test_double").source = "pass"
    named(node, "test_area").metadata.nbgrader.points = 50
    named(node, "double").metadata.nbgrader.update(grade=True, points=5, locked=True)
    intro = named(node, "intro")
    intro.update(cell_type="code", outputs=[], execution_count=3)
    result, doubts = restored(node)
    assert doubts == [
        "Cell intro: it was made a code cell and is a markdown cell again.",
        "Cell double: its nbgrader settings were changed and are set back (grade, points).",
        "Cell test_double: its text was changed and is set back.",
        "Cell test_area: its nbgrader settings were changed and are set back (points).",
    ]
    assert named(result, "double").source == named(good(), "double").source


def test_hidden_tests_come_back_without_a_word() -> None:
    node = good()
    test = named(node, "test_double")
    visible = test.source
    test.source += "\n### BEGIN HIDDEN TESTS\nassert double(3) == 6\n### END HIDDEN TESTS"
    test.metadata.nbgrader.checksum = compute_checksum(test)
    known = trusted(node)
    test.source = visible
    result, doubts = restore(node, known)
    assert doubts == ()
    assert "double(3)" in named(result, "test_double").source
    test.source = "pass"
    assert restore(node, known)[1] == ("Cell test_double: its text was changed and is set back.",)


def test_a_test_made_text_runs_again() -> None:
    node = good()
    node.cells[position(node, "test_double")] = cell_of("test_double", "markdown", "grade", "assert double(2) == 4")
    result, doubts = restored(node)
    assert named(result, "test_double").cell_type == "code"
    assert len(doubts) == 1


def test_unknown_parts_become_ordinary_cells() -> None:
    node = good()
    node.cells.append(cell_of("bonus", "code", "grade", "100"))
    result, doubts = restored(node)
    assert order(result) == [*order(good()), "100"]
    assert doubts == ["Cell bonus: there is no such cell in this assignment; it is an ordinary cell now."]


def test_of_two_solutions_the_last_counts() -> None:
    node = good()
    node.cells.insert(1, cell_of("double", "code", "solution", "def double(x): return 0"))
    result, doubts = restored(node)
    assert named(result, "double").source == named(good(), "double").source
    assert order(result)[1] == "def double(x): return 0"
    assert doubts == ["Cell double: it is there 2 times; the last copy counts, and the others are ordinary cells now."]


@pytest.mark.parametrize("at", [0, 2, 5, 10])
def test_of_two_tests_the_one_in_its_place_counts(at: int) -> None:
    node = good()
    node.cells.insert(at, cell_of("test_double", "code", "grade", "copied"))
    result, doubts = restored(node)
    assert [name for name in order(result) if name != "copied"] == order(good())
    assert doubts[0].startswith("Cell test_double: it is there 2 times; one copy is kept")


def test_missing_cells_come_back_in_their_place() -> None:
    node = good()
    for name in ("intro", "test_double", "essay"):
        node.cells.remove(named(node, name))
    result, doubts = restored(node)
    assert order(result) == order(good())
    assert named(result, "essay").source == "*This cell (essay) was missing from the submission.*"
    assert [doubt.split(":")[0] for doubt in doubts] == ["Cell intro", "Cell test_double", "Cell essay"]


def test_a_missing_solution_comes_back_empty_so_that_one_written_elsewhere_counts() -> None:
    node = good()
    here = position(node, "double")
    own = nbformat.v4.new_code_cell(node.cells[here].source, id="own-double")
    node.cells[here] = own
    result, _ = restored(node)
    space: dict[str, Any] = {}
    for cell in result.cells[: position(result, "test_double")]:
        if cell.cell_type == "code":
            exec(cell.source, space)
    assert space["double"](2) == 4


def test_a_test_moved_before_its_solution_goes_back_and_own_cells_stay() -> None:
    node = good()
    node.cells.insert(0, node.cells.pop(position(node, "test_double")))
    result, doubts = restored(node)
    assert order(result) == order(good())
    assert doubts == ["Cell test_double: it was moved and was put back in its place."]


def test_a_solution_moved_behind_its_test_stays_and_the_test_follows() -> None:
    node = good()
    solution = node.cells.pop(position(node, "double"))
    node.cells.insert(position(node, "test_double") + 1, solution)
    result, doubts = restored(node)
    assert [name for name in order(result) if name in IDS["paper"]] == IDS["paper"]
    assert doubts == ["Cell test_double: it was moved and was put back in its place."]


def test_a_solution_outweighs_the_tests_around_it() -> None:
    node = good()
    cells = {name: named(node, name) for name in IDS["paper"]}
    node.cells = [cells[name] for name in ("test_double", "test_area", "task", "double", "area", "intro")]
    result, doubts = restored(node)
    assert order(result) == IDS["paper"]
    moved = [doubt.split(":")[0].removeprefix("Cell ") for doubt in doubts if "was moved" in doubt]
    assert moved == ["intro", "test_double", "test_area", "task"]


def test_tags_that_switch_a_test_off_are_taken_off() -> None:
    node = good()
    named(node, "test_double").metadata.tags = ["skip-execution", "mine"]
    named(node, "double").metadata.tags = ["skip-execution"]
    result, doubts = restored(node)
    assert "tags" not in named(result, "test_double").metadata
    assert named(result, "double").metadata.tags == ["skip-execution"]
    assert len(doubts) == 1


def test_nothing_at_all_gives_the_whole_paper() -> None:
    for nothing in ({}, {"cells": None}, {"cells": [3, None]}, {"metadata": [], "cells": "x"}):
        result, _ = restored(nbformat.from_dict(nothing))
        assert order(result) == IDS["paper"]


# --- any damage ------------------------------------------------------------------------------------------------

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


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(damage, max_size=8))
def test_any_damage_is_mended_by_restore(what: list[tuple[Any, ...]]) -> None:
    restored(nbformat.from_dict(damaged(what)))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(damage, max_size=8))
def test_any_damage_goes_through_prepare(tmp_path: Path, what: list[tuple[Any, ...]]) -> None:
    path = tmp_path / "paper.ipynb"
    path.write_text(json.dumps(damaged(what)))
    taken = prepare(tmp_path, ["paper"], grade_ids=IDS)["paper"]
    assert taken.usable, taken.sentences
    nbformat.validate(taken.node)
    assert (taken.condition == Condition.OK) == (taken.sentences == ()) or "none of the" in taken.sentences[-1]
    result, _ = restore(taken.node, TRUSTED)
    holds(result)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(["cells", "metadata", "nbformat", "worksheets"]), junk) | junk)
def test_any_json_goes_through_prepare(tmp_path: Path, data: Any) -> None:
    (tmp_path / "paper.ipynb").write_text(json.dumps(data))
    taken = prepare(tmp_path, ["paper"], grade_ids=IDS)["paper"]
    if taken.usable:
        holds(restore(taken.node, TRUSTED)[0])
    else:
        assert taken.sentences


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=40), st.integers(0, 4000), st.integers(0, 40))
def test_any_bytes_go_through_prepare(tmp_path: Path, junk: bytes, at: int, gone: int) -> None:
    raw = nbformat.writes(good()).encode()
    (tmp_path / "paper.ipynb").write_bytes(raw[:at] + junk + raw[at + gone :])
    taken = prepare(tmp_path, ["paper"], grade_ids=IDS)["paper"]
    assert taken.usable or taken.condition in (Condition.NOT_JSON, Condition.DAMAGED)


# --- prepare, one odd folder at a time -------------------------------------------------------------------------


def take(folder: Path, **options: Any) -> model.Taken:
    return prepare(folder, ["paper"], grade_ids=IDS, **options)["paper"]


def handed_in(folder: Path, node: Any, name: str = "paper.ipynb") -> Path:
    path = folder / name
    path.write_text(json.dumps(node))
    return path


def test_a_good_one_is_taken_without_a_word(tmp_path: Path) -> None:
    path = handed_in(tmp_path, good())
    before = path.read_bytes()
    taken = take(tmp_path)
    assert (taken.condition, taken.sentences) == (Condition.OK, ())
    assert order(taken.node) == order(good())
    assert path.read_bytes() == before


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


@pytest.mark.parametrize(
    ("content", "condition", "word"),
    [
        (b"", Condition.NOT_JSON, "empty"),
        (b" \n\n", Condition.NOT_JSON, "empty"),
        (b"this is no notebook", Condition.NOT_JSON, "not JSON"),
        (b'{"cells": [', Condition.NOT_JSON, "not JSON"),
        (b"[1, 2]", Condition.NOT_JSON, "another kind"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", Condition.NOT_JSON, "not JSON"),
        (b"[" * 20_000 + b"]" * 20_000, Condition.DAMAGED, "nested too deep"),
        (b"1" * 5_000, Condition.DAMAGED, "number"),
        (b'{"nbformat": 4}', Condition.DAMAGED, "no list of cells"),
        (b'{"nbformat": 4, "cells": {}}', Condition.DAMAGED, "no list of cells"),
        (b'{"nbformat": 1, "cells": null}', Condition.OLD_FORMAT, "format 1"),
        (b'{"nbformat": 3, "worksheets": []}', Condition.OLD_FORMAT, "none of the assignment's cells"),
    ],
)
def test_what_is_refused(tmp_path: Path, content: bytes, condition: Condition, word: str) -> None:
    (tmp_path / "paper.ipynb").write_bytes(content)
    taken = take(tmp_path)
    assert not taken.usable
    assert taken.condition == condition
    (sentence,) = taken.sentences
    assert word in sentence
    assert sentence.startswith("paper.ipynb ")
    assert sentence.endswith(".")


def test_links_folders_pipes_and_forbidden_files_are_not_opened(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    other = handed_in(tmp_path / "elsewhere", good())
    made = {
        "link": lambda path: path.symlink_to(other),
        "dangling": lambda path: path.symlink_to("nowhere"),
        "circle": lambda path: path.symlink_to(path.name),
        "folder": Path.mkdir,
        "pipe": os.mkfifo,
    }
    for name, make in made.items():
        (tmp_path / name).mkdir()
        make(tmp_path / name / "paper.ipynb")
        taken = take(tmp_path / name)
        assert (taken.condition, taken.usable) == (Condition.UNREADABLE, False), name
        assert "can't be read" in taken.sentences[0]
    if os.geteuid():
        other.chmod(0)
        assert "permission denied" in take(tmp_path / "elsewhere").sentences[0]


def test_large_by_its_outputs_alone_is_taken(tmp_path: Path) -> None:
    node = good()
    named(node, "double").outputs = [nbformat.v4.new_output("stream", text="x" * 5_000)]
    path = handed_in(tmp_path, node)
    small = Limits(notebook=2_000)
    assert path.stat().st_size > small.notebook
    assert take(tmp_path, limits=small).condition == Condition.OK
    assert take(tmp_path, limits=Limits(file=5_000)).condition == Condition.TOO_LARGE


def test_too_large(tmp_path: Path) -> None:
    node = good()
    node.cells.append(nbformat.v4.new_markdown_cell("x" * 5_000))
    handed_in(tmp_path, node)
    for limits in (Limits(notebook=5_000), Limits(cells=3), Limits(values=50)):
        taken = take(tmp_path, limits=limits)
        assert (taken.condition, taken.usable) == (Condition.TOO_LARGE, False)
    node.cells[-1] = nbformat.v4.new_code_cell("x = 1\n" * 1_000)
    handed_in(tmp_path, node)
    taken = take(tmp_path, limits=Limits(code=5_000))
    assert taken.node.cells[-1].source.startswith("raise RuntimeError(")
    assert "not run" in taken.sentences[0]


def test_renamed_missing_and_doubtful(tmp_path: Path) -> None:
    assert take(tmp_path / "nowhere").condition == Condition.MISSING
    assert take(tmp_path).condition == Condition.MISSING
    handed_in(tmp_path, nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")]), "scratch.ipynb")
    assert "scratch.ipynb" in take(tmp_path).sentences[0]
    path = handed_in(tmp_path, good(), "paper (1).ipynb")
    taken = take(tmp_path)
    assert (taken.condition, taken.path, taken.usable) == (Condition.RENAMED, path, True)
    assert "'paper (1).ipynb'" in taken.sentences[0] or "paper (1).ipynb" in taken.sentences[0]
    handed_in(tmp_path, good(), "paper-Copy1.ipynb")
    taken = take(tmp_path)
    assert (taken.condition, taken.usable) == (Condition.MISSING, False)
    assert "not clear which" in taken.sentences[0]


def test_another_wanted_notebook_is_never_taken_for_a_missing_one(tmp_path: Path) -> None:
    handed_in(tmp_path, good(), "other.ipynb")
    found = prepare(tmp_path, ["paper", "other"])
    assert [taken.condition for taken in found.notebooks] == [Condition.MISSING, Condition.OK]
    assert not found.usable


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


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    raw = nbformat.writes(good()).encode().replace(b"My notes", b"My n\xfftes")
    (tmp_path / "paper.ipynb").write_bytes(raw)
    taken = take(tmp_path)
    assert (taken.condition, taken.usable) == (Condition.DAMAGED, True)
    assert "My n\ufffdtes." in order(taken.node)


# --- what lies beside the notebook -----------------------------------------------------------------------------


def test_companions_are_plain_files_within_the_limits(tmp_path: Path) -> None:
    handed_in(tmp_path, good())
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_text("1,2")
    (tmp_path / ".ipynb_checkpoints").mkdir()
    (tmp_path / ".ipynb_checkpoints" / "b.csv").write_text("1,2")
    (tmp_path / "link").symlink_to("/")
    (tmp_path / "dangling").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    files, doubts = companions.companions(tmp_path, [".ipynb_checkpoints"])
    assert files == (Path("data", "a.csv"),)
    assert sorted(doubt.split("'")[1] for doubt in doubts) == ["dangling", "link", "pipe"]
    files, doubts = companions.companions(tmp_path, limits=Limits(companions_size=2))
    assert files == ()
    assert "left out" in doubts[-1]


# --- the gradebook ---------------------------------------------------------------------------------------------


def test_trusted_cells_come_from_the_gradebook_in_order(tmp_path: Path) -> None:
    from nbgrader.api import Gradebook
    from nbgrader.preprocessors import SaveCells

    url = f"sqlite:///{tmp_path / 'gradebook.db'}"
    with Gradebook(url) as book:
        book.add_assignment("week")
    names = {"notebook": "paper", "assignment": "week", "db_url": url}
    SaveCells().preprocess(good(), {"nbgrader": names})
    with Gradebook(url) as book:
        found = trusted_cells(book, "week", "paper")
    assert [cell.grade_id for cell in found] == IDS["paper"]
    assert [(c.grade, c.solution, c.task, c.locked, c.points) for c in found] == [
        (c.grade, c.solution, c.task, c.locked, c.points) for c in TRUSTED
    ]
    assert found[0].source == "# Two functions"
    assert restore(good(), found)[1] == ()
