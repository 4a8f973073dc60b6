"""A class of 180 on Moodle: names in ten scripts, namesakes, late, handed in twice, extended, excused, missing."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

from autograder.base.course import Course
from autograder.nbgrader.calls import generate_assignment
from tests.shared.light_course import ASSIGNMENT, MAX_POINTS, SOLUTIONS, answered, make_course
from tests.shared.platforms import Moodle, Participant

DUE = datetime(2026, 11, 20, 12, 0)
FAMILIES = (
    ("Anna Björn Çelik Zoë Øystein Łukasz", "Müller Núñez O'Neill"),
    ("Αλέξανδρος Ελένη Γιώργος Μαρία Νίκος Σοφία", "Παπαδόπουλος Ιωάννου Βλάχος"),
    ("Анна Иван Мария Олег Юлия Фёдор", "Иванова Петров Щербаков"),
    ("محمد فاطمة علي زينب يوسف مريم", "الأحمد حسن العلي"),
    ("דוד שרה יוסף רחל משה לאה", "כהן לוי מזרחי"),
    ("प्रिया राहुल अनिता विकास सीता मोहन", "शर्मा सिंह वर्मा"),
    ("มานี สมชาย สุดา ปิติ ชูใจ วีระ", "ใจดี รักไทย ศรีสุข"),
    ("伟 芳 娜 秀英 敏 静", "王 李 张"),
    ("민준 서연 지훈 수빈 현우 하은", "김 이 박"),
    ("さくら はると ゆい そうた あおい りく", "さとう すずき たかはし"),
)
"""First names and family names, three times six of each script: 180 students."""
WRONG = {
    "double": "def double(x):\n    return x + 2",
    "mean": "def mean(rows):\n    return np.asarray(rows).mean(axis=1)",
    "total": "def total(text):\n    return len(text.split()) + 1",
}
COST = {"double": 2.0, "mean": 3.0, "total": 1.0}
"""Points that each wrong answer loses."""


@dataclass(frozen=True)
class Student:
    """What one student does, and what that has to come to. Days are from the due date on."""

    number: int
    name: str
    email: str
    wrong: tuple[str, ...]
    days_late: int | None
    extended_days: int = 0
    twice: bool = False
    excused: bool = False

    @property
    def grade(self) -> float | None:
        if self.excused:
            return None
        if self.days_late is None:
            return 0.0
        points = sum(MAX_POINTS.values()) - sum(COST[name] for name in self.wrong)
        late = max(self.days_late - self.extended_days, 0)
        return points * (1 - min(0.1 * late, 0.5))

    @property
    def submitted(self) -> datetime | None:
        return None if self.days_late is None else DUE + timedelta(days=self.days_late, hours=-1)

    def work(self, first: bool) -> str:
        """The notebook: of who hands in twice, the first is empty of right answers."""
        wrong = WRONG if first and self.twice else {name: WRONG[name] for name in self.wrong}
        mark = f"# by {self.number}{' at first' if first and self.twice else ''}\n"
        return nbformat.writes(answered(**{**wrong, "double": mark + wrong.get("double", SOLUTIONS["double"])}))


def make_class() -> list[Student]:
    names = [f"{one} {two}" for first, last in FAMILIES for two, one in product(last.split(), first.split())]
    wrong = [(), ("double",), ("mean",), ("total", "double"), ("mean", "total")]
    found = [
        Student(1000 + 7 * at, name, f"student{at}@uni.example", wrong[at % 5], at // 9 % 4 if at % 9 == 0 else 0)
        for at, name in enumerate(names)
    ]
    for at in range(4, 180, 15):
        found[at] = replace(found[at], days_late=None)
    for at in range(8, 180, 20):
        found[at] = replace(found[at], twice=True)
    for at in range(18, 180, 36):
        found[at] = replace(found[at], days_late=2, extended_days=2)
    for at in (33, 34):  # 34 hands in nothing
        found[at] = replace(found[at], excused=True)
    for at in (11, 101, 131):  # namesakes of the one before
        found[at] = replace(found[at], name=found[at - 1].name)
    return found


CLASS = make_class()


def there(students: list[Student]) -> Moodle:
    people = [
        Participant(
            one.number,
            one.name,
            one.email,
            one.submitted,
            extended=DUE + timedelta(days=one.extended_days) if one.extended_days else None,
        )
        for one in students
    ]
    return Moodle(people, DUE, maximum=10.0)


def download(path: Path, students: list[Student], first: bool) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for one in students:
            if one.submitted:
                target.writestr(f"{one.name}_{one.number}_assignsubmission_file/{ASSIGNMENT}.ipynb", one.work(first))
    return path


def prepare(course: Path) -> None:
    """A released course with a due date and a rule, and nobody in its gradebook."""
    make_course(course, ours=True)
    generate_assignment(Course(course), ASSIGNMENT)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "light") as book:
        book.update_or_create_assignment(ASSIGNMENT, duedate=f"{DUE:%F %T} UTC")
    with (course / "nbgrader_config.py").open("a") as file:
        file.write(
            f"c.LatePolicy.percent_a_day = 10\nc.LatePolicy.at_most_percent = 50\n"
            f"c.LatePolicy.missing_is_zero = ['{ASSIGNMENT}']\n"
        )
