"""Everything behind one score, as lines of text. It is the instructor's: hidden test cases are in it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from rich.console import Console

from ...base.course import Course
from ...base.notebooks import NotebookError
from ...base.plain import plain
from ...references.sets import exercise_set, set_name
from ...report import render_text
from ...report.console import PlainConsole
from .anew import Anew, judge_anew
from .record import OnRecord, answer_in, earlier, find


def explain(
    course: Course,
    student: str,
    exercise: str,
    assignment: str | None = None,
    unprotected: bool = False,
    console: Console | None = None,
) -> bool:
    """Print what is behind a score; False where judging it anew gives other points than the gradebook has.

    Raises CourseError where there is nothing of the kind, and as `check_notebook` does.
    """
    console = console or PlainConsole()
    record = find(course, student, exercise, assignment)
    submitted = course.submitted / student / record.assignment / f"{record.notebook}.ipynb"
    anew = _judged(submitted, course, record, unprotected)
    before = earlier(course, record)
    lines = [*_of_record(record), *_of_anew(record, anew), *_cells(record)]
    if before is not None:
        lines += _changes(record, before, anew, _judged(before, course, record, unprotected) if anew else None)
    command = f"autograder explain {student} {record.answer or record.cell.grade_id} {record.assignment}"
    lines += ["", f"The same once more: {command}"]
    for line in lines:
        console.print(plain(line), markup=False, highlight=False, soft_wrap=True)
    return anew is None or _agrees(record, anew)


def _judged(path: Path, course: Course, record: OnRecord, unprotected: bool) -> Anew | None:
    """None where it is no exercise of the kit's, so that its test cell is all there is."""
    name = set_name(course, record.assignment)
    known = [one.name for one in exercise_set(course, name).exercises] if name else []
    if record.answer not in known or not path.is_file():
        return None
    try:
        return judge_anew(path, course, record.answer, unprotected)
    except NotebookError:
        return None


def _of_record(record: OnRecord) -> Iterator[str]:
    grade, maximum = record.grade, record.cell.points or 0.0
    yield "For the instructor: this tells of hidden test cases. Pass on what a student may know, and no more."
    yield ""
    points = "no score" if grade is None or grade.points is None else f"{grade.points:g}"
    yield f"{record.student}, {record.assignment}, {record.notebook}, {record.answer or record.cell.grade_id}:"
    yield f"  {points} of {maximum:g} points"
    if grade is not None:
        tests = "no score" if grade.auto_score is None else f"{grade.auto_score:g}"
        yield f"  by the tests: {tests}"
        if grade.manual_score is not None:
            yield f"  by a person, whose word counts: {grade.manual_score:g}"
        if grade.extra_credit:
            yield f"  extra credit: {grade.extra_credit:g}"
        if grade.needs_manual_grade:
            yield "  a person has yet to look at it"
    if record.record is not None and record.record.why:
        yield f"  why there is no score: {record.record.why}"
    for row in record.comments:
        # What it says of the protection stands below, with the time.
        by_grading = (row.auto_comment or "").replace(f"Protection: {record.protection}.", "").strip()
        for who, said in (("grading", by_grading), ("a person", row.manual_comment)):
            if said:
                yield f"  {who} says: {said}"
    yield from _times(record)
    graded = record.graded_at
    yield f"  graded: {_time(graded)}; protection: {record.protection or 'not known'}"


def _times(record: OnRecord) -> Iterator[str]:
    (submission,) = record.rows.submissions
    yield f"  handed in: {_time(submission.timestamp)}; due: {_time(record.due)}" + (
        f", for this student {record.extension.total_seconds() / 86400:g} days later" if record.extension else ""
    )
    if submission.seconds_late > 0:
        late = f"  late by {submission.seconds_late / 3600:.1f} hours"
        taken = sum(row.late_submission_penalty or 0.0 for row in record.rows.notebooks)
        yield f"{late}: {record.percent:g} % are taken off each notebook's points, {taken:g} in all"
    if record.student in record.rows.standing.excused:
        yield "  excused: it does not count"


def _time(when: datetime | None) -> str:
    return "not known" if when is None else f"{when:%F %T} UTC"


def _cells(record: OnRecord) -> Iterator[str]:
    if record.answer and record.answer != record.cell.grade_id:
        yield from _shown(f"The answer as it was graded ({record.answer})", record.source(record.answer))
    yield from _shown(f"The cell that carries the points ({record.cell.grade_id})", _asked(record))
    said = "\n".join(filter(None, record.printed())).strip()
    if said:
        yield from _shown("What it shows", said)


def _asked(record: OnRecord) -> str:
    """A test as it was released, an answer as it was given."""
    return record.source(record.cell.grade_id) if record.cell.solution else record.cell.source


def _shown(title: str, text: str) -> Iterator[str]:
    yield ""
    yield title
    yield from (f"    {line}" for line in text.splitlines())


def _of_anew(record: OnRecord, anew: Anew | None) -> Iterator[str]:
    if anew is None:
        return
    yield ""
    same = anew.protection == record.protection
    yield f"Judged anew just now, protection: {'the same' if same else anew.protection}"
    yield from (f"    {line}" for line in render_text(anew.report, 90).splitlines())
    yield ""
    yield "How the points come about"
    yield from (f"    {line}" for line in anew.arithmetic())
    if not _agrees(record, anew):
        yield "    The gradebook has other points by the tests: grade again, or look what has changed since."
    for case in anew.cases:
        arguments = ", ".join(f"{name}={value!r}" for name, value in case.case.arguments.items())
        shapes = " and ".join(str(shape) for shape in case.case.input_shapes if shape)
        yield ""
        yield f"{'Hidden' if case.case.hidden else 'Public'} test case {case.case.name}: " + (
            "right" if case.passed else "wrong"
        )
        yield f"    asked: {', '.join(filter(None, (arguments, f'an input of shape {shapes}' if shapes else '')))}"
        yield from (f"    {line}" for line in case.differs)


def _agrees(record: OnRecord, anew: Anew) -> bool:
    grade = record.grade
    return grade is None or grade.auto_score is None or abs(grade.auto_score - anew.report.points) < 1e-6


def _changes(record: OnRecord, before: Path, anew: Anew | None, then: Anew | None) -> Iterator[str]:
    """What is other than in the submission before."""
    yield ""
    yield f"Since the submission before ({before.parent.name})"
    if anew is not None and then is not None:
        yield f"    {then.report.points:g} points then, {anew.report.points:g} now"
        old = {one.key: one for one in then.report.findings}
        new = {one.key: one for one in anew.report.findings}
        yield from (f"    gone: {old[key].message}" for key in old.keys() - new.keys())
        yield from (f"    new: {new[key].message}" for key in new.keys() - old.keys())
    name = record.answer or record.cell.grade_id
    lines = answer_in(before, name).splitlines(), record.source(name).splitlines()
    changed = list(difflib.unified_diff(*lines, "before", "now", lineterm=""))
    yield from (f"    {line}" for line in changed or ["the answer is the same"])
