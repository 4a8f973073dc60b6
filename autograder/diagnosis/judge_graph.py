"""The verdict on a block or a model: its graph, weights and outputs beside the reference's, on one test case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ..evidence.evidence import Array, Evidence, StudentError
from ..exercises import Exercise, TestCase
from ..graph import Graph, GraphRefused, array_names, parse_graph
from ..graph.oracle import OracleError, computable, forward
from ..references.references import Reference
from .aggregate import findings
from .before import judge_before
from .causes import explained
from .edits import compare
from .finding import Finding, of_the_call
from .steps import Comparison
from .verdict import CaseVerdict, StepValue

TOLERANCE = 1e-4
"""Largest difference from the reference, as a share of the reference's largest value; float32 against float64 differ
by about 1e-6 (see `autograder build`), a wrong setting by more than 1e-2."""
SEEDED = 1e-6
"""Largest difference of a seeded weight; the same generator gives the same bits."""


def judge_case(exercise: Exercise, evidence: Evidence, reference: Reference, canary: Array) -> CaseVerdict:
    """The verdict on one test case; the four steps of docs/architecture.md, "How a verdict is reached"."""
    case = reference.case
    code = None if case.hidden else evidence.code  # what it says of a hidden test case is heard by nobody
    failed = CaseVerdict(case, passed=False, code=code)
    incoherent = replace(failed, trouble="incoherent")
    if evidence.case != case.name:
        return replace(incoherent, detail="evidence of another test case")
    if evidence.error is not None and evidence.partial and evidence.graph is not None:
        return _stopped(exercise, evidence.graph, reference, replace(failed, error=evidence.error))
    graph = _graph(exercise, evidence, failed)
    if isinstance(graph, CaseVerdict):
        return graph
    script = compare(reference.graph, graph, inputs=evidence.error is None)  # else it may have been made larger
    compared = Comparison(exercise, reference.graph, script)
    failed = replace(failed, graph=graph, script=script, steps=compared.steps)
    incoherent = replace(failed, trouble="incoherent")
    found = (*explained(findings(compared), compared, code), *of_the_call(exercise, evidence))
    if evidence.error is not None:
        return replace(failed, findings=found, error=evidence.error)
    by_seed = evidence.graph_alone and evidence.outputs is None  # the values follow from the seeds in the graph
    whole = evidence.outputs is not None and (evidence.weights is not None or reference.weights is None)
    if evidence.canary is None or not (whole or by_seed):
        return incoherent
    own_weights = not _agree(evidence.canary, canary, SEEDED)
    values: tuple[StepValue, ...] = ()
    if evidence.weights is not None and computable(graph, case.training):
        try:
            computed = forward(graph, evidence.weights, case.input(), case.training)
        except OracleError as error:
            return replace(incoherent, detail=str(error))
        if not _agree(evidence.outputs, computed[graph.output], TOLERANCE):
            return incoherent
        values = _step_values(compared, reference, computed)
    if not found and not by_seed:
        found = _wrong_values(compared, evidence, reference, own_weights)
        if found and evidence.weights is None:  # nothing tells how much of the graph is true
            return replace(failed, trouble="values")
    return replace(
        failed,
        passed=not found and script.complete,
        findings=found,
        trouble=None if found or script.complete else "unexplained",
        own_weights=own_weights,
        values=values,
    )


def _graph(exercise: Exercise, evidence: Evidence, failed: CaseVerdict) -> Graph | CaseVerdict:
    """What the student built, for the test case's input; the verdict where that can't be read."""
    if evidence.graph is None:
        return replace(failed, error=evidence.error or StudentError(kind="returned", type="nothing"))
    try:
        graph = parse_graph(evidence.graph, evidence.error is not None and evidence.error.kind == "names")
    except GraphRefused as refused:
        if evidence.error:
            return replace(failed, error=evidence.error)
        return replace(failed, trouble="refused", detail=refused.what, why=refused.why)
    if evidence.error is None and not _takes(graph, failed.case):
        if exercise.kind == "model":  # whose input is the student's own
            return replace(failed, trouble="refused", detail=_input_size(graph), why="input")
        return replace(failed, trouble="incoherent", detail="made for another input", graph=graph)
    return graph


def _stopped(exercise: Exercise, built: str, reference: Reference, failed: CaseVerdict) -> CaseVerdict:
    """The verdict on a function that came to no result; what it had built before an exception is looked at."""
    try:
        graph = parse_graph(built, repeated_names=True)
    except GraphRefused:
        return failed
    found, whole = judge_before(exercise, reference.graph, graph, failed.code)
    return replace(failed, findings=found, reached=whole)


def judge_unasked(exercise: Exercise, reference: Reference) -> CaseVerdict:
    """The verdict that the answer is right, on a test case not asked about because others left no doubt."""
    compared = Comparison(exercise, reference.graph, compare(reference.graph, reference.graph))
    return CaseVerdict(reference.case, passed=True, graph=reference.graph, script=compared.script, steps=compared.steps)


def _takes(graph: Graph, case: TestCase) -> bool:
    """Whether the test case's input fits the graph; if not, the evidence is of another test case."""
    sizes = graph.nodes[0].settings.get("batch_shape")
    if not isinstance(sizes, tuple) or len(sizes) != len(case.input_shape):
        return False
    return all(a in (-1, b) for a, b in zip(sizes[1:], case.input_shape[1:], strict=True))


