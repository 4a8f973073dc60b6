"""`check`, `grade` and `hint` in a test cell: evidence comes from the student's kernel, and hidden data is a must."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from traitlets.config import Config

from ..base.errors import UserError
from ..diagnosis import Diagnosis, Verdicts
from ..evidence.evidence import Evidence
from ..exercises import Exercise, TestCase
from ..kinds import Attempt, kind_of
from ..kinds.called import exercise_called, next_hint
from ..references.references import Reference, ReferencesError, load_again
from ..references.sets import ExerciseSet
from ..report import Report
from . import kit_errors
from .kernel.session import Session, SessionError
from .selection import decisive
from .submission.model import Submission
from .testcell.proxy import Proxy, Stopped
from .testcell.run import TestRun
from .trust import weighed


class Official:
    """Reports on one submission's functions, for all test cells of a notebook. `lines` are the student's, of code."""

    def __init__(
        self, submission: Submission, session: Session, config: Config, language: str, lines: frozenset[str]
    ) -> None:
        self.submission, self.session, self.config = submission, session, config
        self.language, self.lines = language, lines
        self.problems: list[tuple[str, str]] = []
        """The exercises whose picture could not be drawn, each with a sentence on why."""
        self._verdicts = Verdicts()
        self._reached: dict[str, Diagnosis] = {}
        """What has been graded in this notebook, by exercise."""
        self._weighed: dict[int, tuple[Evidence, Evidence]] = {}
        """What has been weighed before: each piece as given, by its identity, and as it is taken."""

    def report(self, function: Callable[..., Any], caller: str) -> tuple[Exercise, Report]:
        """The exercise and the report on a student's function. Raises Stopped where the course can't be used."""
        course = self.submission.course
        try:
            exercise, exercises = exercise_called(function, caller, course, self.language)
            report = kind_of(exercise).report(self._attempt(function, exercise, exercises, caller == "grade"))
        except UserError as error:
            raise Stopped("course", type(error).__name__, str(error)) from None
        return exercise, replace(report, protection=self.session.protection_words)

    def _attempt(self, function: object, exercise: Exercise, exercises: ExerciseSet, graded: bool) -> Attempt:
        return Attempt(
            exercise,
            exercises,
            partial(self._collect, function, exercises),
            graded,
            official=True,
            handed_in=self.submission.folder,
            language=self.language,
            verdicts=self._verdicts,
            of_blocks=self._of_blocks,
            # `check` shows nothing here, so what it would say of other exercises need not be asked.
            earlier=lambda: [
                self._attempt(Proxy(one.function, self.session), one, exercises, graded)
                for one in (exercises.before(exercise) if graded else ())
            ],
            reached=self._reached if graded else {},
        )

    def not_drawn(self, report: Report) -> None:
        """Write down why a report goes without its picture, where it does."""
        what = f"{self.submission.assignment} {self.submission.student}, {report.exercise}: not drawn"
        for words in report.problems:
            kind = words.strip().splitlines()[-1].partition(":")[0]
            self.problems.append((report.exercise, kit_errors.note_text(self.submission.course, what, kind, words)))

    def _collect(
        self, function: object, exercises: ExerciseSet, exercise: Exercise, cases: Sequence[TestCase]
    ) -> Sequence[Evidence | None]:
        """As little evidence as decides."""
        if not isinstance(function, Proxy):
            raise Stopped("course", "TypeError", f"{exercise.function} is not a function of the student's")
        known = _references(exercises, exercise)
        # All hidden ones, also where only public ones are asked about; `grade` says so where there are none.
        hidden = [one.case for one in known.values() if one.case.hidden]
        canary = load_again(exercises.public).canary

        def passes(given: Evidence, case: TestCase) -> bool:
            return self._verdicts.on(exercise, given, known[case.name], canary).passed

        try:
            return decisive(exercise, cases, hidden, partial(self._ask, exercise), passes)
        except SessionError as error:
            raise Stopped("course", "SessionError", str(error)) from None

    def _of_blocks(self, exercise: Exercise, cases: Sequence[TestCase]) -> Sequence[Evidence]:
        try:
            return self._ask(exercise, cases, graph_alone=False, of_blocks=True)
        except SessionError as error:
            raise Stopped("course", "SessionError", str(error)) from None

    def _ask(
        self, exercise: Exercise, cases: Sequence[TestCase], graph_alone: bool, of_blocks: bool = False
    ) -> Sequence[Evidence]:
        found = self.session.collect(exercise, cases, graph_alone=graph_alone, of_blocks=of_blocks)
        return [self._taken(given, case) for given, case in zip(found, cases, strict=True)]

    def _taken(self, given: Evidence, case: TestCase) -> Evidence:
        if id(given) not in self._weighed:
            taken = weighed(given, case, self.lines, self.submission.course, self.config)
            self._weighed[id(given)] = given, taken
        return self._weighed[id(given)][1]


class OfficialFunctions:
    """`check`, `grade` and `hint` for one test cell. Outputs go to `run`; `shown` collects the reports shown."""

    def __init__(self, official: Official, run: TestRun) -> None:
        self._official, self._run = official, run
        self.shown: list[Report] = []

    def check(self, function: Callable[..., Any]) -> Report:
        """The report, which is not shown: that of `grade` follows and says it all."""
        return self._official.report(function, "check")[1]

    def grade(self, function: Callable[..., Any]) -> float:
        """The points; the report is shown."""
        report = self._official.report(function, "grade")[1]
        self.shown.append(report)
        self._run.show({"text/html": report._repr_html_(), "text/plain": str(report)})
        self._official.not_drawn(report)
        return report.points

    def hint(self, function: Callable[..., Any]) -> None:
        """As in a notebook."""
        exercise, report = self._official.report(function, "hint")
        print(next_hint(exercise, report, self._official.language))


def _references(exercises: ExerciseSet, exercise: Exercise) -> dict[str, Reference]:
    """All references of an exercise that can be read, by the names of their test cases."""
    found: dict[str, Reference] = {}
    for path in (exercises.public, exercises.hidden):
        with contextlib.suppress(ReferencesError):
            found |= {one.case.name: one for one in load_again(path).of(exercise)}
    return found
