"""What handing in late costs: a rule in the course's configuration, and a file with extensions and who is excused.

nbgrader asks its plugin when a submission is graded by machine, and never again. A rule in per cent has to be applied
anew where the rule or the file was changed since: `settle` does, for everybody. What was settled stands in the
gradebook, and `refresh` takes it off points that a person has given since.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from nbgrader.api import Gradebook, SubmittedAssignment
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from traitlets import Float, List, Unicode
from traitlets.config import Config

from ...base.csvfile import TableError, read_table
from ...base.files import write_whole
from .queries import handed_in_elsewhere, students, submissions_with_notebooks
from .standing import Standing, read_standing, write_standing

EXTENSIONS = "extensions.csv"
"""In the course's folder: the columns student, assignment and days, which is a number or `excused`."""
COLUMNS = ("student", "assignment", "days")
EXCUSED = "excused"
_DAY = 24 * 60 * 60


class LatePolicy(LateSubmissionPlugin):
    """A part of the points for each day: `c.LatePolicy.percent_a_day = 10`. By default nothing is taken off."""

    percent_a_day = Float(0.0, min=0, max=100, help="per cent of the points that each day begun costs").tag(config=True)
    grace_minutes = Float(0.0, min=0, help="so late is in time; later counts from the due date").tag(config=True)
    free_days = Float(0.0, min=0, help="days that cost nothing").tag(config=True)
    at_most_percent = Float(100.0, min=0, max=100, help="per cent that are taken off at most").tag(config=True)
    missing_is_zero = List(Unicode(), help="assignments of which nothing handed in counts 0; else it is no score").tag(
        config=True
    )

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        """The points that are taken off; None where none are."""
        if self.penalty_method != "none" and total_seconds_late > 0:
            penalty: float | None = super().late_submission_penalty(student_id, score, total_seconds_late)
            return penalty
        if total_seconds_late <= self.grace_minutes * 60:
            return None
        days = math.ceil(total_seconds_late / _DAY - self.free_days)
        percent = min(max(days, 0) * self.percent_a_day, self.at_most_percent)
        return score * percent / 100 or None


@dataclass(frozen=True, slots=True)
class Extensions:
    """What the file says: how much later a student may hand in an assignment, and who is excused from one."""

    later: Mapping[tuple[str, str], timedelta]
    excused: frozenset[tuple[str, str]]

    def excused_from(self, assignment: str) -> frozenset[str]:
        """The students who are."""
        return frozenset(student for student, of in self.excused if of == assignment)


def read_extensions(path: Path) -> Extensions:
    """What the file says; nothing where there is none. Raises TableError."""
    if not path.exists():
        return Extensions({}, frozenset())
    table = read_table(path, path.name)
    if table.columns != COLUMNS:
        raise TableError(f"The first line of {path.name} has to be: {','.join(COLUMNS)}")
    later: dict[tuple[str, str], timedelta] = {}
    excused: set[tuple[str, str]] = set()
    for number, row in zip(table.numbers, table.rows, strict=True):
        key = row["student"], row["assignment"]
        days = 0.0 if row["days"] == EXCUSED else _number(row["days"])
        if days is None or not all(key):
            raise TableError(f"{path.name}, line {number}: write {','.join(COLUMNS)}, such as kim,resnet,2.")
        if key in later or key in excused:
            raise TableError(f"{path.name}, line {number}: {key[0]} has an extension of {key[1]} already.")
        if row["days"] == EXCUSED:
            excused.add(key)
        else:
            later[key] = timedelta(days=days)
    return Extensions(later, frozenset(excused))


def _number(text: str) -> float | None:
    try:
        days = float(text)
    except ValueError:
        return None
    return days if 0 <= days <= 3650 else None


def extend(path: Path, assignment: str, later: Mapping[str, timedelta]) -> list[str]:
    """Write extensions into the file, for those who have none there; gives sentences on what was written, and what not.

    Raises TableError, where the file can't be used, and OSError.
    """
    there = read_extensions(path)
    told, lines = [], []
    for student, by in sorted(later.items()):
        key, days = (student, assignment), f"{by / timedelta(days=1):.4f}".rstrip("0").rstrip(".")
        if key in there.excused or (key in there.later and abs(there.later[key] - by) > timedelta(minutes=1)):
            mine = EXCUSED if key in there.excused else f"{there.later[key] / timedelta(days=1):g} days"
            told.append(f"{student}: {path.name} says {mine}, the platform {days} days; the file's stays.")
        elif key not in there.later:
            lines.append([student, assignment, days])
    if lines:
        text = io.StringIO(newline="")
        before = path.read_text(encoding="utf-8-sig") if path.exists() else ",".join(COLUMNS)
        text.write(before.rstrip("\n") + "\n")
        csv.writer(text, lineterminator="\n").writerows(lines)
        write_whole(path, text.getvalue())
        told.append(f"In {path.name} from now on: {', '.join(f'{student} {days} days' for student, _, days in lines)}.")
    return told


@dataclass(frozen=True, slots=True)
class Lateness:
    """What is to stand in the gradebook of one submission: the extension, and the penalty of each notebook."""

    student: str
    extension: timedelta | None
    penalties: Mapping[str, float | None]
    before: float
    """What was taken off until now."""

    @property
    def penalty(self) -> float:
        """What is taken off in all."""
        return sum(one or 0.0 for one in self.penalties.values())


