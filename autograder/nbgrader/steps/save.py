"""Scores and comments into the gradebook."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import SaveAutoGrades
from nbgrader.utils import determine_grade, is_grade

from ...execution.record import cell_record


def scores_of(node: NotebookNode) -> dict[str, float | None]:
    """What an executed notebook's graded cells are going to have in the gradebook by themselves, by grade_id.

    None where nothing gives a cell points.
    """
    scores: dict[str, float | None] = {}
    for cell in filter(is_grade, node.cells):
        found = cell_record(cell)
        score = determine_grade(cell)[0] if found is None else found.score
        scores[str(cell.metadata.nbgrader.grade_id)] = None if score is None else float(score)
    return scores


class SaveGrades(SaveAutoGrades):
    """Saves scores and comments as nbgrader does, but for two things.

    A score that could not be computed stays empty and is marked for a person to look at, instead of becoming 0; and
    the comment on each solution says under what protection the code ran.
    """

    def _add_score(self, cell: NotebookNode, resources: Any) -> None:
        record = cell_record(cell)
        if record is None:
            super()._add_score(cell, resources)
            return
        place = cell.metadata["nbgrader"]["grade_id"], self.notebook_id, self.assignment_id, self.student_id
        grade = self.gradebook.find_grade(*place)
        grade.auto_score = record.score
        grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
        self.gradebook.db.commit()

    def _add_comment(self, cell: NotebookNode, resources: Any) -> None:
        super()._add_comment(cell, resources)
        protection = resources.get("protection", "")
        forgeable = resources.get("forgeable", [])
        if forgeable:
            protection += f". {', '.join(forgeable)}: ran in the notebook's own kernel, where points can be forged"
        place = cell.metadata["nbgrader"]["grade_id"], self.notebook_id, self.assignment_id, self.student_id
        comment = self.gradebook.find_comment(*place)
        if protection:
            comment.auto_comment = " ".join(filter(None, (comment.auto_comment, f"Protection: {protection}.")))
        self.gradebook.db.commit()
