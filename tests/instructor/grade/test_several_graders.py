"""Two instructors grade by hand, each with a Formgrader of their own, while the class is graded again: nothing is lost.

The gradebook is in PostgreSQL, as it has to be where several write at once.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from autograder.base.course import Course
from autograder.nbgrader.calls import generate_assignment
from tests.instructor.grade import postgresql
from tests.instructor.grade.formgrader import Formgrader, formgrader
from tests.shared.helpers import autograder
from tests.shared.light_class import CLASS, exported, grade, gradebook
from tests.shared.light_course import ASSIGNMENT

STUDENTS = ("ada", "kim", "lee")
AUTO = {
    ("ada", "test_double"): 2.0,
    ("ada", "test_mean"): 3.0,
    ("kim", "test_double"): 0.0,
    ("kim", "test_mean"): 3.0,
    ("lee", "test_double"): 2.0,
    ("lee", "test_mean"): 0.0,
}
Rows = dict[tuple[str, str], str]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with postgresql.server() as found:
        yield found


def ids(url: str, table: str) -> Rows:
    """The rows' ids, by which the Formgrader's pages name them, by student and cell."""
    question = f"""
        SELECT submitted_assignment.student_id, base_cell.name, {table}.id FROM {table}
        JOIN base_cell ON base_cell.id = {table}.cell_id
        JOIN submitted_notebook ON submitted_notebook.id = {table}.notebook_id
        JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
    """
    engine = create_engine(url)
    with engine.connect() as book:
        found = {(student, cell): row for student, cell, row in book.execute(text(question))}
    engine.dispose()
    return found


def busy(
    who: Formgrader, own: str, grades: Rows, comments: Rows, grading: subprocess.Popen[str]
) -> dict[tuple[str, str], float]:
    """Grade one's own cell of everybody, and the one that both grade, until grading ends; gives what was given last."""
    given: dict[tuple[str, str], float] = {}
    for number in count():
        for student in STUDENTS:
            for cell in (own, "test_total"):
                points = given[student, cell] = (number % 20) / 10 + 0.05
                who.grade(grades[student, cell], points)
            who.comment(comments[student, own.removeprefix("test_")], f"{own} {student} {number}")
            time.sleep(0.2)  # or the two leave the class's grading no processor
        if grading.poll() is not None:
            return given | {("rounds", own): number}
    raise AssertionError


@pytest.mark.slow
def test_nothing_is_lost_while_two_grade_by_hand(url: str, course: Path, tmp_path: Path) -> None:
    for student in set(CLASS) - set(STUDENTS):
        shutil.rmtree(course / "submitted" / student)
    (course / "gradebook.db").unlink()
    with (course / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.CourseDirectory.db_url = {url!r}\n")
        config.write("c.Execute.timeout = 60\nc.SandboxProvisioner.wall_seconds = 600\n")  # on a busy machine
    generate_assignment(Course(course), ASSIGNMENT)
    grade(course)
    grades, comments = ids(url, "grade"), ids(url, "comment")
    with formgrader(course, tmp_path / "a") as ann, formgrader(course, tmp_path / "b") as ben:
        with (course / "nbgrader_config.py").open("a") as config:
            config.write("\nc.Execute.timeout = 61\n")  # all is executed and written again
        with (
            subprocess.Popen(
                ["autograder", "grade"], cwd=course, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            ) as grading,
            ThreadPoolExecutor(3) as threads,
        ):
            output = threads.submit(lambda: grading.communicate(timeout=900)[0])
            by_ann = threads.submit(busy, ann, "test_double", grades, comments, grading)
            by_ben = threads.submit(busy, ben, "test_mean", grades, comments, grading)
            first, second = by_ann.result(), by_ben.result()
            assert grading.returncode == 0, output.result()
        assert min(first["rounds", "test_double"], second["rounds", "test_mean"]) >= 2, "they did not meet"
        assert ids(url, "grade") == grades

        for student in STUDENTS:
            for given, reader, own in ((first, ben, "test_double"), (second, ann, "test_mean")):
                assert reader.points(grades[student, own]) == given[student, own]
                number = int(given["rounds", own])
                said = reader.said(comments[student, own.removeprefix("test_")])
                assert said == f"{own} {student} {number}"
            both = {first[student, "test_total"], second[student, "test_total"]}
            assert ann.points(grades[student, "test_total"]) == ben.points(grades[student, "test_total"])
            assert ann.points(grades[student, "test_total"]) in both
        found = {(student, cell): rest for student, cell, *rest in gradebook(course, url)}
        assert {place: found[place][0] for place in AUTO} == AUTO  # what the tests gave was written, too

        # The same field, one after the other: both see the last.
        for writer, points in ((ann, 1.0), (ben, 2.0), (ann, 1.0), (ben, 1.5)):
            writer.grade(grades["kim", "test_total"], points)
            assert ann.points(grades["kim", "test_total"]) == ben.points(grades["kim", "test_total"]) == points

        by_hand = {place: rest[1] for place, rest in sorted(rows(course, url).items())}
        assert autograder("--course", course, "undo").returncode == 0
        assert {place: rest[1] for place, rest in sorted(rows(course, url).items())} == by_hand
        grade(course)
        assert {place: rest[1] for place, rest in sorted(rows(course, url).items())} == by_hand
        assert float(exported(course)["kim"]) == pytest.approx(
            first["kim", "test_double"] + second["kim", "test_mean"] + 1.5
        )


def rows(course: Path, url: str) -> dict[tuple[object, object], list[object]]:
    return {(student, cell): rest for student, cell, *rest in gradebook(course, url)}
