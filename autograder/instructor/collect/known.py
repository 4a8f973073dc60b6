"""Which student of the gradebook a platform means."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from ...nbgrader.gradebook import StudentRow
from ...nbgrader.staging import why_not_an_id
from .names import Name


class NotOneStudent(Exception):
    """Nobody, or more than one, is meant; the message says which."""


class KnownStudents:
    """The gradebook's students. Where there are none, everybody is taken as the platform names them."""

    def __init__(self, students: Iterable[StudentRow], new_students: bool = False) -> None:
        self._by_name: dict[str, set[str]] = defaultdict(set)
        self._by_number: dict[str, str] = {}
        for student in students:
            for name in _names(student):
                self._by_name[_bare(name)].add(student.id)
            if student.lms_user_id:
                self._by_number[student.lms_user_id] = student.id
        self._ids = {student for ids in self._by_name.values() for student in ids}
        self.takes_new = new_students or not self._ids

    def candidates(self, name: Name) -> frozenset[str]:
        """The ids of those in the gradebook who may be meant."""
        if name.number in self._by_number:
            return frozenset({self._by_number[name.number]})
        if name.student in self._ids:
            return frozenset({name.student})
        # Moodle puts a group's name and a hyphen before a student's.
        written = (name.student, name.student.rpartition("-")[2])
        return frozenset(next(filter(None, (self._by_name.get(_bare(text)) for text in written)), ()))

    def find(self, name: Name, namesakes: Collection[str]) -> str:
        """The student's id. `namesakes` are names that the platform gives to several. Raises NotOneStudent."""
        found = sorted(self.candidates(name))
        if len(found) > 1:
            raise NotOneStudent(f"{name.student} may be {' or '.join(found)}")
        if not found and not self.takes_new:
            raise NotOneStudent(f"{name.student} is not in the gradebook")
        student = found[0] if found else name.student
        if name.student in namesakes and name.number not in self._by_number:
            if not self.takes_new:
                raise NotOneStudent(f"{name.student} is the name of two students, {student} is one of them")
            student = f"{name.student}_{name.number}"
        if student.startswith(".") or why_not_an_id(student):
            raise NotOneStudent(f"{student!r} can't be a student's id")
        return student


def _names(student: StudentRow) -> Iterator[str]:
    """All that a platform may call a student. An id always counts."""
    yield student.id
    if student.email:
        yield student.email
        yield student.email.partition("@")[0]
    if student.first_name or student.last_name:
        yield f"{student.first_name}{student.last_name}"
        yield f"{student.last_name}{student.first_name}"


def _bare(name: str) -> str:
    """A name without capitals, spaces and punctuation, which platforms leave out or exchange."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", name).casefold() if letter.isalnum())
