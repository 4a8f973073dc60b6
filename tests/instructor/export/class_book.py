"""A gradebook as nbgrader keeps it, with every way in which a student can have, or lack, a score."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from nbgrader.api import Gradebook

from autograder.base.course import Course

DUE = datetime(2026, 3, 1, 12, 0, tzinfo=UTC).replace(tzinfo=None)
LATE = datetime(2026, 3, 1, 13, 30, 5)

PEOPLE = {
    "ann": ('"Ann"', "O'Brien", "Ann@uni.example", "101"),
    "li.wei": ("伟", "李", "li@uni.example", "102"),
    "eve": ("=cmd()", "+1, -2", "eve@uni.example", "103"),
    "pp": ("Ann", "Points Possible", "pp@uni.example", "104"),
    "zero": ("Zoe", "Nought", "zero@uni.example", "105"),
    "absent": ("Abe", "Sent", "absent@uni.example", "106"),
    "essay": ("Es", "Say", "essay@uni.example", "107"),
    "broken": ("Bro", "Ken", "broken@uni.example", "108"),
    "again": ("A", "Gain", "again@uni.example", "109"),
}
"""First name, last name, email and lms_user_id by id."""

SCORED = {"ann": 11.5, "li.wei": 12.0, "eve": 2.0, "pp": 13.25, "zero": 0.0}
"""ann: 10 by the autograder, 2 by hand, 1 extra, 1.5 off for being late; eve: 3 by hand instead of 8, 1 off; zero: more
off than was earned."""
UNSCORED = {
    "absent": "missing",
    "essay": "to be graded by hand",
    "broken": "could not be graded",
    "again": "to be graded by hand",
}


def changed(course: Course, student: str, **fields: str) -> Course:
    """The same course, with another name, email or lms_user_id for this student, who is added if need be."""
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "light") as book:
        book.update_or_create_student(student, **fields)
    return course


def make(root: Path) -> Course:
    """A course with this gradebook, for an assignment `resnet` of 15 points and `later`, which nobody has handed in."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "nbgrader_config.py").write_text(
        "import os\nc = get_config()\nc.CourseDirectory.root = os.path.dirname(os.path.abspath(__file__))\n"
        'c.CourseDirectory.course_id = "light"\n'
    )
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "light") as book:
        for assignment in ("resnet", "later"):
            book.add_assignment(assignment, duedate=DUE)
            book.add_notebook("nb", assignment)
            book.add_grade_cell("test", "nb", assignment, max_score=10, cell_type="code")
            book.add_grade_cell("essay", "nb", assignment, max_score=5, cell_type="markdown")
            book.add_solution_cell("essay", "nb", assignment)
            book.add_source_cell("test", "nb", assignment, cell_type="code", locked=True)
            book.add_source_cell("essay", "nb", assignment, cell_type="markdown")
        for name, (first, last, email, lms) in PEOPLE.items():
            book.add_student(name, first_name=first, last_name=last, email=email, lms_user_id=lms)
        _submit(book, "ann", test=10, essay=2, extra=1, penalty=1.5, at=LATE)
        book.find_comment("essay", "nb", "resnet", "ann").manual_comment = "Well <done>"
        _submit(book, "li.wei", test=8, essay=4)
        _submit(book, "eve", test=8, test_by_hand=3, essay=0, penalty=1)
        _submit(book, "pp", test=10, essay=3.25)
        _submit(book, "zero", test=0, essay=1, penalty=4)
        _submit(book, "essay", test=10, essay=None)
        _submit(book, "broken", test=None, essay=5)
        _submit(book, "again", test=10, essay=5, look_again=True)
    return Course(root)


def enlarge(course: Course, by: int) -> None:
    """Have this many more students hand in `resnet`."""
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "light") as book:
        for number in range(by):
            book.add_student(f"more{number}")
            _submit(book, f"more{number}", test=number % 11, essay=1)


def _submit(
    book: Gradebook,
    student: str,
    *,
    test: float | None,
    essay: float | None,
    test_by_hand: float | None = None,
    extra: float | None = None,
    penalty: float = 0.0,
    at: datetime = DUE,
    look_again: bool = False,
) -> None:
    submission = book.add_submission("resnet", student, timestamp=at)
    submission.notebooks[0].late_submission_penalty = penalty
    grade = book.find_grade("test", "nb", "resnet", student)
    grade.auto_score, grade.manual_score, grade.extra_credit = test, test_by_hand, extra
    grade.needs_manual_grade = test is None and test_by_hand is None
    written = book.find_grade("essay", "nb", "resnet", student)
    written.manual_score, written.needs_manual_grade = essay, essay is None or look_again
    book.db.commit()
