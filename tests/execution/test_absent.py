"""Why a function is not there is told by what the notebook's cells did."""

from __future__ import annotations

import pytest

from autograder.evidence.evidence import Evidence, StudentError
from autograder.execution.absent import Absent
from autograder.execution.kernel.notebookrun import CellError
from tests.shared.exercises import IDENTITY_BLOCK

DEFINED = "X = 1\ndef identity_block(X, f, filters, stage, block):\n    return X"


def found(kind: str, type: str, message: str = "") -> Evidence:
    error = StudentError(kind=kind, type=type, message=message)  # type: ignore[arg-type]
    return Evidence("identity_block", "public-1", error=error)


UNDEFINED, UNTOUCHED = found("undefined", "NameError"), found("raised", "NotImplementedError")


def kind_of_error(absent: Absent, given: Evidence) -> str:
    told = absent.explain(given, IDENTITY_BLOCK)
    return told.error.kind if told.error else ""


@pytest.mark.parametrize("given", [UNDEFINED, UNTOUCHED])
def test_it_is_defined_in_a_cell_that_comes_too_late(given: Evidence) -> None:
    assert kind_of_error(Absent(to_come=["print(1)", DEFINED]), given) == "elsewhere"
    for other in ("identity_block(1)", "# def identity_block(X)", "def identity_block_2(X): ...", "    def f(): ..."):
        assert absent_kind(other, given) == given.error.kind  # type: ignore[union-attr]


def absent_kind(source: str, given: Evidence) -> str:
    return kind_of_error(Absent(to_come=[source]), given)


def test_its_cell_stopped_before_it() -> None:
    network = StudentError(kind="raised", type="URLError", message="no network")
    absent = Absent(errors=[CellError("setup", network), CellError("identity_block", network)])
    told = absent.explain(UNDEFINED, IDENTITY_BLOCK).error
    assert told is not None
    assert (told.kind, told.type, told.function) == ("raised", "URLError", "identity_block")
    assert Absent(errors=[CellError("setup", network)]).explain(UNDEFINED, IDENTITY_BLOCK) == UNDEFINED


def test_what_is_there_is_left_as_it_is() -> None:
    given = found("raised", "ValueError", "mine")
    assert Absent(to_come=[DEFINED]).explain(given, IDENTITY_BLOCK) is given
