"""Which student of the gradebook a platform means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from ...nbgrader.gradebook.queries import StudentRow
from ...nbgrader.steps.staging import why_not_an_id
from .class_list import Listed
from .names import Name, bare
from .platforms import CANVAS, MOODLE


class NotOneStudent(Exception):
    """Nobody, or more than one, is meant; the message says which."""


class KnownStudents:
    """The gradebook's students. Where there are none, everybody is taken as the platform names them.

    `participants` are whom Moodle's worksheet has under each number.
    """

    def __init__(
        self,
        students: Iterable[StudentRow],
        new_students: bool = False,
        participants: Mapping[str, Listed] | None = None,
    ) -> None:
        self._participants = {_number(number): one for number, one in (participants or {}).items()}
        self._by_name: dict[str, set[str]] = defaultdict(set)
        self._by_number: dict[str, set[str]] = defaultdict(set)
        self._number: dict[str, str] = {}
        self._ids: set[str] = set()
        for student in students:
            self._ids.add(student.id)
            for name in _names(student):
                self._by_name[bare(name)].add(student.id)
            if number := _number(student.lms_user_id):
                self._by_number[number].add(student.id)
                self._number[student.id] = number
        self.takes_new = new_students or not self._ids

    def candidates(self, name: Name) -> frozenset[str]:
        """The ids of those in the gradebook who may be meant. Raises NotOneStudent where number and name contradict."""
        if name.platform == CANVAS:
            return self._by_users_number(name)
        if name.platform == MOODLE:
            if self._participants:
                return frozenset({self._participant(name)})
            # The number is the participant's in one assignment. It may be another student's anywhere else.
            return self._written(name.student) or frozenset().union(*map(self._written, name.others))
        readings = (name.student, *name.others)
        exact = frozenset(reading for reading in readings if reading in self._ids)
        return exact or frozenset().union(*map(self._written, readings))

    def means_somebody(self, name: Name) -> bool:
        """Whether anybody in the gradebook may be meant."""
        try:
            return bool(self.candidates(name))
        except NotOneStudent:
            return True

    def find(self, name: Name, namesakes: Collection[str]) -> str:
        """The student's id. `namesakes` are names that the platform gives to several. Raises NotOneStudent."""
        found = sorted(self.candidates(name))
        if len(found) > 1:
            raise NotOneStudent(f"{name.student} may be {' or '.join(found)}")
        if not found and not self.takes_new:
            raise NotOneStudent(f"{name.student} is not in the gradebook")
        student = found[0] if found else name.student
        if name.student in namesakes and not self._participants and not self._by_canvas(name):
            if not self.takes_new:
                raise NotOneStudent(f"{name.student} is the name of two students, {student} is one of them")
            student = f"{name.student}_{name.number}"
        if student.startswith(".") or why_not_an_id(student):
            raise NotOneStudent(f"{student!r} can't be a student's id")
        return student

    def is_in_a_group(self, name: Name, student: str) -> bool:
        """Whether it was a part of the name that means this student, the other being a group's."""
        return name.platform == MOODLE and student in self._ids and student not in self._written(name.student)

    def _by_canvas(self, name: Name) -> bool:
        return name.platform == CANVAS and self._whose_number(name.number) is not None

    def _participant(self, name: Name) -> str:
        """Whom the worksheet has under the number. Raises NotOneStudent where that is nobody, or has another name."""
        listed = self._participants.get(_number(name.number))
        if listed is None:
            raise NotOneStudent(f"participant {name.number} ({name.student}) is not in the worksheet")
        if bare(listed.name) not in map(bare, (name.student, *name.others)):
            raise NotOneStudent(
                f"participant {name.number} is {listed.name} in the worksheet and {name.student} here: is it the "
                "worksheet of this assignment?"
            )
        return listed.row.id

    def _written(self, name: str) -> frozenset[str]:
        """Those who may be written so, by name or by id."""
        return frozenset(self._by_name.get(bare(name), ()))

    def _by_users_number(self, name: Name) -> frozenset[str]:
        """Canvas's number is a user's own, the same everywhere. Raises NotOneStudent where the name contradicts it."""
        named, numbered = self._written(name.student), self._whose_number(name.number)
        other = self._whose_number(name.also)
        if other is not None and other != numbered and {other} != named:
            raise NotOneStudent(
                f"{name.student} with the number {name.number} may be {' or '.join(sorted(named)) or 'somebody'}, and "
                f"{name.also} is the number of {other}"
            )
        if numbered is None:
            strange = sorted(one for one in named if self._has_another_number(one, _number(name.number)))
            if strange and len(strange) == len(named):
                raise NotOneStudent(
                    f"the name {name.student} is {strange[0]}'s, whose number is {self._number[strange[0]]} in the "
                    f"gradebook, and the number here is {name.number}"
                )
            return named - frozenset(strange)
        if named and numbered not in named:
            raise NotOneStudent(
                f"the number {name.number} is {numbered}'s in the gradebook, and the name {name.student} is "
                f"{' or '.join(sorted(named))}'s"
            )
        return frozenset({numbered})

    def _whose_number(self, number: str) -> str | None:
        """Raises NotOneStudent where the gradebook has the number for several."""
        whose = sorted(self._by_number.get(_number(number), ()))
        if len(whose) > 1:
            raise NotOneStudent(f"the number {number} is that of {' and '.join(whose)} in the gradebook")
        return whose[0] if whose else None

    def _has_another_number(self, student: str, number: str) -> bool:
        known = self._number.get(student, "")
        return bool(number) and known.isdecimal() and known != number


def _number(text: str) -> str:
    """A platform's number as it is compared: spreadsheets add and drop zeros and spaces."""
    return text.strip().lstrip("0") or text.strip()


def _names(student: StudentRow) -> Iterator[str]:
    """All that a platform may call a student. An id always counts."""
    yield student.id
    if student.email:
        yield student.email
        yield student.email.partition("@")[0]
    if student.first_name or student.last_name:
        yield f"{student.first_name}{student.last_name}"
        yield f"{student.last_name}{student.first_name}"
