"""What a report says of an answer by a stranger, beside what it has to say, and must not. See strangers.py.

Each answer is a change to a solution, or a whole function. They go by the words of the English report, and by the line
that it names: `at` is a part of that line's text. The Chinese report must not be the English one.
"""

from __future__ import annotations

import linecache
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import keras

from autograder.base.course import Course
from autograder.base.notebooks import grade_id, read_node
from autograder.evidence.collect import collect
from autograder.exercises import Exercise
from autograder.kinds import Attempt, kind_of
from autograder.references.sets import ExerciseSet, exercise_sets
from autograder.report import Report
from tests.shared.helpers import ROOT

SETS = ("resnet", "blocks-beyond", "beyond-convolutions")
BLOCK, CONV, NETWORK = "identity_block", "convolutional_block", "resnet50"
PRE, FORWARD, BACKWARD = "pre_activation_block", "batch_norm_forward", "batch_norm_backward"
SEPARABLE, UP, ENCODER, LOSS = "separable_block", "up_step", "encoder_layer", "cross_entropy"


@dataclass(frozen=True)
class Stranger:
    """An answer: `changes` to the solution, or `code`. `right`: all points. `findings`: how many there are."""

    title: str
    exercise: str
    says: tuple[str, ...] = ()
    changes: tuple[tuple[str, str], ...] = ()
    code: str = ""
    at: str = ""
    never: tuple[str, ...] = ()
    findings: int | None = None
    right: bool = False

    def text(self) -> str:
        """What stands in the student's cell."""
        if self.code:
            return self.code.lstrip("\n")
        text = solutions()[self.exercise]
        for old, new in self.changes:
            assert old in text, (self.title, old)
            text = text.replace(old, new)
        return text


@dataclass(frozen=True)
class Told:
    """The reports on an answer, and the text of the lines that its findings name, or else its error."""

    english: Report
    chinese: Report
    lines: tuple[str, ...]

    @property
    def words(self) -> str:
        """All that the English report says."""
        return _words(self.english)

    @property
    def untranslated(self) -> bool:
        """Whether the Chinese report has English sentences."""
        mine, theirs = _sentences(self.english), _sentences(self.chinese)
        return bool(set(mine) & set(theirs))


def _sentences(report: Report) -> list[str]:
    return [*(finding.message for finding in report.findings), *filter(None, (report.error,)), *report.notes]


def _words(report: Report) -> str:
    return "\n".join(_sentences(report))


@cache
def sets() -> dict[str, ExerciseSet]:
    """The exercises with their references, as they were built."""
    return {one.name: one for one in exercise_sets(Course(ROOT))}


@cache
def solutions() -> dict[str, str]:
    """The cell of each exercise in the instructor's notebooks, by its name."""
    found: dict[str, str] = {}
    for assignment in SETS:
        for cell in read_node(ROOT / "source" / assignment / f"{assignment}.ipynb").cells:
            name = grade_id(cell)
            if name and "### BEGIN SOLUTION" in cell.source:
                found[name] = cell.source
    return found


@cache
def names_of(assignment: str) -> dict[str, Any]:
    """What the notebook's set-up cell and its solutions define."""
    names: dict[str, Any] = {"keras": keras}
    for cell in read_node(ROOT / "source" / assignment / f"{assignment}.ipynb").cells:
        if cell.source.startswith("# language"):
            own = ("autograder", "lesson")
            exec("\n".join(line for line in cell.source.splitlines() if not any(w in line for w in own)), names)
        elif grade_id(cell) and "### BEGIN SOLUTION" in cell.source:
            exec(cell.source, names)
    return names


def exercise_of(name: str) -> tuple[Exercise, ExerciseSet]:
    return next((one, found) for found in sets().values() for one in found.exercises if one.name == name)


def told(stranger: Stranger) -> Told:
    """Run the cell, and `check` its function."""
    exercise, found = exercise_of(stranger.exercise)
    text, file = stranger.text(), f"<stranger {stranger.title}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    names = {name: value for name, value in names_of(found.name).items() if name != exercise.function}
    keras.utils.clear_session()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(text, file, "exec"), names)
        function = names[exercise.function]
        known = {case.name: collect(function, exercise, case) for case in exercise.public_cases}
        english, chinese = (
            kind_of(exercise).report(
                Attempt(
                    exercise,
                    found,
                    lambda _exercise, cases, of_blocks=False: [known[case.name] for case in cases],
                    graded=False,
                    official=False,
                    handed_in=Path(ROOT),
                    language=language,
                )
            )
            for language in ("en", "zh")
        )
    numbers = [finding.line for finding in english.findings if finding.line]
    if not english.findings and english.student_error and english.student_error.line:
        numbers = [english.student_error.line]
    lines = text.splitlines()
    return Told(english, chinese, tuple(lines[number - 1].strip() for number in numbers if number <= len(lines)))


def complaints(stranger: Stranger) -> list[str]:
    """What is not as it should be, a sentence each."""
    found = told(stranger)
    if stranger.right:
        return [] if found.english.points == found.english.max_points and not found.english.findings else [found.words]
    missing = [f"it does not say {words!r}" for words in stranger.says if words not in found.words]
    false = [f"it says {words!r}" for words in stranger.never if words in found.words]
    here = [f"it names {found.lines}"] if stranger.at and not any(stranger.at in line for line in found.lines) else []
    many = stranger.findings not in (None, len(found.english.findings))
    counted = [f"{len(found.english.findings)} findings"] if many else []
    english = ["the Chinese report is in English"] if found.untranslated else []
    accepted = ["it is accepted"] if found.english.passed else []
    wrong = [*missing, *false, *here, *counted, *english, *accepted]
    return [*wrong, found.words] if wrong else []
