"""The first line of a student's function beside the asked one, and how the function is called in spite of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from autograder.evidence.first_line import FirstLine, compare_first_line, parameters_of
from autograder.references.references import ReferenceSet
from tests.shared.exercises import CONVOLUTIONAL_BLOCK, IDENTITY_BLOCK, RESNET50
from tests.shared.sources import CONVOLUTIONAL, IDENTITY, report_on

ASKED = ("X", "f", "filters", "stage", "block", "s")

DIFFERENCES: dict[str, FirstLine] = {
    "X, f, filters, stage, block, s=2": FirstLine(),
    "x, f, filters, stage, block, s=2": FirstLine(renamed=(("X", "x"),)),
    "X, kernel, filters, stage, block, s=2": FirstLine(renamed=(("f", "kernel"),)),
    "X, f, filters, stage, block, stride=2": FirstLine(renamed=(("s", "stride"),)),
    "X, f, filters, stage, block, s": FirstLine(no_default=("s",)),
    "X, f, filters, stage, block, s=1": FirstLine(other_default=(("s", "1", "2"),)),
    "X, filters, f, stage, block, s=2": FirstLine(reordered=True),
    "X, f, filters, s=2, stage=1, block='a'": FirstLine(reordered=True),
    "X, f, filters, s=2": FirstLine(missing=("stage", "block")),
    "X, f, filters, s=2, training=True, initializer=print": FirstLine(
        missing=("stage", "block"), extra=("training", "initializer")
    ),
    "X, f, filters, stage, block, s=2, pad='same'": FirstLine(extra=("pad",)),
    "X, f, filters, stage, block, s, pad": FirstLine(extra=("pad",), needed=("pad",), no_default=("s",)),
    "X, *, f, filters, stage, block, s=2": FirstLine(by_name_only=("f", "filters", "stage", "block", "s")),
    "*args": FirstLine(),
    "X, f, **rest": FirstLine(swallowed=("filters", "stage", "block", "s")),
    "X, f, filters, stage, block, s=2, **rest": FirstLine(),
    "X, /, f, filters, stage, block, s=2": FirstLine(),
}


@pytest.mark.parametrize("line", DIFFERENCES)
def test_each_difference_is_found(line: str) -> None:
    names: dict[str, Any] = {}
    exec(f"def function({line}): pass", names)
    parameters = parameters_of(names["function"])
    assert parameters is not None
    assert compare_first_line(parameters, ASKED, {"s": "2"}, free="X") == DIFFERENCES[line]


def test_parameters_that_python_cannot_tell() -> None:
    def function() -> None: ...

    function.__signature__ = 3  # type: ignore[attr-defined]
    assert parameters_of(function) is None


def test_defaults_are_plain_text() -> None:
    class Odd:
        def __repr__(self) -> str:
            raise RuntimeError

    def function(a: Any, b: Any, c: Any, d: Any) -> tuple[Any, ...]:
        return a, b, c, d

    function.__defaults__ = (Odd(), [1, 2], "\ud800", None)

    parameters = parameters_of(function)
    assert parameters is not None
    assert [one.default for one in parameters] == ["...", "(1, 2)", repr("\ud800"), "None"]


# --- what the student is told ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("X, filters, f, stage, block", "in another order"),
        ("X, f, filters, stage, block, s", "asks for s, which nobody passes"),
        ("X, *, f, filters, stage, block", "can be passed by name alone"),
        ("X, f, filters, block, stage=1", "in another order"),
    ],
)
def test_another_first_line_earns_nothing_and_is_named(
    line: str, told: str, public: ReferenceSet, tmp_path: Path
) -> None:
    source = f"def identity_block({line}):{IDENTITY.replace('{pad}', 'same')}"
    report = report_on(IDENTITY_BLOCK, source, public, tmp_path)
    assert report.error is not None
    assert told in report.error
    assert f"def identity_block({line}):" in report.error
    assert (report.points, report.passed, report.findings) == (0, False, ())


def test_what_can_be_judged_is_judged_by_name(public: ReferenceSet, tmp_path: Path) -> None:
    source = f"def identity_block(X, filters, f, stage, block):{IDENTITY.replace('{pad}', 'valid')}"
    report = report_on(IDENTITY_BLOCK, source, public, tmp_path)
    (finding,) = report.findings
    assert (finding.step, finding.setting, finding.line) == ("2b", "padding", 7)
    assert [line.right for line in report.steps] == [True, False, True, True]
    assert report.points == 0
    for text in (str(report), report._repr_html_()):
        assert text.index("in another order") < text.index("valid")  # what keeps it from being called comes first


def test_a_missing_default_is_told_with_the_asked_line(public: ReferenceSet, tmp_path: Path) -> None:
    source = f"def convolutional_block(X, f, filters, stage, block, s):{CONVOLUTIONAL.replace('{pad}', 'same')}"
    report = report_on(CONVOLUTIONAL_BLOCK, source, public, tmp_path)
    assert report.error is not None
    assert "a default value is missing: s" in report.error
    assert "def convolutional_block(X, f, filters, stage, block, s=2):" in report.error
    assert "missing a required argument" not in report.error
    assert (report.points, report.passed, report.findings) == (0, False, ())


@pytest.mark.parametrize(
    ("line", "note", "points"),
    [
        ("x, f, filters, stage, block", "", 10),
        ("X, kernel, filters, stage, block", "f is called kernel", 7.5),
        ("X, f, filters, stage, block, s=1", "has s, which the exercise does not ask for", 10),
    ],
)
def test_what_works_by_position_is_judged_by_position(
    line: str, note: str, points: float, public: ReferenceSet, tmp_path: Path
) -> None:
    names = "    X = x\n" if line.startswith("x") else "    f = kernel\n" if "kernel" in line else ""
    source = f"def identity_block({line}):\n{names}{IDENTITY.replace('{pad}', 'same')[1:]}"
    report = report_on(IDENTITY_BLOCK, source, public, tmp_path)
    assert (report.error, report.points) == (None, points)
    assert [note in one for one in report.notes] == ([True] if note else [])


def test_a_name_that_calls_by_name_need_is_no_fault_of_a_step(public: ReferenceSet, tmp_path: Path) -> None:
    body = IDENTITY.replace("{pad}", "same")[1:]
    source = f"def identity_block(X, kernel, filters, stage, block):\n    f = kernel\n{body}"
    report = report_on(IDENTITY_BLOCK, source, public, tmp_path)
    (finding,) = report.findings
    assert finding.message.startswith("Arguments: ")
    assert all(line.right for line in report.steps)


def test_all_that_a_first_line_differs_in_is_told(public: ReferenceSet, tmp_path: Path) -> None:
    line = "include_top, shape=None, classes=1000, pooling=None"
    report = report_on(RESNET50, f"def ResNet50({line}):\n    return None\n", public, tmp_path)
    assert report.error is not None
    for part in ("has include_top, shape, pooling", "classes has the default 1000; the exercise gives it 6"):
        assert part in report.error
    report = report_on(RESNET50, "def ResNet50(inp, n):\n    return None\n", public, tmp_path)
    for part in ("input_shape is called inp", "classes is called n", "default value is missing: input_shape, classes"):
        assert part in (report.error or "")


def test_a_network_for_other_pictures_is_looked_at_all_the_same(public: ReferenceSet, tmp_path: Path) -> None:
    source = (
        "def ResNet50(input_shape=(96, 96, 3), classes=6):\n    X = keras.Input(input_shape)\n"
        "    return Model(X, ZeroPadding2D((2, 2))(X))\n"
    )
    report = report_on(RESNET50, source, public, tmp_path)
    assert "takes pictures of the shape (96, 96, 3)" in (report.error or "")
    assert any((f.layer, f.setting) == ("ZeroPadding2D", "padding") for f in report.findings)
    assert report.points == 0


def test_a_network_without_input_shape(public: ReferenceSet, tmp_path: Path) -> None:
    source = "def ResNet50(input_tensor, include_top, classes):\n    return Model(input_tensor, input_tensor)\n"
    report = report_on(RESNET50, source, public, tmp_path, "zh")
    assert report.error is not None
    assert "缺少 input_shape" in report.error
    assert "def ResNet50(input_shape=(64, 64, 3), classes=6):" in report.error
