"""What the names of downloaded files say: whose a file is, what it was called, whether it came late.

Learning platforms put the student into a name (see `platforms`). People who collect by hand call files
`weili-week1.ipynb`, `weili_week1.ipynb`, `week1_weili.ipynb`, `weili/week1.ipynb`, `weili.zip`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath

from .platforms import BLACKBOARD, endings, read_mark

AGAIN = re.compile(r"(?P<stem>.+?)(?:-(?P<dash>[0-9]{1,3})| ?\((?P<bracket>[0-9]{1,3})\))")
"""A file that was there before under this name: `week1-1` to Canvas, `week1 (1)` to a browser."""


@dataclass(frozen=True, slots=True)
class Name:
    """What one file's name says.

    `student` is how the student is written, `others` are further ways to read it, `number` is the platform's number
    for them, "" if there is none; `also` is another number that may be theirs. `file` is the path that the student gave
    the file. `when` is the time of handing in, as the platform's clock has it; `order` is higher for a file that was
    handed in later, 0 where the name doesn't say. `platform` is "" for a name that people have given,
    and so is `mark`, which is all that the platform wrote.
    """

    student: str
    file: PurePosixPath
    number: str = ""
    late: bool = False
    when: datetime | None = None
    order: int = 0
    platform: str = ""
    others: tuple[str, ...] = ()
    also: str = ""
    mark: str = field(default="", compare=False)


class NoName(Exception):
    """A file whose name says no student; the message says what it is instead."""


class TypedIn(NoName):
    """Text from the platform's own page, in which there can be no notebook."""


def read_name(
    part: str, rest: Sequence[str], assignment: str, notebooks: Collection[str], platforms: Sequence[str]
) -> Name:
    """What the outermost name in a download says of the file at `part`/`rest`.

    `platforms` is the one that wrote the names of the whole download, if one did; `notebooks` are the names that the
    assignment wants, without `.ipynb`. Nothing in `rest` is asked: that is the student's own. Raises NoName.
    """
    mark = read_mark(part, platforms)
    if mark is not None:
        if mark.typed:
            raise TypedIn(f"was typed into {mark.platform}'s page: there is no file in it")
        if not (mark.file or rest):
            raise NoName("is left out: its name says no student")
        file = PurePosixPath(*filter(None, (mark.file,)), *rest)
        student, others = mark.student, mark.others
        if mark.platform == BLACKBOARD:
            student, others = _username(student, others, assignment)
        fields = (mark.number, mark.late, mark.when, mark.order, mark.platform, others, mark.also, part[: mark.end])
        return Name(student, file, *fields)
    if rest and part == assignment:
        raise NoName("is left out: its name says no student")
    found = _by_folder(part, rest, assignment, notebooks) if rest else _by_file(part, notebooks)
    if found is None:
        raise NoName("is left out: its name says no student")
    return found


def _username(student: str, others: Sequence[str], assignment: str) -> tuple[str, tuple[str, ...]]:
    """The example of `nbgrader zip_collect` has the assignment's name last, behind the student's."""
    whole = others[-1] if others else student
    if whole.endswith(f"_{assignment}"):
        student, *others = endings(whole.removesuffix(f"_{assignment}"), "_")
    return student, tuple(others)


def _by_file(part: str, notebooks: Collection[str]) -> Name | None:
    """What a name such as `weili-week1.ipynb` or `week1_weili.ipynb` says; None for any other form."""
    path = PurePosixPath(part)
    if path.suffix.lower() != ".ipynb":
        return None
    for notebook in sorted(notebooks, key=len, reverse=True):
        again = r"(?:-[0-9]{1,3}| ?\([0-9]{1,3}\))?"
        before = re.fullmatch(rf"(?P<student>.+)[-_ ](?P<file>{re.escape(notebook)}{again})", path.stem, re.I | re.S)
        if before is not None:
            return Name(before["student"], PurePosixPath(f"{before['file']}.ipynb"))
        after = re.fullmatch(rf"{re.escape(notebook)}[-_ ](?P<student>\D.*)", path.stem, re.I | re.S)
        if after is not None and not after["student"].startswith("("):
            return Name(after["student"], PurePosixPath(f"{notebook}.ipynb"))
    return None


def _by_folder(part: str, rest: Sequence[str], assignment: str, notebooks: Collection[str]) -> Name:
    """`weili/week1.ipynb`, `weili/week1/week1.ipynb`, `weili-week1/week1.ipynb`; a zip counts as a folder."""
    if len(rest) > 1 and rest[0] == assignment:
        rest = rest[1:]
    student = re.sub(r"(?i)\.ipynb$", "", part)
    for name in sorted({assignment, *notebooks}, key=len, reverse=True):
        student = re.sub(rf"[-_ ]{re.escape(name)}$", "", student)
    return Name(student or part, PurePosixPath(*rest))


def bare(name: str) -> str:
    """A name without capitals, spaces and punctuation, which platforms leave out or exchange.

    The marks of a script stay: in Hindi they are the vowels, in Thai the tones. The dot of a Turkish i does not, since
    it comes and goes with its being a capital.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    letters = (letter for letter in folded if letter.isalnum() or unicodedata.category(letter)[0] == "M")
    return "".join(letters).replace("i\u0307", "i").replace("ı", "i")
