"""What three exercises of one notebook earn together: a slip costs once, and ResNet-50 pays for no wrong block."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import keras
import pytest

from autograder.base.course import Course
from autograder.evidence.collect import collect
from autograder.evidence.evidence import Evidence, StudentError
from autograder.exercises import Exercise, TestCase
from autograder.kinds import Attempt, kind_of
from autograder.references.sets import ExerciseSet, exercise_set
from autograder.report import Report
from tests.attacks import attack
from tests.corpus import cases
from tests.shared.helpers import EXERCISES, ROOT, solution

Edits = tuple[tuple[str, str], ...]
FULL = {"identity_block": 10.0, "convolutional_block": 10.0, "resnet50": 10.0}


@pytest.fixture(scope="module")
def exercises() -> ExerciseSet:
    return exercise_set(Course(ROOT), "resnet")


def code(edits: dict[str, Edits] | None = None, everywhere: Edits = (), **cells: str) -> dict[str, str]:
    """The solutions with texts exchanged, or whole cells."""
    found = {}
    for name in EXERCISES:
        text = cells.get(name) or solution(name, *(edits or {}).get(name, ()))
        for old, new in everywhere:
            text = text.replace(old, new)
        found[name] = text
    return found


class Notebook:
    """A student's notebook at work, each of whose functions is looked at on the public test cases."""

    def __init__(self, cells: dict[str, str], exercises: ExerciseSet) -> None:
        self.names: dict[str, Any] = dict(cases.namespace())
        self.given: dict[tuple[str, str, bool], Evidence] = {}  # as `check` keeps it for one notebook
        self.exercises = exercises
        self.asked = {exercise.name: exercise for exercise in exercises.exercises if exercise.name in EXERCISES}
        for source in cells.values():
            with contextlib.suppress(SyntaxError):
                exec(source, self.names)

    def report(self, name: str) -> Report:
        keras.utils.clear_session()
        return kind_of(self.asked[name]).report(self._attempt(self.asked[name]))

    def points(self, order: Sequence[str] = EXERCISES) -> dict[str, float]:
        return {name: self.report(name).points for name in order}

    def _attempt(self, exercise: Exercise) -> Attempt:
        return Attempt(
            exercise,
            self.exercises,
            self._collect,
            graded=False,
            official=False,
            handed_in=Path(),
            language="en",
            earlier=lambda: [self._attempt(one) for one in self.exercises.before(exercise)],
        )

    def _collect(self, exercise: Exercise, asked: Sequence[TestCase], of_blocks: bool = False) -> list[Evidence]:
        return list(self._collected(exercise, asked, of_blocks))

    def _collected(self, exercise: Exercise, asked: Sequence[TestCase], of_blocks: bool) -> Iterator[Evidence]:
        function: Callable[..., Any] | None = self.names.get(exercise.function)
        for case in asked:
            key = exercise.name, case.name, of_blocks
            if key in self.given:
                pass
            elif function is None:
                error = StudentError(kind="undefined", type="NameError", function=exercise.function)
                self.given[key] = Evidence(exercise.function, case.name, error=error)
            else:
                self.given[key] = collect(function, exercise, case, of_blocks=of_blocks)
            yield self.given[key]


def both(*edits: tuple[str, str]) -> dict[str, Edits]:
    return dict.fromkeys(("identity_block", "convolutional_block"), edits)


RETURNS_X = "def {name}(X, f, filters, stage, block, s=2):\n    return X\n"
NO_BLOCKS = {name: RETURNS_X.format(name=name) for name in ("identity_block", "convolutional_block")}
BROKEN = "def identity_block(X, f, filters, stage, block):\n    F1, F2, F3 = filters)\n"
RAISES = "def identity_block(X, f, filters, stage, block):\n    return X + undefined\n"
RELUS = """
def ResNet50(input_shape=(64, 64, 3), classes=6):
    X = X_input = Input(input_shape)
    for i in range(60):
        X = ReLU()(X)
    return Model(inputs=X_input, outputs=X)
"""

