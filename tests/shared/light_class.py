"""A small class that hands in the light course's assignment, and what there is to see once it is graded."""

from __future__ import annotations

import csv
import subprocess
from pathlib import Path

from nbformat import NotebookNode
from sqlalchemy import create_engine, text

from autograder.base.course import Course
from autograder.nbgrader.calls import generate_assignment
from tests.shared.helpers import autograder
from tests.shared.light_course import ASSIGNMENT, answered, make_course, released, write

CLASS: dict[str, NotebookNode] = {
    "ada": answered(),
    "kim": answered(double="def double(x):\n    return x + 2"),
    "lee": answered(mean="def mean(rows):\n    __import__('os')._exit(3)"),
    "mia": answered(total="def total(text):\n    return len(text.split()) + 1"),
    "zoe": released(),
}
POINTS = {"ada": "10.0", "kim": "8.0", "lee": "7.0", "mia": "9.0", "zoe": "0.0"}


def hand_in(root: Path) -> Path:
    """Make a released course with a class that has handed in."""
    make_course(root, ours=True)
    generate_assignment(Course(root), ASSIGNMENT)
    for student, node in CLASS.items():
        folder = root / "submitted" / student / ASSIGNMENT
        folder.mkdir(parents=True)
        write(folder, node)
    return root


def grade(course: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """`autograder grade`, in this process, which has imported nbgrader once for all."""
    done = autograder("--course", course, "grade", *options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def exported(course: Path) -> dict[str, str]:
    with (course / "grades.csv").open(newline="") as file:
        return {row["student_id"]: row["score"] for row in csv.DictReader(file)}


def gradebook(course: Path, url: str = "") -> list[tuple[object, ...]]:
    """Every score with all that is said of it, but for the rows' random ids; by default from the course's own file."""
    question = """
        SELECT submitted_assignment.student_id, base_cell.name, grade.auto_score, grade.manual_score,
               grade.needs_manual_grade
        FROM grade JOIN base_cell ON base_cell.id = grade.cell_id
        JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
        JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
    """
    engine = create_engine(url or f"sqlite:///{course / 'gradebook.db'}")
    try:
        with engine.connect() as book:
            rows = book.execute(text(question)).all()
    finally:
        engine.dispose()
    return sorted((*row[:-1], bool(row[-1])) for row in rows)  # SQLite knows no truth values


def kept(course: Path) -> dict[str, int]:
    """The results that are kept, and when each was written."""
    return {path.name: path.stat().st_mtime_ns for path in (course / ".autograder" / "results").glob("*.json")}


def outputs(course: Path, student: str) -> str:
    return (course / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text()
