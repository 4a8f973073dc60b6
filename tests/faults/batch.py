"""A class with broken submissions in it, graded in one call of nbgrader, and what the gradebook then says."""

from __future__ import annotations

import csv
import json
import math
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from tests.faults.fault import ALL, Fault, Points
from tests.faults.leftovers import Before, descendants, end
from tests.shared import light_course as light
from tests.shared.light_course import answered, released, write

HALF = answered(mean="def mean(rows):\n    return rows[0]", total="def total(text):\n    return len(text.split()) + 1")

WELL_BEHAVED = (
    Fault("well-behaved: right", "everything is right", lambda folder: write(folder, answered()), ALL, id="ada"),
    Fault(
        "well-behaved: in part",
        "one right, one wrong, one nearly right",
        lambda folder: write(folder, HALF),
        (2, 0, 4),
        id="mia",
    ),
    Fault(
        "well-behaved: untouched",
        "handed in as it was given",
        lambda folder: write(folder, released()),
        (0, 0, 0),
        id="zoe",
    ),
)
"""First, in the middle and last in the batch, which goes by the students' ids."""

FINE_EXITS = (0, 1)
"""`nbgrader autograde` ends with 0, or with 1 where a submission could not be read at all."""


@dataclass(frozen=True)
class Score:
    """A row of the gradebook."""

    auto: float | None
    manual: float | None
    by_hand: bool
    maximum: float


@dataclass(frozen=True)
class Graded:
    """What became of a batch."""

    status: int
    seconds: float
    log: str
    scores: Mapping[str, Mapping[str, list[Score]]]
    """By student and test cell; a sound gradebook has one row for each."""
    said: Mapping[str, str]
    """What was said about each student: comments and their autograded notebook."""
    exported: Mapping[str, str]
    """The score of each student in the CSV export, as it is written there."""
    slips: Sequence[str]
    """What is wrong with the batch as a whole: exit status, gradebook, leftovers."""
    unsound: Mapping[str, Sequence[str]]
    """What is wrong with a student's rows in the gradebook and the export."""
    aborted_by: Sequence[str] = ()
    cells: Sequence[str] = field(default=tuple(light.MAX_POINTS))

    def points(self, student: str) -> Points | None:
        """The student's points, None for a score that is not there; None altogether where there is no entry."""
        found = self.scores.get(student)
        if found is None or any(len(found.get(cell, ())) != 1 for cell in self.cells):
            return None
        return tuple(found[cell][0].auto for cell in self.cells)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Graded:
        fields = json.loads(text)
        fields["scores"] = {
            student: {cell: [Score(**row) for row in rows] for cell, rows in cells.items()}
            for student, cells in fields["scores"].items()
        }
        return cls(**fields)

    def says(self, student: str, word: str) -> bool:
        lines = (line for line in self.log.splitlines() if student in line or repr(student)[:60] in line)
        return word in self.said.get(student, "") or any(word in line for line in lines)