def _input_size(graph: Graph) -> str:
    sizes = graph.nodes[0].settings["batch_shape"]
    assert isinstance(sizes, tuple)
    return "(" + ", ".join("None" if n == -1 else str(n) for n in sizes[1:]) + ")"


def _agree(mine: object, theirs: object, tolerance: float) -> bool:
    """Whether two arrays differ by no more than a share of the second one's largest value; not finite never agrees."""
    if mine is None or theirs is None:
        return False
    a, b = np.asarray(mine, dtype=np.float64), np.asarray(theirs, dtype=np.float64)
    if a.shape != b.shape or not (np.all(np.isfinite(a)) and np.all(np.isfinite(b))):
        return False
    scale = float(np.max(np.abs(b), initial=0.0)) or 1.0
    return bool(np.max(np.abs(a - b), initial=0.0) <= tolerance * scale)


def _wrong_values(
    compared: Comparison, evidence: Evidence, reference: Reference, own_weights: bool
) -> tuple[Finding, ...]:
    """Where the graphs are the same, the numbers must be too, unless this machine draws others from the same seed."""
    last = reference.graph.linear[-1]
    wrong_outputs = (Finding(compared.labels[last.id], last.kind, "wrong value", "outputs"),)
    if own_weights:
        given = np.asarray(evidence.outputs)
        fine = given.shape == reference.outputs.shape and bool(np.all(np.isfinite(given)))
        return () if fine else wrong_outputs
    if evidence.weights is not None and reference.weights is not None:
        for pair in compared.script.pairs:
            if pair.mine and pair.theirs and pair.mine.weights:
                mine = reference.weights.get(pair.mine.weights, ())
                theirs = evidence.weights.get(pair.theirs.weights, ())
                changed = [i for i, (x, y) in enumerate(zip(theirs, mine, strict=False)) if not _agree(x, y, SEEDED)]
                if changed or len(mine) != len(theirs):
                    names, number = array_names(pair.mine), changed[0] if changed else len(mine)
                    name = names[number] if number < len(names) else "weights"
                    return (Finding(compared.labels[pair.mine.id], pair.mine.kind, "wrong value", name),)
    return () if _agree(evidence.outputs, reference.outputs, TOLERANCE) else wrong_outputs


def _step_values(compared: Comparison, reference: Reference, values: Mapping[str, np.ndarray]) -> tuple[StepValue, ...]:
    """Every aligned layer's output on both sides; computed only where the reference's weights are at hand."""
    if reference.weights is None:
        return ()
    expected = forward(reference.graph, reference.weights, reference.case.input(), reference.case.training)
    rows = []
    for pair, step in zip(compared.script.pairs, compared.steps, strict=True):
        if pair.mine is None or pair.theirs is None:
            continue
        a, b = values[pair.theirs.id], expected[pair.mine.id]
        rows.append(
            StepValue(
                step=step,
                layer=pair.theirs.kind,
                name=pair.theirs.name,
                shape=a.shape,
                expected_shape=b.shape,
                largest=float(np.max(np.abs(a - b), initial=0.0)) if a.shape == b.shape else None,
                mean=float(a.mean()),
                expected_mean=float(b.mean()),
                agrees=_agree(a, b, TOLERANCE),
            )
        )
    return tuple(rows)
