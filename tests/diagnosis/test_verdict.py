"""The verdict: a right answer earns everything, a wrong one its right steps, made-up evidence nothing."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import combinations
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from keras import layers
from keras.initializers import GlorotUniform
from keras.layers import Activation, Add, BatchNormalization, Conv2D, Lambda

from autograder.diagnosis import Diagnosis, judge, judge_case
from autograder.evidence.collect import collect
from autograder.evidence.evidence import Array, Evidence, StudentError
from autograder.exercises import Exercise
from autograder.graph import GraphRefused, parse_graph, same
from autograder.graph.oracle import forward
from autograder.references.references import Reference
from autograder.report import make_report
from tests.shared.builders import (
    Function,
    Json,
    Tensor,
    config_of,
    evidence_of,
    identity_block,
    mutated,
    reference_of,
)
from tests.shared.exercises import IDENTITY_BLOCK, RESNET50

Weights = Mapping[str, tuple[Array, ...]]
FULL = 10.0
DOCTOR = "`autograder doctor`"
"""What the note on a machine with another generator ends with."""


# --- the identity block, with one thing or another wrong --------------------------------------------------------


def block_with(*slips: str, add: Function | None = None, change: Callable[[Any], object] | None = None) -> Function:
    """An identity block with a slip in each of the named steps; `change` is called on the convolution of 2b."""

    def identity_block(X: Tensor, f: int, filters: list[int], stage: int, block: str) -> Tensor:
        F1, F2, F3 = filters
        seed = GlorotUniform(seed=0)
        names = [f"{stage}{block}_branch{branch}" for branch in ("2a", "2b", "2c")]
        shortcut = X
        X = Conv2D(F1, 1, name="res" + names[0], kernel_initializer=seed)(X)
        X = BatchNormalization(epsilon=0.01 if "2a" in slips else 0.001, name="bn" + names[0])(X)
        X = Activation("relu")(X)
        second = Conv2D(
            F2, f, padding="same", use_bias="2b" not in slips, name="res" + names[1], kernel_initializer=seed
        )
        X = second(X)
        if change:
            change(second)
        X = BatchNormalization(name="bn" + names[1])(X)
        X = Activation("relu")(X)
        X = Conv2D(F3, 1, name="res" + names[2], kernel_initializer=seed)(X)
        X = BatchNormalization(momentum=0.9 if "2c" in slips else 0.99, name="bn" + names[2])(X)
        X = (add or (lambda a, b: Add()([a, b])))(X, shortcut)
        return X if "add" in slips else Activation("relu")(X)

    return identity_block


@pytest.fixture(scope="module")
def references(identity_references: tuple[Reference, ...]) -> tuple[Reference, ...]:
    return identity_references


@pytest.fixture(scope="module")
def reference(references: tuple[Reference, ...]) -> Reference:
    return references[0]


@pytest.fixture(scope="module")
def right(reference: Reference) -> Evidence:
    """The right answer's evidence on the first public test case."""
    return evidence_of(IDENTITY_BLOCK, reference.case)


@pytest.fixture(scope="module")
def hidden_references() -> tuple[Reference, ...]:
    test_cases = IDENTITY_BLOCK.draw_hidden_cases(Random(0))[:2]
    return tuple(reference_of(IDENTITY_BLOCK, test_case) for test_case in test_cases)


def judged(function: Function, references: tuple[Reference, ...], canary: Array) -> Diagnosis:
    evidence = [collect(function, IDENTITY_BLOCK, reference.case) for reference in references]
    return judge(IDENTITY_BLOCK, evidence, references, canary)


def only(evidence: Evidence, reference: Reference, canary: Array, exercise: Exercise = IDENTITY_BLOCK) -> Diagnosis:
    """The diagnosis from one test case's evidence."""
    return judge(exercise, [evidence], [reference], canary)


def assert_earns_nothing(diagnosis: Diagnosis, trouble: str | None = "incoherent") -> None:
    assert diagnosis.points == 0.0
    assert not diagnosis.passed
    assert trouble in [verdict.trouble for verdict in diagnosis.verdicts]
    report = make_report(diagnosis)
    assert (report.points, report.passed) == (0.0, False)
    assert report.error


def slips(diagnosis: Diagnosis) -> set[tuple[str, str, str]]:
    return {(finding.step, finding.kind, finding.setting) for finding in diagnosis.findings}


