"""Findings that the student's own code explains: which line, what was made and not used, and what follows from it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.diagnosis import judge
from autograder.diagnosis.finding import Finding
from autograder.evidence.collect import collect
from autograder.evidence.evidence import Evidence
from autograder.evidence.student_code import MAX_CALLS, LayerCall, Place, StudentCode
from autograder.references.references import ReferenceSet
from autograder.report import make_report
from tests.shared.builders import reference_of, student
from tests.shared.exercises import CONVOLUTIONAL_BLOCK, IDENTITY_BLOCK, RESNET50
from tests.shared.sources import CONVOLUTIONAL, IDENTITY, report_on

I_LINE = "def identity_block(X, f, filters, stage, block):"
C_LINE = "def convolutional_block(X, f, filters, stage, block, s=2):"


def identity(*edits: tuple[str, str]) -> str:
    return _edited(I_LINE + IDENTITY.replace("{pad}", "same"), edits)


def convolutional(*edits: tuple[str, str]) -> str:
    return _edited(C_LINE + CONVOLUTIONAL.replace("{pad}", "same"), edits)


def _edited(source: str, edits: tuple[tuple[str, str], ...]) -> str:
    for old, new in edits:
        assert old in source, old
        source = source.replace(old, new)
    return source


def line_with(source: str, text: str) -> int:
    """The number of the first line that holds the text."""
    return next(n for n, line in enumerate(source.splitlines(), 1) if text in line)


BN_2C = '    X = BatchNormalization(axis=3, name="bn" + label + "2c")'
LAST = '    return Activation("relu")(Add()([X, start]))'
VALID = ('padding="same"', 'padding="valid"')


def test_a_setting_has_its_line(public: ReferenceSet, tmp_path: Path) -> None:
    source = identity(VALID)
    (finding,) = report_on(IDENTITY_BLOCK, source, public, tmp_path).findings
    assert finding.line == line_with(source, "padding=")
    assert f"(line {finding.line}):" in finding.message


def test_a_helpers_line_bears_its_name(public: ReferenceSet, tmp_path: Path) -> None:
    source = "def tail(X):\n    return Activation('tanh')(X)\n\n" + identity(('Activation("relu")(Add()', "tail(Add()"))
    (finding,) = report_on(IDENTITY_BLOCK, source, public, tmp_path).findings
    assert (finding.line, finding.function) == (2, "tail")
    assert "(line 2 of tail)" in finding.message


def test_a_result_that_nobody_keeps(public: ReferenceSet, tmp_path: Path) -> None:
    source = identity((BN_2C, BN_2C.replace("X = ", "")))
    (finding,) = report_on(IDENTITY_BLOCK, source, public, tmp_path).findings
    assert (finding.step, finding.layer, finding.kind) == ("2c", "BatchNormalization", "missing")
    assert finding.cause is not None
    assert finding.cause.kind == "dropped"
    assert finding.line == line_with(source, '"2c")(X)')
    assert f"line {finding.line} makes " in finding.message


def test_a_variable_that_nobody_reads(public: ReferenceSet, tmp_path: Path) -> None:
    source = identity((BN_2C, BN_2C.replace("X = ", "Y = ")))
    (finding,) = report_on(IDENTITY_BLOCK, source, public, tmp_path).findings
    assert "as Y, but Y is not used" in finding.message


OVERWRITTEN = convolutional(("start = Conv2D(\n", "X = Conv2D(\n"))


def test_one_overwritten_variable_is_one_finding(public: ReferenceSet, tmp_path: Path) -> None:
    report = report_on(CONVOLUTIONAL_BLOCK, OVERWRITTEN, public, tmp_path)
    (finding,) = report.findings
    by, made = (
        max(n for n, line in enumerate(OVERWRITTEN.splitlines(), 1) if line.endswith("X = Conv2D(")),
        line_with(OVERWRITTEN, '"2c")(X)'),
    )
    assert f"line {by} gives X another value; what was made up to line {made} is lost" in finding.message
    assert finding.line == by
    assert report.points == 2  # the shortcut alone is there


def test_the_same_slip_on_a_hidden_case_is_not_told_again(public: ReferenceSet, tmp_path: Path) -> None:
    shown = public.of(CONVOLUTIONAL_BLOCK)
    hidden = reference_of(CONVOLUTIONAL_BLOCK, shown[1].case.model_copy(update={"name": "hidden-1", "hidden": True}))
    function = student(tmp_path, OVERWRITTEN).convolutional_block
    references = [*shown, hidden]
    evidence = [collect(function, CONVOLUTIONAL_BLOCK, reference.case) for reference in references]
    report = make_report(judge(CONVOLUTIONAL_BLOCK, evidence, references, public.canary))
    assert [finding.hidden for finding in report.findings] == [False]


def test_what_a_hidden_case_says_of_its_code_is_not_heard(public: ReferenceSet, tmp_path: Path) -> None:
    """A forger sends a trace along with a hidden test case: no line of it is told."""
    shown = public.of(IDENTITY_BLOCK)[0]
    hidden = reference_of(IDENTITY_BLOCK, shown.case.model_copy(update={"name": "hidden-1", "hidden": True}))
    function = student(tmp_path, identity(VALID)).identity_block
    told = collect(function, IDENTITY_BLOCK, shown.case)
    forged = replace(told, case="hidden-1")
    assert told.code is not None
    (finding,) = judge(IDENTITY_BLOCK, [forged], [hidden], public.canary).findings
    assert (finding.line, finding.function, finding.cause, finding.hidden) == (None, "", None, True)


@pytest.mark.parametrize("code", [None, StudentCode(), StudentCode(result=-1), StudentCode(result=999)])
def test_a_lie_about_the_code_changes_no_points(code: StudentCode | None, public: ReferenceSet, tmp_path: Path) -> None:
    function = student(tmp_path, identity((BN_2C, BN_2C.replace("axis=3", "axis=3, epsilon=0.1")))).identity_block
    references = public.of(IDENTITY_BLOCK)
    evidence = [replace(collect(function, IDENTITY_BLOCK, one.case), code=code) for one in references]
    assert judge(IDENTITY_BLOCK, evidence, references, public.canary).points == 9.5


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    inputs=st.lists(st.lists(st.integers(-2, MAX_CALLS - 1), max_size=4), max_size=12),
    result=st.none() | st.integers(-2, MAX_CALLS - 1),
)
def test_whatever_a_trace_says_the_points_stay(
    inputs: list[list[int]], result: int | None, public: ReferenceSet
) -> None:
    """Calls that take in later ones, themselves, or none that there is."""
    place = Place(line=1, function="identity_block", target="X")
    calls = [LayerCall(layer="Conv2D", name="bn1a_branch2c", inputs=one, places=[place]) for one in inputs]
    evidence = replace(evidence_without_a_normalization(), code=StudentCode(calls=calls, result=result))
    assert judge(IDENTITY_BLOCK, [evidence], [public.of(IDENTITY_BLOCK)[0]], public.canary).points == 7.5


@cache
def evidence_without_a_normalization() -> Evidence:
    """Of a block in which 2c has its convolution alone."""
    folder = Path(mkdtemp())
    source = identity((BN_2C + "(X)\n", ""))
    return collect(student(folder, source).identity_block, IDENTITY_BLOCK, IDENTITY_BLOCK.public_cases[0])


def test_the_output_is_the_input(public: ReferenceSet, tmp_path: Path) -> None:
    source = (
        "def ResNet50(input_shape=(64, 64, 3), classes=6):\n    X = keras.Input(input_shape)\n    return Model(X, X)\n"
    )
    report = report_on(RESNET50, source, public, tmp_path)
    (finding,) = report.findings
    assert "the output is the input" in finding.message
    assert report.points == 0


def test_the_shortcut_is_returned(public: ReferenceSet, tmp_path: Path) -> None:
    source = convolutional((LAST, "    X = Add()([X, start])\n    return start"))
    findings = report_on(CONVOLUTIONAL_BLOCK, source, public, tmp_path).findings
    assert _told(findings, "the result is what line")


def test_a_branch_that_was_not_run_overwrites_nothing(public: ReferenceSet, tmp_path: Path) -> None:
    dropped = "    Y = X\n    Y = X\n" + BN_2C.replace("X = ", "Z = ")
    source = identity((BN_2C, dropped), (LAST, "    if f > 99:\n        Z = X\n" + LAST))
    findings = report_on(IDENTITY_BLOCK, source, public, tmp_path).findings
    assert _told(findings, "but Z is not used after that")
    assert not _told(findings, "another value")


def test_a_branch_that_was_run_overwrites(public: ReferenceSet, tmp_path: Path) -> None:
    branch = '    if f > 1:\n        X = Conv2D(F3, 1, name="other")(start)\n'
    source = identity((LAST, branch + LAST))
    findings = report_on(IDENTITY_BLOCK, source, public, tmp_path).findings
    assert _told(findings, f"line {line_with(source, 'other')} gives X another value")


def test_a_loop_in_a_helper_that_starts_anew(public: ReferenceSet, tmp_path: Path) -> None:
    helper = """def unit(t, number, window, tag, label):
    for times in range(1):
        out = Conv2D(number, window, padding="same", name="res" + label + tag)(t)
    return out