def joined(one: Graded, other: Graded) -> Graded:
    """Two batches of one class as one."""
    return replace(
        one,
        status=max(one.status, other.status),
        seconds=one.seconds + other.seconds,
        log=one.log + other.log,
        scores={**other.scores, **one.scores},
        said={**other.said, **one.said},
        exported={**other.exported, **one.exported},
        slips=[*one.slips, *other.slips],
        unsound={**other.unsound, **one.unsound},
        aborted_by=[*one.aborted_by, *other.aborted_by],
    )


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder with a short path, since sockets are made below it."""
    folder = Path(tempfile.mkdtemp(prefix="f-"))
    try:
        yield folder
    finally:
        # A student's folders can be deeper than Python's own rmtree goes.
        for command in (["chmod", "-R", "u+rwX"], ["rm", "-rf"]):
            subprocess.run([*command, "--", folder], check=False, capture_output=True)


def hand_in(course: Path, faults: Sequence[Fault], assignment: str = light.ASSIGNMENT) -> None:
    for fault in faults:
        folder = course / "submitted" / fault.student / assignment
        folder.mkdir(parents=True)
        (folder / "own_folder.txt").write_text("This folder is a submission of this test.")
        fault.make(folder)


def nbgrader(course: Path, *arguments: str, timeout: float = 900) -> subprocess.CompletedProcess[str]:
    """One of nbgrader's commands with scratch folders of its own, all of which have to be empty again in the end."""
    scratch = course.parent / "s"
    environment = dict(os.environ)
    environment["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), environment["PATH"]))
    home = course.parent / "home"
    home.mkdir(exist_ok=True)
    environment["HOME"] = str(home)
    for name, folder in (("TMPDIR", "tmp"), ("JUPYTER_RUNTIME_DIR", "runtime")):
        (scratch / folder).mkdir(parents=True, exist_ok=True)
        environment[name] = str(scratch / folder)
    before = Before.now()
    process = subprocess.Popen(
        ["nbgrader", *arguments],
        cwd=course,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=(course.parent / "out").open("w"),
        stderr=subprocess.STDOUT,
    )
    try:
        status = process.wait(timeout)
    except subprocess.TimeoutExpired:
        status = -1
        end({process: name for process, name in descendants().items() if process not in before.processes})
        process.wait()
    said = (course.parent / "out").read_text(errors="replace")
    return subprocess.CompletedProcess(arguments, status, said, "")


def grade(place: Path, faults: Sequence[Fault], ours: bool) -> Graded:
    """Grade the light course's class, with these faults in it."""
    course = place / "c"
    light.make_course(course, ours)
    made = nbgrader(course, "generate_assignment", light.ASSIGNMENT)
    if made.returncode:
        raise RuntimeError(f"The light course can't be made:\n{made.stdout}")
    hand_in(course, (*WELL_BEHAVED, *faults))
    if ours:
        return grade_batch(course, light.ASSIGNMENT)
    return _grade_stock(course, light.ASSIGNMENT)


def grade_batch(course: Path, assignment: str, cells: Sequence[str] = tuple(light.MAX_POINTS)) -> Graded:
    """Autograde and export, once."""
    students = _students(course, assignment)
    before, start = Before.now(), time.monotonic()
    done = nbgrader(course, "autograde", assignment)
    seconds = time.monotonic() - start
    slips = [f"nbgrader autograde ended with {done.returncode}"] if done.returncode not in FINE_EXITS else []
    slips += before.left_behind(course.parent / "s")
    slips += [f"{name} is left in the course" for name in sorted(set(os.listdir(course)) - EXPECTED_IN_COURSE)]
    export = nbgrader(course, "export", "--to", "grades.csv")
    slips += [f"nbgrader export ended with {export.returncode}"] if export.returncode else []
    return _read(course, assignment, done, seconds, slips, students, cells)


EXPECTED_IN_COURSE = {
    "source", "release", "submitted", "autograded", "gradebook.db", "nbgrader_config.py", "data", "__pycache__",
    ".autograder",  # results that are kept for the next time
}  # fmt: skip


def _grade_stock(course: Path, assignment: str) -> Graded:
    """Stock nbgrader in as many calls as it takes: a submission that aborts the batch is noted and set aside."""
    students = _students(course, assignment)
    before, start = Before.now(), time.monotonic()
    log, status, aborted = "", 0, []
    done: set[str] = set()
    while set(_students(course, assignment)) - done:
        call = nbgrader(course, "autograde", assignment)
        log += call.stdout
        status = status or call.returncode
        seen = re.findall(r"Creating/updating student with ID '(.*?)': \{\}", call.stdout, re.DOTALL)
        skipped = re.findall(r"Skipping existing assignment: .*?/autograded/(.*?)/plain\n", call.stdout, re.DOTALL)
        done |= {*seen, *skipped}
        failed = re.findall(r"processing assignment '.*?' for student '(.*?)'\n", call.stdout, re.DOTALL)
        remaining = sorted(set(_students(course, assignment)) - done)
        if call.returncode == 0 or not remaining:
            break
        if "Could not match" in call.stdout:
            culprit = next((student for student in remaining if "\n" in student), remaining[0])
        elif call.stdout.count("There was an error processing assignment:") == len(set(failed)) and not seen:
            culprit = remaining[0]
        else:
            culprit = seen[-1]
        aborted.append(culprit)
        for student in {*failed, culprit}:
            shutil.move(course / "submitted" / student, course / f"aside-{len(list(course.iterdir()))}")
            done.add(student)
    slips = before.left_behind(course.parent / "s")
    nbgrader(course, "export", "--to", "grades.csv")
    call = subprocess.CompletedProcess("", status, log, "")
    cells = tuple(light.MAX_POINTS)
    found = _read(course, assignment, call, time.monotonic() - start, slips, students, cells)
    return Graded(**(vars(found) | {"aborted_by": aborted}))


def _students(course: Path, assignment: str) -> list[str]:
    return sorted(path.parent.name for path in (course / "submitted").glob(f"*/{assignment}"))


# --- the gradebook -----------------------------------------------------------------------------------------------

ROWS = """
    SELECT submitted_assignment.student_id, base_cell.name, grade.auto_score, grade.manual_score,
           grade.needs_manual_grade, grade_cells.max_score
    FROM grade
    JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
    JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
    JOIN assignment ON assignment.id = submitted_assignment.assignment_id
    JOIN base_cell ON base_cell.id = grade.cell_id
    JOIN grade_cells ON grade_cells.id = base_cell.id
    WHERE assignment.name = ?
"""
COMMENTS = """
    SELECT submitted_assignment.student_id, comment.auto_comment, comment.manual_comment
    FROM comment
    JOIN submitted_notebook ON submitted_notebook.id = comment.notebook_id
    JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
"""


def _read(
    course: Path,
    assignment: str,
    done: subprocess.CompletedProcess[str],
    seconds: float,
    slips: Sequence[str],
    students: Sequence[str],
    cells: Sequence[str],
) -> Graded:
    scores: dict[str, dict[str, list[Score]]] = {}
    said: dict[str, list[str]] = {}
    with sqlite3.connect(course / "gradebook.db") as book:
        (sound,) = book.execute("PRAGMA integrity_check").fetchone()
        foreign = book.execute("PRAGMA foreign_key_check").fetchall()
        for student, cell, auto, manual, by_hand, maximum in book.execute(ROWS, (assignment,)):
            row = Score(auto, manual, bool(by_hand), maximum)
            scores.setdefault(student, {}).setdefault(cell, []).append(row)
        for student, *comments in book.execute(COMMENTS):
            said.setdefault(student, []).extend(filter(None, comments))
    book.close()
    for student in students:
        for path in (course / "autograded" / student / assignment).glob("*.ipynb"):
            if path.stat().st_size < 20 * 2**20:
                said.setdefault(student, []).append(path.read_text(errors="replace"))
    found = list(slips)
    if sound != "ok" or foreign:
        found.append(f"gradebook.db is not sound: {sound} {foreign[:3]}")
    strangers = set(scores) - set(students)
    found += [f"the gradebook knows {student!r}, who handed in nothing" for student in sorted(strangers)]
    exported = _exported(course, assignment)
    unsound = {student: tuple(_unsound(scores.get(student, {}), exported.get(student), cells)) for student in students}
    text = {student: "\n".join(parts) for student, parts in said.items()}
    return Graded(done.returncode, seconds, done.stdout, scores, text, exported, found, unsound, cells=tuple(cells))


def _unsound(scores: Mapping[str, Sequence[Score]], exported: str | None, cells: Sequence[str]) -> Iterator[str]:
    """What is wrong with one student's rows."""
    if sorted(scores) != sorted(cells) or any(len(rows) != 1 for rows in scores.values()):
        yield f"{sum(map(len, scores.values()))} scores in the gradebook, not {len(cells)}"
        return
    rows = [rows[0] for rows in scores.values()]
    for cell, row in zip(scores, rows, strict=True):
        if row.auto is not None and not (math.isfinite(row.auto) and 0 <= row.auto <= row.maximum):
            yield f"{row.auto} of {row.maximum} points for {cell}"
        if (row.auto is None) != row.by_hand:
            yield f"{cell} has the score {row.auto}, but needs_manual_grade is {row.by_hand}"
    known = [row.auto for row in rows if row.auto is not None]
    right = sum(known) if len(known) == len(rows) else None
    if exported is None or (float(exported) if exported else None) != right:
        yield f"exported with the score {exported!r}, not {'' if right is None else right!r}"


def _exported(course: Path, assignment: str) -> dict[str, str]:
    if not (course / "grades.csv").is_file():
        return {}
    with (course / "grades.csv").open(newline="", encoding="utf-8") as file:
        # An id that a spreadsheet would compute, such as one with a leading dash, has an apostrophe in front.
        return {
            re.sub(r"^'(?=[=+@-])", "", row["student_id"]): row["score"]
            for row in csv.DictReader(file)
            if row["assignment"] == assignment
        }
