"""Prove that the wrong answers that an author lists are caught, each with the finding that it is to get."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

from ...base.messages import translator
from ...base.notebooks import grade_id
from ...diagnosis import Diagnosis, Finding
from ...diagnosis.judge_function import same_answer
from ...evidence.evidence import Answer, Evidence
from ...execution.kernel.notebookrun import NotebookRun
from ...execution.kernel.session import Cell
from ...exercises import Exercise, Mistake, TestCase
from ...references.notebook import Notebook
from ...references.references import Reference, ReferenceSet
from ...report.errors import describe_error
from ...report.sentences import describe

TestCases = Callable[[Exercise], Sequence[TestCase]]
Judge = Callable[[Exercise, Sequence[Evidence]], Diagnosis]


class MistakeError(Exception):
    """A wrong answer is not caught as its author says; the message names it."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A wrong answer and the evidence that it gives, test case by test case."""

    mistake: Mistake
    exercise: Exercise
    evidence: tuple[Evidence, ...]


def try_mistakes(notebook: Notebook, run: NotebookRun, mistakes: Sequence[Mistake], cases: TestCases) -> list[Tried]:
    """Run every wrong answer in the kernel of the instructor's notebook. Raises MistakeError."""
    exercises = {exercise.name: exercise for exercise in notebook.exercises}
    solutions = {name: cell.source for cell in notebook.node.cells if (name := grade_id(cell))}
    tried = []
    _require_written(mistakes, solutions)
    for mistake in mistakes:
        exercise = exercises[mistake.exercise]
        run.session.run(Cell(exercise.name, written(mistake, solutions[exercise.name])))
        tried.append(Tried(mistake, exercise, run.session.collect(exercise, cases(exercise))))
        run.session.run(Cell(exercise.name, solutions[exercise.name]))
    return tried


def _require_written(mistakes: Sequence[Mistake], solutions: Mapping[str, str]) -> None:
    """Raises MistakeError, with all that can't be written."""
    wrong = []
    for mistake in mistakes:
        try:
            written(mistake, solutions[mistake.exercise])
        except MistakeError as error:
            wrong.append(str(error))
    if wrong:
        raise MistakeError("\n".join(wrong))


def written(mistake: Mistake, solution: str) -> str:
    """The code of a wrong answer. Raises MistakeError where a text to be changed is not there just once."""
    text = mistake.code or solution
    for old, new in mistake.changes:
        times = text.count(old)
        if times != 1:
            raise MistakeError(
                f"{mistake.exercise}, mistake {mistake.name}: the solution holds {old!r} {times} times; `changes` "
                "needs a text that is there once."
            )
        text = text.replace(old, new)
    return text


def with_fingerprints(references: ReferenceSet, tried: Sequence[Tried]) -> ReferenceSet:
    """The references with what the known mistakes of plain functions give."""
    answers: dict[tuple[str, str], dict[str, Answer]] = {}
    for one in tried:
        for given in one.evidence:
            if given.answer is not None:
                answers.setdefault((one.exercise.name, given.case), {})[one.mistake.name] = given.answer

    def marked(name: str, reference: Reference) -> Reference:
        return replace(reference, mistakes=answers.get((name, reference.case.name), {}))

    found = {name: tuple(marked(name, one) for one in given) for name, given in references.references.items()}
    return replace(references, references=found)


def require_told_apart(path: Path, tried: Sequence[Tried], public: ReferenceSet, hidden: ReferenceSet) -> None:
    """Two known mistakes with the same values can't be told apart. Raises MistakeError, naming them.

    Students are told on the public test cases; there, only mistakes that hidden test cases alone show may be alike.
    """
    known = [one for one in tried if one.exercise.kind == "function" and one.mistake.sentence]
    for a, b in combinations(known, 2):
        if a.exercise.name != b.exercise.name:
            continue
        names = f"{path}: the mistakes {a.mistake.name} and {b.mistake.name} of {a.exercise.name}"
        seen = public.of(a.exercise)
        if all(_alike(a, b, one) for one in (*seen, *hidden.of(a.exercise))):
            raise MistakeError(
                f"{names} give the same values on all test cases: add a test case that tells them apart."
            )
        if all(_alike(a, b, one) for one in seen) and not all(_is_right(a, one) for one in seen):
            raise MistakeError(
                f"{names} give the same values on all public test cases: add a public test case that tells them apart."
            )


def _alike(a: Tried, b: Tried, reference: Reference) -> bool:
    x, y = _answer(a, reference), _answer(b, reference)
    return x is y or (x is not None and y is not None and same_answer(x, y))


def _is_right(tried: Tried, reference: Reference) -> bool:
    given = _answer(tried, reference)
    return given is not None and reference.answer is not None and same_answer(given, reference.answer)


def _answer(tried: Tried, reference: Reference) -> Answer | None:
    return next((given.answer for given in tried.evidence if given.case == reference.case.name), None)


def require_caught(path: Path, tried: Sequence[Tried], judged: Judge) -> None:
    """Every wrong answer gets the one finding, or the error, that its author says. Raises MistakeError, with all."""
    wrong = [why for one in tried if (why := _why_not_caught(path, one, judged(one.exercise, one.evidence)))]
    if wrong:
        raise MistakeError("\n".join(wrong))


def _why_not_caught(path: Path, one: Tried, diagnosis: Diagnosis) -> str:
    """What is to be said of a wrong answer that gets something else than its author says, "" of all others."""
    mistake, where = one.mistake, f"{path}: the mistake {one.mistake.name} of {one.exercise.name}"
    if diagnosis.points == one.exercise.max_points:
        return f"{where} is not caught: it earns all {diagnosis.points:g} points."
    if mistake.error:
        raised = [verdict.error.type for verdict in diagnosis.verdicts if verdict.error]
        if mistake.error not in raised:
            return f"{where} is to raise {mistake.error}; what came of it: {_told(diagnosis)}"
        return ""
    if len(diagnosis.findings) != 1 or not _is_expected(diagnosis.findings[0], one):
        return f"{where} is to get one finding, {_wanted(one)}; what came of it: {_told(diagnosis)}"
    return ""


def _expected(tried: Tried) -> Mapping[str, str]:
    mistake = tried.mistake
    plain = tried.exercise.kind == "function"
    step = tried.exercise.rubric_of(mistake.step).step if plain else mistake.step
    setting = (mistake.setting or mistake.name) if plain else mistake.setting
    wanted = {"step": str(step), "kind": mistake.kind, "setting": setting}
    return wanted | ({"layer": mistake.layer} if mistake.layer else {})


def _is_expected(finding: Finding, tried: Tried) -> bool:
    """A finding that hidden test cases alone show names a step of the rubric and nothing else."""
    if finding.hidden:
        return finding.step == tried.exercise.rubric_of(tried.mistake.step).step
    return all(getattr(finding, name) == value for name, value in _expected(tried).items())


def _wanted(tried: Tried) -> str:
    return ", ".join(f"{name} {value!r}" for name, value in _expected(tried).items())


def _told(diagnosis: Diagnosis) -> str:
    """What came of it instead, in words that an author can copy from."""
    _ = translator("en")
    failure = diagnosis.first_failure
    if not diagnosis.findings:
        error = failure.error if failure else None
        return describe_error(error, diagnosis.exercise, _) if error else "no finding, but evidence that can't be used."
    return " ".join(
        f"[step {f.step!r}, layer {f.layer!r}, kind {f.kind!r}, setting {f.setting!r}] {describe(f, _)}"
        for f in diagnosis.findings
    )
