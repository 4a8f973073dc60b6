"""Which student of the gradebook a platform means."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator

from ...nbgrader.gradebook import StudentRow
from .names import Name


class NotOneStudent(Exception):
    """Nobody, or more than one, is meant; the message goes on after the name."""


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

    def find(self, name: Name) -> str:
        """The student's id. Raises NotOneStudent."""
        found = sorted(self.candidates(name))
        if len(found) == 1:
            return found[0]
        if found:
            raise NotOneStudent(f"may be {' or '.join(found)}")
        if not self.takes_new:
            raise NotOneStudent("is not in the gradebook")
        return name.student

    def by_name_alone(self, name: Name) -> bool:
        """Whether nothing but the name says who is meant, which another student may have, too."""
        return name.number not in self._by_number


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
