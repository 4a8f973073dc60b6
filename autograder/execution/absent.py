"""Why an exercise's function is not there when it is graded, from what the notebook's own cells say and did."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ..evidence.evidence import Evidence
from ..exercises import Exercise
from .kernel.notebookrun import CellError, explained


@dataclass
class Absent:
    """What is known of a notebook whose cells are being run.

    `errors` are those of cells that have been run; `to_come` are the sources of the student's cells that have not.
    """

    errors: list[CellError] = field(default_factory=list)
    to_come: Sequence[str] = ()

    def explain(self, found: Evidence, exercise: Exercise) -> Evidence:
        """The evidence with the true reason where the function is missing, or is still as it was given."""
        error = found.error
        if error is None or not (error.kind == "undefined" or error.type == "NotImplementedError"):
            return found
        defined = re.compile(rf"^(?:async\s+)?def\s+{re.escape(exercise.function)}\b", re.MULTILINE)
        if any(defined.search(source) for source in self.to_come):
            return replace(found, error=error.model_copy(update={"kind": "elsewhere"}))
        return explained(found, exercise, self.errors)
