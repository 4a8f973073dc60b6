"""Whole blocks that are counted, slips that stand in several places, and designs that go by another name."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from autograder.diagnosis import judge
from autograder.evidence.collect import collect
from autograder.exercises import Exercise
from autograder.references.references import Reference
from autograder.report import Report, make_report
from tests.corpus import cases
from tests.corpus.measure import solutions
from tests.shared.exercises import CONVOLUTIONAL_BLOCK, IDENTITY_BLOCK, RESNET50, by_name


@cache
def known(name: str) -> tuple[tuple[Reference, ...], Any]:
    """What the solution gives on the first public test case."""
    exercise = by_name(name)
    case = exercise.public_cases[0]
    given = collect(solutions()[exercise.function], exercise, case)
    assert given.graph is not None
    assert given.outputs is not None
    return (Reference(case, given.graph, given.outputs, given.weights),), given.canary


def report_on(exercise: Exercise, function: Callable[..., Any], language: str = "en") -> Report:
    references, canary = known(exercise.name)
    return make_report(
        judge(exercise, [collect(function, exercise, one.case) for one in references], references, canary), language
    )


def of_case(exercise: Exercise, path: str, *edits: tuple[str, str], language: str = "en") -> Report:
    """The report on a case of the corpus, with lines exchanged."""
    text = (cases.ROOT / path).read_text(encoding="utf-8")
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    file = f"<{path} {len(edits)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    names = cases.namespace()
    exec(compile(text, file, "exec"), names)
    return report_on(exercise, names[exercise.function], language)


def test_every_place_has_its_own_values() -> None:
    report = of_case(CONVOLUTIONAL_BLOCK, "mistakes/convolutional_block/v15_by_keyword.py")
    (finding,) = report.findings
    assert "is (1, 1); the exercise asks for (2, 2)" in finding.message
    assert "2b, main path, where it is (2, 2) instead of (1, 1)" in finding.message
    chinese = of_case(CONVOLUTIONAL_BLOCK, "mistakes/convolutional_block/v15_by_keyword.py", language="zh")
    assert "这里是 (2, 2)，应为 (1, 1)" in chinese.findings[0].message


def test_blocks_are_counted_in_words_and_in_the_picture() -> None:
    report = of_case(RESNET50, "mistakes/resnet50/stage_4_c_and_e_missing.py")
    (finding,) = report.findings
    assert (finding.step, finding.expected) == ("stage 4", "c, e")
    assert "2 blocks are missing: identity_block with block='c', 'e'" in finding.message
    assert "a → b → [✗ c: missing] → d → [✗ e: missing] → f" in str(report)


def test_more_layers_than_were_asked_for_are_another_network() -> None:
    report = of_case(RESNET50, "mistakes/resnet50/resnet_101.py")
    (finding,) = report.findings
    assert (finding.kind, finding.expected, finding.found) == ("extra", 5, 22)
    assert "17 blocks too many" in finding.message
    assert any("ResNet-101" in note for note in report.notes)
    assert "[✗ +17: too many]" in str(report)


def test_blocks_of_one_stage_may_be_lost_in_different_ways() -> None:
    report = of_case(RESNET50, "several/resnet50/stage_5_thrown_away_twice.py")
    first, second = report.findings
    assert (first.step, second.step) == ("stage 5", "stage 5, block c")
    assert first.line is not None
    assert second.line == first.line + 1


def test_a_loop_that_keeps_its_last_round_alone() -> None:
    report = of_case(RESNET50, "mistakes/resnet50/loop_into_other_name.py")
    (finding,) = report.findings
    assert finding.cause is not None
    assert finding.cause.kind == "each round"
    assert "in each round of its loop" in finding.message
    assert set(finding.also) == {"stage 3", "stage 4", "stage 5"}


def test_a_first_block_that_is_missing_is_a_block() -> None:
    early = ("    # stage 5\n", "    return Model(picture, X)\n\n    # stage 5\n")
    report = of_case(RESNET50, "mistakes/resnet50/stage_4_c_and_e_missing.py", early)
    stage_5 = [(f.step, f.layer, f.expected) for f in report.findings if f.step.startswith("stage 5")]
    assert stage_5 == [("stage 5", "convolutional_block", "a"), ("stage 5", "identity_block", "b, c")]


def line_of(path: str, number: int | None) -> str:
    assert number is not None
    return (cases.ROOT / path).read_text(encoding="utf-8").splitlines()[number - 1]


def test_what_one_call_gives_a_block_stands_in_the_line_of_that_call() -> None:
    path = "several/resnet50/stage_3_f_and_stage_4_256.py"
    window = next(f for f in of_case(RESNET50, path).findings if f.setting == "kernel_size")
    assert 'stage=3, block="a"' in line_of(path, window.line)


def test_what_the_blocks_function_does_stands_in_its_own_line() -> None:
    path = "mistakes/resnet50/stage_4_c_and_e_missing.py"
    moved = ('first, 1, s, "2a"', 'first, 1, 1, "2a"'), ('second, f, 1, "2b"', 'second, f, s, "2b"')
    stride = next(f for f in of_case(RESNET50, path, *moved).findings if f.setting == "strides")
    assert stride.function == "conv_norm"


VARIANTS = {
    "v1.5": (CONVOLUTIONAL_BLOCK, "mistakes/convolutional_block/v15_by_keyword.py", "v1.5"),
    "v1.5 beside another slip": (CONVOLUTIONAL_BLOCK, "several/convolutional_block/v15_and_shortcut_without_norm.py", "v1.5"),  # noqa: E501
    "pooled shortcut": (CONVOLUTIONAL_BLOCK, "mistakes/convolutional_block/shortcut_pooling.py", "ResNet-D"),
    "old copy": (RESNET50, "mistakes/resnet50/stage5_256.py", "old copy"),
}  # fmt: skip


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_is_called_by_its_name(name: str) -> None:
    exercise, path, word = VARIANTS[name]
    assert any(word in note for note in of_case(exercise, path).notes)


def test_a_step_of_a_variant_is_that_step_of_any_block() -> None:
    moved = ('first, 1, s, "2a"', 'first, 1, 1, "2a"'), ('second, f, 1, "2b"', 'second, f, s, "2b"')
    notes = of_case(RESNET50, "mistakes/resnet50/stage_4_c_and_e_missing.py", *moved).notes
    assert any("v1.5" in note for note in notes)


@pytest.mark.parametrize("path", ["2a_strides_2.py", "2b_strides_2.py", "2c_relu_extra.py", "2b_missing.py"])
def test_an_ordinary_slip_is_no_variant(path: str) -> None:
    report = of_case(IDENTITY_BLOCK, f"mistakes/identity_block/{path}")
    assert not any("ResNet" in note for note in report.notes)
