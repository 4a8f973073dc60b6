"""Evidence against reference, test case by test case: the one place where right and wrong are told apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from ..evidence.evidence import Array, Evidence, StudentError
from ..exercises import Exercise, TestCase
from ..graph import Graph, Node, Refused, parse_graph
from ..graph.oracle import OracleError, computable, forward
from ..references.references import Reference
from .aggregate import findings, label, places
from .edits import Script, compare
from .finding import Finding

TOLERANCE = 1e-4
"""Largest difference from the reference, as a share of the reference's largest value; float32 against float64 differ
by about 1e-6 (see `autograder build`), a wrong setting by more than 1e-2."""
SEEDED = 1e-6
"""Largest difference of a seeded weight; the same generator gives the same bits."""

Trouble = Literal["refused", "incoherent", "unexplained"]


@dataclass(frozen=True, slots=True)
class StepValue:
    """One layer's output, the student's beside the reference's.

    `largest` is the largest difference, None where the shapes differ; `agrees` says whether it is small enough.
    """

    step: str
    layer: str
    name: str
    shape: tuple[int, ...]
    expected_shape: tuple[int, ...]
    largest: float | None
    mean: float
    expected_mean: float
    agrees: bool


@dataclass(frozen=True, slots=True)
class CaseVerdict:
    """What came of one test case.

    `findings` are those of this test case; `trouble` says that the evidence itself cannot be relied on; `own_weights`
    that the comparison was made with the student's weights because this machine draws other numbers than the reference.
    `steps` holds the step of each of the script's pairs.
    """

    case: TestCase
    passed: bool
    findings: tuple[Finding, ...] = ()
    error: StudentError | None = None
    trouble: Trouble | None = None
    detail: str = ""
    why: str = ""
    own_weights: bool = False
    values: tuple[StepValue, ...] = ()
    graph: Graph | None = None
    script: Script | None = None
    steps: tuple[str, ...] = ()


def judge_case(exercise: Exercise, evidence: Evidence, reference: Reference, canary: Array) -> CaseVerdict:
    """The verdict on one test case; the four steps of docs/architecture.md, "How a verdict is reached"."""
    case = reference.case
    if evidence.case != case.name:
        return CaseVerdict(case, passed=False, trouble="incoherent", detail="evidence of another test case")
    if evidence.graph is None:
        error = evidence.error or StudentError(kind="returned", type="nothing")
        return CaseVerdict(case, passed=False, error=error)
    try:
        graph = parse_graph(evidence.graph)
    except Refused as refused:
        if evidence.error:
            return CaseVerdict(case, passed=False, error=evidence.error)
        return CaseVerdict(case, passed=False, trouble="refused", detail=refused.what, why=refused.why)
    if evidence.error is None and not _takes(graph, case):
        return CaseVerdict(case, passed=False, trouble="incoherent", detail="made for another input", graph=graph)
    script = compare(reference.graph, graph)
    steps = places(exercise, reference.graph, script)
    found = tuple(findings(exercise, reference.graph, script))
    if evidence.error is not None:
        return CaseVerdict(
            case, passed=False, findings=found, error=evidence.error, graph=graph, script=script, steps=steps
        )
    by_seed = evidence.graph_alone and evidence.outputs is None  # the values follow from the seeds in the graph
    whole = evidence.outputs is not None and (evidence.weights is not None or reference.weights is None)
    if evidence.canary is None or not (whole or by_seed):
        return CaseVerdict(case, passed=False, trouble="incoherent", graph=graph, script=script)
    own_weights = not _agree(evidence.canary, canary, SEEDED)
    values: Mapping[str, np.ndarray] | None = None
    if evidence.weights is not None and computable(graph, case.training):
        try:
            values = forward(graph, evidence.weights, case.input(), case.training)
        except OracleError as error:
            return CaseVerdict(case, passed=False, trouble="incoherent", detail=str(error), graph=graph, script=script)
        if not _agree(evidence.outputs, values[graph.output], TOLERANCE):
            return CaseVerdict(case, passed=False, trouble="incoherent", graph=graph, script=script)
    if not found and not by_seed:
        found = _wrong_values(exercise, evidence, reference, script, own_weights, coherent=values is not None)
    return CaseVerdict(
        case,
        passed=not found and script.complete,
        findings=found,
        trouble=None if found or script.complete else "unexplained",
        own_weights=own_weights,
        values=_step_values(exercise, reference, script, values) if values is not None else (),
        graph=graph,
        script=script,
        steps=steps,
    )


def _follows(exercise: Exercise, reference: Reference) -> CaseVerdict:
    """The verdict on a test case that was not asked about, because others left no doubt: the answer is right."""
    script = compare(reference.graph, reference.graph)
    steps = places(exercise, reference.graph, script)
    return CaseVerdict(reference.case, passed=True, graph=reference.graph, script=script, steps=steps)


def _takes(graph: Graph, case: TestCase) -> bool:
    """Whether the graph's input is one that the test case's fits: evidence of another test case has another."""
    sizes = graph.nodes[0].settings.get("batch_shape")
    if not isinstance(sizes, tuple) or len(sizes) != len(case.input_shape):
        return False
    return all(a in (-1, b) for a, b in zip(sizes[1:], case.input_shape[1:], strict=True))


def _agree(mine: object, theirs: object, tolerance: float) -> bool:
    if mine is None or theirs is None:
        return False
    a, b = np.asarray(mine, dtype=np.float64), np.asarray(theirs, dtype=np.float64)
    if a.shape != b.shape or not (np.all(np.isfinite(a)) and np.all(np.isfinite(b))):
        return False
    scale = float(np.max(np.abs(b), initial=0.0)) or 1.0
    return bool(np.max(np.abs(a - b), initial=0.0) <= tolerance * scale)


def _wrong_values(
    exercise: Exercise, evidence: Evidence, reference: Reference, script: Script, own_weights: bool, coherent: bool
) -> tuple[Finding, ...]:
    """Where the graphs are the same, the numbers must be too, unless this machine draws others from the same seed."""
    steps = label(exercise, reference.graph)
    last = reference.graph.linear[-1]
    if own_weights:
        given = np.asarray(evidence.outputs)
        if given.shape == reference.outputs.shape and bool(np.all(np.isfinite(given))):
            return ()
        return (Finding(steps[last.id], last.kind, "wrong value", "outputs"),)
    if evidence.weights is not None and reference.weights is not None:
        for pair in script.pairs:
            if pair.mine and pair.theirs and pair.mine.weights:
                mine = reference.weights.get(pair.mine.weights, ())
                theirs = evidence.weights.get(pair.theirs.weights, ())
                changed = [i for i, (x, y) in enumerate(zip(theirs, mine, strict=False)) if not _agree(x, y, SEEDED)]
                if changed or len(mine) != len(theirs):
                    name = _array_name(pair.mine, changed[0] if changed else len(mine))
                    return (Finding(steps[pair.mine.id], pair.mine.kind, "wrong value", name),)
    if _agree(evidence.outputs, reference.outputs, TOLERANCE):
        return ()
    return (Finding(steps[last.id], last.kind, "wrong value", "outputs"),)


def _array_name(node: Node, number: int) -> str:
    """What Keras calls the array of that number."""
    names = ["kernel"] + ["bias"] * bool(node.settings.get("use_bias"))
    if node.kind == "BatchNormalization":
        names = ["gamma"] * bool(node.settings["scale"]) + ["beta"] * bool(node.settings["center"])
        names += ["moving_mean", "moving_variance"]
    return names[number] if number < len(names) else "weights"


def _step_values(
    exercise: Exercise, reference: Reference, script: Script, values: Mapping[str, np.ndarray]
) -> tuple[StepValue, ...]:
    """Every aligned layer's output on both sides; computed only where the reference's weights are at hand."""
    if reference.weights is None:
        return ()
    expected = forward(reference.graph, reference.weights, reference.case.input(), reference.case.training)
    steps = label(exercise, reference.graph)
    rows = []
    for pair in script.pairs:
        if pair.mine is None or pair.theirs is None:
            continue
        a, b = values[pair.theirs.id], expected[pair.mine.id]
        largest = float(np.max(np.abs(a - b), initial=0.0)) if a.shape == b.shape else None
        rows.append(
            StepValue(
                steps[pair.mine.id],
                pair.theirs.kind,
                pair.theirs.name,
                a.shape,
                b.shape,
                largest,
                float(a.mean()),
                float(b.mean()),
                _agree(a, b, TOLERANCE),
            )
        )
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The verdict on an exercise: all test cases together."""

    exercise: Exercise
    verdicts: tuple[CaseVerdict, ...]
    findings: tuple[Finding, ...]
    points: float

    @property
    def passed(self) -> bool:
        return all(verdict.passed for verdict in self.verdicts) and bool(self.verdicts)

    @property
    def first_failure(self) -> CaseVerdict | None:
        """The first test case whose trouble is not a finding: an error, or evidence that can't be relied on."""
        return next((v for v in self.verdicts if v.error or v.trouble), None)


