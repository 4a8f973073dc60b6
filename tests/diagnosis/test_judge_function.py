"""Plain functions as exercises: evidence, verdict, and the words for it, on the second course's own references."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from nbformat import read

from autograder.base.course import Course
from autograder.base.notebooks import grade_id
from autograder.diagnosis import Diagnosis, judge
from autograder.diagnosis.judge_function import compare
from autograder.evidence.collect_function import collect_function
from autograder.evidence.evidence import Evidence, EvidenceError, from_json, to_json
from autograder.exercises import Text
from autograder.instructor.build.authoring import read_mistakes
from autograder.instructor.build.mistakes import written
from autograder.references.references import Reference, load
from autograder.report import make_report
from tests.shared.helpers import ROOT

COURSE = Course(ROOT)
BEYOND = "blocks-beyond"
NORM = "batch_norm_forward"
MISTAKES = {m.name: m for m in read_mistakes(COURSE, BEYOND) if m.exercise == NORM}
FOUND = load(ROOT / "data" / "references" / BEYOND / "public.h5")
EXERCISE = FOUND.definitions[NORM]
REFERENCES = FOUND.of(EXERCISE)


def solution(*edits: tuple[str, str]) -> str:
    node = read(ROOT / "source" / BEYOND / "blocks-beyond.ipynb", as_version=4)
    text: str = next(cell.source for cell in node.cells if grade_id(cell) == NORM)
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    return text


def function(text: str, name: str = NORM) -> Callable[..., Any]:
    space: dict[str, Any] = {"np": np}
    exec(text, space)
    return space[name]


def judged(made: Callable[..., Any], references: tuple[Reference, ...] = REFERENCES) -> Diagnosis:
    evidence = [from_json(to_json(collect_function(made, EXERCISE, reference.case))) for reference in references]
    return judge(EXERCISE, evidence, references, FOUND.canary)


def shown(diagnosis: Diagnosis) -> list[tuple[str, str, str]]:
    return [(str(f.step), f.layer, f.setting) for f in diagnosis.findings]


# --- the verdict --------------------------------------------------------------------------------------------------


def test_the_solution_earns_all() -> None:
    diagnosis = judged(function(solution()))
    assert diagnosis.passed
    assert (diagnosis.points, diagnosis.findings) == (10.0, ())


@pytest.mark.parametrize("name", [name for name, mistake in MISTAKES.items() if mistake.sentence])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_wrong_answer_gets_its_authors_sentence(name: str, language: str) -> None:
    mistake = MISTAKES[name]
    diagnosis = judged(function(written(mistake, solution())))
    (finding,) = make_report(diagnosis, language).findings
    assert (str(finding.step), finding.setting) == (mistake.step, name)
    assert isinstance(mistake.sentence, Text)
    told = mistake.sentence.translations["zh"] if language == "zh" else str(mistake.sentence)
    assert finding.message.endswith(told)
    worth = {str(line.step): line.points for line in EXERCISE.rubric}
    assert diagnosis.points == 10 - worth[mistake.step]


def test_another_spelling_of_a_wrong_answer_is_recognised_too() -> None:
    """It is the values that are recognised, not the text."""
    other = solution(("x.var(axis=axes)", "((x - mean) ** 2).sum(axis=axes) / (x.size / x.shape[-1] - 1)"))
    assert shown(judged(function(other))) == [("training", "out", "variance divided by N - 1")]


def test_two_slips_in_different_outputs_are_both_named() -> None:
    both = solution(
        ("np.sqrt(variance + epsilon)", "np.sqrt(variance)"),
        ("momentum * moving_mean + (1 - momentum) * mean", "(1 - momentum) * moving_mean + momentum * mean"),
    )
    assert {setting for _, _, setting in shown(judged(function(both)))} == {
        "epsilon left out",
        "momentum the wrong way round",
    }


def test_what_nobody_foresaw_is_shown_with_its_place_and_size() -> None:
    diagnosis = judged(function(solution(("gamma * normalized + beta", "gamma * normalized + beta + 0.25"))))
    assert shown(diagnosis) == [("training", "out", "values"), ("inference", "out", "values")]
    gap = diagnosis.findings[0].difference
    assert gap is not None
    assert (gap.index, gap.number, gap.of) == ((0, 0), 15, 15)
    assert gap.largest == pytest.approx(0.25)
    assert "15 of the 15 numbers of out are wrong" in make_report(diagnosis).findings[0].message
    assert diagnosis.points == 3.0


@pytest.mark.parametrize(
    ("edit", "setting", "words"),
    [
        (("return gamma * normalized + beta,", "return (gamma * normalized + beta)[:1],"), "shape", "(1, 3)"),
        (("return gamma * normalized + beta,", "return np.float32(gamma * normalized + beta),"), "dtype", "float32"),
        (("return gamma * normalized + beta,", "return normalized / 0 * 0,"), "finite", "nan"),
    ],
)
def test_shape_dtype_and_finiteness(edit: tuple[str, str], setting: str, words: str) -> None:
    with np.errstate(all="ignore"):
        report = make_report(judged(function(solution(edit))))
    assert {f.setting for f in report.findings} == {setting}
    assert words in report.findings[0].message


@pytest.mark.parametrize(("dtype", "share"), [("float64", 1e-8), ("float32", 1e-4)])
def test_values_may_be_off_by_a_small_share_of_the_largest(dtype: str, share: float) -> None:
    expected = np.array([1.0, 100.0], dtype)
    for times, right in ((0.9, True), (1.1, False)):
        given = (expected + np.array([100 * share * times, 0.0])).astype(dtype)
        assert (compare("training", "out", given, expected) is None) == right


def test_whole_numbers_have_to_be_the_same() -> None:
    expected = np.array([1, 10**12])
    assert compare("training", "out", expected.copy(), expected) is None
    assert compare("training", "out", expected + np.array([0, 1]), expected) is not None


def test_changing_an_argument_is_noticed_and_hurts_no_other_call() -> None:
    case = REFERENCES[0].case
    greedy = function(solution(("    axes =", "    x -= 0\n    x *= 2\n    x /= 2\n    moving_mean *= 2\n    axes =")))
    evidence = collect_function(greedy, EXERCISE, case)
    assert evidence.changed == ("moving_mean",)
    again = collect_function(function(solution()), EXERCISE, case)
    assert REFERENCES[0].answer is not None
    assert again.answer is not None
    np.testing.assert_array_equal(again.answer["out"], REFERENCES[0].answer["out"])
    in_place = solution(
        ("        moving_mean = momentum", "        x[...] = x + 1; x -= 1; x *= 3\n        moving_mean = momentum")
    )
    assert ("averages", "x", "changed") in shown(judged(function(in_place)))


def test_of_hidden_cases_no_value_is_told() -> None:
    hidden = tuple(
        replace(one, case=one.case.model_copy(update={"name": f"hidden-{i}", "hidden": True}))
        for i, one in enumerate(REFERENCES)
    )
    diagnosis = judged(function(solution(("gamma * normalized + beta", "gamma * normalized + beta + 0.25"))), hidden)
    for finding in diagnosis.findings:
        assert (finding.hidden, finding.expected, finding.found, finding.difference) == (True, None, None, None)
    assert "0.25" not in str(make_report(diagnosis))


def test_a_mistake_that_two_fit_is_not_guessed_at() -> None:
    twin = replace(MISTAKES["epsilon left out"], name="twin")
    references = tuple(
        replace(one, mistakes={**one.mistakes, "twin": one.mistakes["epsilon left out"]}) for one in REFERENCES
    )
    exercise = replace(EXERCISE, known=(*EXERCISE.known, twin))
    made = function(written(MISTAKES["epsilon left out"], solution()))
    evidence = [collect_function(made, exercise, one.case) for one in references]
    assert {f.setting for f in judge(exercise, evidence, references, FOUND.canary).findings} == {"values"}


# --- evidence -----------------------------------------------------------------------------------------------------


class Mine(np.ndarray):
    """An array that says it is equal to everything."""

    def __eq__(self, other: object) -> Any:
        return True


@pytest.mark.parametrize(
    ("result", "kind"),
    [
        (None, "NoneType"),
        ((1.0, 2.0), "tuple of 2"),
        ((np.zeros(3).view(Mine), 1.0, 1.0), "Mine"),
        ((np.array([object()]), 1.0, 1.0), "ndarray of dtype object"),
        ((np.array(["a"]), 1.0, 1.0), "ndarray of dtype str32"),
        ((10**40, 1.0, 1.0), "int of dtype object"),
        (([1.0], 1.0, 1.0), "list of 1"),
        ((np.zeros((1,) * 7), 1.0, 1.0), "array of 7 dimensions"),
        ((np.zeros(2**22), 1.0, 1.0), "32 MB"),
    ],
)
def test_what_is_no_plain_array_is_refused_by_name(result: object, kind: str) -> None:
    evidence = collect_function(lambda *_: result, EXERCISE, REFERENCES[0].case)
    assert evidence.answer is None
    assert evidence.error is not None
    assert (evidence.error.kind, evidence.error.type) == ("returned", kind)


def test_a_dict_with_the_outputs_names_will_do_and_numbers_are_arrays() -> None:
    result = {"moving_variance": np.float64(3), "out": 1, "moving_mean": True}
    evidence = collect_function(lambda *_: result, EXERCISE, REFERENCES[0].case)
    assert evidence.answer is not None
    assert {name: (a.dtype.name, a.shape, a.item()) for name, a in evidence.answer.items()} == {
        "out": ("int64", (), 1),
        "moving_mean": ("bool", (), True),
        "moving_variance": ("float64", (), 3.0),
    }


def _forged(**changes: object) -> bytes:
    whole = json.loads(to_json(Evidence(NORM, "public-1", answer={"out": np.arange(3.0)})))
    whole["answer"]["out"].update(changes)
    return json.dumps(whole).encode()


@pytest.mark.parametrize(
    "changes",
    [
        {"dtype": "object"},
        {"dtype": "O"},
        {"dtype": "<U1"},
        {"dtype": "float32"},
        {"shape": [4]},
        {"shape": [-3]},
        {"shape": [3] + [1] * 6},
        {"shape": [2**24, 2**24]},
        {"data": "!"},
        {"extra": 1},
    ],
)
def test_forged_arrays_are_refused(changes: dict[str, object]) -> None:
    assert from_json(_forged()).answer is not None
    with pytest.raises(EvidenceError):
        from_json(_forged(**changes))


def test_other_outputs_than_asked_for_earn_nothing() -> None:
    evidence = [Evidence(NORM, one.case.name, answer={"out": np.zeros(1)}) for one in REFERENCES]
    diagnosis = judge(EXERCISE, evidence, REFERENCES, FOUND.canary)
    assert diagnosis.points == 0.0
    assert not diagnosis.passed
    assert make_report(diagnosis).error


def test_evidence_of_another_case_earns_nothing() -> None:
    evidence = [collect_function(function(solution()), EXERCISE, REFERENCES[0].case)] * len(REFERENCES)
    assert judge(EXERCISE, evidence, REFERENCES, FOUND.canary).points == 0.0