# --- right ------------------------------------------------------------------------------------------------------


def test_a_right_answer_earns_everything(
    references: tuple[Reference, ...], hidden_references: tuple[Reference, ...], canary: Array
) -> None:
    diagnosis = judged(identity_block, references + hidden_references, canary)
    assert (diagnosis.points, diagnosis.passed, diagnosis.findings) == (FULL, True, ())
    assert type(diagnosis.points) is float
    assert not any(verdict.trouble or verdict.error or verdict.own_weights for verdict in diagnosis.verdicts)
    report = make_report(diagnosis)
    assert (report.points, report.passed, report.error, report.notes) == (FULL, True, None, ())
    assert all(line.right for line in report.steps)


def test_the_plain_variant_used_below_is_right(references: tuple[Reference, ...], canary: Array) -> None:
    assert judged(block_with(), references, canary).points == FULL


def test_each_layers_values_stand_beside_the_expected_ones(
    references: tuple[Reference, ...], reference: Reference, canary: Array
) -> None:
    values = judged(block_with("2a"), references, canary).verdicts[0].values
    assert [value.step for value in values] == ["2a"] * 3 + ["2b"] * 3 + ["2c"] * 2 + ["add"] * 2
    assert [value.largest == 0 for value in values] == [True] + [False] * 9
    assert values[-1].shape == values[-1].expected_shape == reference.outputs.shape


# --- steps and points -------------------------------------------------------------------------------------------

STEPS = ("2a", "2b", "2c", "add")
SLIPS = {
    "2a": ("2a", "wrong setting", "epsilon"),
    "2b": ("2b", "wrong setting", "use_bias"),
    "2c": ("2c", "wrong setting", "momentum"),
    "add": ("add", "missing", ""),
}


COSTS = {"2a": 0.5, "2b": 0.5, "2c": 0.5, "add": 2.5}
"""The first three are conventions."""


@pytest.mark.parametrize(
    "steps", [steps for n in range(1, 5) for steps in combinations(STEPS, n)], ids=lambda steps: " ".join(steps)
)
def test_each_slip_costs_its_own_points(
    steps: tuple[str, ...], references: tuple[Reference, ...], canary: Array
) -> None:
    diagnosis = judged(block_with(*steps), references, canary)
    assert not diagnosis.passed
    assert diagnosis.points == FULL - sum(COSTS[step] for step in steps)
    assert slips(diagnosis) == {SLIPS[step] for step in steps}
    wrong = {line.step for line in make_report(diagnosis).steps if line.right is False}
    assert wrong == set(steps)


def test_points_are_never_negative(references: tuple[Reference, ...], canary: Array) -> None:
    for function in (block_with(*STEPS), lambda X, f, filters, stage, block: X, lambda X, f, g, h, i: Conv2D(1, 1)(X)):
        diagnosis = judged(function, references, canary)
        assert 0.0 <= diagnosis.points < FULL
        assert not diagnosis.passed


def test_nothing_at_all_earns_nothing(canary: Array, reference: Reference, right: Evidence) -> None:
    nothing = judge(IDENTITY_BLOCK, [], [], canary)
    assert (nothing.points, nothing.passed) == (0.0, False)
    with pytest.raises(ValueError, match="zip"):
        judge(IDENTITY_BLOCK, [right, right], [reference], canary)


ADDITIONS: dict[str, Function] = {
    "Add([X, X])": lambda a, b: Add()([a, a]),
    "X + X": lambda a, b: a + a,
    "Add([shortcut, shortcut])": lambda a, b: Add()([b, b]),
    "Add([X, X, shortcut])": lambda a, b: Add()([a, a, b]),
}


@pytest.mark.parametrize("addition", ADDITIONS)
def test_wiring_counts(addition: str, references: tuple[Reference, ...], canary: Array) -> None:
    diagnosis = judged(block_with(add=ADDITIONS[addition]), references, canary)
    assert not diagnosis.passed
    assert "add" in {finding.step for finding in diagnosis.findings}
    assert diagnosis.points <= FULL - 2.5
    if not addition.startswith("Add([shortcut"):  # there the whole main path is cut off
        assert slips(diagnosis) == {("add", "wrong wiring", "")}


# --- honest, though unusual -------------------------------------------------------------------------------------

