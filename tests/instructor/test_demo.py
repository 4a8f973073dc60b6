"""The demo's class can be made from the source notebooks as they are. The demo itself is too long for a test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autograder.base.course import Course, CourseError
from autograder.instructor.demo import CLASS, EXERCISE_CELLS, Student, hand_in
from autograder.references.notebook import read_notebook
from tests.shared.helpers import ASSIGNMENTS, ROOT, cell, notebook, solution

BROKEN = "dennis"


@pytest.fixture
def there(tmp_path: Path) -> Course:
    for name in ("source", "release"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return Course(tmp_path)


def test_a_class_of_many_in_both_languages() -> None:
    assert len({student.name for student in CLASS}) == len(CLASS) >= 12
    assert {student.assignment for student in CLASS} == set(ASSIGNMENTS)
    wrong = {exercise for student in CLASS for exercise in student.edits}
    assert wrong == set(EXERCISE_CELLS)


@pytest.mark.parametrize("student", CLASS, ids=lambda student: student.name)
def test_every_students_notebook_can_be_made(student: Student, there: Course) -> None:
    hand_in(there, student)
    made = read_notebook(there.root / "submitted" / student.name / student.assignment / "resnet.ipynb", Course(ROOT))
    assert made.doubts == ()
    given = notebook("release", student.assignment)
    for name in EXERCISE_CELLS:
        source = cell(made.node, name).source
        assert (source == cell(given, name).source) == (name in student.untouched)
        if name in student.edits:
            assert source != solution(name, assignment=student.assignment)
        if (student.name, name) == (BROKEN, "convolutional_block"):
            with pytest.raises(SyntaxError):
                compile(source, name, "exec")
        else:
            compile(source, name, "exec")


@pytest.mark.parametrize("student", [s for s in CLASS if s.everywhere], ids=lambda student: student.name)
def test_what_is_spelt_otherwise_everywhere_is_somewhere(student: Student) -> None:
    text = "".join(solution(name, assignment=student.assignment) for name in EXERCISE_CELLS)
    assert [old for old, _ in student.everywhere if old not in text] == []


def test_an_edit_that_does_not_apply_is_told(there: Course) -> None:
    with pytest.raises(CourseError, match="'no such line'"):
        hand_in(there, Student("x", "", edits={"identity_block": (("no such line", ""),)}))
