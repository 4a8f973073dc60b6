"""An error in a later step does not hide what an earlier one shows, and what was never built is not called missing."""

from __future__ import annotations

from dataclasses import replace

import keras
import pytest

from autograder.diagnosis import judge
from autograder.evidence.collect import collect
from autograder.evidence.evidence import from_json, to_json
from autograder.kinds.called import next_hint
from autograder.references.references import ReferenceSet
from autograder.report import Report, make_report
from tests.corpus import cases
from tests.shared.exercises import IDENTITY_BLOCK, RESNET50
from tests.shared.helpers import solution

ERROR_IN_2B = ("F2, (f, f), strides=(1, 1)", "F2, (f, f), stride=(1, 1)")


def report_on(public: ReferenceSet, *changes: tuple[str, str]) -> Report:
    keras.utils.clear_session()
    names = cases.namespace()
    exec(solution("identity_block", *changes), names)
    references = public.of(IDENTITY_BLOCK)
    evidence = [collect(names["identity_block"], IDENTITY_BLOCK, one.case) for one in references]
    assert all(from_json(to_json(one)).partial == one.partial for one in evidence)
    return make_report(judge(IDENTITY_BLOCK, evidence, references, public.canary))


def test_what_stands_before_the_error_is_judged(public: ReferenceSet) -> None:
    tanh = ('"2a")(X)\n    X = Activation("relu")', '"2a")(X)\n    X = Activation("tanh")')
    report = report_on(public, ERROR_IN_2B, tanh)
    assert [(finding.step, finding.kind) for finding in report.findings] == [("2a", "missing")]
    assert "knows no argument `stride`. It is called `strides`" in str(report.error)
    assert report.points == 0
    assert [(line.step, line.right) for line in report.steps] == [
        ("2a", False), ("2b", False), ("2c", None), ("add", None)
    ]  # fmt: skip


def test_what_is_right_before_the_error_is_marked_so_and_earns_nothing(public: ReferenceSet) -> None:
    report = report_on(public, ERROR_IN_2B)
    assert report.findings == ()
    assert [line.right for line in report.steps] == [True, False, None, None]
    assert report.error_step == "2b"
    assert report.points == 0
    assert any("compared" in note for note in report.notes)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (("F1, (1, 1), strides=(1, 1)", "F1, (1, 1), strides=(2, 2)"), [("2a", "wrong setting", "strides")]),
        (('conv_name_base + "2a"', 'conv_name_base + "2x"'), [("2a", "wrong setting", "name")]),
        (('    X = BatchNormalization(axis=3, name=bn_name_base + "2a")(X)\n', ""), [("2a", "missing", "")]),
    ],
)
def test_each_slip_before_the_error_is_one_finding(
    change: tuple[str, str], found: list[tuple[str, str, str]], public: ReferenceSet
) -> None:
    report = report_on(public, ("X = Add()([X, X_shortcut])", "X = Add()(X, X_shortcut)"), change)
    assert [(finding.step, finding.kind, finding.setting) for finding in report.findings] == found
    assert report.error_step == "add"


def test_an_error_before_every_layer_says_that_nothing_was_compared(public: ReferenceSet) -> None:
    report = report_on(public, ("F1, F2, F3 = filters", "F1, F2 = filters"))
    assert report.findings == ()
    assert all(line.right is None for line in report.steps)
    assert any("nothing before it" in note for note in report.notes)


def test_python_s_own_words_are_in_the_text_too(public: ReferenceSet) -> None:
    assert "Python's own words: ValueError: Unrecognized keyword arguments" in str(report_on(public, ERROR_IN_2B))


def test_a_claim_to_be_partial_earns_nothing(public: ReferenceSet) -> None:
    """A graph that says it is a beginning is compared with a beginning; whoever sends one gets no points for it."""
    names = cases.namespace()
    exec(solution("identity_block", ERROR_IN_2B), names)
    references = public.of(IDENTITY_BLOCK)
    evidence = [collect(names["identity_block"], IDENTITY_BLOCK, one.case) for one in references]
    assert judge(IDENTITY_BLOCK, evidence, references, public.canary).points == 0
    whole = [replace(one, partial=False) for one in evidence]
    assert judge(IDENTITY_BLOCK, whole, references, public.canary).points < IDENTITY_BLOCK.max_points


def test_a_network_that_stops_in_the_middle(public: ReferenceSet) -> None:
    names: dict[str, object] = {}
    exec(
        "from keras.layers import *\nfrom keras.models import Model\nfrom keras.initializers import glorot_uniform",
        names,
    )
    exec(solution("identity_block"), names)
    exec(solution("convolutional_block"), names)
    exec(
        solution(
            "resnet50",
            ('for letter in "bcd":', "for letter in 3:"),
            ('strides=(2, 2), padding="valid"', "strides=(2, 2)"),
        ),
        names,
    )
    references = public.of(RESNET50)[:1]
    evidence = [collect(names["ResNet50"], RESNET50, one.case, graph_alone=True) for one in references]
    report = make_report(judge(RESNET50, evidence, references, public.canary))
    assert report.findings == ()
    assert report.error_step == "stage 3"
    assert [line.right for line in report.steps] == [True, True, False, None, None, None]


def test_what_stands_before_a_wrong_return_is_judged_and_hinted_at(public: ReferenceSet) -> None:
    tanh = ('"2a")(X)\n    X = Activation("relu")', '"2a")(X)\n    X = Activation("tanh")')
    kept = ("    return X", "    X = print(X)\n    return X")
    report = report_on(public, kept, tanh)
    assert [(finding.step, finding.kind) for finding in report.findings] == [("2a", "missing")]
    assert "identity_block returns nothing" in str(report.error)
    assert report.points == 0
    right = report_on(public, kept)
    assert [line.right for line in right.steps] == [True] * 4
    assert next_hint(IDENTITY_BLOCK, right, "en").startswith("add")