HONEST: dict[str, Function] = {
    "training=True": lambda X: BatchNormalization()(X, training=True),
    "training=False": lambda X: BatchNormalization()(X, training=False),
    "frozen": BatchNormalization(trainable=False),
    "float16": Conv2D(6, 3, dtype="float16"),
    "GELU": Activation("gelu"),
    "X - 1": lambda X: 1.0 - X,
    "Dropout": layers.Dropout(0.5),
    "average pooling": layers.AveragePooling2D(2, strides=1, padding="same"),
}


@pytest.mark.parametrize("case", HONEST)
def test_a_wrong_answer_is_not_taken_for_a_made_up_one(
    case: str, references: tuple[Reference, ...], canary: Array
) -> None:
    diagnosis = judged(lambda X, f, filters, stage, block: HONEST[case](X), references, canary)
    assert diagnosis.findings
    assert {verdict.trouble for verdict in diagnosis.verdicts} == {None}


# --- made up ----------------------------------------------------------------------------------------------------


def test_made_up_outputs_earn_nothing(right: Evidence, reference: Reference, canary: Array) -> None:
    assert right.outputs is not None
    for outputs in (right.outputs * 1.01, right.outputs[:1], right.outputs[..., None], np.zeros((0,), np.float32)):
        assert_earns_nothing(only(replace(right, outputs=outputs), reference, canary))


def test_a_wrong_answer_with_the_right_outputs_earns_nothing(reference: Reference, canary: Array) -> None:
    wrong = collect(block_with("2a"), IDENTITY_BLOCK, reference.case)
    assert only(wrong, reference, canary).points == 9.5
    assert_earns_nothing(only(replace(wrong, outputs=reference.outputs), reference, canary))


def test_the_right_graph_over_a_wrong_answers_numbers_earns_nothing(reference: Reference, canary: Array) -> None:
    wrong = collect(block_with("2a"), IDENTITY_BLOCK, reference.case)
    assert_earns_nothing(only(replace(wrong, graph=reference.graph_text), reference, canary))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_outputs_that_are_no_numbers_earn_nothing(
    value: float, right: Evidence, reference: Reference, canary: Array
) -> None:
    assert right.outputs is not None
    for outputs in (np.full_like(right.outputs, value), np.where(right.outputs > 0, np.float32(value), right.outputs)):
        for drawn in (canary, canary + 1):
            assert_earns_nothing(only(replace(right, outputs=outputs, canary=drawn), reference, canary))


def test_outputs_that_are_not_there_earn_nothing(right: Evidence, reference: Reference, canary: Array) -> None:
    assert_earns_nothing(only(replace(right, outputs=None), reference, canary))


def test_a_graph_alone_earns_nothing(right: Evidence, reference: Reference, canary: Array) -> None:
    assert_earns_nothing(only(Evidence("identity_block", "public-1", graph=right.graph), reference, canary))


def with_arrays(weights: Weights, change: Callable[[Array], Array]) -> Weights:
    """The weights with every kernel changed."""
    return {
        key: tuple(change(array) if array.ndim == 4 else array for array in arrays) for key, arrays in weights.items()
    }


MADE_UP_WEIGHTS: dict[str, Callable[[Weights], Weights | None]] = {
    "none": lambda weights: None,
    "no layers": lambda weights: {},
    "a layer less": lambda weights: {key: weights[key] for key in list(weights)[1:]},
    "an array less": lambda weights: {key: arrays[1:] for key, arrays in weights.items()},
    "other numbers": lambda weights: with_arrays(weights, lambda kernel: kernel * 2),
    "other shapes": lambda weights: with_arrays(weights, lambda kernel: kernel[..., :1]),
    "NaN": lambda weights: with_arrays(weights, lambda kernel: kernel * np.nan),
    "infinity": lambda weights: with_arrays(weights, lambda kernel: kernel * np.inf),
    "empty": lambda weights: with_arrays(weights, lambda kernel: kernel[:0]),
}


@pytest.mark.parametrize("case", MADE_UP_WEIGHTS)
@pytest.mark.parametrize("other_machine", [False, True])
def test_made_up_weights_earn_nothing(
    case: str, other_machine: bool, right: Evidence, reference: Reference, canary: Array
) -> None:
    assert right.weights is not None
    drawn = canary + 1 if other_machine else canary
    made_up = replace(right, weights=MADE_UP_WEIGHTS[case](right.weights), canary=drawn)
    assert_earns_nothing(only(made_up, reference, canary))


