"""What the gradebook knows of a notebook's cells."""

from __future__ import annotations

from pathlib import Path

from autograder.execution.submission.restore import restore_any
from autograder.nbgrader.gradebook.queries import trusted_cells
from tests.execution.submission.paper import IDS, TRUSTED, good


def test_trusted_cells_come_from_the_gradebook_in_order(tmp_path: Path) -> None:
    from nbgrader.api import Gradebook
    from nbgrader.preprocessors import SaveCells

    url = f"sqlite:///{tmp_path / 'gradebook.db'}"
    with Gradebook(url) as book:
        book.add_assignment("week")
    names = {"notebook": "paper", "assignment": "week", "db_url": url}
    SaveCells().preprocess(good(), {"nbgrader": names})
    with Gradebook(url) as book:
        found = trusted_cells(book, "week", "paper")
    assert [cell.grade_id for cell in found] == IDS["paper"]
    assert [(c.grade, c.solution, c.task, c.locked, c.points) for c in found] == [
        (c.grade, c.solution, c.task, c.locked, c.points) for c in TRUSTED
    ]
    assert found[0].source == "# Two functions"
    assert restore_any(good(), found)[1] == ()
