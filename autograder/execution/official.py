"""`check`, `grade` and `hint` in a test cell: evidence comes from the student's kernel, and hidden data is a must."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from traitlets.config import Config

from ..base.messages import translator
from ..diagnosis import CaseVerdict, Verdicts, judge
from ..diagnosis.hidden import is_no_answer
from ..evidence.evidence import Array, Evidence
from ..exercises import Exercise, TestCase
from ..kinds import Attempt, kind_of
from ..kinds.called import NOT_SHOWN, exercise_called, next_hint
from ..references.references import Reference, ReferencesError, load_again
from ..references.sets import ExerciseSet, exercise_sets
from ..report import Report
from .absent import Absent
from .kernel.session import Session, SessionError
from .selection import decisive
from .submission.model import Submission
from .testcell.proxy import Proxy, Silence, Stopped
from .testcell.run import TestRun
from .trust import weighed


class Official:
    """Reports on one submission's functions, for all test cells of a notebook.

    Public test cases are asked about where the student's code is heard, and hidden ones where it is not: a test cell's
    answers on public ones are kept until its turn in silence comes.
    """

    def __init__(self, submission: Submission, config: Config, language: str) -> None:
        self.submission, self.config, self.language = submission, config, language
        self.protection = ""
        """What protection the student's code runs under, in words for reports."""
        self._public: dict[tuple[str, str], dict[str, Evidence | None]] = {}
        """By test cell and exercise: what was given for each public test case, by its name."""
        self.absent = Absent()
        self._verdicts = Verdicts()
        self._weighed: dict[int, tuple[Evidence, Evidence]] = {}
        """What has been weighed before: each piece as given, by its identity, and as it is taken."""

    def report(self, function: Callable[..., Any], caller: str, cell: str) -> tuple[Exercise, Report]:
        """The exercise and the report on a student's function, for the test cell called `cell`.

        Raises Stopped where the course can't be used.
        """
        try:
            exercise, exercises = exercise_called(function, caller, self.submission.course, self.language)
            collect = partial(self._collect, function, exercises, cell)
            graded = caller == "grade"
            folder = self.submission.folder
            attempt = Attempt(exercise, exercises, collect, graded, True, folder, self.language, self._verdicts)
            report = kind_of(exercise).report(attempt)
        except ReferencesError as error:
            raise Stopped("course", type(error).__name__, str(error)) from None
        return exercise, replace(report, protection=self.protection)

    def prepare(self, names: Collection[str], session: Session, cell: str) -> None:
        """Ask about the public test cases of those exercises whose functions are among the names.

        To be called while the session is heard, for what the test cell will grade in silence. Raises Stopped.
        """
        functions: set[str] = set()
        with contextlib.suppress(ReferencesError):  # which is told when the cell is graded
            for exercises in exercise_sets(self.submission.course):
                functions.update(exercise.function for exercise in exercises.exercises)
        for name in sorted(functions.intersection(names)):
            proxy = Proxy(name, session)
            exercise, exercises = exercise_called(proxy, "grade", self.submission.course, self.language)
            if (cell, exercise.name) not in self._public:
                self._collect(proxy, exercises, cell, exercise, exercise.public_cases)

    def _collect(
        self, function: object, exercises: ExerciseSet, cell: str, exercise: Exercise, cases: Sequence[TestCase]
    ) -> Sequence[Evidence | None]:
        """As little evidence as decides: on public test cases what was given while the session was heard."""
        if not isinstance(function, Proxy):
            raise Stopped("course", "TypeError", f"{exercise.function} is not a function of the student's")
        known, canary = _references(exercises, exercise), load_again(exercises.public).canary
        ask = _Ask(self, function.session, exercise, known, canary)
        try:
            if not function.session.silent:
                self._public[cell, exercise.name] = ask.about(one for one in cases if not one.hidden)
            found = dict(self._public_of(cell, exercise))
            hidden = [one for one in cases if one.hidden]
            if hidden and function.session.silent and not ask.hopeless(found):
                found |= ask.about(hidden)
        except SessionError as error:
            raise Stopped("course", "SessionError", str(error)) from None
        return [found.get(case.name) for case in cases]

    def _public_of(self, cell: str, exercise: Exercise) -> Mapping[str, Evidence | None]:
        try:
            return self._public[cell, exercise.name]
        except KeyError:
            why = f"what is graded has to stand in the test cell by its name: grade({exercise.function})"
            raise Stopped("course", "NotAsked", why) from None

    def taken(self, given: Evidence, case: TestCase) -> Evidence:
        """The evidence as far as it is believed."""
        if id(given) not in self._weighed:
            self._weighed[id(given)] = given, weighed(given, case, self.submission.course, self.config)
        return self._weighed[id(given)][1]

    def verdict(self, exercise: Exercise, given: Evidence, reference: Reference, canary: Array) -> CaseVerdict:
        """See `Verdicts.on`."""
        return self._verdicts.on(exercise, given, reference, canary)