def test_evidence_of_another_case_earns_nothing(references: tuple[Reference, ...], canary: Array) -> None:
    evidence = [evidence_of(IDENTITY_BLOCK, reference.case) for reference in references]
    assert judge(IDENTITY_BLOCK, evidence, references, canary).points == FULL
    assert_earns_nothing(judge(IDENTITY_BLOCK, evidence[::-1], references, canary))
    renamed = [replace(given, case=ref.case.name) for given, ref in zip(evidence[::-1], references, strict=True)]
    assert_earns_nothing(judge(IDENTITY_BLOCK, renamed, references, canary))


@pytest.mark.parametrize("graph", ["", "null", "{", '{"layers": []}', "[" * 10**5])
def test_a_graph_that_is_none_earns_nothing(graph: str, right: Evidence, reference: Reference, canary: Array) -> None:
    assert_earns_nothing(only(replace(right, graph=graph), reference, canary), "refused")


def test_a_layer_that_is_not_read_is_named(references: tuple[Reference, ...], canary: Array) -> None:
    diagnosis = judged(lambda X, f, filters, stage, block: Lambda(lambda X: X)(X), references, canary)
    assert_earns_nothing(diagnosis, "refused")
    assert "Lambda" in (make_report(diagnosis).error or "")


# --- weights that their seed does not draw ----------------------------------------------------------------------


def doubled(layer: Any) -> None:
    layer.set_weights([array * 2 for array in layer.get_weights()])


def biased(layer: Any) -> None:
    layer.set_weights([layer.get_weights()[0], np.ones(layer.filters)])


@pytest.mark.parametrize(("change", "array"), [(doubled, "kernel"), (biased, "bias")])
def test_weights_changed_after_building_are_a_wrong_value(
    change: Callable[[Any], object], array: str, references: tuple[Reference, ...], canary: Array
) -> None:
    diagnosis = judged(block_with(change=change), references, canary)
    assert slips(diagnosis) == {("2b", "wrong value", array)}
    assert (diagnosis.points, diagnosis.passed) == (7.5, False)
    assert {verdict.trouble for verdict in diagnosis.verdicts} == {None}


def drawn_elsewhere(evidence: Evidence, reference: Reference) -> Evidence:
    """The evidence as a machine gives it whose generator draws other numbers: kernels, and what follows from them."""
    assert evidence.weights is not None
    generator = np.random.default_rng(0)
    weights = with_arrays(evidence.weights, lambda kernel: generator.uniform(-0.6, 0.6, kernel.shape).astype("float32"))
    return with_outputs(replace(evidence, weights=weights), reference)


def with_outputs(evidence: Evidence, reference: Reference) -> Evidence:
    """The evidence with the outputs that follow from its weights."""
    assert evidence.weights is not None
    graph, case = parse_graph(evidence.graph or ""), reference.case
    outputs, other = (
        forward(graph, evidence.weights, case.input(), training)[graph.output].astype(np.float32)
        for training in (case.training, not case.training)
    )
    return replace(evidence, outputs=outputs, in_other_mode=other)


def test_another_generator_passes_with_a_note(references: tuple[Reference, ...], canary: Array) -> None:
    evidence = [
        replace(drawn_elsewhere(evidence_of(IDENTITY_BLOCK, ref.case), ref), canary=canary + 0.5) for ref in references
    ]
    diagnosis = judge(IDENTITY_BLOCK, evidence, references, canary)
    assert (diagnosis.points, diagnosis.passed) == (FULL, True)
    assert all(verdict.own_weights for verdict in diagnosis.verdicts)
    assert any(DOCTOR in note for note in make_report(diagnosis).notes)


def test_another_backend_may_count_padding_in_an_average(reference: Reference, canary: Array) -> None:
    """The layer too many is told; that other numbers come out is no trouble of its own there, and is one here."""

    def pooled(X: Tensor, f: int, filters: list[int], stage: int, block: str) -> Tensor:
        return identity_block(layers.AveragePooling2D(2, 1, padding="same")(X), f, filters, stage, block)

    given = drawn_elsewhere(collect(pooled, IDENTITY_BLOCK, reference.case), reference)
    given = replace(given, outputs=given.outputs * np.float32(1.01))
    elsewhere = only(replace(given, canary=canary + 0.5), reference, canary)
    assert {verdict.trouble for verdict in elsewhere.verdicts} == {None}
    assert {finding.layer for finding in elsewhere.findings} >= {"AveragePooling2D"}
    assert {verdict.trouble for verdict in only(given, reference, canary).verdicts} == {"incoherent"}


