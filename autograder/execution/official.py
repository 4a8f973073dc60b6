"""`check`, `grade` and `hint` in a test cell: evidence comes from the student's kernel, and hidden data is a must."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from traitlets.config import Config

from ..base.errors import UserError
from ..base.messages import translator
from ..diagnosis import CaseVerdict, Diagnosis, Verdicts, judge
from ..diagnosis.hidden import is_no_answer
from ..evidence.evidence import Array, Evidence
from ..exercises import Exercise, TestCase
from ..kinds import Attempt, kind_of
from ..kinds.called import NOT_SHOWN, exercise_called, next_hint
from ..references.references import Reference, ReferencesError, load_again
from ..references.sets import ExerciseSet, exercise_sets
from ..report import Report
from . import kit_errors
from .absent import Absent
from .kernel.session import Session, SessionError
from .selection import decisive
from .submission.model import Submission
from .testcell import proxy
from .testcell.run import TestRun
from .testcell.thrown import REASONS, Silence, Stopped
from .trust import weighed


class Official:
    """Reports on one submission's functions, for all test cells of a notebook.

    Public test cases are asked about where the student's code is heard, and hidden ones where it is not: a test cell's
    answers on public ones are kept until its turn in silence comes.
    """

    def __init__(self, submission: Submission, config: Config, language: str) -> None:
        self.submission, self.config, self.language = submission, config, language
        self.problems: list[tuple[str, str]] = []
        """The exercises whose picture could not be drawn, each with a sentence on why."""
        self._public: dict[tuple[str, str, bool], dict[str, Evidence | None]] = {}
        """What was given for each public test case, by its name: by test cell, exercise, and whether with stand-ins."""
        self.absent = Absent()
        self.silent = False
        """Whether the student's code is not heard any more."""
        self._verdicts = Verdicts()
        self._reached: dict[str, Diagnosis] = {}
        """What has been graded in this notebook, by exercise."""
        self._weighed: dict[int, tuple[Evidence, Evidence]] = {}
        """What has been weighed before: each piece as given, by its identity, and as it is taken."""

    def report(self, function: Callable[..., Any], caller: str, cell: str) -> tuple[Exercise, Report]:
        """The exercise and the report on a student's function, for the test cell called `cell`.

        Raises Stopped where the course can't be used.
        """
        try:
            function = handed(function)
            exercise, exercises = exercise_called(function, caller, self.submission.course, self.language)
            report = kind_of(exercise).report(self._attempt(function, exercise, exercises, caller == "grade", cell))
        except UserError as error:
            raise Stopped("course", type(error).__name__, str(error)) from None
        return exercise, report

    def _attempt(
        self, function: object, exercise: Exercise, exercises: ExerciseSet, graded: bool, cell: str
    ) -> Attempt:
        return Attempt(
            exercise,
            exercises,
            partial(self._collect, function, exercises, cell),
            graded,
            official=True,
            handed_in=self.submission.folder,
            language=self.language,
            verdicts=self._verdicts,
            # Those that have been graded, so that nothing is collected for them: `check` shows nothing here, and no
            # cell asks about another cell's exercise.
            earlier=lambda: [
                self._attempt(function, one, exercises, graded, cell)
                for one in exercises.before(exercise)
                if graded and one.name in self._reached
            ],
            reached=self._reached if graded else {},
        )

    def not_drawn(self, report: Report) -> None:
        """Write down why a report goes without its picture, where it does."""
        what = f"{self.submission.assignment} {self.submission.student}, {report.exercise}: not drawn"
        for words in report.problems:
            kind = words.strip().splitlines()[-1].partition(":")[0]
            self.problems.append((report.exercise, kit_errors.note_text(self.submission.course, what, kind, words)))

    def own_error(self, error: BaseException, cells: Collection[str]) -> str:
        """The sentence on an error in this kit's own code, which is written down; "" for any other error."""
        if not kit_errors.is_the_kits(error, cells):
            return ""
        of = self.submission
        return kit_errors.note(
            of.course, f"{of.assignment} {of.student}: not graded", error, with_words=not self.silent
        )

    def prepare(self, names: Collection[str], session: Session, cell: str) -> None:
        """Ask about the public test cases of those exercises whose functions are among the names.

        To be called while the session is heard, for what the test cell will grade in silence. Raises Stopped.
        """
        functions: set[str] = set()
        with contextlib.suppress(ReferencesError):  # which is told when the cell is graded
            for exercises in exercise_sets(self.submission.course):
                functions.update(exercise.function for exercise in exercises.exercises)
        for name in sorted(functions.intersection(names)):
            function = Handed(name, session)
            exercise, exercises = exercise_called(function, "grade", self.submission.course, self.language)
            if (cell, exercise.name, False) not in self._public:
                self._collect(function, exercises, cell, exercise, exercise.public_cases)

    def _collect(
        self,
        function: object,
        exercises: ExerciseSet,
        cell: str,
        exercise: Exercise,
        cases: Sequence[TestCase],
        of_blocks: bool = False,
    ) -> Sequence[Evidence | None]:
        """As little evidence as decides: on public test cases what was given while the session was heard."""
        if not isinstance(function, Handed):
            raise Stopped("course", "TypeError", f"{exercise.function} is not a function of the student's")
        known, canary = _references(exercises, exercise), load_again(exercises.public).canary
        ask = _Ask(self, function.session, exercise, known, canary)
        try:
            if not function.session.silent:
                self._hear(ask, exercises, cell, [one for one in cases if not one.hidden])
            found = dict(self._public_of(cell, exercise, of_blocks))
            hidden = [one for one in cases if one.hidden]
            if hidden and function.session.silent:
                if of_blocks:
                    found |= ask.with_stand_ins(hidden) if found else {}
                elif not ask.hopeless(found):
                    found |= ask.about(hidden, found)
        except SessionError as error:
            raise Stopped("course", "SessionError", str(error)) from None
        return [found.get(case.name) for case in cases]

    def _hear(self, ask: _Ask, exercises: ExerciseSet, cell: str, cases: Sequence[TestCase]) -> None:
        """Ask about public test cases; where a model is wrong on them, also with stand-ins for its blocks.

        A block that had to be stopped is not run once more within a model.
        """
        exercise = ask.exercise
        stopped = self._stopped_in_a_block(exercise, exercises)
        if stopped is not None:
            found: dict[str, Evidence | None] = {case.name: replace(stopped, case=case.name) for case in cases}
        else:
            found = ask.about(cases)
        self._public[cell, exercise.name, False] = found
        if not exercise.blocks:
            return
        if stopped or any((given := found[case.name]) and not ask.passes(given, case) for case in cases):
            self._public[cell, exercise.name, True] = ask.with_stand_ins(cases)

    def _stopped_in_a_block(self, exercise: Exercise, exercises: ExerciseSet) -> Evidence | None:
        """What came of a block of the model's that had to be stopped, or ended its kernel; None where none did."""
        called = {block.function for block in exercise.blocks}
        blocks = {one.name for one in exercises.exercises if one.function in called}
        given = (one for (_, name, _), found in self._public.items() if name in blocks for one in found.values())
        return next((one for one in given if one and one.error and one.error.type in REASONS), None)

    def _public_of(self, cell: str, exercise: Exercise, of_blocks: bool) -> Mapping[str, Evidence | None]:
        try:
            return self._public[cell, exercise.name, of_blocks]
        except KeyError:
            if of_blocks:  # a model that is wrong on hidden test cases alone is judged with its own blocks
                return {}
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