def twice(t, number, window, label):
    for tag in ("2a", "2b"):
        result = unit(t, number, window, tag, label)
    return result


"""
    source = helper + identity(
        (
            'X = Conv2D(F1, 1, strides=1, name="res" + label + "2a", kernel_initializer=glorot_uniform(seed=0))(X)',
            "pass",
        ),
        ('X = Activation("relu")(BatchNormalization(axis=3, name="bn" + label + "2a")(X))', "pass"),
        (
            'Conv2D(F2, f, padding="same", name="res" + label + "2b", kernel_initializer=glorot_uniform(seed=0))(X)',
            "twice(X, F2, f, label)",
        ),
    )
    findings = report_on(IDENTITY_BLOCK, source, public, tmp_path).findings
    lost = next(finding for finding in findings if finding.step == "2a")
    assert (lost.line, lost.function) == (line_with(source, "result = unit"), "twice")
    assert "gives result another value in each round of its loop" in lost.message


def test_the_output_is_the_input_in_a_line(public: ReferenceSet, tmp_path: Path) -> None:
    source = identity((LAST, "    X = Add()([X, start])\n    return start"))
    (finding,) = report_on(IDENTITY_BLOCK, source, public, tmp_path).findings
    assert finding.line == line_with(source, "return start")


def test_shapes_that_follow_from_a_finding_are_told_as_that(public: ReferenceSet, tmp_path: Path) -> None:
    source = identity(VALID)
    report = report_on(IDENTITY_BLOCK, source, public, tmp_path)
    assert "What is named above leads to this" in (report.error or "")
    assert "compare strides" not in (report.error or "")


def _told(findings: tuple[Finding, ...], text: str) -> bool:
    return any(text in finding.message for finding in findings)


# --- up to an exception ---------------------------------------------------------------------------------------------


def test_what_stands_above_a_raise_is_judged(public: ReferenceSet, tmp_path: Path) -> None:
    source = identity(VALID, ("    return Activ", "    raise NotImplementedError()\n    return Activ"))
    report = report_on(IDENTITY_BLOCK, source, public, tmp_path)
    (finding,) = report.findings
    assert (finding.step, finding.setting) == ("2b", "padding")
    assert report.error is not None
    assert f"line {line_with(source, 'raise')}" in report.error
    assert [line.right for line in report.steps] == [True, False, True, False]
    assert finding.line == line_with(source, "padding=")
    assert report.points == 0


def test_nothing_is_missing_that_was_not_reached(public: ReferenceSet, tmp_path: Path) -> None:
    source = convolutional(("    start = Conv2D", "    raise NotImplementedError()\n    start = Conv2D"))
    report = report_on(CONVOLUTIONAL_BLOCK, source, public, tmp_path)
    assert report.findings == ()
    assert [line.right for line in report.steps] == [True, True, True, False, None]
    assert report.points == 0


def test_a_tensor_from_elsewhere_is_named(public: ReferenceSet, tmp_path: Path) -> None:
    first = '"2a", kernel_initializer=glorot_uniform(seed=0))(X)'
    source = "x = keras.Input((4, 4, 6))\n\n" + identity((first, first.replace("(X)", "(x)")))
    report = report_on(IDENTITY_BLOCK, source, public, tmp_path)
    assert report.error is not None
    assert f"Conv2D in line {line_with(source, '(x)')} is not called on the function's own input" in report.error
