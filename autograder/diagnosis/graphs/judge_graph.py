"""The verdict on a block or a model: its graph, weights and outputs beside the reference's, on one test case."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from ...evidence.evidence import Array, Evidence, StudentError
from ...exercises import Exercise, TestCase
from ...graph import Graph, GraphRefused, Node, ShapeError, differing_settings, parse_graph, shapes_of
from ...graph.oracle import OracleError, computable, forward
from ...references.references import Reference
from ..edits import compare
from ..finding import Finding, of_the_call
from ..verdict import CaseVerdict, StepValue
from .aggregate import findings
from .before import judge_before
from .causes import explained
from .steps import Comparison

TOLERANCE = 1e-4
"""Largest difference from the reference, as a share of the reference's largest value; float32 against float64 differ
by about 1e-6 (see `autograder build`), a wrong setting by more than 1e-2."""
SEEDED = 1e-6
"""Largest difference of a seeded weight; the same generator gives the same bits."""
ROUNDED = 1e-6
"""About what float32 may be wrong by after a few layers, as a share of a number."""
FLOAT32_MOST = float(np.finfo(np.float32).max)
FEWEST_DRAWN = 8
"""Numbers of which the mean and the spread tell something."""
CARRIED = 1e-2
"""However far rounding is carried, outputs that differ by more are others."""


def judge_case(exercise: Exercise, evidence: Evidence, reference: Reference, canary: Array) -> CaseVerdict:
    """The verdict on one test case; the four steps of docs/design/architecture.md, "How a verdict is reached"."""
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
        return graph if graph.graph is None or graph.why != "input" else _of_other_input(exercise, graph, reference)
    script = compare(reference.graph, graph, inputs=evidence.error is None)  # else it may have been made larger
    compared = Comparison(exercise, reference.graph, script)
    failed = replace(failed, graph=graph, script=script, steps=compared.steps)
    incoherent = replace(failed, trouble="incoherent")
    found = (*explained(findings(compared), compared, code), *of_the_call(exercise, evidence))
    if evidence.error is not None:
        if not _shows(evidence, graph, case):  # then nothing tells what the graph is of
            return CaseVerdict(case, passed=False, error=evidence.error, code=code)
        failed = replace(failed, error=evidence.error)
        incoherent = replace(failed, trouble="incoherent")
        if evidence.error.kind != "names":  # no values can be had
            return replace(failed, findings=found)
    by_seed = evidence.graph_alone and evidence.outputs is None  # the values follow from the seeds in the graph
    whole = evidence.outputs is not None and (evidence.weights is not None or reference.weights is None)
    if evidence.canary is None or not (whole or by_seed):
        return incoherent
    own_weights = not _agree(evidence.canary, canary, SEEDED)
    values: tuple[StepValue, ...] = ()
    if evidence.weights is not None and not (own_weights and found and _averages_padding(graph)):
        try:
            computed = _computed(graph, evidence, case)
        except OracleError as error:
            return replace(incoherent, detail=str(error))
        if computed:
            values = _step_values(compared, reference, computed)
    if not by_seed:
        wrong = _wrong_values(compared, evidence, reference, own_weights, found)
        if wrong and evidence.weights is None:  # nothing tells how much of the graph is true
            return replace(failed, trouble="values")
        found = (*found, *wrong)
    return replace(
        failed,
        passed=not found and script.complete and evidence.error is None,
        findings=found,
        trouble=None if found or script.complete else "unexplained",
        own_weights=own_weights,
        values=values,
    )


def _averages_padding(graph: Graph) -> bool:
    """Whether padding may be averaged: Keras on PyTorch counts it, and elsewhere not (`keras.src.backend.torch.nn`)."""
    return any(
        node.kind.startswith("AveragePooling") and node.settings.get("padding") == "same" for node in graph.nodes
    )


def _computed(graph: Graph, evidence: Evidence, case: TestCase) -> Mapping[str, np.ndarray]:
    """What every layer gives in the test case's mode; nothing where the oracle can't tell, as of noise in training.

    Raises OracleError where the outputs are not those that follow from graph and weights: on a hidden test case in
    training and in inference, since a layer can compute one thing here and another there.
    """
    assert evidence.weights is not None
    found: Mapping[str, np.ndarray] = {}
    given = {case.training: evidence.outputs, not case.training: evidence.in_other_mode}
    for training in (not case.training, case.training) if case.hidden else (case.training,):
        found = {}
        if computable(graph, training):
            found = forward(graph, evidence.weights, case.inputs(), training)
            output = found[graph.output]
            if not _agree(given[training], output, TOLERANCE):
                allowed = min(10 * _carried(graph, evidence.weights, case, training, output), CARRIED)
                if not _agree(given[training], output, allowed):
                    raise OracleError("other outputs")
    return found


def _carried(
    graph: Graph, weights: Mapping[str, tuple[Array, ...]], case: TestCase, training: bool, output: np.ndarray
) -> float:
    """How far errors as of rounding in inputs and weights carry the output, as a share of its largest value; or 0.

    In training, normalizing over few numbers makes of a small difference a large one, and fifty such layers of that a
    larger one: a right ResNet-50's outputs, in float32, come to within 1e-4 of float64's on most inputs and not on all.
    """
    if not np.all(np.isfinite(output)):
        return 0.0
    random = np.random.default_rng(0)

    def shaken(numbers: Array) -> Array:
        exact = numbers * (1 + ROUNDED * random.choice((-1.0, 1.0), numbers.shape))
        return np.clip(exact, -FLOAT32_MOST, FLOAT32_MOST).astype(np.float32)

    inputs = [shaken(one) if np.issubdtype(one.dtype, np.floating) else one for one in case.inputs()]
    of_shaken = {layer: tuple(shaken(array) for array in arrays) for layer, arrays in weights.items()}
    moved = float(np.max(np.abs(forward(graph, of_shaken, inputs, training)[graph.output] - output), initial=0.0))
    return moved / (float(np.max(np.abs(output), initial=0.0)) or 1.0) if np.isfinite(moved) else 0.0


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
            return replace(failed, trouble="refused", detail=_input_size(graph), why="input", graph=graph)
        return replace(failed, trouble="incoherent", detail="made for another input", graph=graph)
    return graph


def _of_other_input(exercise: Exercise, refused: CaseVerdict, reference: Reference) -> CaseVerdict:
    """The verdict on a network for pictures of another size: it earns nothing, and its layers are looked at."""
    assert refused.graph is not None
    script = compare(reference.graph, refused.graph, inputs=False)
    compared = Comparison(exercise, reference.graph, script)
    found = explained(findings(compared), compared, refused.code)
    return replace(refused, script=script, steps=compared.steps, findings=found)


def _shows(evidence: Evidence, graph: Graph, case: TestCase) -> bool:
    """Whether the graph shows what the function failed by: a name that stands twice, or shapes that don't meet."""
    assert evidence.error is not None
    if evidence.error.kind == "names":
        return re.search(r'"name": "[^"]*~\d+"', evidence.graph or "") is not None
    if evidence.error.kind == "signature":  # the function was called by names, and has not failed
        return True
    asked = {node.id: shape for node, shape in zip(graph.inputs, case.input_shapes, strict=False)}
    nodes = (  # as asked for: it may have been made for a larger image
        replace(node, settings={**node.settings, "batch_shape": asked[node.id]}) if node.id in asked else node
        for node in graph.nodes
    )
    try:
        shapes_of(Graph(tuple(nodes), graph.output))
    except ShapeError:
        return True
    return False


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
    given = [node.settings.get("batch_shape") for node in graph.inputs]
    if len(given) != len(case.input_shapes):
        return False
    for sizes, shape in zip(given, case.input_shapes, strict=True):
        if not isinstance(sizes, tuple) or len(sizes) != len(shape):
            return False
        if not all(a in (-1, b) for a, b in zip(sizes[1:], shape[1:], strict=True)):
            return False
    return True


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
    compared: Comparison, evidence: Evidence, reference: Reference, own_weights: bool, found: Sequence[Finding]
) -> tuple[Finding, ...]:
    """Where the graphs are the same, the numbers must be too; as draws, where this machine draws others from a seed.

    Where they are not, that holds of each layer whose settings are, and of the output where names alone differ.
    """
    last = reference.graph.linear[-1]
    wrong_outputs = (Finding(compared.labels[last.id], last.kind, "wrong value", "outputs"),)
    comparable = all(finding.leaves_values for finding in found)
    alike = _drawn_alike if own_weights else _seeded_alike
    if evidence.weights is not None and reference.weights is not None:
        for mine, theirs in _set_alike(compared):
            weights = evidence.weights.get(theirs.weights, ())
            changed = _changed_array(reference.graph, mine.weights, weights, reference, alike)
            if changed and (comparable or changed != "weights"):
                return (Finding(compared.labels[mine.id], mine.kind, "wrong value", changed),)
    if own_weights:
        given = np.asarray(evidence.outputs)
        fine = given.shape == reference.outputs.shape and bool(np.all(np.isfinite(given)))
    else:
        fine = _agree(evidence.outputs, reference.outputs, TOLERANCE)
    return () if fine or not comparable else wrong_outputs


