"""A test cell in the student's own kernel, as stock nbgrader runs it: for what can't be tested from outside.

What its outputs say there, the student's code can forge, and it sees the hidden tests. So this is done only where the
instructor has asked for it by the cell's name, and every score that comes of it is marked.
"""

from __future__ import annotations

import math

from ..kernel.client import Run
from ..kernel.session import Cell, Session, SessionError
from .run import TestRun

FORGEABLE = "this test ran in the notebook's own kernel, where points can be forged"


def run_there(session: Session, name: str, source: str, points: float, run: TestRun) -> None:
    """Run the cell there, in silence, and score it by nbgrader's rule. Never raises."""
    try:
        done = session.run_for_outputs(Cell(name, source))
    except SessionError as error:
        run.not_graded(str(error))
        return
    score = 0.0 if done.trouble is not None else _score(done.run, points)
    if score is None:
        run.not_graded(f"the test cell gave a number that is out of bounds, of {points:g} points", hidden=True)
        return
    run.score = score
    run.show({"text/plain": f"({FORGEABLE})"})
    if score == 0.0:
        run.error("TestFailed", "The test failed.", "The test failed.")


def _score(run: Run, points: float) -> float | None:
    """The points by nbgrader's rule; None for a number out of bounds."""
    for output in run.outputs:
        if output.kind == "error" or (output.kind == "stream" and output.name == "stderr"):
            return 0.0
        if output.kind == "execute_result":
            return _as_points(output.data.get("text/plain", ""), points)
    return points


def _as_points(text: str, points: float) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return points
    return found if math.isfinite(found) and 0 <= found <= points else None
