"""The cells that the gradebook keeps of an assignment."""

from __future__ import annotations

from typing import Any

from ..execution.submission.model import TrustedCell


def trusted_cells(gradebook: Any, assignment: str, notebook: str) -> tuple[TrustedCell, ...]:
    """The cells that the gradebook keeps of a notebook, in the order in which they were released."""
    found = gradebook.find_notebook(notebook, assignment)
    graded = {cell.name: float(cell.max_score) for cell in found.grade_cells}
    tasks = {cell.name: float(cell.max_score) for cell in found.task_cells}
    solutions = {cell.name for cell in found.solution_cells}
    return tuple(
        TrustedCell(
            grade_id=cell.name,
            cell_type=cell.cell_type,
            source=cell.source or "",
            locked=bool(cell.locked),
            grade=cell.name in graded,
            solution=cell.name in solutions,
            task=cell.name in tasks,
            points=graded.get(cell.name, tasks.get(cell.name)),
            checksum=cell.checksum,
        )
        for cell in found.source_cells
    )