def _seeded_alike(given: Array, seeded: Array) -> bool:
    return _agree(given, seeded, SEEDED)


def _drawn_alike(given: Array, seeded: Array) -> bool:
    """Whether an array may be another draw of what the reference's was drawn from, by its mean and its spread.

    Both vary from draw to draw; of eight numbers, the spread by a quarter at most (one standard deviation, of normal
    numbers), so that a factor of three doesn't come about by chance. What isn't drawn, such as a bias, is the same.
    """
    if seeded.size == 1:
        return True
    spread = float(np.std(seeded))
    if spread == 0:
        return _agree(given, seeded, SEEDED)
    if seeded.size < FEWEST_DRAWN:
        return True
    apart = abs(float(np.mean(given)) - float(np.mean(seeded)))
    return bool(spread / 3 <= float(np.std(given)) <= 3 * spread and apart <= 3 * spread)


def _set_alike(compared: Comparison) -> Iterator[tuple[Node, Node]]:
    """The reference's layers with weights, each with the student's, where nothing but a name differs in either."""
    pairs = [(pair.mine, pair.theirs) for pair in compared.script.pairs if pair.mine and pair.mine.weights]
    other = {mine.weights for mine, theirs in pairs if not theirs or _set_otherwise(mine, theirs)}
    return ((mine, theirs) for mine, theirs in pairs if theirs and mine.weights not in other)


