"""A submission's cells as the course gave them out again: each slip by hand, then any damage at all."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbgrader.utils import compute_checksum

from autograder.execution.submission.restore import restore_any
from tests.execution.submission.paper import (
    IDS,
    cell_of,
    damage,
    damaged,
    good,
    named,
    order,
    position,
    restored,
    trusted,
)
from tests.shared.helpers import notebook as course_notebook


def test_a_good_notebook_stays_as_it_is() -> None:
    result, doubts = restored(good())
    assert doubts == []
    assert order(result) == order(good())
    assert [cell.source for cell in result.cells] == [cell.source for cell in good().cells]


@pytest.mark.parametrize("assignment", ["resnet", "resnet-zh"])
def test_the_course_itself_stays_as_it_is(assignment: str) -> None:
    node = course_notebook("release", assignment)
    result, doubts = restore_any(node, trusted(node))
    assert doubts == ()
    assert [(cell.id, cell.source) for cell in result.cells] == [(cell.id, cell.source) for cell in node.cells]
    node.metadata.autograder.pop("next", None)  # the way through the lesson: grading needs the language alone
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
    result, doubts = restore_any(node, known)
    assert doubts == ()
    assert "double(3)" in named(result, "test_double").source
    test.source = "pass"
    assert restore_any(node, known)[1] == ("Cell test_double: its text was changed and is set back.",)


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


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(damage, max_size=8))
def test_any_damage_is_mended_by_restore(what: list[tuple[Any, ...]]) -> None:
    restored(nbformat.from_dict(damaged(what)))