@dataclass(frozen=True, slots=True)
class _Ask:
    """Questions about one exercise in one session."""

    official: Official
    session: Session
    exercise: Exercise
    known: Mapping[str, Reference]
    canary: Array

    def about(self, cases: Iterable[TestCase]) -> dict[str, Evidence | None]:
        """The evidence that decides, by the names of the test cases."""
        wanted = list(cases)
        found = decisive(self.exercise, wanted, self._evidence, self._passes)
        return {case.name: given for case, given in zip(wanted, found, strict=True)}

    def hopeless(self, given: Mapping[str, Evidence | None]) -> bool:
        """Whether these answers earn nothing, whatever others may be worth."""
        asked = ((one, self.known[name]) for name, one in given.items() if one is not None and name in self.known)
        if self.exercise.kind == "function":
            return any(one.answer is None for one, _ in asked)
        return any(is_no_answer(self.official.verdict(self.exercise, one, of, self.canary)) for one, of in asked)

    def _evidence(self, cases: Sequence[TestCase], graph_alone: bool) -> Sequence[Evidence]:
        found = self.session.collect(self.exercise, cases, graph_alone=graph_alone)
        told = (self.official.absent.explain(given, self.exercise) for given in found)
        return [self.official.taken(given, case) for given, case in zip(told, cases, strict=True)]

    def _passes(self, given: Evidence, case: TestCase) -> bool:
        if self.exercise.kind == "function":
            return judge(self.exercise, [given], [self.known[case.name]], self.canary).passed
        return self.official.verdict(self.exercise, given, self.known[case.name], self.canary).passed


class OfficialFunctions:
    """`check`, `grade` and `hint` for one test cell. Outputs go to `run`; `shown` collects the reports shown."""

    def __init__(self, official: Official, run: TestRun, cell: str) -> None:
        self._official, self._run, self._cell = official, run, cell
        self.shown: list[Report] = []
        self.waits = False
        """Whether something was to be graded while the student's code was heard."""

    def check(self, function: Callable[..., Any]) -> Report:
        """The report, which is not shown: that of `grade` follows and says it all."""
        return self._official.report(function, "check", self._cell)[1]

    def grade(self, function: Callable[..., Any]) -> float:
        """The points; the report is shown. Hidden test cases are asked about: that has to wait until nobody listens."""
        if isinstance(function, Proxy) and not function.session.silent:
            self.waits = True
            raise Silence
        report = self._official.report(function, "grade", self._cell)[1]
        self.shown.append(report)
        self._run.show({"text/html": report._repr_html_(), "text/plain": str(report)})
        return report.points

    def hint(self, function: Callable[..., Any]) -> None:
        """As in a notebook."""
        exercise, report = self._official.report(function, "hint", self._cell)
        print(next_hint(exercise, report, self._official.language))

    def solution(self, function: Callable[..., Any]) -> None:  # noqa: ARG002
        """Nothing is shown where a notebook is graded, whatever the function."""
        print(translator(self._official.language)(NOT_SHOWN))


def _references(exercises: ExerciseSet, exercise: Exercise) -> dict[str, Reference]:
    """All references of an exercise that can be read, by the names of their test cases."""
    found: dict[str, Reference] = {}
    for path in (exercises.public, exercises.hidden):
        with contextlib.suppress(ReferencesError):
            found |= {one.case.name: one for one in load_again(path).of(exercise)}
    return found