@dataclass(frozen=True, slots=True)
class Settlement:
    """What the rule and the file say now, where the gradebook has it otherwise; `absent` handed in nothing."""

    lateness: tuple[Lateness, ...]
    before: Standing
    after: Standing
    absent: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    """Whom the file names, and the gradebook doesn't know."""

    @property
    def is_new(self) -> bool:
        """Whether anything is to be written."""
        return bool(self.lateness) or self.before != self.after

    def told(self) -> Iterator[str]:
        """A sentence for each student whom it changes anything for."""
        if self.unknown:
            yield f"{EXTENSIONS} names whom the gradebook doesn't know: {', '.join(self.unknown)}"
        for one in self.lateness:
            if not math.isclose(one.penalty, one.before, abs_tol=1e-9):
                yield f"{one.student}: {one.penalty:g} would be taken off for being late, {one.before:g} until now"
        for student in sorted(self.after.excused ^ self.before.excused):
            yield f"{student}: {'would be' if student in self.after.excused else 'would no longer be'} excused"
        counts = set(self.absent) - self.after.excused
        if self.after.missing_is_zero != self.before.missing_is_zero and counts:
            now = "would count 0" if self.after.missing_is_zero else "would no longer count 0, but have no score"
            yield f"handed in nothing, and {now}: {', '.join(sorted(counts))}"


def unsettled(book: Gradebook, assignment: str, config: Config, extensions: Extensions) -> Settlement:
    """Where the gradebook has other extensions, penalties and excuses than the rule and the file say."""
    step = AssignLatePenalties(config=config)
    step.init_plugin()
    rule = step.plugin_inst
    found, percent = [], {}
    handed_in = submissions_with_notebooks(book, assignment)
    for submission in handed_in:
        extension = extensions.later.get((submission.student_id, assignment))
        late = _seconds_late(submission, (extension or timedelta()) - (submission.extension or timedelta()))
        now = _lateness(submission, rule, extension, late)
        if late and (of_100 := rule.late_submission_penalty(submission.student_id, 100.0, late)):
            percent[submission.student_id] = min(max(of_100, 0.0), 100.0)
        there = {one.name: one.late_submission_penalty for one in submission.notebooks}
        if submission.extension != now.extension or any(
            not math.isclose(there[name] or 0.0, one or 0.0, abs_tol=1e-9) for name, one in now.penalties.items()
        ):
            found.append(now)
    zero = isinstance(rule, LatePolicy) and assignment in rule.missing_is_zero
    known = {one.id for one in students(book)}
    named = {student for student, of in (*extensions.later, *extensions.excused) if of == assignment}
    return Settlement(
        tuple(sorted(found, key=lambda one: one.student)),
        read_standing(book, assignment),
        Standing(
            excused=extensions.excused_from(assignment),
            missing_is_zero=zero,
            percent=percent if isinstance(rule, LatePolicy) else {},  # of another plugin's nothing is known
        ),
        tuple(known - {one.student_id for one in handed_in} - handed_in_elsewhere(book, assignment)),
        tuple(sorted(named - known)),
    )


def _lateness(
    submission: SubmittedAssignment, rule: LateSubmissionPlugin, extension: timedelta | None, late: float
) -> Lateness:
    penalties: dict[str, float | None] = {}
    for notebook in submission.notebooks:
        penalties[notebook.name] = None
        if late:  # a notebook's score takes a query, which those who were in time need not cost
            asked = rule.late_submission_penalty(submission.student_id, notebook.score, late)
            penalties[notebook.name] = None if asked is None else min(max(asked, 0.0), notebook.score)
    before = sum(one.late_submission_penalty or 0.0 for one in submission.notebooks)
    return Lateness(submission.student_id, extension, penalties, before)


def _seconds_late(submission: SubmittedAssignment, more: timedelta) -> float:
    """As nbgrader counts them, with so much more of an extension."""
    if submission.timestamp is None or submission.duedate is None:
        return 0.0
    late: float = (submission.timestamp - submission.duedate - more).total_seconds()
    return max(late, 0.0)


def settle(book: Gradebook, assignment: str, wanted: Settlement) -> None:
    """Write it into the gradebook."""
    for one in wanted.lateness:
        submission = book.find_submission(assignment, one.student)
        submission.extension = one.extension
        for notebook in submission.notebooks:
            notebook.late_submission_penalty = one.penalties[notebook.name]
    book.db.commit()
    write_standing(book, assignment, wanted.after)


def refresh(book: Gradebook, assignment: str, student: str = "") -> None:
    """Take what was settled off points that a person has given since: of one student, by default of everybody."""
    for whose, part in read_standing(book, assignment).percent.items():
        if student not in ("", whose):
            continue
        for notebook in book.find_submission(assignment, whose).notebooks:
            penalty = notebook.score * part / 100
            if not math.isclose(notebook.late_submission_penalty or 0.0, penalty, abs_tol=1e-9):
                notebook.late_submission_penalty = penalty
    book.db.commit()


def refresh_all(book: Gradebook) -> None:
    """Refresh every assignment."""
    for assignment in book.assignments:
        refresh(book, assignment.name)
