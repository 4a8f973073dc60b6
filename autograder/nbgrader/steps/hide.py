"""What a student gets to see of the graded notebook: everything of their own, and nothing that is hidden."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from ...base.messages import N_
from ...base.notebooks import is_test
from ...execution.record import cell_record, is_for_instructor
from ...execution.testcell.cell import BEGIN_HIDDEN
from ..gradebook.summary import Summary, summarize
from ..private import before_a_page

NOT_SHOWN = "What a hidden test printed is not shown."


class HideHidden(NbGraderPreprocessor):
    """Drops the outputs of test cells that only the instructor may see, and tells the page what stands at its top.

    Test cells that the two-sided executor ran have such outputs marked. Of others with a hidden region, nothing is
    known about their outputs, and none is shown.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        before_a_page(Path(str(resources.get("metadata", {}).get("path", ""))).absolute())
        nb, resources = super().preprocess(nb, resources)
        of = resources.get("nbgrader")
        if of:  # here rather than in a step of its own, which the configurations that are in use would not name
            with Gradebook(of["db_url"]) as book:
                found = summarize(nb, book, of["assignment"], of["notebook"], of["student"])
            resources["autograder"] = found
            _say_once(nb, found)
        return nb, resources

    def preprocess_cell(self, cell: NotebookNode, resources: Any, cell_index: int) -> tuple[NotebookNode, Any]:
        if cell.cell_type != "code" or not is_test(cell):
            return cell, resources
        if cell_record(cell):
            cell.outputs = [output for output in cell.outputs if not is_for_instructor(output)]
        elif BEGIN_HIDDEN in cell.source and cell.outputs:
            cell.outputs = [new_output("stream", name="stdout", text=NOT_SHOWN)]  # type: ignore[no-untyped-call]
        return cell, resources


def _say_once(nb: NotebookNode, found: Summary) -> None:
    """Leave the reports that stand at the top of the page out of the notebook below."""
    at_the_top = {part.place for part in found.parts if part.shown}
    above = found.translate(N_("The report stands at the top of the page."))
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") in at_the_top:
            told = new_output("stream", name="stdout", text=f"{above}\n")  # type: ignore[no-untyped-call]
            kept = [output for output in cell.outputs if "text/html" not in output.get("data", {})]
            cell.outputs = [told, *kept]