@pytest.mark.parametrize(
    ("array", "change"),
    [
        (0, np.ones_like),
        (0, np.zeros_like),
        (0, lambda kernel: kernel * 5),
        (0, lambda kernel: kernel + 2),
        (1, lambda bias: bias + 0.1),
    ],
)
def test_what_no_generator_draws_is_a_wrong_value_with_another_generator(
    right: Evidence, reference: Reference, canary: Array, array: int, change: Callable[[Array], Array]
) -> None:
    elsewhere = drawn_elsewhere(right, reference)
    assert elsewhere.weights is not None
    layer = next(name for name in elsewhere.weights if name.endswith("2b") and name.startswith("res"))
    arrays = list(elsewhere.weights[layer])
    arrays[array] = change(arrays[array]).astype(np.float32)
    weights = {**elsewhere.weights, layer: tuple(arrays)}
    changed = with_outputs(replace(elsewhere, weights=weights, canary=canary + 0.5), reference)
    diagnosis = only(changed, reference, canary)
    assert slips(diagnosis) == {("2b", "wrong value", ("kernel", "bias")[array])}


def test_a_wrong_graph_does_not_pass_with_another_generator(reference: Reference, canary: Array) -> None:
    for step in STEPS:
        wrong = drawn_elsewhere(collect(block_with(step), IDENTITY_BLOCK, reference.case), reference)
        diagnosis = only(replace(wrong, canary=canary + 0.5), reference, canary)
        assert slips(diagnosis) == {SLIPS[step]}
        assert (diagnosis.points, diagnosis.passed) == (FULL - COSTS[step], False)


def test_other_numbers_under_the_same_generator_are_a_wrong_value(
    right: Evidence, reference: Reference, canary: Array
) -> None:
    diagnosis = only(drawn_elsewhere(right, reference), reference, canary)
    assert slips(diagnosis) == {("2a", "wrong value", "kernel")}
    assert not diagnosis.passed
    assert diagnosis.points < FULL


# --- errors -----------------------------------------------------------------------------------------------------

ERROR = StudentError(kind="raised", type="ZeroDivisionError", message="division by zero", line=3, code="1 / 0")


def test_an_error_without_a_graph_earns_nothing(reference: Reference, canary: Array) -> None:
    diagnosis = only(Evidence("identity_block", "public-1", error=ERROR), reference, canary)
    assert_earns_nothing(diagnosis, None)
    report = make_report(diagnosis)
    assert report.student_error == ERROR
    assert {line.right for line in report.steps} == {None}


def test_an_error_on_one_case_spoils_the_others(references: tuple[Reference, ...], canary: Array) -> None:
    evidence = [
        evidence_of(IDENTITY_BLOCK, references[0].case),
        Evidence("identity_block", "public-2", error=ERROR),
    ]
    assert_earns_nothing(judge(IDENTITY_BLOCK, evidence, references, canary), None)


def test_an_error_beside_everything_right_earns_nothing(right: Evidence, reference: Reference, canary: Array) -> None:
    assert_earns_nothing(only(replace(right, error=ERROR), reference, canary), None)


def test_paths_that_do_not_meet_are_a_finding_where_they_part(references: tuple[Reference, ...], canary: Array) -> None:
    def narrow(X: Tensor, f: int, filters: list[int], stage: int, block: str) -> Tensor:
        return identity_block(X, f, [*filters[:2], filters[2] + 1], stage, block)

    diagnosis = judged(narrow, references, canary)
    assert slips(diagnosis) == {("2c", "wrong setting", "filters")}
    assert (diagnosis.points, diagnosis.passed) == (7.5, False)
    assert make_report(diagnosis).error


# --- hidden test cases ----------------------------------------------------------------------------------------------


def wrong_from(late: int, wrong: Function) -> Function:
    """Right for other stages than this one."""

    def identity_block_(X: Tensor, f: int, filters: list[int], stage: int, block: str) -> Tensor:
        return (wrong if stage == late else identity_block)(X, f, filters, stage, block)

    return identity_block_


