"""What hidden test cases alone show stays hidden: a report says which step, never what was expected or found."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from keras.layers import Activation, Add

from autograder.diagnosis import judge
from autograder.exercises import TestCase
from autograder.exercises.exercise import Argument
from autograder.references.references import ReferenceSet
from autograder.report import Report, make_report, render_text
from autograder.report.picture import Block
from tests.report.pages import page
from tests.shared.builders import component, evidence_of, identity_block, reference_of
from tests.shared.exercises import IDENTITY_BLOCK

Tensor = Any


def hidden_case(f: int, filters: tuple[int, int, int], stage: int, letter: str, height: int) -> TestCase:
    arguments: dict[str, Argument] = {"f": f, "filters": filters, "stage": stage, "block": letter}
    shape = (2, height, height + 2, filters[2])
    return TestCase(name="hidden-1", arguments=arguments, input_shape=shape, input_seed=77, hidden=True)


ONE = hidden_case(5, (43, 47, 53), 7, "q", 11)
OTHER = hidden_case(4, (31, 29, 37), 8, "w", 9)


def window_up_to_3(X: Tensor, f: int, filters: list[int], stage: int, block: str) -> Tensor:
    return identity_block(X, f if f < 4 else 3, filters, stage, block)


def filters_up_to_8(X: Tensor, f: int, filters: list[int], stage: int, block: str) -> Tensor:
    F1, F2, F3 = filters
    return identity_block(X, f, [F1 if F1 < 9 else 8, F2, F3], stage, block)


def no_relu_in_late_stages(X: Tensor, f: int, filters: list[int], stage: int, block: str) -> Tensor:
    F1, F2, F3 = filters
    branch = f"{stage}{block}_branch"
    Y = Activation("relu")(component(X, F1, 1, branch + "2a"))
    Y = component(Y, F2, f, branch + "2b", padding="same")
    Y = component(Y if stage > 4 else Activation("relu")(Y), F3, 1, branch + "2c")
    return Activation("relu")(Add()([Y, X]))


def added_to_itself_in_late_stages(X: Tensor, f: int, filters: list[int], stage: int, block: str) -> Tensor:
    F1, F2, F3 = filters
    branch = f"{stage}{block}_branch"
    Y = Activation("relu")(component(X, F1, 1, branch + "2a"))
    Y = Activation("relu")(component(Y, F2, f, branch + "2b", padding="same"))
    Y = component(Y, F3, 1, branch + "2c")
    return Activation("relu")(Add()([Y, Y if stage > 4 else X]))


def fixed_letter(X: Tensor, f: int, filters: list[int], stage: int, block: str) -> Tensor:
    return identity_block(X, f, filters, stage, block if block in "ac" else "b")


HARD_CODED = [
    window_up_to_3,
    filters_up_to_8,
    no_relu_in_late_stages,
    added_to_itself_in_late_stages,
    fixed_letter,
]


def report_with(public: ReferenceSet, case: TestCase, function: Callable[..., Tensor], language: str = "en") -> Report:
    references = [*public.of(IDENTITY_BLOCK), reference_of(IDENTITY_BLOCK, case)]
    evidence = [evidence_of(IDENTITY_BLOCK, reference.case, function) for reference in references]
    return make_report(judge(IDENTITY_BLOCK, evidence, references, public.canary), language)


@pytest.mark.parametrize("function", HARD_CODED)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_report_does_not_depend_on_what_the_hidden_case_holds(
    public: ReferenceSet, function: Callable[..., Tensor], language: str
) -> None:
    """The strongest form: two hidden test cases with nothing in common give the same bytes."""
    one, other = (report_with(public, case, function, language) for case in (ONE, OTHER))
    assert one.findings
    assert all(finding.hidden for finding in one.findings)
    assert one._repr_html_() == other._repr_html_()
    assert render_text(one) == render_text(other)


@pytest.mark.parametrize("function", HARD_CODED)
def test_no_number_of_the_hidden_case_is_written(public: ReferenceSet, function: Callable[..., Tensor]) -> None:
    report = report_with(public, ONE, function)
    style = next(page(report).iter("style")).text or ""
    written = " ".join(page(report).itertext()).replace(style, "")
    for secret in ("43", "47", "53", "7q", "5, 5", "11×13", "7"):
        found = re.compile(rf"(?<![\d.]){secret}(?![\d.])")
        assert not found.search(written), secret
        assert not found.search(render_text(report).partition("\n")[2]), secret


@pytest.mark.parametrize("function", HARD_CODED)
def test_the_step_is_marked_all_the_same(public: ReferenceSet, function: Callable[..., Tensor]) -> None:
    report = report_with(public, ONE, function)
    assert isinstance(report.picture, Block)
    assert "filters=[2, 4, 6]" in report.picture.caption
    wrong = {step.name for step in report.picture.main if step.right is False}
    assert wrong == {step for finding in report.findings for step in (finding.step, *finding.also)}
    notes = [note for step in report.picture.main for box in step.boxes for note in box.notes]
    assert notes
    assert all("with other arguments" in note.about and not note.asked and not note.found for note in notes)


def test_an_error_on_a_hidden_case_keeps_python_s_own_words(public: ReferenceSet) -> None:
    def fails(X: Tensor, f: int, filters: list[int], stage: int, block: str) -> Tensor:
        if f > 3:
            raise KeyError(f"filters were {filters}")
        return identity_block(X, f, filters, stage, block)

    report = report_with(public, ONE, fails)
    assert report.error is not None
    assert report.python_says == ""
    assert report.picture is None