class Handed:
    """A function of the student's by the name that the test cell calls it."""

    def __init__(self, name: str, session: Session) -> None:
        self.__name__, self.session = name, session

    def __call__(self) -> None:
        """Nothing here calls it."""


def handed(function: Any) -> Any:
    """What a test cell hands to `check` or `grade`: a proxy by its name."""
    if not proxy.is_proxy(function):
        return function
    return Handed(proxy.name_of(function), proxy.link_of(function).session)


@dataclass(frozen=True, slots=True)
class _Ask:
    """Questions about one exercise in one session."""

    official: Official
    session: Session
    exercise: Exercise
    known: Mapping[str, Reference]
    canary: Array

    def about(
        self, cases: Sequence[TestCase], before: Mapping[str, Evidence | None] | None = None
    ) -> dict[str, Evidence | None]:
        """The evidence that decides, by the names of the test cases; `before` is what was given on public ones."""
        known = [(given, self.known[name]) for name, given in (before or {}).items() if given]
        wrong = self.exercise.kind == "model" and any(
            not self.official.verdict(self.exercise, given, of, self.canary).may_have_the_values for given, of in known
        )
        found = decisive(self.exercise, cases, self._evidence, self.passes, wrong)
        return {case.name: given for case, given in zip(cases, found, strict=True)}

    def with_stand_ins(self, cases: Sequence[TestCase]) -> dict[str, Evidence | None]:
        """The evidence of a model with a layer in the place of each block, by the names of the test cases."""
        found = self._taken(cases, graph_alone=False, of_blocks=True)
        return {case.name: given for case, given in zip(cases, found, strict=True)}

    def passes(self, given: Evidence, case: TestCase) -> bool:
        """Whether the evidence is a right answer's."""
        if self.exercise.kind == "function":
            return judge(self.exercise, [given], [self.known[case.name]], self.canary).passed
        return self.official.verdict(self.exercise, given, self.known[case.name], self.canary).passed

    def hopeless(self, given: Mapping[str, Evidence | None]) -> bool:
        """Whether these answers earn nothing, whatever others may be worth."""
        asked = ((one, self.known[name]) for name, one in given.items() if one is not None and name in self.known)
        if self.exercise.kind == "function":
            return any(one.answer is None for one, _ in asked)
        return any(is_no_answer(self.official.verdict(self.exercise, one, of, self.canary)) for one, of in asked)

    def _evidence(self, cases: Sequence[TestCase], graph_alone: bool) -> Sequence[Evidence]:
        return self._taken(cases, graph_alone, of_blocks=False)

    def _taken(self, cases: Sequence[TestCase], graph_alone: bool, of_blocks: bool) -> Sequence[Evidence]:
        found = self.session.collect(self.exercise, cases, graph_alone=graph_alone, of_blocks=of_blocks)
        told = (self.official.absent.explain(given, self.exercise) for given in found)
        return [self.official.taken(given, case) for given, case in zip(told, cases, strict=True)]


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
        if proxy.is_proxy(function) and not proxy.link_of(function).session.silent:
            self.waits = True
            raise Silence
        report = self._official.report(function, "grade", self._cell)[1]
        self.shown.append(report)
        self._run.show({"text/html": report._repr_html_(), "text/plain": str(report)})
        self._official.not_drawn(report)
        return report.points

    def hint(self, function: Callable[..., Any]) -> None:
        """As in a notebook."""
        exercise, report = self._official.report(function, "hint", self._cell)
        print(next_hint(exercise, report, self._official.language))

    def solution(self, function: Callable[..., Any] | str) -> None:  # noqa: ARG002
        """Nothing is shown where a notebook is graded, whatever the function."""
        print(translator(self._official.language)(NOT_SHOWN))


def _references(exercises: ExerciseSet, exercise: Exercise) -> dict[str, Reference]:
    """All references of an exercise that can be read, by the names of their test cases."""
    found: dict[str, Reference] = {}
    for path in (exercises.public, exercises.hidden):
        with contextlib.suppress(ReferencesError):
            found |= {one.case.name: one for one in load_again(path).of(exercise)}
    return found