def _set_otherwise(mine: Node, theirs: Node) -> bool:
    return mine.kind != theirs.kind or any(setting != "name" for setting, _, _ in differing_settings(mine, theirs))


def _changed_array(
    graph: Graph, layer: str, given: Sequence[Array], reference: Reference, alike: Callable[[Array, Array], bool]
) -> str:
    """The first array of a layer's weights that is not like the seeded one; "weights" where their shapes are others."""
    assert reference.weights is not None
    seeded = reference.weights.get(layer, ())
    if [array.shape for array in seeded] != [array.shape for array in given]:
        return "weights"
    changed = (i for i, (x, y) in enumerate(zip(given, seeded, strict=True)) if not alike(x, y))
    number = next(changed, None)
    return "" if number is None else _array(graph, layer, number)


def _array(graph: Graph, layer: str, number: int) -> str:
    """What Keras calls one of a layer's arrays."""
    try:
        arrays = shapes_of(graph).weights.get(layer, ())
    except ShapeError:
        arrays = ()
    return arrays[number][0] if number < len(arrays) else "weights"


def _step_values(compared: Comparison, reference: Reference, values: Mapping[str, np.ndarray]) -> tuple[StepValue, ...]:
    """Every aligned layer's output on both sides; computed only where the reference's weights are at hand."""
    if reference.weights is None:
        return ()
    expected = forward(reference.graph, reference.weights, reference.case.inputs(), reference.case.training)
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
