"""What `check`, `grade` and `hint` do, in a student's notebook and in a test cell on the trusted side.

The path is the same; a `Place` says what differs: where the evidence is collected and where the report goes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from ..base.course import find_course
from ..base.errors import UserError
from ..base.messages import notebook_language, translator
from ..diagnosis import Verdicts, judge
from ..evidence.collect import collect
from ..evidence.evidence import Evidence
from ..exercises import Exercise, TestCase
from ..exercises.train_signs import WEIGHTS_FILE
from ..lesson.signs.hidden import HiddenImagesError, Pictures, load_hidden, pictures
from ..references.references import Reference, ReferencesError, ReferenceSet, load_again
from ..references.sets import Family, families
from ..report import Report, make_report


class CheckError(UserError):
    """A function can't be checked or graded; the message is in the reader's language."""


def _collect_here(function: Callable[..., Any], exercise: Exercise, cases: Sequence[TestCase]) -> list[Evidence]:
    alone = exercise.kind == "trained"
    return [collect(function, exercise, case, graph_alone=alone) for case in cases]


def _show_here(report: Report) -> None:
    if _shell() is None:
        print(report)
        return
    _display(report)


def _official_here() -> bool:
    """Whether this kernel runs a notebook for nbgrader's own executor."""
    return os.environ.get("NBGRADER_EXECUTION") == "autograde" and "AUTOGRADER_SANDBOX" not in os.environ


@dataclass(frozen=True, slots=True)
class Place:
    """Where `check` and `grade` are called; by default in the kernel that also holds the student's code.

    `collect` gives the evidence for each test case, `show` takes the report, `fail` raises for references or hidden
    images that can't be used. `official` says whether hidden test cases are a must. `handed_in` is the folder in which
    a trained network's weights lie.
    """

    collect: Callable[[Callable[..., Any], Exercise, Sequence[TestCase]], Sequence[Evidence | None]] = _collect_here
    show: Callable[[Report], None] = _show_here
    fail: Callable[[Exception], Exception | BaseException] = field(default=lambda error: _unusable(error))
    handed_in: Callable[[], Path] = Path.cwd
    official: Callable[[], bool] = _official_here
    language: Callable[[], str] = notebook_language
    protection: str = ""
    verdicts: Verdicts | None = None
    """Verdicts to use again: `grade` asks about what `check` has asked about before."""


_HERE = Place()
_place: ContextVar[Place] = ContextVar("place", default=_HERE)


@contextmanager
def standing_at(place: Place) -> Iterator[None]:
    """`check` and `grade` within the block are called there."""
    token = _place.set(place)
    try:
        yield
    finally:
        _place.reset(token)


def check(function: Callable[..., Any]) -> Report:
    """See `autograder.check`."""
    exercise, family = _exercise_of(function, "check")
    report = _public_report(function, exercise, family)
    if not _place.get().official():  # the report of grade() follows and says it all
        _place.get().show(report)
    return report


def grade(function: Callable[..., Any]) -> float:
    """See `autograder.grade`."""
    exercise, family = _exercise_of(function, "grade")
    report = _graded_report(function, exercise, family)
    _place.get().show(report)
    return report.points


def _public_report(function: Callable[..., Any], exercise: Exercise, family: Family) -> Report:
    if exercise.kind == "trained":
        return _trained_report(function, exercise, hidden=_place.get().official())
    return _report(function, exercise, [_load(family.public)])


def _graded_report(function: Callable[..., Any], exercise: Exercise, family: Family) -> Report:
    if exercise.kind == "trained":
        official = _place.get().official() or find_course().hidden_images.is_file()
        return _trained_report(function, exercise, hidden=official)
    sets = [_load(family.public)]
    if family.hidden.is_file() or _place.get().official():
        sets.append(_load(family.hidden))
    return _report(function, exercise, sets)


_stages: dict[tuple[str, str], int] = {}
"""How many hints have been given for a step, by exercise and step."""


