"""A graded class whose assignment has two notebooks, and ways to change a test and to grade by hand."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from autograder.base.course import Course
from autograder.cli import main
from autograder.nbgrader.calls import generate_assignment
from tests.shared.helpers import on_its_own
from tests.shared.light_course import ASSIGNMENT, answered, find, make_course, source, write

PLUS = "def double(x):\n    return x + 2"
ANSWERS = {"ada": answered(), "kim": answered(double=PLUS), "lee": answered(double=PLUS)}
SECOND = "more"

Files = dict[str, bytes]


def second(node: NotebookNode) -> NotebookNode:
    """Of a notebook with three exercises, one with the first alone."""
    names = ("setup", "double", "test_double")
    cells = [cell for cell in node.cells if cell.metadata.nbgrader.grade_id in names]
    return nbformat.from_dict({**node, "cells": cells})


def hand_in(root: Path) -> None:
    """Release the assignment and have three hand in both notebooks."""
    make_course(root, ours=True)
    with (root / "nbgrader_config.py").open("a") as config:
        config.write("\nc.Execute.timeout = 60\nc.SandboxProvisioner.wall_seconds = 600\n")  # on a busy machine
    write(root / "source" / ASSIGNMENT, second(source()), f"{SECOND}.ipynb")
    generate_assignment(Course(root), ASSIGNMENT)
    for student, node in ANSWERS.items():
        folder = root / "submitted" / student / ASSIGNMENT
        folder.mkdir(parents=True)
        write(folder, node)
        write(folder, second(answered()), f"{SECOND}.ipynb")


def run(course: Path, *arguments: str) -> int:
    """The `autograder` command, in this process: it starts at once."""
    with on_its_own():
        return main(["--course", str(course), *arguments])


def change(course: Path, by: Callable[[NotebookNode], None]) -> None:
    """Change the first notebook in source/."""
    path = course / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    node = nbformat.read(path, as_version=4)
    by(node)
    nbformat.write(node, path)


def milder(node: NotebookNode) -> None:
    """A test that was too strict: x + 2 is right by it, too."""
    test = find(node, "test_double")
    test.source = test.source.replace("double(-7.5) == -15", "double(2.0) == 4.0")


def release_again(course: Path) -> None:
    generate_assignment(Course(course), ASSIGNMENT)


def by_hand(
    course: Path, student: str, points: float | None, cell: str = "test_double", comment: str | None = None
) -> None:
    """Grade one cell of the first notebook as the Formgrader does."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        grade = book.find_grade(cell, ASSIGNMENT, ASSIGNMENT, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        if comment is not None:
            book.find_comment(cell.removeprefix("test_"), ASSIGNMENT, ASSIGNMENT, student).manual_comment = comment
        book.db.commit()


def rows(course: Path) -> list[tuple[object, ...]]:
    """Every graded cell: student, notebook, cell, what the tests gave, what a person gave, and whether one is to look.

    And every comment: student, notebook, cell, what grading said, what a person said.
    """
    questions = (
        ("grade", "grade.auto_score, grade.manual_score, grade.needs_manual_grade"),
        ("comment", "comment.auto_comment, comment.manual_comment"),
    )
    found: list[tuple[object, ...]] = []
    with contextlib.closing(sqlite3.connect(course / "gradebook.db")) as book:
        for table, columns in questions:
            found += book.execute(
                f"""SELECT submitted_assignment.student_id, notebook.name, base_cell.name, {columns} FROM {table}
                JOIN base_cell ON base_cell.id = {table}.cell_id
                JOIN submitted_notebook ON submitted_notebook.id = {table}.notebook_id
                JOIN notebook ON notebook.id = submitted_notebook.notebook_id
                JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id"""
            )
    return sorted(found, key=repr)


def results(course: Path) -> dict[str, int]:
    """The results that are kept, and when each was written."""
    return {path.name: path.stat().st_mtime_ns for path in (course / ".autograder" / "results").glob("*.json")}


def files(course: Path) -> Files:
    """Every file that grading writes for people or for its next run, and what is in it."""
    found: Files = {}
    for folder in ("autograded", "feedback", ".autograder/graded"):
        for path in sorted((course / folder).rglob("*")):
            if path.is_file():
                found[str(path.relative_to(course))] = path.read_bytes()
    if (course / "grades.csv").exists():
        found["grades.csv"] = (course / "grades.csv").read_bytes()
    return found