NOTEBOOKS: dict[str, tuple[dict[str, str], tuple[float, float, float]]] = {
    "right": (code(), (10, 10, 10)),
    # conventions: half a point, once
    "no seed anywhere": (code(everywhere=(("glorot_uniform(seed=0)", "glorot_uniform()"),)), (9.5, 10, 10)),
    "epsilon anywhere": (code(everywhere=(("axis=3", "axis=3, epsilon=1e-5"),)), (9.5, 10, 10)),
    "no branch in any name": (code(everywhere=(('_branch"', '"'),)), (9.5, 10, 10)),
    "no seed in ResNet-50 alone": (code({"resnet50": (("seed=0", "seed=1"),)}), (10, 10, 9.5)),
    "all of them, everywhere": (
        code(
            everywhere=(
                ("glorot_uniform(seed=0)", "glorot_uniform()"),
                ("axis=3", "axis=3, epsilon=1e-5"),
                ('_branch"', '"'),
            )
        ),
        (8.5, 10, 10),
    ),
    # the subject: the step that it costs, once
    "padding in both blocks": (code(both(('padding="same"', 'padding="valid"'))), (7.5, 10, 10)),
    "padding in the second block alone": (
        code({"convolutional_block": (('padding="same"', 'padding="valid"'),)}),
        (10, 8, 10),
    ),
    "no shortcut in either block": (
        code(both(("    X = Add()([X, X_shortcut])\n", ""))),
        (7.5, 8, 10),
    ),
    "the main path added to itself": (code(both(("[X, X_shortcut]", "[X, X]"))), (7.5, 8, 10)),
    "stage 5 with 256 filters": (code({"resnet50": (("[512, 512, 2048]", "[256, 256, 2048]"),)}), (10, 10, 8.5)),
    # blocks that can't be used cost their own points and nobody else's
    "a syntax error in the first block": (code(identity_block=BROKEN), (0, 10, 10)),
    "the first block raises": (code(identity_block=RAISES), (0, 10, 10)),
    "both blocks return X": (code(**NO_BLOCKS), (0, 0, 10)),
    "no block, and stage 5 with 256 filters": (
        code({"resnet50": (("[512, 512, 2048]", "[256, 256, 2048]"),)}, **NO_BLOCKS),
        (0, 0, 8.5),
    ),
    # nothing is earned without the structure
    "ReLUs alone": (code(resnet50=RELUS), (10, 10, 0)),
}  # fmt: skip


@pytest.mark.parametrize("name", ["hollow_blocks", "hollow_network", "stand_ins_said"])
def test_graphs_without_the_asked_structure_earn_nothing(name: str, exercises: ExerciseSet) -> None:
    tried = attack.read(ROOT / "tests" / "attacks" / "resnet" / f"{name}.py")
    cells = {part.place: part.text for part in tried.parts}
    assert tuple(cells) == EXERCISES
    assert Notebook(cells, exercises).points() == dict.fromkeys(EXERCISES, 0.0)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_each_slip_costs_once(name: str, exercises: ExerciseSet) -> None:
    cells, wanted = NOTEBOOKS[name]
    found = Notebook(cells, exercises).points()
    assert tuple(found.values()) == wanted
    assert all(found[one] <= FULL[one] for one in found)


@pytest.mark.parametrize("name", ["no seed anywhere", "padding in both blocks", "a syntax error in the first block"])
def test_the_order_of_asking_makes_no_difference(name: str, exercises: ExerciseSet) -> None:
    cells, _ = NOTEBOOKS[name]
    notebook = Notebook(cells, exercises)
    assert notebook.points(EXERCISES[::-1]) == notebook.points()


def test_a_slip_that_is_counted_already_is_told(exercises: ExerciseSet) -> None:
    notebook = Notebook(NOTEBOOKS["padding in both blocks"][0], exercises)
    first, second, network = (notebook.report(name) for name in EXERCISES)
    assert "Already counted" not in str(first)
    (finding,) = second.findings
    assert finding.counted_in == "identity_block"
    assert finding.message.endswith("Already counted in identity_block.")
    assert not second.passed
    assert (network.points, network.passed) == (10.0, False)


def test_a_model_is_judged_without_blocks_that_are_wrong(exercises: ExerciseSet) -> None:
    report = Notebook(NOTEBOOKS["a syntax error in the first block"][0], exercises).report("resnet50")
    assert (report.points, report.passed, report.error) == (10.0, False, None)
    (note,) = report.notes
    assert note.startswith("Not right yet, and counted in its own exercise: identity_block.")
    assert "identity_block" in report._repr_html_()
    assert report.problems == []


def test_what_is_wrong_between_the_blocks_is_still_found(exercises: ExerciseSet) -> None:
    report = Notebook(NOTEBOOKS["no block, and stage 5 with 256 filters"][0], exercises).report("resnet50")
    assert {(finding.step.partition(",")[0], finding.setting) for finding in report.findings} == {
        ("stage 5", "filters")
    }
    text, html = str(report), report._repr_html_()
    assert "(512, 512, 2048)" in text
    assert "identity_block, convolutional_block" in html
    assert report.problems == []


def test_the_students_own_names_are_theirs_again(exercises: ExerciseSet) -> None:
    notebook = Notebook(NOTEBOOKS["the first block raises"][0], exercises)
    before = dict(notebook.names)
    notebook.report("resnet50")
    assert notebook.names == before
    broken = Notebook(NOTEBOOKS["a syntax error in the first block"][0], exercises)
    broken.report("resnet50")
    assert "identity_block" not in broken.names
