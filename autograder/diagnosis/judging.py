"""The verdict on an exercise, all test cases together: the one place where right and wrong are told apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..evidence.evidence import Array, Evidence
from ..exercises import Exercise
from ..references.references import Reference
from .finding import Finding
from .graphs.judge_graph import judge_case, judge_unasked
from .hidden import as_told
from .judge_function import judge_function
from .points import counted_in
from .verdict import CaseVerdict, Diagnosis, points_of


class Verdicts:
    """Verdicts that have been reached, for whoever asks about the same evidence again."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[Evidence, Reference, CaseVerdict]] = {}

    def on(self, exercise: Exercise, evidence: Evidence | None, reference: Reference, canary: Array) -> CaseVerdict:
        """Do as `judge_case`, once for each evidence. The evidence is kept, so that no other object can get its id."""
        if evidence is None:
            return judge_unasked(exercise, reference)
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
    """Judge an exercise on all its test cases together.

    `evidence` and `references` belong together one by one. None stands for evidence that the caller did not ask for,
    because other test cases had decided.
    """
    if exercise.kind == "function":
        return judge_function(exercise, evidence, references)
    known = verdicts_known or Verdicts()
    verdicts = tuple(
        known.on(exercise, given, reference, canary) for given, reference in zip(evidence, references, strict=True)
    )
    told = as_told(exercise, verdicts, _merge(verdict for verdict in verdicts if not verdict.case.hidden))
    merged = _merge(told)
    return Diagnosis(exercise, told, merged, points_of(exercise, told, merged))


def judge_of_blocks(
    exercise: Exercise, evidence: Sequence[Evidence], references: Sequence[Reference], canary: Array
) -> Diagnosis | None:
    """Judge a model with its blocks left whole: the evidence was made with stand-ins in their place.

    None where the model does not call the blocks, or the references don't know of them; and where the outputs are not
    what follows from the graph, for then the model is not what it says it is.
    """
    whole = [reference.of_blocks for reference in references if reference.of_blocks]
    stand_ins = {f"{block.function}()" for block in exercise.blocks}
    if len(whole) < len(references):
        return None
    found = judge(exercise.of_blocks, evidence, whole, canary)
    if any(finding.kind == "wrong value" for finding in found.findings):
        return None
    graphs = [verdict.graph for verdict in found.verdicts if verdict.graph]
    return found if any(node.kind in stand_ins for graph in graphs for node in graph.nodes) else None


def after(diagnosis: Diagnosis, earlier: Sequence[Diagnosis]) -> Diagnosis:
    """The diagnosis where these of the same notebook's exercises come first: what cost points there costs none here."""
    charged = [one.charged for one in earlier if one.charged]
    if not diagnosis.findings or not charged:
        return diagnosis
    counted = counted_in(diagnosis.exercise, diagnosis.findings, charged)
    found = tuple(replace(finding, counted_in=counted.get(finding, "")) for finding in diagnosis.findings)
    points = points_of(diagnosis.exercise, diagnosis.verdicts, diagnosis.findings, charged)
    return replace(diagnosis, findings=found, points=points)


def _merge(verdicts: Iterable[CaseVerdict]) -> tuple[Finding, ...]:
    """Each slip once, as the first test case shows it."""
    merged: dict[tuple[str, str, str, str], Finding] = {}
    for verdict in verdicts:
        for finding in verdict.findings:
            known = merged.get(finding.key)
            if known is None:
                merged[finding.key] = replace(finding, edits=())
            else:
                also = tuple(dict.fromkeys((*known.also, *finding.also)))
                unseen = tuple(dict.fromkeys((*known.unseen, *finding.unseen)))
                merged[finding.key] = replace(known, also=also, unseen=unseen)
    covered = {(step, *finding.key[1:]) for finding in merged.values() for step in finding.also}
    covered |= {key for finding in merged.values() for key in finding.stands_for}
    return tuple(finding for key, finding in merged.items() if key not in covered)