@pytest.mark.parametrize("slip", ["2a", "2b", "wiring"])
def test_what_hidden_cases_alone_show_keeps_its_values(
    slip: str, references: tuple[Reference, ...], hidden_references: tuple[Reference, ...], canary: Array
) -> None:
    wrong = block_with(add=ADDITIONS["Add([X, X])"]) if slip == "wiring" else block_with(slip)
    function = wrong_from(int(hidden_references[0].case.arguments["stage"]), wrong)
    assert judged(function, references, canary).points == FULL
    diagnosis = judged(function, references + hidden_references, canary)
    (finding,) = diagnosis.findings
    assert (finding.hidden, finding.expected, finding.found) == (True, None, None)
    assert (diagnosis.points, diagnosis.passed) == (FULL - 2.5, False)  # a whole step: which slip it is, is not told
    report = make_report(diagnosis)
    assert "0.01" not in str(report)
    assert "0.001" not in str(report)
    assert all(value.name.startswith(("res1a", "bn1a")) for value in report.values if value.name)


def test_what_public_cases_show_too_keeps_no_secret(
    references: tuple[Reference, ...], hidden_references: tuple[Reference, ...], canary: Array
) -> None:
    for order in (references + hidden_references, hidden_references + references):
        (finding,) = judged(block_with("2a"), order, canary).findings
        assert (finding.hidden, finding.expected, finding.found) == (False, 0.001, 0.01)


def test_an_error_that_hidden_cases_alone_raise_is_noted(
    references: tuple[Reference, ...], hidden_references: tuple[Reference, ...], canary: Array
) -> None:
    def broken(*arguments: Any) -> Tensor:
        raise ZeroDivisionError

    function = wrong_from(int(hidden_references[1].case.arguments["stage"]), broken)
    diagnosis = judged(function, references + hidden_references, canary)
    assert_earns_nothing(diagnosis, "hidden")
    assert "other arguments" in str(make_report(diagnosis).error)


# --- a model ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def resnet(canary: Array) -> tuple[Reference, Evidence]:
    """ResNet-50, built once: as the reference and as a right answer."""
    reference = reference_of(RESNET50, RESNET50.public_cases[1])
    return reference, Evidence("ResNet50", "public-2", reference.graph_text, None, reference.outputs, canary)


def test_a_right_resnet(resnet: tuple[Reference, Evidence], canary: Array) -> None:
    reference, evidence = resnet
    assert reference.outputs.shape == (1, 4)
    diagnosis = only(evidence, reference, canary, RESNET50)
    assert (diagnosis.points, diagnosis.passed) == (FULL, True)


def test_a_models_evidence_of_another_case_earns_nothing(resnet: tuple[Reference, Evidence], canary: Array) -> None:
    """A model's weights don't travel, so that its name alone tells which test case the evidence is of."""
    reference, evidence = resnet
    assert_earns_nothing(only(replace(evidence, case="public-1"), reference, canary, RESNET50))


def test_a_models_outputs_must_be_the_references(resnet: tuple[Reference, Evidence], canary: Array) -> None:
    reference, evidence = resnet
    for outputs in (reference.outputs[:, ::-1], reference.outputs[:, :3], reference.outputs * np.nan):
        diagnosis = only(replace(evidence, outputs=outputs), reference, canary, RESNET50)
        assert_earns_nothing(diagnosis, "values")  # nothing tells how much of the graph is true


def test_a_models_graph_alone_is_judged_by_its_seeds(resnet: tuple[Reference, Evidence], canary: Array) -> None:
    reference, evidence = resnet
    alone = replace(evidence, outputs=None, graph_alone=True)
    diagnosis = only(alone, reference, canary, RESNET50)
    assert (diagnosis.points, diagnosis.passed) == (FULL, True)
    other_seed = alone.graph.replace('"seed": 0', '"seed": 1', 1) if alone.graph else ""
    assert other_seed != alone.graph
    assert not only(replace(alone, graph=other_seed), reference, canary, RESNET50).passed
    assert_earns_nothing(only(replace(alone, canary=None), reference, canary, RESNET50))
    assert_earns_nothing(only(replace(alone, graph_alone=False), reference, canary, RESNET50))  # more was asked for


