"""`autograder grade` again: what is as it was when it was graded is passed over, and nothing else is."""

from __future__ import annotations

from pathlib import Path

from nbgrader.api import Gradebook

from tests.shared.light_class import CLASS, POINTS, exported, grade, gradebook
from tests.shared.light_course import ASSIGNMENT, answered, write

EVERYONE = sorted(CLASS)


def graded_now(course: Path, *options: str) -> list[str]:
    """Grade, and give the students who were graded anew, as the log says."""
    log = course / ".autograder" / "grading.log"
    before = len(log.read_text().splitlines()) if log.exists() else 0
    grade(course, *options)
    return sorted(line.split()[3] for line in log.read_text().splitlines()[before:])


def feedback(course: Path, student: str) -> str:
    return (course / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text()


def test_what_has_not_changed_is_passed_over(course: Path) -> None:
    assert graded_now(course, "--no-feedback") == EVERYONE
    assert not (course / "feedback").exists()
    first = gradebook(course)

    assert graded_now(course) == []  # but the feedback is written
    assert "double" in feedback(course, "kim")
    assert (gradebook(course), exported(course)) == (first, POINTS)

    for page in (course / "feedback").rglob("*.html"):
        page.chmod(0o644)
        page.write_text("as it was")
    assert graded_now(course) == []
    assert feedback(course, "kim") == "as it was"

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        grades = book.find_submission(ASSIGNMENT, "kim").notebooks[0].grades
        next(one for one in grades if one.auto_score == 0).manual_score = 1.5
        book.db.commit()
    assert graded_now(course) == []
    assert exported(course)["kim"] == "9.5"
    assert feedback(course, "kim") != "as it was"  # it shows the new points
    assert feedback(course, "ada") == "as it was"


def test_what_has_changed_is_not(graded: Path) -> None:
    """The answer, the graded copy, the gradebook, the settings: each by itself."""
    course = graded
    write(course / "submitted" / "kim" / ASSIGNMENT, answered(double="def double(x):\n    return x * 2"))
    (course / "submitted" / "mia" / ASSIGNMENT / "data.txt").write_text("1 2 3")
    copy = course / "autograded" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    copy.chmod(0o644)
    copy.write_text(copy.read_text().replace("assert", "# assert", 1))
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        book.remove_submission(ASSIGNMENT, "zoe")
    assert graded_now(course, "--no-feedback") == ["ada", "kim", "mia", "zoe"]
    assert exported(course) == POINTS | {"kim": "10.0"}
    with (course / "nbgrader_config.py").open("a") as config:
        config.write("\nc.Execute.timeout = 50\n")
    assert graded_now(course, "--no-feedback") == EVERYONE