class Verdicts:
    """Verdicts that have been reached, for whoever asks about the same evidence again."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[Evidence, Reference, CaseVerdict]] = {}

    def on(self, exercise: Exercise, evidence: Evidence | None, reference: Reference, canary: Array) -> CaseVerdict:
        """As `judge_case`. What is kept keeps the evidence alive, so that no other can have its identity."""
        if evidence is None:
            return _follows(exercise, reference)
        key = id(evidence), id(reference)
        if key not in self._known:
            self._known[key] = evidence, reference, judge_case(exercise, evidence, reference, canary)
        return self._known[key][2]


def judge(
    exercise: Exercise,
    evidence: Sequence[Evidence | None],
    references: Sequence[Reference],
    canary: Array,
    verdicts_known: Verdicts | None = None,
) -> Diagnosis:
    """All test cases of an exercise. `evidence` and `references` go together one by one; None is evidence that the
    caller did not ask for, having what decides from other test cases.
    """
    if exercise.kind == "function":
        from .function import judge_function  # which is built on this module

        return judge_function(exercise, evidence, references)
    known = verdicts_known or Verdicts()
    verdicts = tuple(
        known.on(exercise, given, reference, canary) for given, reference in zip(evidence, references, strict=True)
    )
    merged = _merge(verdicts)
    return Diagnosis(exercise, verdicts, merged, points_of(exercise, verdicts, merged))


def _merge(verdicts: tuple[CaseVerdict, ...]) -> tuple[Finding, ...]:
    """Each slip once, as the first public test case shows it; of what only hidden ones show, the values stay secret."""
    merged: dict[tuple[str, str, str, str], Finding] = {}
    for verdict in sorted(verdicts, key=lambda v: v.case.hidden):
        for finding in verdict.findings:
            known = merged.get(finding.key)
            if known is None:
                kept = finding
                if verdict.case.hidden:
                    kept = replace(finding, expected=None, found=None, hidden=True)
                merged[finding.key] = kept
            else:
                also = tuple(dict.fromkeys((*known.also, *finding.also)))
                unseen = tuple(dict.fromkeys((*known.unseen, *finding.unseen)))
                merged[finding.key] = replace(known, also=also, unseen=unseen)
    covered = {(step, f.layer, f.kind, f.setting) for f in merged.values() for step in f.also}
    return tuple(finding for key, finding in merged.items() if key not in covered)


def points_of(exercise: Exercise, verdicts: tuple[CaseVerdict, ...], found: tuple[Finding, ...]) -> float:
    """Evidence that can't be relied on, and an error that no finding explains, earn nothing at all."""
    if not verdicts or any(v.trouble or (v.error and not v.findings) for v in verdicts):
        return 0.0
    if not found and all(v.passed for v in verdicts):
        return exercise.max_points
    return points_after(exercise, found)


def points_after(exercise: Exercise, found: Iterable[Finding]) -> float:
    """What is left of the points: a step that a finding touches, or cuts off from the result, earns nothing.

    Slips inside the blocks of a model cost at most `exercise.inner_cap` together: the blocks have exercises of
    their own. Taking points away for each further step touched, up to a cap, never rewards one more mistake.
    """
    outer: set[str] = set()
    inner: set[str] = set()
    for finding in found:
        for step in (finding.step, *finding.also, *finding.unseen):
            (inner if "," in step else outer).add(exercise.rubric_of(step).step)
    worth = {line.step: line.points for line in exercise.rubric}
    lost = sum((worth[step] for step in outer), 0.0)
    lost += min(sum(worth[step] for step in inner - outer), exercise.inner_cap)
    return max(round(exercise.max_points - lost, 6), 0.0)
