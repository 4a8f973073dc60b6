"""Try a slip as a student's notebook would: run the cell, `check` the function, and read the report."""

from __future__ import annotations

import io
import linecache
import warnings
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import keras

from autograder.base.course import Course
from autograder.diagnosis import judge
from autograder.evidence.collect import collect
from autograder.evidence.errors import student_error
from autograder.evidence.evidence import StudentError
from autograder.exercises import Exercise
from autograder.instructor.build.authoring import read_set
from autograder.references.references import Reference
from autograder.report import Report, failed_report, make_report
from autograder.report.errors import explain, located
from tests.corpus import cases

from ..told import SETS, names_of
from .slip import ROOT, SOLVED, Slip


@dataclass(frozen=True)
class Tried:
    """A slip, the report on it in English and in Chinese, and the row of the table that explains its error."""

    slip: Slip
    report: Report
    chinese: Report
    row: str

    @property
    def accepted(self) -> bool:
        return self.report.passed

    @property
    def raw(self) -> bool:
        """Whether the report has Python's words where it should have its own, or none that are more than a type."""
        return self.row == "another" or (self.report.error or "").startswith(("TypeError", "ValueError"))

    @property
    def line(self) -> int:
        return self.report.student_error.line if self.report.student_error else 0


@dataclass(frozen=True)
class Ground:
    """What slips are tried on: exercises, and what the solutions make of a public test case, or of a function's all."""

    names: dict[str, Any]
    exercises: dict[str, Exercise]
    references: dict[str, tuple[Reference, ...]]
    canary: Any


@cache
def ground() -> Ground:
    """Made once: the solutions are run here and now."""
    names: dict[str, Any] = {}
    exec(cases.SETUP, names)
    for assignment in SETS:
        names |= names_of(assignment)
    course = Course(ROOT)
    sets = [read_set(course, assignment) for assignment in SETS]
    exercises = {one.name: one for found in sets for one in found.exercises if one.name in SOLVED}
    references, canary = {}, None
    for exercise in exercises.values():
        made = []
        for case in exercise.public_cases if exercise.kind == "function" else exercise.public_cases[:1]:
            given = collect(names[exercise.function], exercise, case)
            assert given.error is None
            canary = canary if given.canary is None else given.canary
            made.append(Reference(case, given.graph or "", given.outputs, given.weights, given.answer))
        references[exercise.name] = tuple(made)
    return Ground(names, exercises, references, canary)


def tried(slip: Slip) -> Tried:
    """The slip's cell is run in a namespace of its own, and its function looked at on public test cases."""
    here = ground()
    exercise, references = here.exercises[slip.exercise], here.references[slip.exercise]
    keras.utils.clear_session()
    names = {name: value for name, value in here.names.items() if name not in (*slip.without, exercise.function)}
    file = f"<slip {slip.id}>"
    linecache.cache[file] = (len(slip.code), None, slip.code.splitlines(keepends=True), file)
    with redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compile(slip.code, file, "exec"), names)
        except (Exception, SystemExit) as raised:
            error = student_error(raised)
            return _told(slip, error, {language: failed_report(exercise, error, language) for language in ("en", "zh")})
        alone = exercise.kind == "model"
        given = [collect(names[exercise.function], exercise, one.case, graph_alone=alone) for one in references]
    evidence = [replace(one, graph_alone=alone and one.error is None) for one in given]
    diagnosis = judge(exercise, evidence, references, here.canary)
    error = next((one.error for one in evidence if one.error), None)
    reports = {language: make_report(diagnosis, language) for language in ("en", "zh")}
    if error is None or error.kind not in ("raised", "names"):
        refused = "refused" if reports["en"].error else ""
        return Tried(slip, reports["en"], reports["zh"], error.kind if error else refused)
    return _told(slip, error, reports)


def _told(slip: Slip, given: StudentError, reports: dict[str, Report]) -> Tried:
    exercise = ground().exercises[slip.exercise]
    row, _ = explain(located(given, exercise), exercise)
    return Tried(slip, reports["en"], reports["zh"], row)
