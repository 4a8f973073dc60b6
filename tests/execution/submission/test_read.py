"""Odd files and folders that a student hands in, read one by one; then any damage, any JSON and any bytes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.execution.submission.model import Condition, Limits
from autograder.execution.submission.read import prepare
from autograder.execution.submission.restore import restore
from tests.execution.submission.paper import (
    IDS,
    TRUSTED,
    damage,
    damaged,
    good,
    handed_in,
    holds,
    junk,
    named,
    order,
    take,
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(["cells", "metadata", "nbformat", "worksheets"]), junk) | junk)
def test_any_json_goes_through_prepare(tmp_path: Path, data: Any) -> None:
    (tmp_path / "paper.ipynb").write_text(json.dumps(data))
    taken = prepare(tmp_path, ["paper"], grade_ids=IDS)["paper"]
    if taken.usable:
        holds(restore(taken.node, TRUSTED)[0])
    else:
        assert taken.sentences


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=40), st.integers(0, 4000), st.integers(0, 40))
def test_any_bytes_go_through_prepare(tmp_path: Path, junk: bytes, at: int, gone: int) -> None:
    raw = nbformat.writes(good()).encode()
    (tmp_path / "paper.ipynb").write_bytes(raw[:at] + junk + raw[at + gone :])
    taken = prepare(tmp_path, ["paper"], grade_ids=IDS)["paper"]
    assert taken.usable or taken.condition in (Condition.NOT_JSON, Condition.DAMAGED)


def test_a_good_one_is_taken_without_a_word(tmp_path: Path) -> None:
    path = handed_in(tmp_path, good())
    before = path.read_bytes()
    taken = take(tmp_path)
    assert (taken.condition, taken.sentences) == (Condition.OK, ())
    assert order(taken.node) == order(good())
    assert path.read_bytes() == before


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


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    raw = nbformat.writes(good()).encode().replace(b"My notes", b"My n\xfftes")
    (tmp_path / "paper.ipynb").write_bytes(raw)
    taken = take(tmp_path)
    assert (taken.condition, taken.usable) == (Condition.DAMAGED, True)
    assert "My n\ufffdtes." in order(taken.node)


# --- several notebooks, some cells in common ----------------------------------------------------------------------

TWO = {"paper": ["setup", "first"], "other": ["setup", "second"]}


def holding(*grade_ids: str) -> nbformat.NotebookNode:
    cells = [nbformat.v4.new_code_cell(name, metadata={"nbgrader": {"grade_id": name}}) for name in grade_ids]
    return nbformat.v4.new_notebook(cells=cells)


def test_one_renamed_notebook_is_not_taken_for_two(tmp_path: Path) -> None:
    path = handed_in(tmp_path, holding("setup", "first"), "张伟_作业3.ipynb")
    found = prepare(tmp_path, list(TWO), grade_ids=TWO)
    assert [taken.condition for taken in found.notebooks] == [Condition.RENAMED, Condition.MISSING]
    assert found["paper"].path == path


def test_renamed_notebooks_are_told_apart_by_their_cells(tmp_path: Path) -> None:
    paper = handed_in(tmp_path, holding("setup", "first"), "Copy of paper.ipynb")
    other = handed_in(tmp_path, holding("setup", "second"), "Copy of other.ipynb")
    handed_in(tmp_path, holding("setup"), "scratch.ipynb")
    found = prepare(tmp_path, list(TWO), grade_ids=TWO)
    assert (found["paper"].path, found["other"].path) == (paper, other)


def test_a_notebook_with_nothing_but_what_is_common_is_neither(tmp_path: Path) -> None:
    handed_in(tmp_path, holding("setup"), "mine.ipynb")
    found = prepare(tmp_path, list(TWO), grade_ids=TWO)
    assert [taken.condition for taken in found.notebooks] == [Condition.MISSING, Condition.MISSING]
