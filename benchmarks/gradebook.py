"""What a gradebook says, read with SQLite alone."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import defaultdict
from pathlib import Path

Scores = dict[tuple[str, str], tuple[object, ...]]


def scores(root: Path) -> Scores:
    """By student and cell: every score with all that is said of it, but for the rows' random ids."""
    question = """
        SELECT submitted_assignment.student_id, base_cell.name, grade.auto_score, grade.manual_score,
               grade.extra_credit, grade.needs_manual_grade
        FROM grade JOIN base_cell ON base_cell.id = grade.cell_id
        JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
        JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
    """
    with contextlib.closing(sqlite3.connect(root / "gradebook.db")) as book:
        return {(row[0], row[1]): row[2:] for row in book.execute(question)}


def totals(root: Path) -> dict[str, float]:
    """The points of each student."""
    found: dict[str, float] = defaultdict(float)
    for (student, _), (auto, *_) in scores(root).items():
        found[student] += auto if isinstance(auto, int | float) else 0.0
    return dict(found)
