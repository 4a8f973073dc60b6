"""`autograder return`: everybody's feedback in one zip for Moodle or Canvas, or a zip for each student."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from ...base.course import Course, CourseError
from ...base.files import write_whole
from ...nbgrader.gradebook.queries import NO_ROWS
from ...report.console import PlainConsole
from ..collect.platforms import CANVAS, MOODLE, read_mark
from ..grade.ledger import fingerprint
from ..grade.run import AssignmentRun
from .pack import Packed, for_canvas, for_folder, for_moodle, zipped
from .pages import Feedback, find, names_of

TARGETS = ("moodle", "canvas", "folder")
_NEXT = {
    "moodle": "In Moodle, in the list of all submissions: Grading action, Upload multiple feedback files in a zip.",
    "canvas": "In Canvas, on the assignment's page: Upload Submissions.",
    "folder": "Each zip holds one student's pages; the table beside them says whose it is.",
}
_PLATFORM = {"moodle": MOODLE, "canvas": CANVAS}


def hand_back(
    course: Course,
    assignment: str,
    target: str,
    to: Path | None = None,
    preview: bool = False,
    console: Console | None = None,
) -> bool:
    """Pack the feedback of an assignment; True where everybody who has handed in gets some.

    `preview` only says what would be written. Raises CourseError where there is no feedback, or none that the platform
    could take.
    """
    console = console or PlainConsole(soft_wrap=True)
    feedback, without = find(course, assignment)
    told = [f"no feedback page: {', '.join(without)}"] if without else []
    outdated = _outdated(course, assignment, feedback)
    if outdated:
        anew = f"`autograder grade {assignment}` writes them anew"
        told.append(f"older than the gradebook: the pages of {names_of(outdated)}; {anew}")
    taken = [one for one in feedback if target == "folder" or _known_to(one, _PLATFORM[target])]
    if left := [one for one in feedback if one not in taken]:
        told.append(f"not collected from a download of {_PLATFORM[target]}, so not known there: {names_of(left)}")
    if not taken:
        raise CourseError(
            f"{_PLATFORM[target]} could take none of them: collect its own download first (`autograder collect`), "
            "which tells as whom it knows a student; or pack them --for folder."
        )
    packed = list(_packed(course, assignment, target, taken))
    place = to or course.root / "returned" / (assignment if target == "folder" else f"{assignment}-{target}.zip")
    if preview:
        for one in packed:
            console.print(f"{one.student or '-':<20} {one.name}  ({len(one.content) / 1000:.0f} kB)", markup=False)
    else:
        _write(place, packed, target)
    for sentence in told:
        console.print(sentence, markup=False, highlight=False)
    count = len({one.student for one in packed if one.student})
    done = f"{'Would write' if preview else 'Wrote'} {place}: feedback for {count} of {len(feedback) + len(without)}."
    console.print(done, markup=False, highlight=False)
    if not preview:
        console.print(_NEXT[target], markup=False, highlight=False)
    return not told


def _known_to(one: Feedback, platform: str) -> bool:
    marks = [read_mark(f"{mark}_x.ipynb", (platform,)) for mark in one.sent_as.values()]
    return bool(marks) and all(mark is not None and mark.number for mark in marks)


def _outdated(course: Course, assignment: str, feedback: Sequence[Feedback]) -> list[Feedback]:
    """Those whose pages don't show what the gradebook holds."""
    run = AssignmentRun(course, assignment, unprotected=False)
    found = []
    for one in feedback:
        note, now = run.note(one.student.id), fingerprint(run.rows.get(one.student.id, NO_ROWS))
        if note is None or now is None or note.feedback != now.whole:
            found.append(one)
    return found


def _packed(course: Course, assignment: str, target: str, feedback: Sequence[Feedback]) -> Sequence[Packed]:
    if target == "moodle":
        return list(for_moodle(feedback))
    if target == "canvas":
        return list(for_canvas(course, assignment, feedback))
    return list(for_folder(assignment, feedback))


def _write(place: Path, packed: Sequence[Packed], target: str) -> None:
    """Write the zip, or the folder: whole, or not at all."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if target != "folder":
        write_whole(place, zipped((one.name, one.content) for one in packed), private=True)
        return
    if place.exists() and not place.is_dir():
        raise CourseError(f"{place} is no folder: name another with --to.")
    if place.is_dir() and any(path.suffix not in (".zip", ".csv") for path in place.iterdir()):
        raise CourseError(f"{place} holds other files than feedback: name another folder with --to.")
    with tempfile.TemporaryDirectory(prefix=".returning-", dir=place.parent) as draft:
        for one in packed:
            (Path(draft) / one.name).write_bytes(one.content)
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(draft, place)
