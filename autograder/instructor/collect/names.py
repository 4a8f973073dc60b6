"""What the names of downloaded files say: whose a file is, what it was called, whether it came late.

Learning platforms put the student into the name of each file. The rules below are those that they write by:

- Moodle, "Download all submissions" (mod/assign, classes/downloader.php; older: locallib.php): a folder a student,
  `Full name_12345_assignsubmission_file/week1.ipynb`, where older versions end the folder's name with an underscore;
  or, without "Download submissions in folders", `Full name_12345_assignsubmission_file_week1.ipynb`. The number is the
  participant's in this assignment. With groups, `Group-` comes first; with anonymous marking the name is "Participant".
- Canvas, "Download Submissions" (lib/content_zipper.rb): `liwei_LATE_123_456_week1.ipynb`. The sortable name in small
  letters without spaces, LATE where it was, the user's number (or `anon_` and a code), the file's number. A file
  that is handed in again is `week1-1.ipynb` to Canvas.
- Blackboard, "Assignment File Download", and the example of `nbgrader zip_collect`:
  `Assignment_username_attempt_2026-01-30-15-00-00_week1.ipynb`.
- People: `weili-week1.ipynb`, `weili_week1.ipynb`, `week1_weili.ipynb`, `weili/week1.ipynb`, `weili.zip`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

MOODLE = re.compile(r"(?P<name>.+)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?")
CANVAS = re.compile(r"(?P<name>\w+?)(?P<late>_LATE)?_(?P<number>\d+)_(?P<order>\d+)_(?P<file>.+)")
CANVAS_ANONYMOUS = re.compile(r"(?P<late>LATE_)?(?P<name>anon_[^\W_]+)_(?P<order>\d+)_(?P<file>.+)")
BLACKBOARD = re.compile(r"(?P<name>.+)_attempt_(?P<when>\d{4}(?:-\d\d){5})(?:_(?P<file>.+))?")
AGAIN = re.compile(r"(?P<stem>.+?)(?:-(?P<dash>\d{1,3})| ?\((?P<bracket>\d{1,3})\))")
"""A file that was there before under this name: `week1-1` to Canvas, `week1 (1)` to a browser."""


@dataclass(frozen=True, slots=True)
class Name:
    """What one file's name says.

    `student` is how the platform writes the student, `number` the platform's number for them, "" if there is none.
    `file` is the path that the student gave the file. `when` is the time of handing in, as the platform's clock has it;
    `order` is higher for a file that was handed in later, 0 where the name doesn't say.
    """

    student: str
    file: PurePosixPath
    number: str = ""
    late: bool = False
    when: datetime | None = None
    order: int = 0


def read_name(path: PurePosixPath, assignment: str, notebooks: Sequence[str]) -> tuple[Name, ...]:
    """What a file's path in the downloads may say, the likeliest first; nothing if it names no student.

    Where only folders' names can say it, each folder may be the student's, from the outermost inwards. `notebooks` are
    the names that the assignment wants, without `.ipynb`.
    """
    for index, part in enumerate(path.parts):
        rest = path.parts[index + 1 :]
        moodle = MOODLE.fullmatch(part)
        if moodle is not None and moodle["kind"] != "file":
            return ()  # what was typed into Moodle's own page
        found = _moodle(part, rest) or _canvas(part, rest) or _blackboard(part, rest, assignment)
        if found is not None:
            return (found,)
    found = _by_file(path, notebooks)
    return (found,) if found is not None else tuple(_by_folder(path, assignment))


def is_a_platforms(part: str) -> bool:
    """Whether a folder or a file is named as a platform names a student's."""
    return any(rule.fullmatch(part) for rule in (MOODLE, CANVAS_ANONYMOUS, CANVAS, BLACKBOARD))


def _joined(first: str | None, rest: Sequence[str]) -> PurePosixPath:
    return PurePosixPath(*filter(None, (first,)), *rest)


def _moodle(part: str, rest: Sequence[str]) -> Name | None:
    match = MOODLE.fullmatch(part)
    if match is None or not (match["file"] or rest):
        return None
    return Name(match["name"], _joined(match["file"], rest), match["number"])


def _canvas(part: str, rest: Sequence[str]) -> Name | None:
    match = CANVAS_ANONYMOUS.fullmatch(part)
    if match is not None:
        return Name(match["name"], _joined(match["file"], rest), "", bool(match["late"]), None, int(match["order"]))
    match = CANVAS.fullmatch(part)
    if match is None:
        return None
    file = _joined(match["file"], rest)
    return Name(match["name"], file, match["number"], bool(match["late"]), None, int(match["order"]))


def _blackboard(part: str, rest: Sequence[str], assignment: str) -> Name | None:
    match = BLACKBOARD.fullmatch(part)
    if match is None or not (match["file"] or rest):
        return None
    try:
        when = datetime.strptime(match["when"], "%Y-%m-%d-%H-%M-%S")
    except ValueError:
        return None
    name = match["name"]
    student = name.removesuffix(f"_{assignment}") if name.endswith(f"_{assignment}") else name.rpartition("_")[2]
    return Name(student, _joined(match["file"], rest), when=when)


def _by_file(path: PurePosixPath, notebooks: Sequence[str]) -> Name | None:
    """What a name such as `weili-week1.ipynb` or `week1_weili.ipynb` says; None for any other form."""
    if path.suffix.lower() != ".ipynb":
        return None
    for notebook in sorted(notebooks, key=len, reverse=True):
        again = r"(?:-\d{1,3}| ?\(\d{1,3}\))?"
        before = re.fullmatch(rf"(?P<student>.+)[-_ ](?P<file>{re.escape(notebook)}{again})", path.stem, re.IGNORECASE)
        if before is not None:
            return Name(before["student"], PurePosixPath(f"{before['file']}.ipynb"))
        after = re.fullmatch(rf"{re.escape(notebook)}[-_ ](?P<student>\D.*)", path.stem, re.IGNORECASE)
        if after is not None and not after["student"].startswith("("):
            return Name(after["student"], PurePosixPath(f"{notebook}.ipynb"))
    return None


def _by_folder(path: PurePosixPath, assignment: str) -> Iterator[Name]:
    """`weili/week1.ipynb`, `weili/week1/week1.ipynb`, `weili-week1/week1.ipynb`."""
    for index, part in enumerate(path.parts[:-1]):
        if part == assignment:
            continue
        rest = path.parts[index + 1 :]
        if len(rest) > 1 and rest[0] == assignment:
            rest = rest[1:]
        yield Name(re.sub(rf"[-_ ]{re.escape(assignment)}$", "", part), PurePosixPath(*rest))


def target(file: PurePosixPath, notebooks: Sequence[str]) -> tuple[PurePosixPath, int]:
    """Where a student's file belongs in their folder, and the number of the time it was handed in, 0 at first.

    A notebook that the assignment wants lies at the top, under the name that it was given out with.
    """
    if file.suffix.lower() != ".ipynb":
        return file, 0
    wanted = {name.lower(): name for name in notebooks}
    if file.stem.lower() in wanted:
        return PurePosixPath(f"{wanted[file.stem.lower()]}.ipynb"), 0
    match = AGAIN.fullmatch(file.stem)
    if match is not None and match["stem"].lower() in wanted:
        return PurePosixPath(f"{wanted[match['stem'].lower()]}.ipynb"), int(match["dash"] or match["bracket"])
    return file, 0
