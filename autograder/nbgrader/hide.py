"""What a student gets to see of the graded notebook: everything of their own, and nothing that is hidden."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor

from ..base.notebooks import is_test
from ..execution.record import cell_record
from ..execution.testcell.cell import BEGIN_HIDDEN

NOT_SHOWN = "What a hidden test printed is not shown."


class HideHidden(NbGraderPreprocessor):
    """Drops the outputs of test cells that only the instructor may see.

    Test cells that the two-sided executor ran have such outputs marked. Of others with a hidden region, nothing is
    known about their outputs, and none is shown.
    """

    def preprocess_cell(self, cell: NotebookNode, resources: Any, cell_index: int) -> tuple[NotebookNode, Any]:
        if cell.cell_type != "code" or not is_test(cell):
            return cell, resources
        if cell_record(cell):
            cell.outputs = [output for output in cell.outputs if not _for_instructor(output)]
        elif BEGIN_HIDDEN in cell.source and cell.outputs:
            cell.outputs = [new_output("stream", name="stdout", text=NOT_SHOWN)]  # type: ignore[no-untyped-call]
        return cell, resources


def _for_instructor(output: NotebookNode) -> bool:
    marks = output.get("metadata", {}).get("autograder", {})
    return bool(marks.get("for") == "instructor")
