"""How learning platforms name what students hand in, and what such a name says.

Only the part that the platform writes is believed: it stands first, and its form is the platform's own. What follows is
the student's own name for a file, which may imitate anything. The rules below are those that the platforms write by:

- Moodle, "Download all submissions" (mod/assign, classes/downloader.php; older: locallib.php): a folder a student,
  `Full name_12345_assignsubmission_file/week1.ipynb`, where older versions end the folder's name with an underscore;
  or, without "Download submissions in folders", `Full name_12345_assignsubmission_file_week1.ipynb`. Moodle writes no
  underscore into the name. The number is the participant's in this assignment, and nobody's in another. Where teams
  hand in, `Group-` comes first in all names; with anonymous marking the name is "Participant".
- Canvas, "Download Submissions" (lib/content_zipper.rb): `liwei_LATE_123_456_week1.ipynb`. The sortable name in small
  letters and without what is no letter, mark or digit; LATE where it was; the user's number (or `anon_` and a code);
  the file's number, which no other file has. A file that is handed in again is `week1-1.ipynb` to Canvas.
- Blackboard, "Assignment File Download", and the example of `nbgrader zip_collect`:
  `Assignment_username_attempt_2026-01-30-15-00-00_week1.ipynb`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

LONGEST = 400
"""A longer name is nobody's: a file system takes 255 bytes."""
MOODLE, CANVAS, BLACKBOARD = "Moodle", "Canvas", "Blackboard"

_MOODLE = re.compile(r"(?P<name>[^_]+)_(?P<number>[0-9]+)_assignsubmission_(?P<kind>[a-z]+)(?=_|$)_?(?P<file>.*)", re.S)
_CANVAS = re.compile(r"(?P<name>.+?)(?P<late>_LATE)?_(?P<number>[0-9]+)_(?P<order>[0-9]+)_(?P<file>.+)", re.S)
_CANVAS_ANONYMOUS = re.compile(r"(?P<late>LATE_)?(?P<name>anon_[^\W_]+)_(?P<order>[0-9]+)_(?P<file>.+)", re.S)
_CANVAS_TYPED = re.compile(r"(?P<name>.+?)(?P<late>_LATE)?_(?P<number>[0-9]+)_(?P<kind>text|link)\.html")
_BLACKBOARD = re.compile(r"(?P<name>.+?)_attempt_(?P<when>[0-9]{4}(?:-[0-9]{2}){5})(?=_|$)_?(?P<file>.*)", re.S)
_JOINERS = "\u200c\u200d"
"""Letters of Persian and of Indian scripts are joined or kept apart by them."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a platform wrote into the name of a student's folder or file.

    `student` is how it writes the student, `others` are further ways to read that, `number` its number for them. `file`
    is what the student called the file, "" for a folder. `end` is where the platform's part of the name ends. `typed`
    says that it is text from the platform's own page. `also` is who else may be meant, by their number.
    """

    platform: str
    student: str
    file: str
    end: int
    number: str = ""
    late: bool = False
    when: datetime | None = None
    order: int = 0
    typed: bool = False
    others: tuple[str, ...] = ()
    also: str = ""


def _moodle(name: str) -> Mark | None:
    match = _MOODLE.fullmatch(name)
    if match is None:
        return None
    # A group's name and a hyphen may stand before the student's, and either may hold hyphens.
    student, *others = endings(match["name"], "-")
    typed, end = match["kind"] != "file", match.end("kind")
    return Mark(MOODLE, student, match["file"], end, match["number"], typed=typed, others=tuple(others))


def endings(text: str, between: str) -> list[str]:
    """The whole text, and what is left of it after each `between`."""
    pieces = text.split(between)
    return [between.join(pieces[start:]) for start in range(len(pieces))]


def _canvas(name: str) -> Mark | None:
    match = _CANVAS_ANONYMOUS.fullmatch(name)
    if match is not None:
        late, order = bool(match["late"]), int(match["order"][:18])
        return Mark(CANVAS, match["name"], match["file"], match.end("order"), late=late, order=order)
    typed = _CANVAS_TYPED.fullmatch(name)
    if typed is not None and _is_canvas_name(typed["name"]):
        return Mark(CANVAS, typed["name"], typed["kind"], typed.end("number"), typed["number"], typed=True)
    match = _CANVAS.fullmatch(name)
    if match is None or not _is_canvas_name(match["name"]):
        return None
    # A name may end in a number, and a file's name begin with one: then the numbers are one place further on.
    further = re.match(r"[0-9]+(?=_)", match["file"])
    return Mark(
        CANVAS,
        match["name"],
        match["file"],
        match.end("order"),
        match["number"],
        bool(match["late"]),
        order=int(match["order"][:18]),
        also=match["order"] if further else "",
    )


def _is_canvas_name(name: str) -> bool:
    return all(c.isalnum() or c == "_" or c in _JOINERS or unicodedata.category(c)[0] == "M" for c in name)


def _blackboard(name: str) -> Mark | None:
    match = _BLACKBOARD.match(name)
    if match is None:
        return None
    try:
        when = datetime.strptime(match["when"], "%Y-%m-%d-%H-%M-%S")
    except ValueError:
        return None
    # A title and a user's name stand before it, and both may hold underscores: the shortest reading first.
    *others, student = endings(match["name"], "_")
    return Mark(BLACKBOARD, student, match["file"], match.end("when"), when=when, others=tuple(reversed(others)))


_RULES: Mapping[str, Callable[[str], Mark | None]] = {MOODLE: _moodle, CANVAS: _canvas, BLACKBOARD: _blackboard}


def read_mark(name: str, platforms: Collection[str] = tuple(_RULES)) -> Mark | None:
    """What a platform wrote into the name of a folder or a file; None where none of these wrote it.

    Where several might have, it is the one whose part ends first: the rest of the name is the student's.
    """
    if len(name) > LONGEST:
        return None
    found = [mark for platform, rule in _RULES.items() if platform in platforms and (mark := rule(name)) is not None]
    return min(found, key=lambda mark: mark.end, default=None)


def platforms_of(names: Collection[str]) -> tuple[str, ...]:
    """The one platform that wrote the names at one level of a download, in a tuple; () where none did.

    A title such as `Week_1_2` looks like Canvas's numbers; but there no two files have the same.
    """
    marks = {name: mark for name in names if (mark := read_mark(name)) is not None}
    begun = Counter(name[: mark.end] for name, mark in marks.items() if not mark.typed)
    count: Counter[str] = Counter()
    for name, mark in marks.items():
        title = mark.platform == CANVAS and begun[name[: mark.end]] > 1
        found = read_mark(name, (MOODLE, BLACKBOARD)) if title else mark
        count.update([found.platform] if found else [])
    most = max(_RULES, key=lambda platform: count[platform])
    return (most,) if count[most] else ()