def hint(function: Callable[..., Any]) -> None:
    """See `autograder.hint`."""
    exercise, family = _exercise_of(function, "hint")
    _ = translator(_place.get().language())
    report = _public_report(function, exercise, family)
    if report.passed:
        print(_("Everything is right here: no hint is needed."))
        return
    step = next((line for line in report.steps if line.right is False), report.steps[0])
    key = (exercise.name, step.step)
    stage = _stages.get(key, 0)
    _stages[key] = min(stage + 1, 2)
    print(_("{step} ({title}), hint {number} of 3").format(step=step.step, title=step.title, number=stage + 1))
    print(_(exercise.rubric_of(step.step).hints[stage]))
    if stage < 2:
        print(_("Run this cell again for a plainer hint."))


def _exercise_of(function: object, caller: str) -> tuple[Exercise, Family]:
    _ = translator(_place.get().language())
    if not callable(function):
        raise CheckError(
            _("{caller}() needs one of your functions, not its result: write {caller}(identity_block).").format(
                caller=caller
            )
        )
    known: list[str] = []
    try:
        for family in families(find_course()):
            for exercise in family.exercises:
                if exercise.function == getattr(function, "__name__", ""):
                    return exercise, family
                known.append(exercise.function)
    except ReferencesError as error:
        raise _place.get().fail(error) from None
    raise CheckError(
        _("{name} is not the name of an exercise. {caller}() works with: {names}.").format(
            name=getattr(function, "__name__", type(function).__name__), caller=caller, names=", ".join(known)
        )
    )


def _load(path: Path) -> ReferenceSet:
    try:
        return load_again(path)
    except ReferencesError as error:
        raise _place.get().fail(error) from None


def _unusable(error: Exception) -> CheckError:
    """For a student; what the instructor has to do stands in it as it is, in English."""
    _ = translator(notebook_language())
    return CheckError(
        _(
            "The values that your answer is compared with can't be used. This is not your mistake; if you are taking "
            "a course, please tell your instructor: {reason}"
        ).format(reason=error)
    )


def _report(function: Callable[..., Any], exercise: Exercise, sets: Sequence[ReferenceSet]) -> Report:
    try:
        references: list[Reference] = [reference for found in sets for reference in found.of(exercise)]
    except ReferencesError as error:
        raise _place.get().fail(error) from None
    place = _place.get()
    evidence = place.collect(function, exercise, [reference.case for reference in references])
    report = make_report(judge(exercise, evidence, references, sets[0].canary, place.verdicts), place.language())
    return replace(report, protection=place.protection)


def _trained_report(function: Callable[..., Any], exercise: Exercise, hidden: bool) -> Report:
    """Of a network that was trained: public images while it is worked on, hidden ones for the grade."""
    from ..lesson.training.judge import judge as judge_trained
    from ..lesson.training.report import make_report as report_trained

    place = _place.get()
    images = _hidden_images() if hidden else _test_images()
    (evidence,) = place.collect(function, exercise, exercise.public_cases)
    assert evidence is not None  # a network is always asked for
    verdict = judge_trained(exercise, evidence, place.handed_in() / WEIGHTS_FILE, images, hidden)
    return replace(report_trained(verdict, place.language()), protection=place.protection)


def _hidden_images() -> Pictures:
    try:
        return load_hidden(find_course().hidden_images)
    except HiddenImagesError as error:
        raise _place.get().fail(error) from None


@cache
def _test_images() -> Pictures:
    """The public test images, of which every student has the same."""
    from ..lesson.signs.sources import load_for

    signs = load_for(find_course())
    return pictures(signs.test_set_x, signs.test_set_y)


_shown: tuple[Report, int] | None = None
"""The report shown last, and the number of the cell that did it."""


def _display(report: Report) -> None:
    from IPython.display import display

    shell = _shell()
    shell.display_formatter.ipython_display_formatter.for_type(Report, _show_once)
    display(report)  # type: ignore[no-untyped-call]


def _show_once(report: Report) -> None:
    """Show a report, unless the same cell has shown it: `check(...)` as a cell's last line is echoed by IPython."""
    global _shown
    from IPython.display import display

    cell = int(_shell().execution_count)
    if _shown is not None and _shown[0] is report and _shown[1] == cell:
        return
    _shown = (report, cell)
    display({"text/html": report._repr_html_(), "text/plain": str(report)}, raw=True)  # type: ignore[no-untyped-call]


def _shell() -> Any:
    interactive = sys.modules.get("IPython")
    return interactive.get_ipython() if interactive else None