def test_a_model_on_another_machine_needs_outputs_all_the_same(
    resnet: tuple[Reference, Evidence], canary: Array
) -> None:
    reference, evidence = resnet
    elsewhere = replace(evidence, canary=canary + 0.5, outputs=reference.outputs[:, ::-1])
    diagnosis = only(elsewhere, reference, canary, RESNET50)
    assert (diagnosis.points, diagnosis.passed) == (FULL, True)
    assert any(DOCTOR in note for note in make_report(diagnosis).notes)
    for outputs in (reference.outputs[:, :3], reference.outputs * np.nan):
        assert not only(replace(elsewhere, outputs=outputs), reference, canary, RESNET50).passed


def resnet_with(resnet: tuple[Reference, Evidence], changes: dict[str, dict[str, Any]]) -> Evidence:
    """The evidence of ResNet-50 with settings of the named layers changed."""
    config = json.loads(resnet[0].graph_text)
    for layer in config["layers"]:
        layer["config"].update(changes.get(layer["name"], {}))
    return replace(resnet[1], graph=json.dumps(config))


def test_slips_inside_blocks_cost_no_more_than_the_cap(resnet: tuple[Reference, Evidence], canary: Array) -> None:
    reference, _ = resnet
    one = {f"bn{stage}b_branch2a": {"axis": 1} for stage in (2, 3, 4, 5)}
    two = {f"res{stage}b_branch2b": {"padding": "valid"} for stage in (3, 4)}
    three = {"res5c_branch2b": {"kernel_size": [5, 5]}}
    agreed = {f"bn{stage}b_branch2c": {"epsilon": 0.01} for stage in (2, 3, 4, 5)}
    outer = {"conv1": {"filters": 63}, "fc4": {"units": 5}}
    for changes, lost in (
        (one, 1.5),
        ({**one, **two}, 3.0),
        ({**one, **two, **three}, RESNET50.inner_cap),
        ({**one, **agreed}, 2.0),
        (outer, 1.5 + 2.5),
        ({**one, **two, **three, **outer}, 4.0 + 3.0),
    ):
        diagnosis = only(resnet_with(resnet, changes), reference, canary, RESNET50)
        assert diagnosis.points == FULL - lost
        assert not diagnosis.passed


# --- graphs that nobody builds ----------------------------------------------------------------------------------


def quickly(evidence: Evidence, reference: Reference, canary: Array) -> Diagnosis:
    begun = time.process_time()
    diagnosis = only(evidence, reference, canary)
    assert time.process_time() - begun < 3
    assert not diagnosis.passed
    return diagnosis


def test_a_sum_doubled_forty_times_is_judged_quickly(right: Evidence, reference: Reference, canary: Array) -> None:
    def doubling(X: Tensor) -> Tensor:
        for _ in range(40):
            X = X + X
        return X

    graph = json.dumps(config_of(doubling))
    assert quickly(replace(right, graph=graph), reference, canary).points == 0.0


def test_a_chain_of_a_thousand_layers_is_judged_quickly(right: Evidence, reference: Reference, canary: Array) -> None:
    config = config_of(layers.ReLU())
    first = config["layers"].pop()
    for i in range(1000):
        layer = copy.deepcopy(first)
        layer["name"] = layer["config"]["name"] = f"r{i}"
        if i:
            layer["inbound_nodes"][0]["args"][0]["config"]["keras_history"] = [f"r{i - 1}", 0, 0]
        config["layers"].append(layer)
    config["output_layers"] = ["r999", 0, 0]
    assert quickly(replace(right, graph=json.dumps(config)), reference, canary).points == 0.0


def test_a_mutated_graph_is_judged_and_passes_only_if_it_is_the_same(
    right: Evidence, reference: Reference, canary: Array
) -> None:
    config: Json = json.loads(reference.graph_text)

    @settings(max_examples=300, suppress_health_check=list(HealthCheck))
    @given(mutated(config))
    def check(mutant: Json) -> None:
        for drawn in (canary, canary + 1):
            evidence = replace(right, graph=json.dumps(mutant), canary=drawn)
            begun = time.process_time()
            verdict = judge_case(IDENTITY_BLOCK, evidence, reference, canary)
            assert time.process_time() - begun < 1
            assert verdict.passed or verdict.findings or verdict.trouble
            if verdict.passed:
                assert same(reference.graph, parse_graph(evidence.graph or ""))
            if verdict.trouble == "refused":
                with pytest.raises(GraphRefused):
                    parse_graph(evidence.graph or "")
            assert make_report(only(evidence, reference, canary)).points <= FULL

    check()
